"""Models of consent in the ``privacy`` section: the effect of a refusal, and the default for an unstated consent."""

from __future__ import annotations

from typing import Literal

from workers.policy.part import Part

Unstated = Literal["given", "refused"]
WithoutTracking = Literal["count_nothing", "count_everything"]


class UnstatedConsent(Part):
    """The default for each purpose while a person has neither consented nor refused.

    ``given`` is opt-out, ``refused`` is opt-in.

    Example for the European Union: ``unstated_consent: {tracking: refused, marketing: refused}``.
    """

    tracking: Unstated = "given"
    """``given`` or ``refused``. With ``refused``, no activity counts before the person consents to tracking."""
    marketing: Unstated = "given"
    """``given`` or ``refused``. With ``refused``, a person without consent only gets answers to their own requests."""
