"""The model of ``behaviour.mail_scanners``: which clicks in a mail are those of a program, not of a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workers.policy.part import Part
from workers.policy.scalars import ActivityDuration, Count, Name

Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]


class MailScanners(Part):
    """Mail scanners: programs of a mail server that follow the links of a mail before the person reads it.

    Their clicks earn nothing. The clicks of a mail are a scanner's if many links are clicked within seconds of its
    delivery, or if every link is clicked. A mail is known by its ``message_id``, else by its campaign, else by its asset.
    Example: ``mail_scanners: {links: 3, within: 10s}``
    """

    links: Annotated[Count, Field(ge=2, le=100)] = 3
    """The fewest different links of one mail whose clicks within ``within`` of its delivery are a scanner's."""
    within: ActivityDuration = 10_000
    """The time after the delivery of a mail in which a person clicks fewer links than that: ``within: 10s``."""
    clicked: Names = ("email_clicked",)
    """Activities that are a click in a mail."""
    delivered: Names = ("email_sent", "email_delivered")
    """Activities that report the delivery of a mail. The time after each of them is tested."""
