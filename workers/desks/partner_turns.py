"""Turns between partners, at the one desk of all partners: the first level with capacity, in it the next in turn.

Input: a request with the partners who may get the lead, the open leads of each, the policy. Output: an outcome; the
open leads as accounts report them. The rotation is that of reps, so the ledger adds up in the same way. A partner's id
here is ``partner:<name>``.

The desk counts an assignment before the account reports it. The account's report replaces that count. So a partner
never gets a new account above its limit.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from schemas.partner_load import PARTNERS_DESK
from schemas.vocabulary import HowChosen, PassedOver
from workers.desks.partner_desks import PARTNER_PREFIX
from workers.desks.request_outcome import Candidate, Outcome, State
from workers.desks.rotation import Step, next_turn
from workers.desks.rows import RotationRow
from workers.engine.rows import Row

if TYPE_CHECKING:
    from schemas.desk_requests import DeskRequest
    from schemas.partner_load import PartnerLoad
    from workers.desks.desk_terms import Terms
    from workers.engine.rows import Rows


class PartnerOpenRow(Row, frozen=True):
    """The open leads of an account that a partner has. Key: (desk, partner, account_key).

    Deleted when there are none. Bounded by the accounts that partners have.
    """

    prefix: ClassVar[str] = "partner-open"
    open: int = 0
    """Open hand-offs, as the account reported them last."""
    promised: tuple[str, ...] = ()
    """Requests whose assignment the account has not reported yet, by request_id. At most one is open at a time."""

    @property
    def count(self) -> int:
        """Number of open leads that count against the limit."""
        return self.open + len(self.promised)


def decide_among_partners(terms: Terms, rows: Rows, request: DeskRequest, now_ms: int) -> Outcome:
    """Decide a request at the desk of all partners. Without a partner who has capacity it is unavailable."""
    rotation = rows.get(RotationRow, PARTNERS_DESK) or RotationRow()
    order = terms.policy.partner_order.levels
    known = [name for name in request.partners or () if name in order]
    candidates: list[Candidate] = []
    step: Step | None = None
    is_turn = False
    for _, names in groupby(sorted(known, key=order.__getitem__), order.__getitem__):
        level = [_candidate(terms, rotation, name, is_later=step is not None) for name in names]
        candidates += level
        able = [(one.rep_id, one.weight) for one in level if one.passed_over is None]
        if able:
            step, is_turn = next_turn(able, rotation.credits), len(able) > 1
    if step is None:
        return Outcome(State.UNAVAILABLE, desk_full=bool(candidates), candidates=tuple(candidates))
    return Outcome(
        State.ASSIGNED,
        rep_id=step.taker,
        how_chosen=HowChosen.ROTATION if is_turn else None,
        deadline=terms.partner_deadline(step.taker.removeprefix(PARTNER_PREFIX), request, now_ms),
        candidates=tuple(candidates),
        step=step,
    )


def promise_lead(terms: Terms, rows: Rows, request: DeskRequest, outcome: Outcome) -> None:
    """Count the lead that a request gave to a partner, until its account reports it.

    Without a limit no account reports, so nothing is counted.
    """
    if not terms.policy.partner_order.has_limits:
        return
    if outcome.state is State.ASSIGNED and outcome.rep_id is not None:
        key = (PARTNERS_DESK, outcome.rep_id, request.account_key)
        held = rows.get(PartnerOpenRow, *key) or PartnerOpenRow()
        _write(rows, key, held, replace(held, promised=(*held.promised, request.request_id)))


def drop_promise(rows: Rows, partner_id: str, account_key: str, request_id: str) -> None:
    """Stop to count a lead that was given to a partner, because its account did not want it any more."""
    key = (PARTNERS_DESK, partner_id, account_key)
    held = rows.get(PartnerOpenRow, *key) or PartnerOpenRow()
    promised = tuple(one for one in held.promised if one != request_id)
    _write(rows, key, held, replace(held, promised=promised))


def apply_load(rows: Rows, event: PartnerLoad) -> None:
    """Store the open leads that an account reports. A request that it still has open is counted beside them."""
    key = (PARTNERS_DESK, PARTNER_PREFIX + event.partner, event.account_key)
    held = rows.get(PartnerOpenRow, *key) or PartnerOpenRow()
    promised = tuple(one for one in held.promised if one == event.request_id)
    _write(rows, key, held, PartnerOpenRow(open=event.open, promised=promised))


def _candidate(terms: Terms, rotation: RotationRow, name: str, *, is_later: bool) -> Candidate:
    """Return a partner as the decision sees it. ``is_later``: a partner of an earlier level gets the lead."""
    partner, partner_id = terms.policy.partners[name], PARTNER_PREFIX + name
    taken = rotation.taken.get(partner_id, 0)
    why = PassedOver.NOT_PREFERRED if is_later else None
    if partner.most_open is not None and taken >= partner.most_open:
        why = PassedOver.FULL
    credit = rotation.credits.get(partner_id, 0)
    return Candidate(partner_id, partner.weight or 1, credit, taken, partner.most_open, why)


def _write(rows: Rows, key: tuple[str, str, str], before: PartnerOpenRow, after: PartnerOpenRow) -> None:
    """Write the open leads of an account, and their change in the partner's total."""
    if after.count or after.promised:
        rows.put(after, *key)
    else:
        rows.delete(PartnerOpenRow, *key)
    if after.count != before.count:
        rotation = rows.get(RotationRow, PARTNERS_DESK) or RotationRow()
        total = rotation.taken.get(key[1], 0) + after.count - before.count
        rows.put(replace(rotation, taken=rotation.taken | {key[1]: total}), PARTNERS_DESK)
