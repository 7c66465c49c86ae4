"""What sales said, as rows keep it. Times are milliseconds UTC."""

from __future__ import annotations

import msgspec

from schemas.vocabulary import Relationship, SalesAction


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
