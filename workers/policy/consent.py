"""What is done without consent, and what is taken for granted where nobody has said anything. Per purpose."""

from __future__ import annotations

from typing import Literal

from workers.policy.part import Part

Unstated = Literal["given", "refused"]
WithoutTracking = Literal["count_nothing", "count_everything"]


class UnstatedConsent(Part):
    """How a person is treated of whom no consent and no refusal is known: ``given`` (opt-out) or ``refused`` (opt-in).

    Example: ``unstated_consent: {tracking: refused, marketing: refused}`` for the European Union.
    """

    tracking: Unstated = "given"
    """``refused``: no activity counts before the person has agreed to be tracked."""
    marketing: Unstated = "given"
    """``refused``: who has not agreed to be addressed is only answered."""
