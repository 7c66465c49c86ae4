"""The aliases of an account key: which keys forward here, how they were matched, and where an alias has moved on to.

In: a lead of the account. Out: how the lead was matched, and whether it is about to leave. Nothing is written here.
``AccountPayload`` is what an alias sends of its account.
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
"""Kind of the cursor over a key's leads that sends on those of an alias that moves to another key."""


class AccountPayload(Part, frozen=True):
    """The knowledge of an account that is sent to another key when its own key becomes an alias."""

    last_rep: LastRep | None = None
    """Rep who worked the account last. None: no rep has."""
    by_hand: ManualAssignment | None = None
    """Manual reassignment in force. None: there is none."""
    by_hand_ms: int = 0
    """Date of the latest manual reassignment. Milliseconds UTC. 0: there was none."""
    questioned: MarketObjection | None = None
    """Sales' objection that the account is outside the market. None: no objection is in force."""
    enriched: tuple[Fact, ...] = ()
    """Facts of the company from enrichment. At most 5."""


class JoinedRow(Row, frozen=True):
    """An alias of this key: key (account, alias). One per domain or person that has ever forwarded here."""

    prefix: ClassVar[str] = "joined"
    is_unproven: bool = False
    """Whether a company name alone matched the alias to the account."""
    is_by_contact: bool = False
    """Whether the account that a CRM contact names matched the alias."""
    gone_to: str = ""
    """Key to which the alias has moved on. Records that still arrive for it are forwarded there. Empty: it is here."""
    leaving_to: str = ""
    """Key to which the alias moves once its leads' open hand-offs here are withdrawn. Empty: it is not leaving."""
    last_rep: LastRep | None = None
    """Rep who worked the leads of the alias here last, until the alias has left. None: no rep has."""
    crm_account_id: str = ""
    """CRM account to which the alias belongs, by id. Empty: none is known."""
    via: str = ""
    """Alias of this key that forwards the records of this alias. Empty: the alias forwards them itself."""
    came_via: str = ""
    """Alias of this key that forwarded the records before the alias itself did. Empty: none did."""
    introduced_to: str = ""
    """Key that knows from this key that the alias reaches it too. Empty: no key does."""
    asked: str = ""
    """Key that the alias asked to leave, and in whose name it is answered. Empty: this key."""
    passed_on_to: str = ""
    """Key to which the alias moves, while its leads are to be asked for at ``gone_to``. Empty: they are here."""


def match_reasons(case: Case, lead: LeadRow) -> tuple[Reason, ...]:
    """Return how the lead was matched to the account: by a CRM contact, or by an unproven company name.

    Empty if the lead's domain or a proven name proves the match.
    """
    row = case.rows.get(JoinedRow, case.key, lead.home) if lead.home else None
    if row is None:
        return ()
    if row.is_by_contact:
        return (Reason.MATCHED_BY_CONTACT,)
    return (Reason.MATCHED_BY_NAME,) if row.is_unproven else ()


def leaving_cursor_key(key: str, origin: str) -> str:
    """Return the key of the cursor that sends on the leads which came to ``key`` from the alias ``origin``."""
    return f"{key} {origin}"


def is_leaving(case: Case, lead: LeadRow) -> bool:
    """Whether the lead is about to be sent on with its alias. No hand-off of it is made here any more."""
    return bool(lead.home) and any(
        is_under_way(case.rows, LEAVING, leaving_cursor_key(case.key, origin))
        for origin in {lead.home, via_of(case, lead)}
        if origin
    )


def via_of(case: Case, lead: LeadRow) -> str:
    """Return the alias of this key that forwards the records of the lead's own alias. Empty: no other key does."""
    row = case.rows.get(JoinedRow, case.key, lead.home) if lead.home else None
    return "" if row is None or row.gone_to else row.via


def comes_from(case: Case, lead: LeadRow, origin: str) -> bool:
    """Whether a lead came from the alias ``origin``, itself or by way of it."""
    return bool(lead.home) and origin in {lead.home, via_of(case, lead)}
