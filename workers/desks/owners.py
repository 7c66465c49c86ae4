"""Decide a request at a rep's own desk: the rep, else the deputy, else a manager, else the desk's fallback.

Input: a request at ``rep:<rep_id>``, the rows, the time. Output: an outcome; nothing is written.

- An absent owner keeps the account; the deputy gets the task.
- If every stand-in is away too, the request goes back to the rep for whom it was meant, or to the team that forwarded
  it to its fallback. It waits there for the first of them all who is back.
- If the owner has left, the answer is "unavailable", and the account tries its next route.
"""

from __future__ import annotations

from typing import Literal

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver
from workers.desks.desk_terms import DESK_PREFIX, REP_PREFIX, Terms, rep_desk
from workers.desks.presence import why_unavailable_at
from workers.desks.request_outcome import Outcome, State
from workers.desks.rows import RepRow
from workers.engine.rows import Rows
from workers.policy.model import Desk

MAX_DEPUTIES = 3
"""Most deputies of deputies that are asked before the manager."""
MAX_AWAY = 5
"""Most reps that are asked in all. It is the contract's bound of ``away``."""


def decide_at_rep(terms: Terms, rows: Rows, request: DeskRequest, now_ms: int) -> Outcome:
    """Decide a request at a rep's own desk."""
    rep_id = request.desk.removeprefix(REP_PREFIX)
    rep = rows.get(RepRow, request.desk, rep_id)
    home_desk = terms.home_desk(rep, request.origin_desk)
    why = why_unavailable_at(rep, now_ms)
    had_it = rep_id in request.excluded and not is_back_at_rep(request)
    away = [*request.away, rep_id]
    stand_in = None if is_back_at_rep(request) else _stand_in(request, rep, home_desk, away)
    if rep is not None and why is None and not (had_it and (stand_in is not None or request.away)):
        return Outcome(
            State.ASSIGNED,
            rep_id=rep_id,
            rep_name=rep.name,
            deputy_for=request.deputy_for,
            how_chosen=_how_chosen(request),
            deadline=terms.deadline(request, home_desk, rep, now_ms),
            everyone_away=request.everyone_away,
            skill_missing=request.skill_missing,
        )
    if is_back_at_rep(request):
        return Outcome(State.WAITING, everyone_away=True)
    is_first = not request.away and not request.is_stood_in_for and request.move is None
    if why is PassedOver.INACTIVE and is_first:
        return Outcome(State.UNAVAILABLE, why_unavailable=why)
    if stand_in is not None:
        return Outcome(State.SENT_ON, sent_on=_to_stand_in(request, rep, stand_in, away))
    if request.is_stood_in_for and (request.origin_desk or "").startswith(DESK_PREFIX):
        onward = _back_to_desk(request)
    elif request.away:
        meant = {"desk": rep_desk(away[0]), "rep_id": away[0], "deputy_for": None, "stands_in_as": None}
        onward = request.model_copy(update=meant)
    else:
        return Outcome(State.WAITING, everyone_away=True)
    return Outcome(State.SENT_ON, sent_on=onward)


def is_back_at_rep(request: DeskRequest) -> bool:
    """Whether the request is back at the rep for whom it was meant, because every stand-in is away too."""
    return request.desk.removeprefix(REP_PREFIX) in request.away


def restart_request(request: DeskRequest) -> DeskRequest:
    """Return the request as it was before every stand-in was found away, with one round more.

    All of them are asked again, because one is back now.
    """
    if not is_back_at_rep(request):
        return request
    return request.model_copy(update={"away": [], "manager_id": None, "rounds": request.rounds + 1})


def _stand_in(
    request: DeskRequest, rep: RepRow | None, home_desk: Desk, away: list[str]
) -> tuple[str, Literal["deputy", "manager"]] | None:
    """Return the next stand-in to ask, and its role; None if every possible one was asked.

    The order, seen from the rep of this desk:
    1. the rep's deputy, at most three deputies in a row;
    2. the manager of the rep for whom the lead was meant;
    3. the rep's own manager (first the deputy, if the rep itself was asked as a manager);
    4. the desk's manager, then the desk's fallback.

    A rep in ``excluded`` had the account and did not respond: it is skipped.
    """
    if len(away) >= MAX_AWAY:
        return None
    options: list[tuple[str | None, Literal["deputy", "manager"]]] = []
    if rep is not None and request.stands_in_as != "manager":
        options += [(rep.deputy, "deputy")] if len(away) <= MAX_DEPUTIES else []
        options += [(request.manager_id or rep.manager, "manager")]
    elif rep is not None:
        options += [(rep.deputy, "manager")]
    if rep is not None:
        options += [(rep.manager, "manager")]
    options += [(home_desk.manager, "manager"), (home_desk.everyone_away.raised_hand, "manager")]
    had_it = {*away, *request.excluded}
    return next(((one, role) for one, role in options if one is not None and one not in had_it), None)


def _to_stand_in(
    request: DeskRequest,
    rep: RepRow | None,
    stand_in: tuple[str, Literal["deputy", "manager"]],
    away: list[str],
) -> DeskRequest:
    """Return the request as forwarded to a stand-in's own desk."""
    rep_id, role = stand_in
    own_manager = None if rep is None else rep.manager
    return request.model_copy(
        update={
            "desk": rep_desk(rep_id),
            "mode": RequestMode.OWNER,
            "rep_id": rep_id,
            "deputy_for": request.deputy_for or away[-1],
            "away": away,
            "origin_desk": request.origin_desk or request.desk,
            "manager_id": request.manager_id or own_manager,
            "stands_in_as": role,
        }
    )


def _back_to_desk(request: DeskRequest) -> DeskRequest:
    """Return the request as sent back to the team whose fallback and all stand-ins are away or have left."""
    return request.model_copy(
        update={
            "desk": request.origin_desk,
            "origin_desk": None,
            "mode": RequestMode.TURN,
            "rep_id": None,
            "deputy_for": None,
            "manager_id": None,
            "stands_in_as": None,
            "away": [],
            "everyone_away": False,
            "skill_missing": False,
            "rounds": request.rounds + 1,
        }
    )


def _how_chosen(request: DeskRequest) -> HowChosen:
    if request.is_stood_in_for:
        return HowChosen.FALLBACK
    if request.stands_in_as == "manager":
        return HowChosen.MANAGER
    if request.deputy_for is not None:
        return HowChosen.DEPUTY
    if request.mode is RequestMode.FOLLOW:
        return HowChosen.ACCOUNT_REP
    return HowChosen.OPPORTUNITY_OWNER if request.kind is Kind.IN_CYCLE else HowChosen.ACCOUNT_OWNER
