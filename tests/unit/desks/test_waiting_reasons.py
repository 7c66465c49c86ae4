"""The reason for which a lead waits is published again when it changes: once to each lead of the lane, to no other."""

from __future__ import annotations

from typing import Any

from schemas.lead_events import DeskAnswer
from tests.unit.desks.world import MONDAY, World, answers, ask, at, facts, lines, rep, takers

HOUR_MS = 3_600_000
NOON = at("2026-03-02 12:00")
AWAY = ((MONDAY, NOON),)


def why(outputs: list[Any]) -> list[tuple[str, bool, bool]]:
    """Return (lead_id, everyone_away, desk_full) of each answer."""
    return [(one.lead_id, one.everyone_away, one.desk_full) for one in answers(outputs)]


def waiting_for_capacity(count: int, *more: Any) -> World:
    world = World()
    world.send(facts(rep("a", capacity=0)))
    world.send(*[ask(number, total=200 - number) for number in range(count)], *more)
    return world


def test_a_reason_that_changes_from_full_to_away_and_back_is_published_each_time() -> None:
    world = waiting_for_capacity(1)
    assert why(world.send(facts(rep("a", capacity=0, away=AWAY)))) == [("lead-0", True, False)]
    assert why(world.tick(NOON) + world.tick(NOON + 1)) == [("lead-0", False, True)]


def test_all_leads_of_a_lane_are_republished_once_in_chunks() -> None:
    world = waiting_for_capacity(120)
    republished: list[Any] = world.send(facts(rep("a", capacity=0, away=AWAY)))
    assert len(republished) == 50
    for moment in range(1, 6):
        republished += world.tick(MONDAY + moment)
    assert why(republished) == [(f"lead-{number}", True, False) for number in range(120)]
    assert lines(republished) == []
    assert world.rotation().waiting == 120


def test_a_repeat_gets_the_republished_answer_with_its_greater_age() -> None:
    world = waiting_for_capacity(1)
    away = facts(rep("a", capacity=0, away=((MONDAY + HOUR_MS, NOON),)))
    (republished,) = [one for one in world.send(away, at_ms=MONDAY + HOUR_MS) if isinstance(one, DeskAnswer)]
    assert republished.ages is not None
    assert republished.ages.wait_seconds == 3_600
    assert answers(world.send(ask(0, attempt=2), at_ms=MONDAY + 2 * HOUR_MS)) == [republished]


def test_leads_of_another_lane_are_not_republished() -> None:
    world = World()
    world.send(facts(rep("a", capacity=0)), facts(rep("b", capacity=0, languages=["es"])))
    world.send(ask("any"), ask("es", language="es"))
    gone = facts(rep("b", capacity=0, languages=["es"], away=AWAY))
    assert why(world.send(gone)) == [("lead-es", True, False)]


def test_nothing_is_republished_if_the_lead_can_be_assigned() -> None:
    world = waiting_for_capacity(1)
    outputs = world.send(facts(rep("b")), facts(rep("a", capacity=0, away=AWAY)))
    assert [(one.outcome, one.rep_id) for one in answers(outputs)] == [("assigned", "b")]
    assert world.rotation().waiting == 0


def test_a_record_that_changes_no_reason_publishes_nothing() -> None:
    world = waiting_for_capacity(2)
    assert takers(world.send(facts(rep("a", capacity=0, weight=3)))) == ""
    assert world.tick(MONDAY + 1) == []
