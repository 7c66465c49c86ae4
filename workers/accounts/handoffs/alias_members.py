"""The aliases of a key: who forwards here, by what right, and where those went who forward here no more.

What is known of an account as such, and goes along when its key becomes an alias, is ``Kept``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from schemas.vocabulary import Reason
from workers.accounts.state.account import LastRep, ManualAssignment, MarketObjection
from workers.accounts.state.facts import Fact
from workers.accounts.state.parts import Part
from workers.engine.rows import Row
from workers.engine.timers import is_under_way

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow

LEAVING: Final = "leaving"
"""The cursor over the people of a key, of whom those go that came from an alias which moves on."""


class AccountPayload(Part, frozen=True):
    """What is known of an account as such, and goes along when its key becomes an alias."""

    last_rep: LastRep | None = None
    by_hand: ManualAssignment | None = None
    by_hand_ms: int = 0
    questioned: MarketObjection | None = None
    enriched: tuple[Fact, ...] = ()


class JoinedRow(Row, frozen=True):
    """An alias of this key: key (account, alias). As many as domains and people that ever forwarded here."""

    prefix: ClassVar[str] = "joined"
    is_unproven: bool = False
    """By a company name alone."""
    is_by_contact: bool = False
    """By the account that the CRM's contact names."""
    gone_to: str = ""
    """Where it went on to: what still comes from it is sent there."""
    leaving_to: str = ""
    """Where it goes on to, while what is open of its people here is withdrawn."""
    last_rep: LastRep | None = None
    """Who worked with its people here, until it has left."""


def match_reasons(case: Case, lead: LeadRow) -> tuple[Reason, ...]:
    """Return by what a lead is here that does not write from a domain of the account; nothing where that is proof."""
    row = case.rows.get(JoinedRow, case.key, lead.home) if lead.home else None
    if row is None:
        return ()
    if row.is_by_contact:
        return (Reason.MATCHED_BY_CONTACT,)
    return (Reason.MATCHED_BY_NAME,) if row.is_unproven else ()


def leaving_cursor_key(key: str, origin: str) -> str:
    """Return the key of the cursor that sends on who came to ``key`` from ``origin``."""
    return f"{key} {origin}"


def is_leaving(case: Case, lead: LeadRow) -> bool:
    """Whether a lead is about to be sent on with its alias: nobody of this account is given it any more."""
    return bool(lead.home) and is_under_way(case.rows, LEAVING, leaving_cursor_key(case.key, lead.home))
