"""Decide a claim: a rep claimed a lead before its score qualified it. The rep gets the lead and is charged the turn.

Input: a request with mode turn that names a rep, the rows, the time. Output: an outcome; nothing is written.

A claim counts as presence and ignores capacity. If the rotation would pass the rep over (absent, without the skill), no
turn is charged, but the lead counts in the period. A rep who is not an active member of the desk gets the lead at its
own desk.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import HowChosen
from workers.desks.candidates import line_up
from workers.desks.capacity import in_period
from workers.desks.desk_terms import Terms, rep_desk
from workers.desks.missed_responses import reps_off_turn
from workers.desks.request_outcome import Outcome, State
from workers.desks.rotation import next_turn
from workers.desks.rows import RepRow, RotationRow
from workers.engine.rows import Rows
from workers.policy.model import Desk

MAX_MEMBERS = 500
"""Most members of a desk."""


def decide_claim(terms: Terms, rows: Rows, request: DeskRequest, desk: Desk, now_ms: int) -> Outcome:
    """Assign the lead to the rep who claimed it, and charge the turn."""
    rep_id = request.rep_id or ""
    rep = rows.get(RepRow, request.desk, rep_id)
    if rep is None or not rep.active:
        # The rep's own desk knows whether the rep is still active.
        own = {"desk": rep_desk(rep_id), "mode": RequestMode.FOLLOW, "origin_desk": request.desk}
        return Outcome(State.SENT_ON, sent_on=request.model_copy(update=own))
    period = terms.period(desk, now_ms)
    rotation = in_period(rows.get(RotationRow, request.desk) or RotationRow(), period)
    reps = [(parts[1], one) for parts, one in rows.scan(RepRow, request.desk, limit=MAX_MEMBERS)]
    off_turn = reps_off_turn(rows, request.desk, desk, reps)
    lineup = line_up(desk, reps, request, rotation, now_ms, is_limited=False, off_turn=off_turn)
    outcome = Outcome(
        State.ASSIGNED,
        rep_id=rep_id,
        rep_name=rep.name,
        how_chosen=HowChosen.ACCOUNT_REP,
        deadline=terms.deadline(request, desk, rep, now_ms),
        period=period.name,
    )
    if rep_id not in dict(lineup.able):
        return outcome
    step = replace(next_turn(lineup.able, rotation.credits), taker=rep_id)
    return replace(outcome, candidates=lineup.candidates, step=step)
