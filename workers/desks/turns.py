"""Which rep of a desk takes a request: the next in turn, the one who has the account, or the desk itself.

In: a request at ``desk:<name>``, the rows, the time. Out: an outcome; nothing is written here. Members stand in the
order of their rep_id, which decides ties. Who is absent or inactive never gets a lead; who is full gets no MQL.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver
from workers.desks.capacity import capacity_of, in_period
from workers.desks.outcome import Candidate, Outcome, State
from workers.desks.presence import why_not_there
from workers.desks.rotation import next_turn
from workers.desks.rows import RepRow, RotationRow
from workers.desks.terms import Terms, rep_desk
from workers.engine.rows import Rows
from workers.policy.model import Desk

MAX_MEMBERS = 500


def needs_room(request: DeskRequest) -> bool:
    """Whether capacity holds this request back: an MQL whose lead did not ask for sales."""
    return request.kind is Kind.MQL and not request.raised_hand


def members(rows: Rows, desk: str) -> list[tuple[str, RepRow]]:
    """The reps of a desk, in list order (by rep_id)."""
    return [(parts[1], rep) for parts, rep in rows.scan(RepRow, desk, limit=MAX_MEMBERS)]


def decide_at_desk(
    terms: Terms, rows: Rows, request: DeskRequest, now_ms: int, *, is_released: bool = False
) -> Outcome:
    """Decide a request at a desk. ``is_released``: it stands first among those that wait, nobody is before it."""
    desk = terms.desk(request.desk)
    if desk is None:
        return Outcome(State.UNAVAILABLE)
    if request.kind is Kind.INQUIRY:
        return Outcome(State.ASSIGNED, deadline=terms.deadline(request, desk, None, now_ms))
    if request.mode is not RequestMode.TURN and request.rep_id is not None:
        return _decide_follow(terms, rows, request, desk, now_ms)
    return _decide_turn(terms, rows, request, desk, now_ms, is_released=is_released)


def _decide_follow(terms: Terms, rows: Rows, request: DeskRequest, desk: Desk, now_ms: int) -> Outcome:
    """The rep who has the account: no turn, counts in the period, may exceed it."""
    rep_id = request.rep_id or ""
    rep = rows.get(RepRow, request.desk, rep_id)
    if rep is None or request.mode is RequestMode.OWNER or why_not_there(rep, now_ms):
        # The desk of one knows whether the rep is still with us, and who stands in.
        onward = request.model_copy(update={"desk": rep_desk(rep_id), "origin_desk": request.desk})
        return Outcome(State.SENT_ON, sent_on=onward)
    return Outcome(
        State.ASSIGNED,
        rep_id=rep_id,
        rep_name=rep.name,
        how_chosen=HowChosen.ACCOUNT_REP,
        deadline=terms.deadline(request, desk, rep, now_ms),
        period=terms.period(desk, now_ms).name,
    )


def _decide_turn(
    terms: Terms, rows: Rows, request: DeskRequest, desk: Desk, now_ms: int, *, is_released: bool
) -> Outcome:
    rotation = in_period(rows.get(RotationRow, request.desk) or RotationRow(), terms.period(desk, now_ms))
    reps = dict(members(rows, request.desk))
    is_bound = needs_room(request)
    candidates = tuple(
        _candidate(rep_id, rep, rotation, desk, now_ms, is_bound=is_bound) for rep_id, rep in reps.items()
    )
    able = [(one.rep_id, one.weight) for one in candidates if one.passed_over is None]
    if not able:
        return _nobody(request, desk, candidates)
    if is_bound and rotation.waiting and not is_released:
        return Outcome(State.WAITING, candidates=candidates)  # others wait for opening hour: no overtaking
    held = []
    if desk.turn.when_away == "hold":
        held = [(one.rep_id, one.weight) for one in candidates if one.passed_over is PassedOver.ABSENT]
    step = next_turn(able, rotation.credits, held)
    rep = reps[step.taker]
    return Outcome(
        State.ASSIGNED,
        rep_id=step.taker,
        rep_name=rep.name,
        how_chosen=HowChosen.ROTATION,
        deadline=terms.deadline(request, desk, rep, now_ms),
        candidates=candidates,
        step=step,
        period=rotation.period,
    )


def _candidate(
    rep_id: str, rep: RepRow, rotation: RotationRow, desk: Desk, now_ms: int, *, is_bound: bool
) -> Candidate:
    taken, capacity = rotation.taken.get(rep_id, 0), capacity_of(rep, desk.mqls_per_rep.most)
    why = why_not_there(rep, now_ms)
    if why is None and is_bound and taken >= capacity:
        why = PassedOver.FULL
    return Candidate(rep_id, rep.weight, rotation.credits.get(rep_id, 0), taken, capacity, why)


def _nobody(request: DeskRequest, desk: Desk, candidates: tuple[Candidate, ...]) -> Outcome:
    """Nobody can take it: full desks make MQLs wait; where all are away, the policy says who stands in."""
    if any(one.passed_over is PassedOver.FULL for one in candidates):
        return Outcome(State.WAITING, desk_full=True, candidates=candidates)
    away = desk.everyone_away
    fallback = away.raised_hand if request.raised_hand else away.mql_fallback
    if fallback is None:
        return Outcome(State.WAITING, everyone_away=True, candidates=candidates)
    onward = request.model_copy(
        update={
            "desk": rep_desk(fallback),
            "mode": RequestMode.OWNER,
            "rep_id": fallback,
            "origin_desk": request.desk,
            "everyone_away": True,
        }
    )
    return Outcome(State.SENT_ON, everyone_away=True, candidates=candidates, sent_on=onward)
