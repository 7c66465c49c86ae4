"""Deals and touches that sales reported, as rows keep them.

In: sales activities read by the floors above. Out: parts of rows. Nothing is decided here.

Times are milliseconds since the epoch, UTC.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from schemas.vocabulary import Relationship, SalesAction
from workers.engine.rows import Row


class Deal(msgspec.Struct, frozen=True, omit_defaults=True):
    """The latest report of sales about a deal with one lead, by its own date: opened, won or lost."""

    lead_id: str
    rep_id: str
    """Rep who reported it."""
    state: SalesAction
    """``opportunity_opened``, ``won`` or ``lost``."""
    at_ms: int
    """Date of the report. Milliseconds UTC."""
    amount: str | None = None
    """Amount in ``currency``. Decimal as text."""
    currency: str | None = None
    """ISO 4217 code."""
    relationship_then: Relationship = Relationship.PROSPECT
    """Relationship of the account in the CRM when the deal was reported."""
    is_settled: bool = False
    """Whether the CRM has confirmed or changed it since. From then on the CRM's record holds."""
    stands_for: str = ""
    """Rep for whom the reporter held the account then, by rep_id. Empty: the reporter held it for no other rep."""


class SalesTouch(msgspec.Struct, frozen=True, array_like=True):
    """A contact of sales with a lead, or an attempt at one."""

    at_ms: int
    """Date of the touch. Milliseconds UTC."""
    rep_id: str
    channel: str
    """Means of contact, such as call, email or chat."""
    event_id: str
    is_clamped: bool = False
    """Whether it was future-dated: its own date was later than its arrival."""


class TouchesRow(Row, frozen=True):
    """Touches of one lead by sales: key (account, lead_id)."""

    prefix: ClassVar[str] = "touches"
    touches: tuple[SalesTouch, ...] = ()
    """Touches in the order of their own dates. At most 30, the latest."""
    since_ms: int = 0
    """End of the cycle before the rejected one. Attempts before a rejection count from then. Milliseconds UTC."""
