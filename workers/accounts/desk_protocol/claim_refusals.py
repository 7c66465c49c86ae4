"""Refused claims: an alert notifies the rep why the lead cannot be claimed, and who has it, until the obstacle is gone.

In: a claim and its obstacle; changes of the account. Out: one alert per lead and rep. It is cleared when no obstacle is
left, or when the lead is no longer stored here. At most ten alerts of an account are open, the latest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Alert
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.rep_claims import find_obstacle
from workers.accounts.state.lead import LeadRow, PlaceRow
from workers.accounts.state.parts import RefusedClaim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.case import Case
    from workers.accounts.state.parts import Obstacle

MOST_REFUSED: Final = 10
"""Most refused claims of an account that are reported: the latest."""


def refuse_claim(case: Case, lead_id: str, rep_id: str, at_ms: int, found: Obstacle) -> None:
    """Report the obstacle to the rep. A repeated claim raises another alert only if the obstacle is another one."""
    made = RefusedClaim(lead_id, rep_id, at_ms, found)
    held = [one for one in case.account.refused if (one.lead_id, one.rep_id) == (lead_id, rep_id)]
    others = [one for one in case.account.refused if one not in held]
    if held and held[0].obstacle != found:
        _clear_alerts(case, held)
    _clear_alerts(case, others[: -MOST_REFUSED + 1])
    if case.rows.get(LeadRow, case.key, lead_id) is None:
        case.rows.put(PlaceRow(), lead_id, case.key)  # so that an erasure finds the claim
    _raise_alert(case, made)
    case.change(refused=(*others[-MOST_REFUSED + 1 :], made))


def review_refusals(case: Case) -> None:
    """Clear the alerts whose obstacle is gone. Raise another alert where the obstacle is another one now."""
    refused: list[RefusedClaim] = []
    for one in case.account.refused:
        found = find_obstacle(LeadInHand(case, one.lead_id), one.rep_id, one.at_ms)
        if found == one.obstacle:
            refused.append(one)
            continue
        _clear_alerts(case, [one])
        if found is not None:
            refused.append(RefusedClaim(one.lead_id, one.rep_id, one.at_ms, found))
            _raise_alert(case, refused[-1])
    if tuple(refused) != case.account.refused:
        case.change(refused=tuple(refused))


def forget_lead(case: Case, lead_id: str) -> None:
    """Clear the alerts of a lead that was erased or is stored under another key."""
    gone = [one for one in case.account.refused if one.lead_id == lead_id]
    if gone:
        _clear_alerts(case, gone)
        case.change(refused=tuple(one for one in case.account.refused if one.lead_id != lead_id))


def _raise_alert(case: Case, one: RefusedClaim) -> None:
    case.raise_alert(
        Alert.CLAIM_REFUSED,
        _subject(one),
        lead_id=one.lead_id,
        rep_id=one.obstacle.rep_id,
        desk=one.obstacle.desk,
        why=one.obstacle.why,
        told=(one.rep_id,),
    )


def _clear_alerts(case: Case, gone: Iterable[RefusedClaim]) -> None:
    for one in gone:
        case.clear_alert(Alert.CLAIM_REFUSED, _subject(one))


def _subject(one: RefusedClaim) -> str:
    return f"{one.lead_id} {one.rep_id}"
