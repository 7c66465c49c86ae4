"""Desks are fair under any history: turns by weight among candidates, required skills kept, no lead dropped."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.desk_requests import DeskRequest
from schemas.lead_events import DeskAnswer
from schemas.outputs import LedgerEntry
from schemas.vocabulary import Kind
from tests.property.desk_histories import POLICIES, REPS, Op, histories, play, request_of
from tests.unit.desks.world import (
    DESK,
)
from workers.desks.ledger_audit import audit
from workers.desks.rotation import FULL_TURN


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_the_ledger_proves_that_no_candidate_is_a_whole_turn_off(history: list[Op], policy: int) -> None:
    run = play(history, policy)
    desks = audit(event for event, _ in run.outputs if isinstance(event, LedgerEntry))
    assert [problem for desk in desks.values() for problem in desk.problems] == []
    for desk in desks.values():
        if not desk.given_back:
            assert all(share.most_off < FULL_TURN for share in desk.reps.values())


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_a_rep_without_the_skill_gets_a_turn_only_if_no_rep_with_it_could(
    history: list[Op], policy: int
) -> None:
    made: dict[int, DeskRequest] = {}
    for op in history:
        if op[0] == "ask":
            request_of(op, made)
    asked = {request.request_id: request for request in made.values()}
    run = play(history, policy)
    answers = {event.request_id: event for event, _ in run.outputs if isinstance(event, DeskAnswer)}
    for event, known in run.outputs:
        if (
            not isinstance(event, LedgerEntry)
            or event.entry not in {"turn", "released"}
            or event.desk != DESK
        ):
            continue
        if asked[event.request_id].language == "es" and "es" not in known[event.rep_id or ""].languages:
            assert answers[event.request_id].skill_missing
            has_it = [who for who, record in known.items() if record.active and "es" in record.languages]
            is_limited = asked[event.request_id].kind is Kind.MQL
            at_desk = [one.rep_id for one in event.candidates if one.rep_id in has_it]
            assert not (is_limited and at_desk)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_no_lead_is_dropped_and_all_are_assigned_when_all_reps_are_back(
    history: list[Op], policy: int
) -> None:
    back: list[Op] = [("rep", who, True, None, 1_000, None, ("es",)) for who in REPS]
    run = play([*history, *back], policy)
    final = {event.request_id: event.outcome for event, _ in run.outputs if isinstance(event, DeskAnswer)}
    asked = {op[1] for op in history if op[0] == "ask"} - {op[1] for op in history if op[0] == "return"}
    # If the owner had left when the account asked, the answer is unavailable, and the account tries its next route.
    assert {final[f"request-{number}"] for number in asked} <= {"assigned", "unavailable"}
    first = {op[1]: op for op in reversed(history) if op[0] == "ask"}
    for number in asked:
        if first[number][3] == "turn" or first[number][2] is Kind.INQUIRY:
            assert final[f"request-{number}"] == "assigned"
