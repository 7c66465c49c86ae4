"""When leads that wait may go: as soon as there is room or somebody is back, MQLs at opening hour.

In: a desk and the time. Out: answers to those that go, and the timer of the next look. One look lets at most 50 go;
the next follows at once, with the same due time.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest, LookAgain
from schemas.topics import DESK_REQUESTS
from workers.desks.desk_terms import DESK_PREFIX, Terms
from workers.desks.owners import decide_at_rep, restart_request
from workers.desks.partner_desks import PARTNER_PREFIX, decide_at_partner
from workers.desks.presence import back_at_ms, is_absent
from workers.desks.request_answers import apply_outcome
from workers.desks.request_outcome import Outcome, State
from workers.desks.turns import decide_at_desk, members
from workers.desks.waiting_list import first_of_lane, first_of_lanes, next_to_release, remove_waiting
from workers.desks.waiting_reasons import start_if_reason_changed
from workers.engine.api import Emit
from workers.engine.rows import Rows
from workers.engine.timers import cancel_timer, set_timer
from workers.outbox import emit

RELEASE = "release"
_CHUNK = 50


def decide_request(
    terms: Terms, rows: Rows, request: DeskRequest, now_ms: int, *, is_released: bool = False
) -> Outcome:
    """Decide a request at whatever desk it stands."""
    if request.desk.startswith(DESK_PREFIX):
        return decide_at_desk(terms, rows, request, now_ms, is_released=is_released)
    if request.desk.startswith(PARTNER_PREFIX):
        return decide_at_partner(terms, request, now_ms)
    return decide_at_rep(terms, rows, request, now_ms)


def release_waiting(
    terms: Terms, rows: Rows, desk: str, now_ms: int, *, stand_in_is_back: bool = False
) -> list[Emit]:
    """Let go whoever can, MQLs only while the desk is open, and set the timer of the next look."""
    known = terms.desk(desk)
    is_open = known is None or terms.is_open(known, now_ms)
    emits: list[Emit] = []
    firsts = {one.lane: one for one in first_of_lanes(rows, desk) if is_open or not one.is_limited}
    gone = 0
    while gone < _CHUNK and (chosen := next_to_release(firsts.values())) is not None:
        request = restart_request(chosen.request) if stand_in_is_back else chosen.request
        outcome = decide_request(terms, rows, request, now_ms, is_released=True)
        if outcome.state is State.WAITING:
            start_if_reason_changed(rows, chosen, outcome)
            del firsts[chosen.lane]  # what it needs is full or away, and so it is for all behind it
            continue
        gone += 1
        remove_waiting(rows, chosen.place)
        emits += apply_outcome(terms, rows, request, outcome, now_ms, is_released=True)
        behind = first_of_lane(rows, desk, chosen.lane)
        if behind is None:
            del firsts[chosen.lane]
        else:
            firsts[chosen.lane] = behind
    if firsts and stand_in_is_back:
        emits.append(emit(DESK_REQUESTS, LookAgain(desk=desk)))
    elif firsts:
        set_timer(rows, RELEASE, desk, now_ms)
    else:
        schedule_release(terms, rows, desk, now_ms)
    return emits


def schedule_release(terms: Terms, rows: Rows, desk: str, now_ms: int) -> None:
    """Set the timer for when something may have changed, or none.

    Whoever waits is looked at when somebody is back; an MQL then, or when a period ends, at opening hour.
    """
    waiting = first_of_lanes(rows, desk)
    known = terms.desk(desk)
    back = [
        back_at_ms(rep, now_ms) for _, rep in members(rows, desk) if rep.active and is_absent(rep, now_ms)
    ]
    changes = list(back) if known is None or any(not one.is_limited for one in waiting) else []
    if known is not None and any(one.is_limited for one in waiting):
        chances = [*back, terms.period(known, now_ms).ends_ms]
        if not terms.is_open(known, now_ms):
            chances = [now_ms]
        changes += [terms.next_opening(known, at_ms) for at_ms in chances]
    if waiting and changes:
        set_timer(rows, RELEASE, desk, min(changes))
    else:
        cancel_timer(rows, RELEASE, desk)
