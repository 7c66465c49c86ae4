"""Why a lead waits is told again when it changes: to everybody in the same file, once, and to nobody else."""

from __future__ import annotations

from typing import Any

from schemas.lead_events import DeskAnswer
from tests.unit.desks.world import MONDAY, World, answers, ask, at, facts, lines, rep, takers

HOUR_MS = 3_600_000
NOON = at("2026-03-02 12:00")
AWAY = ((MONDAY, NOON),)


def why(said: list[Any]) -> list[tuple[str, bool, bool]]:
    return [(one.lead_id, one.everyone_away, one.desk_full) for one in answers(said)]


def waiting_for_room(count: int, *more: Any) -> World:
    world = World()
    world.send(facts(rep("a", capacity=0)))
    world.send(*[ask(number, total=200 - number) for number in range(count)], *more)
    return world


def test_full_and_then_away_is_told_as_such_and_back_again() -> None:
    world = waiting_for_room(1)
    assert why(world.send(facts(rep("a", capacity=0, away=AWAY)))) == [("lead-0", True, False)]
    assert why(world.tick(NOON) + world.tick(NOON + 1)) == [("lead-0", False, True)]


def test_all_who_wait_for_the_same_are_told_in_chunks_and_once() -> None:
    world = waiting_for_room(120)
    told: list[Any] = world.send(facts(rep("a", capacity=0, away=AWAY)))
    assert len(told) == 50
    for moment in range(1, 6):
        told += world.tick(MONDAY + moment)
    assert why(told) == [(f"lead-{number}", True, False) for number in range(120)]
    assert lines(told) == []
    assert world.rotation().waiting == 120


def test_an_answer_told_again_is_the_one_that_a_repeat_gets_and_its_age_has_grown() -> None:
    world = waiting_for_room(1)
    away = facts(rep("a", capacity=0, away=((MONDAY + HOUR_MS, NOON),)))
    (told,) = [one for one in world.send(away, at_ms=MONDAY + HOUR_MS) if isinstance(one, DeskAnswer)]
    assert told.ages is not None
    assert told.ages.wait_seconds == 3_600
    assert answers(world.send(ask(0, attempt=2), at_ms=MONDAY + 2 * HOUR_MS)) == [told]


def test_who_waits_for_another_skill_is_not_told_of_it() -> None:
    world = World()
    world.send(facts(rep("a", capacity=0)), facts(rep("b", capacity=0, languages=["es"])))
    world.send(ask("any"), ask("es", language="es"))
    gone = facts(rep("b", capacity=0, languages=["es"], away=AWAY))
    assert why(world.send(gone)) == [("lead-es", True, False)]


def test_nothing_is_told_where_the_lead_can_go_by_then() -> None:
    world = waiting_for_room(1)
    said = world.send(facts(rep("b")), facts(rep("a", capacity=0, away=AWAY)))
    assert [(one.outcome, one.rep_id) for one in answers(said)] == [("assigned", "b")]
    assert world.rotation().waiting == 0


def test_a_record_that_changes_nothing_for_those_who_wait_tells_nothing() -> None:
    world = waiting_for_room(2)
    assert takers(world.send(facts(rep("a", capacity=0, weight=3)))) == ""
    assert world.tick(MONDAY + 1) == []
