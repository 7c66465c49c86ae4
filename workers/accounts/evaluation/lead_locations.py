"""The index from a lead to its account keys in this partition, and the last output numbers of an erased lead.

A lead may have been stored under several keys: under an alias, a domain that moved, or the key of a company name. An
erasure reads all of them from this index, however accounts were merged.
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
    """The last numbers of an erased lead's outputs: key (lead_id). They keep ids unique. Deleted with the erasure mark."""

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
    """Continue the output numbers of a lead that was erased before, so that no id is used twice.

    Called when a lead is new under this key. It changes nothing if the lead was never erased.
    """
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


def is_before_erasure(case: Case, lead: LeadRow, event: LeadFact) -> bool:
    """Whether an event about a lead is dated up to the erasure of its person. Such an event must be dropped.

    ``lead`` is the stored row of the lead, which has the date of the erasure. For a lead that is new under this key, the
    date is read from the erasure mark.
    """
    at_ms = lead.erased_ms if lead.stage is not None else erased_until_ms(case.rows, event.lead_id)
    if not at_ms:
        return False
    if isinstance(event, LeadAdopted):
        return unpack_row(event.lead, LeadRow).erased_ms < at_ms  # sent before the sending key was erased
    return event.occurred_at_ms <= at_ms
