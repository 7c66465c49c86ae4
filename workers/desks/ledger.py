"""Lines of the desk's ledger: each turn, its candidates, their credits before and after, and why each was passed over.

Input: a request and its outcome, or a return. Output: a LedgerEntry for desk.ledger. Credits are in millionths of a
turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from schemas.desk_requests import DeskRequest, DeskReturn, RequestMode
from schemas.lead_events import WaitAges
from schemas.outputs import LedgerCandidate, LedgerEntry, LedgerEntryType
from schemas.topics import DESK_LEDGER
from schemas.vocabulary import PassedOver
from workers.desks.desk_terms import REP_PREFIX, Terms
from workers.desks.request_outcome import Outcome, State
from workers.desks.rows import AnswerRow, RotationRow
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.outbox import emit, fact_id

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def make_ledger_line(
    terms: Terms,
    rows: Rows,
    request: DeskRequest,
    outcome: Outcome,
    now_ms: int,
    ages: WaitAges | None,
    *,
    is_released: bool,
) -> Emit | None:
    """Return the ledger line of a decision.

    None for an inquiry, which the desk itself answers, and for a request that no rep could take.
    """
    entry = _entry_type(request, outcome, is_released=is_released)
    if entry is None:
        return None
    rotation = rows.get(RotationRow, request.desk) or RotationRow()
    gains = _gains(outcome.step.weights, outcome.step.unit) if outcome.step else {}
    candidates = []
    for one in outcome.candidates:
        is_taker = one.rep_id == outcome.rep_id
        after = rotation.credits.get(one.rep_id, 0) if one.rep_id in gains else one.credit
        why = one.passed_over or (None if is_taker else PassedOver.NOT_ITS_TURN)
        candidates.append(
            LedgerCandidate(
                rep_id=one.rep_id,
                weight=one.weight,
                current_before=one.credit,
                current_after=after,
                gained=gains.get(one.rep_id, 0),
                since_turn=rotation.joined.get(one.rep_id, 0),
                taken_in_period=one.taken,
                capacity=one.capacity,
                passed_over=why,
                open=one.open,
            )
        )
    rounds = [request.rounds] if request.rounds else []
    return emit(
        DESK_LEDGER,
        LedgerEntry(
            # A request may reach a desk twice: it comes back if every stand-in is away. The id then counts them.
            event_id=fact_id(
                "desk_ledger", request.desk, request.request_id, entry, len(request.away), *rounds
            ),
            occurred_at=_EPOCH + timedelta(milliseconds=now_ms),
            desk=request.desk,
            turn=rotation.turn,
            entry=entry,
            request_id=request.request_id,
            account_key=request.account_key,
            lead_id=request.lead_id,
            rep_id=outcome.rep_id,
            candidates=candidates,
            waiting=rotation.waiting,
            ages=ages,
            policy=terms.ref,
        ),
    )


def make_return_line(
    terms: Terms, event: DeskReturn, answer: AnswerRow, before: RotationRow, after: RotationRow, now_ms: int
) -> Emit:
    """Return the ledger line of a returned turn, or of returned capacity."""
    weights = dict(answer.weights)
    rep_ids = sorted(weights or ([answer.rep_id] if answer.rep_id else []))
    lost = {
        rep_id: -gain
        for rep_id, gain in _gains(answer.weights, answer.unit).items()
        if after.joined.get(rep_id, 0) < answer.turn
    }
    return emit(
        DESK_LEDGER,
        LedgerEntry(
            event_id=fact_id("desk_ledger", event.desk, event.request_id, "return"),
            occurred_at=_EPOCH + timedelta(milliseconds=now_ms),
            desk=event.desk,
            turn=answer.turn or after.turn,
            entry="return",
            credited_by=event.credited_by,
            credit_reason=event.credit_reason,
            request_id=event.request_id,
            account_key=answer.account_key,
            lead_id=answer.lead_id,
            rep_id=answer.rep_id,
            candidates=[
                LedgerCandidate(
                    rep_id=rep_id,
                    weight=weights.get(rep_id, 1),
                    current_before=before.credits[rep_id],
                    current_after=after.credits[rep_id],
                    gained=lost.get(rep_id, 0),
                    since_turn=after.joined.get(rep_id, 0),
                    taken_in_period=after.taken.get(rep_id, 0),
                )
                for rep_id in rep_ids
                if rep_id in after.credits  # a rep who has left since is on no line any more
            ],
            waiting=after.waiting,
            policy=terms.ref,
        ),
    )


def _gains(weights: Sequence[tuple[str, int]], unit: int) -> dict[str, int]:
    """Return each rep's gain in one turn."""
    return {rep_id: weight * unit for rep_id, weight in weights}


def _entry_type(request: DeskRequest, outcome: Outcome, *, is_released: bool) -> LedgerEntryType | None:
    """Return the type of the ledger line; None if the decision has no line."""
    if outcome.state is State.WAITING:
        return "waiting"
    if outcome.state is State.SENT_ON:
        return "sent_on"
    if outcome.state is not State.ASSIGNED or outcome.rep_id is None:
        return None
    if is_released:
        return "released"
    if outcome.step is not None:
        return "turn"
    is_follow = request.mode is not RequestMode.OWNER and not request.desk.startswith(REP_PREFIX)
    return "follow" if is_follow else "owner"
