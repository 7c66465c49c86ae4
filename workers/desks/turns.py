"""Decide a request at a team's desk: the next rep in turn, the account's own rep, or the desk itself.

Input: a request at ``desk:<name>``, the rows, the time. Output: an outcome; nothing is written.

- Members are in the order of their rep_id, which decides ties.
- An absent or inactive rep never gets a lead.
- A rep whose capacity is used up gets no MQL. A raised hand ignores capacity: see
  ``capacity.is_limited_by_capacity``.
- If no rep has a required skill, the policy's fallback applies: the other members in turn, or a named rep.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver
from workers.desks.candidates import Lineup, line_up
from workers.desks.capacity import in_period, is_limited_by_capacity
from workers.desks.chat import give_to_answerer, prefer_at_work
from workers.desks.claimed_turns import decide_claim
from workers.desks.desk_terms import Terms, rep_desk
from workers.desks.manager_escalation import escalate_to_manager, goes_to_pool, is_overdue
from workers.desks.missed_responses import reps_off_turn
from workers.desks.open_work import prefer_fewest_open
from workers.desks.presence import why_unavailable_at
from workers.desks.request_outcome import Outcome, State
from workers.desks.rotation import next_turn
from workers.desks.rows import RepRow, RotationRow
from workers.desks.skill_match import lacks_skill
from workers.desks.waiting_list import first_of_lanes
from workers.engine.rows import Rows
from workers.policy.model import Desk

MAX_MEMBERS = 500
"""Most members of a desk."""


def members(rows: Rows, desk: str) -> list[tuple[str, RepRow]]:
    """Return the members of a desk, in list order (by rep_id)."""
    return [(parts[1], rep) for parts, rep in rows.scan(RepRow, desk, limit=MAX_MEMBERS)]


def decide_at_desk(
    terms: Terms, rows: Rows, request: DeskRequest, now_ms: int, *, is_released: bool = False
) -> Outcome:
    """Decide a request at a team's desk.

    ``is_released``: the request is the next one on the waiting list, so it cannot overtake another.
    """
    desk = terms.desk(request.desk)
    if desk is None:
        return _decide_without_desk(request)
    if request.kind in {Kind.INQUIRY, Kind.SERVICE} or goes_to_pool(request, desk):
        return Outcome(State.ASSIGNED, deadline=terms.deadline(request, desk, None, now_ms))
    if request.mode is RequestMode.TURN and request.rep_id is not None:
        return decide_claim(terms, rows, request, desk, now_ms)
    if request.rep_id is not None:
        return _decide_follow(terms, rows, request, desk, now_ms)
    return _decide_turn(terms, rows, request, desk, now_ms, is_released=is_released)


def _decide_without_desk(request: DeskRequest) -> Outcome:
    """Decide a request for a desk that is no longer in the policy.

    A named rep is asked at its own desk all the same. A turn is unavailable.
    """
    if request.rep_id is None:
        return Outcome(State.UNAVAILABLE)
    own = {"desk": rep_desk(request.rep_id), "mode": RequestMode.FOLLOW, "origin_desk": request.desk}
    return Outcome(State.SENT_ON, sent_on=request.model_copy(update=own))


def _decide_follow(terms: Terms, rows: Rows, request: DeskRequest, desk: Desk, now_ms: int) -> Outcome:
    """Assign the lead to the account's rep. It takes no turn, counts in the period, and ignores capacity."""
    rep_id = request.rep_id or ""
    rep = rows.get(RepRow, request.desk, rep_id)
    if rep is None or request.mode is RequestMode.OWNER or why_unavailable_at(rep, now_ms):
        # The rep's own desk knows whether the rep is still active, and who its stand-ins are.
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
    """Assign the lead to the next rep in turn, or decide that it waits or is forwarded."""
    rotation = in_period(rows.get(RotationRow, request.desk) or RotationRow(), terms.period(desk, now_ms))
    reps = dict(members(rows, request.desk))
    is_limited = is_limited_by_capacity(request)
    off_turn = reps_off_turn(rows, request.desk, desk, reps.items())
    lineup = line_up(desk, reps.items(), request, rotation, now_ms, is_limited=is_limited, off_turn=off_turn)
    skill_missing = not lineup.able and _is_skill_missing(lineup, is_limited=is_limited)
    if skill_missing and desk.skills is not None:
        if desk.skills.fallback is not None and _may_ask_fallback(request, is_released=is_released):
            onward = _to_fallback(request, desk.skills.fallback, skill_missing=True)
            return Outcome(State.SENT_ON, candidates=lineup.candidates, sent_on=onward, skill_missing=True)
        asks_nothing = request.model_copy(update={"language": None, "segment": None})
        lineup = line_up(
            desk, reps.items(), asks_nothing, rotation, now_ms, is_limited=is_limited, off_turn=off_turn
        )
    if not lineup.able:
        overdue = escalate_to_manager(request, desk, lineup.candidates)
        may_ask = _may_ask_fallback(request, is_released=is_released)
        return overdue or _decide_without_rep(
            request, desk, lineup, skill_missing=skill_missing, may_ask=may_ask
        )
    waits = is_limited and not is_released and not is_overdue(request)
    if waits and rotation.waiting and _overtakes(rows, desk, request, reps, lineup):
        return Outcome(State.WAITING, candidates=lineup.candidates, skill_missing=skill_missing)
    held = lineup.held if desk.turn.when_away == "hold" else ()
    lineup = prefer_at_work(terms, desk, reps, request, lineup, now_ms)
    lineup = prefer_fewest_open(desk, request, lineup)
    step = give_to_answerer(request, lineup, next_turn(lineup.able, rotation.credits, held))
    rep = reps[step.taker]
    return Outcome(
        State.ASSIGNED,
        rep_id=step.taker,
        rep_name=rep.name,
        how_chosen=HowChosen.ANSWERED_CHAT if step.taker == request.answerer else HowChosen.ROTATION,
        deadline=terms.deadline(request, desk, rep, now_ms),
        skill_missing=skill_missing,
        candidates=lineup.candidates,
        step=step,
        period=rotation.period,
    )


def _is_skill_missing(lineup: Lineup, *, is_limited: bool) -> bool:
    """Whether the lead must go to a rep without the required skill.

    It must if no member has the skill. A lead that capacity does not limit never waits: for it, it is enough that no
    member with the skill is present.
    """
    lacks = any(one.passed_over is PassedOver.LACKS_SKILL for one in lineup.candidates)
    return lacks and not (is_limited and lineup.has_skill)


def _overtakes(
    rows: Rows, desk: Desk, request: DeskRequest, reps: Mapping[str, RepRow], lineup: Lineup
) -> bool:
    """Whether this request would overtake a lead on the waiting list.

    It would if a rep who can get it could also get the first lead of a lane, which waits for opening hour.
    """
    for waiting in first_of_lanes(rows, request.desk):
        before = waiting.request
        nobody_can = all(lacks_skill(desk, rep, before) for rep in reps.values() if rep.active)
        able = [rep_id for rep_id, _ in lineup.able if rep_id not in before.excluded]
        if any(nobody_can or not lacks_skill(desk, reps[rep_id], before) for rep_id in able):
            return True
    return False


def _may_ask_fallback(request: DeskRequest, *, is_released: bool) -> bool:
    """Whether to forward the request to the fallback.

    Not if the fallback has just sent it back because every stand-in is away, except when the request is released.
    """
    return not request.rounds or is_released


def _decide_without_rep(
    request: DeskRequest, desk: Desk, lineup: Lineup, *, skill_missing: bool, may_ask: bool
) -> Outcome:
    """Decide a request that no rep can get now.

    If only used-up capacity keeps it from a rep, it waits. If all members are away, the policy decides: it is
    forwarded to the fallback, or it waits.
    """
    candidates = lineup.candidates
    if lineup.is_full:
        return Outcome(State.WAITING, desk_full=True, candidates=candidates, skill_missing=skill_missing)
    fallback = desk.raised_hand_fallback if request.raised_hand else desk.everyone_away.mql_fallback
    if fallback is None or not may_ask:
        return Outcome(State.WAITING, everyone_away=True, candidates=candidates, skill_missing=skill_missing)
    onward = _to_fallback(request, fallback, everyone_away=True, skill_missing=skill_missing)
    return Outcome(
        State.SENT_ON, everyone_away=True, candidates=candidates, sent_on=onward, skill_missing=skill_missing
    )


def _to_fallback(request: DeskRequest, fallback: str, **why: bool) -> DeskRequest:
    """Return the request as forwarded to the own desk of a fallback."""
    there = {
        "desk": rep_desk(fallback),
        "mode": RequestMode.OWNER,
        "rep_id": fallback,
        "origin_desk": request.desk,
    }
    return request.model_copy(update=there | why)
