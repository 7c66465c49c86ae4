"""Under which account keys a lead is known in this partition, and how its outputs are numbered on after an erasure.

A lead may have lived under several keys: an alias, a domain that moved, a name. Whoever has to find all of them, an
erasure, finds them here and need not know how accounts come together.
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


class NumbersRow(Row, frozen=True):
    """How far an erased lead's outputs were numbered, keyed by lead_id: an id is not given twice. Gone with the mark."""

    prefix: ClassVar[str] = "numbers"
    stage_n: int = 0
    revision: int = 0
    handoff_n: int = 0
    """These three of an account of one, ``lead:<lead_id>``."""
    request_n: int = 0
    alert_n: int = 0


def restore_numbers(hand: LeadInHand) -> None:
    """Continue the numbers of a lead's outputs if the lead was erased before. Used when a lead is new under this key."""
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
    """Return the account keys under which the lead has rows here."""
    return [parts[1] for parts, _ in rows.scan(PlaceRow, lead_id, limit=MOST_PLACES)]


def personal_account_key(lead_id: str) -> str:
    """Return the account_key of somebody whose address makes no account."""
    return f"lead:{lead_id}"


def is_erased(case: Case, lead: LeadRow, event: LeadFact) -> bool:
    """Whether a fact was erased before it came. ``lead`` is its lead's row; only of a new one the mark is read."""
    at_ms = lead.erased_ms if lead.stage is not None else erased_until_ms(case.rows, event.lead_id)
    if not at_ms:
        return False
    if isinstance(event, LeadAdopted):
        return unpack_row(event.lead, LeadRow).erased_ms < at_ms  # sent by who did not know yet
    return event.occurred_at_ms <= at_ms
