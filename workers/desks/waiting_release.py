"""Release leads from the waiting list: when a rep has capacity again or is back, MQLs in opening hours only.

Input: a desk and the time. Output: answers to released leads, and the timer of the next look. One look releases at
most 50 leads. The next look follows at once, with the same due time.
"""

from __future__ import annotations

from schemas.desk_requests import DeskRequest, LookAgain
from schemas.partner_load import PARTNERS_DESK
from schemas.topics import DESK_REQUESTS
from workers.desks.desk_terms import DESK_PREFIX, Terms
from workers.desks.owners import decide_at_rep, restart_request
from workers.desks.partner_desks import PARTNER_PREFIX, decide_at_partner
from workers.desks.partner_turns import decide_among_partners
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
"""The kind of the timer of the next look at a waiting list. Its key is the desk."""
_CHUNK = 50


def decide_request(
    terms: Terms, rows: Rows, request: DeskRequest, now_ms: int, *, is_released: bool = False
) -> Outcome:
    """Decide a request at its desk: a team, a partner, or a rep's own desk."""
    if request.desk.startswith(DESK_PREFIX):
        return decide_at_desk(terms, rows, request, now_ms, is_released=is_released)
    if request.desk == PARTNERS_DESK:
        return decide_among_partners(terms, rows, request, now_ms)
    if request.desk.startswith(PARTNER_PREFIX):
        return decide_at_partner(terms, request, now_ms)
    return decide_at_rep(terms, rows, request, now_ms)


def release_waiting(
    terms: Terms, rows: Rows, desk: str, now_ms: int, *, stand_in_is_back: bool = False
) -> list[Emit]:
    """Release every lead that can be assigned now, and set the timer of the next look.

    MQLs are released only while the desk is open. ``stand_in_is_back``: the forwarded requests are started again,
    because a stand-in is back.
    """
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
            del firsts[chosen.lane]  # its reps are full or away, also for all behind it in the lane
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
    """Set the timer for the next instant at which a waiting lead may be released, or cancel it.

    A lead that capacity does not limit is looked at when a member is back. An MQL is looked at when a member is back
    or a capacity period has ended, at the next opening; while the desk is closed, at its next opening.
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
