"""The aliases of a key: who forwards here, by what right, and where those went who forward here no more.

What is known of an account as such, and goes along when its key becomes an alias, is ``Kept``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from workers.accounts.parts import Part
from workers.accounts.rows import ByHand, Fact, LastRep, Questioned
from workers.engine.rows import Row

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rows import LeadRow


class Kept(Part, frozen=True):
    """What is known of an account as such, and goes along when its key becomes an alias."""

    last_rep: LastRep | None = None
    by_hand: ByHand | None = None
    by_hand_ms: int = 0
    questioned: Questioned | None = None
    enriched: tuple[Fact, ...] = ()


class JoinedRow(Row, frozen=True):
    """An alias of this key: key (account, alias). As many as domains and people that ever forwarded here."""

    prefix: ClassVar[str] = "joined"
    is_unproven: bool = False
    """By a company name alone."""
    gone_to: str = ""
    """Where it went on to: what still comes from it is sent there."""
    leaving_to: str = ""
    """Where it goes on to, while what is open of its people here is withdrawn."""
    last_rep: LastRep | None = None
    """Who worked with its people here, until it has left."""


def is_unproven(case: Case, lead: LeadRow) -> bool:
    """Whether a lead is here by the name of a company alone."""
    if not lead.home:
        return False
    row = case.rows.get(JoinedRow, case.key, lead.home)
    return row is not None and row.is_unproven
