"""A rep claims a lead: the rep gets it and is charged the turn."""

from __future__ import annotations

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind, PassedOver
from tests.unit.desks.world import DESK, MONDAY, ask, lines, rep, takers, team

HOUR_MS = 3_600_000


def claim(number: int, rep_id: str) -> DeskRequest:
    return ask(number).model_copy(update={"rep_id": rep_id, "kind": Kind.CLAIMED})


def test_the_claimant_is_charged_the_turn_and_the_others_have_theirs_after() -> None:
    world = team(rep("a"), rep("b"), rep("c"))
    outputs = world.send(claim(0, "b"), ask(1), ask(2), ask(3))
    assert takers(outputs) == "b a c a"
    first = lines(outputs)[0]
    assert (first.entry, first.rep_id, first.desk) == ("turn", "b", DESK)
    assert [one.passed_over for one in first.candidates] == [
        PassedOver.NOT_ITS_TURN,
        None,
        PassedOver.NOT_ITS_TURN,
    ]
    assert sum(one.current_after for one in first.candidates) == 0


def test_a_claimant_who_is_away_by_the_calendar_gets_the_lead_without_a_turn() -> None:
    world = team(rep("a"), rep("b", away=((MONDAY - HOUR_MS, MONDAY + HOUR_MS),)))
    outputs = world.send(claim(0, "b"), ask(1))
    assert takers(outputs) == "b a"
    assert [one.entry for one in lines(outputs)] == ["follow", "turn"]


def test_a_claim_uses_capacity_and_is_never_limited_by_it() -> None:
    world = team(rep("a", capacity=1), rep("b", capacity=1))
    outputs = world.send(claim(0, "a"), claim(1, "a"), ask(2))
    assert takers(outputs) == "a a b"
