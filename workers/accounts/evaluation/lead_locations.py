"""The account keys under which a lead is stored in this partition, and the numbers of its outputs after an erasure.

A lead may have been stored under several keys: under an alias, a domain that moved, or the key of a company name. An
erasure finds all of them here and does not depend on how accounts are merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.lead_events import LeadAdopted
from workers.accounts.handoffs.transfer_payload import unpack_row
from workers.accounts.state.lead import LeadRow, PlaceRow
from workers.accounts.state.score import ScoreRow
from workers.engine.rows import Row
from workers.identity.erasure_marks import erased_until_ms

if TYPE_CHECKING:
    from schemas.lead_events import LeadFact
    from workers.accounts.case import Case, LeadInHand
    from workers.engine.rows import Rows

MOST_PLACES = 1_000
"""Most account keys of one lead."""


class NumbersRow(Row, frozen=True):
    """The last numbers of an erased lead's outputs: key (lead_id). No id is used twice. Deleted with the mark."""

    prefix: ClassVar[str] = "numbers"
    stage_n: int = 0
    """Number of stage events published."""
    revision: int = 0
    """Number of scores published."""
    handoff_n: int = 0
    """Number of hand-offs opened under the lead's personal account key."""
    request_n: int = 0
    """Number of requests sent under the lead's personal account key."""
    alert_n: int = 0
    """Number of alert events published under the lead's personal account key."""


def restore_numbers(hand: LeadInHand) -> None:
    """Continue the numbers of a lead's outputs if the lead was erased before. For a lead that is new under this key."""
    case = hand.case
    at_ms = erased_until_ms(case.rows, hand.lead_id)
    if not at_ms:
        return
    numbers = case.rows.get(NumbersRow, hand.lead_id) or NumbersRow()
    hand.score = ScoreRow(revision=numbers.revision)
    hand.write_score()
    if case.key == personal_account_key(hand.lead_id):
        account = case.account
        case.change(
            handoff_n=max(account.handoff_n, numbers.handoff_n),
            request_n=max(account.request_n, numbers.request_n),
            alert_n=max(account.alert_n, numbers.alert_n),
        )
    hand.change(stage_n=numbers.stage_n, erased_ms=at_ms)


def places_of(rows: Rows, lead_id: str) -> list[str]:
    """Return the account keys under which the lead has rows here. At most 1,000."""
    return [parts[1] for parts, _ in rows.scan(PlaceRow, lead_id, limit=MOST_PLACES)]


def personal_account_key(lead_id: str) -> str:
    """Return the account key of a person whose address belongs to no company."""
    return f"lead:{lead_id}"


def is_erased(case: Case, lead: LeadRow, event: LeadFact) -> bool:
    """Whether a fact is from before the erasure of its person.

    ``lead`` is the stored row of the lead. The erasure mark is read only for a lead that is new under this key.
    """
    at_ms = lead.erased_ms if lead.stage is not None else erased_until_ms(case.rows, event.lead_id)
    if not at_ms:
        return False
    if isinstance(event, LeadAdopted):
        return unpack_row(event.lead, LeadRow).erased_ms < at_ms  # sent before the sending key was erased
    return event.occurred_at_ms <= at_ms
