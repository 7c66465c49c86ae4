"""What sales said, as rows keep it. Times are milliseconds UTC."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from schemas.vocabulary import Relationship, SalesAction
from workers.engine.rows import Row


class Deal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Sales' latest word of a deal with one person, by its own date: opened, won or lost."""

    lead_id: str
    rep_id: str
    state: SalesAction
    at_ms: int
    amount: str | None = None
    """As text, because it is decimal."""
    currency: str | None = None
    relationship_then: Relationship = Relationship.PROSPECT
    """What the CRM called the account when this was said."""
    is_settled: bool = False
    """The CRM has said it too, or something else since: from then on its word holds."""


class SalesTouch(msgspec.Struct, frozen=True, array_like=True):
    """Sales was in contact with a person, or tried to be."""

    at_ms: int
    rep_id: str
    channel: str
    event_id: str
    is_clamped: bool = False
    """It was dated ahead of its arrival."""


class TouchesRow(Row, frozen=True):
    """Sales' touches of one person, by their own dates: key (account, lead). At most 30, the latest."""

    prefix: ClassVar[str] = "touches"
    touches: tuple[SalesTouch, ...] = ()
    since_ms: int = 0
    """When the cycle before the one that sales said no to had ended: attempts are counted from then."""
