"""A rep takes a lead: the turn is that rep's, as if it had come to them."""

from __future__ import annotations

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import Kind, PassedOver
from tests.unit.desks.world import DESK, MONDAY, World, ask, facts, lines, rep, takers

HOUR_MS = 3_600_000


def claim(number: int, rep_id: str) -> DeskRequest:
    return ask(number).model_copy(update={"rep_id": rep_id, "kind": Kind.CLAIMED})


def team(*records: object) -> World:
    world = World()
    world.send(*[facts(record) for record in records])  # type: ignore[arg-type]
    return world


def test_the_claimant_has_the_turn_and_the_others_have_theirs_after() -> None:
    world = team(rep("a"), rep("b"), rep("c"))
    said = world.send(claim(0, "b"), ask(1), ask(2), ask(3))
    assert takers(said) == "b a c a"
    first = lines(said)[0]
    assert (first.entry, first.rep_id, first.desk) == ("turn", "b", DESK)
    assert [one.passed_over for one in first.candidates] == [
        PassedOver.NOT_ITS_TURN,
        None,
        PassedOver.NOT_ITS_TURN,
    ]
    assert sum(one.current_after for one in first.candidates) == 0


def test_who_is_away_by_the_calendar_and_claims_all_the_same_has_it_without_a_turn() -> None:
    world = team(rep("a"), rep("b", away=((MONDAY - HOUR_MS, MONDAY + HOUR_MS),)))
    said = world.send(claim(0, "b"), ask(1))
    assert takers(said) == "b a"
    assert [one.entry for one in lines(said)] == ["follow", "turn"]


def test_room_is_taken_and_never_asked_for() -> None:
    world = team(rep("a", capacity=1), rep("b", capacity=1))
    said = world.send(claim(0, "a"), claim(1, "a"), ask(2))
    assert takers(said) == "a a b"
