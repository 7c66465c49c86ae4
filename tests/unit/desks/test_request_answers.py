"""A repeated request gets the identical answer; a return undoes it exactly; repeats of either change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_requests import DeskRequest, RequestMode
from schemas.vocabulary import Kind
from tests.unit.desks.world import (
    DESK,
    MONDAY,
    World,
    answers,
    ask,
    at,
    facts,
    give_back,
    lines,
    raise_hand,
    rep,
    takers,
)

DAY_MS = 86_400_000


def team() -> World:
    world = World()
    world.send(facts(rep("a", weight=5, capacity=3)), facts(rep("b")), facts(rep("c")))
    world.send(facts(rep("dana", desks=()), desk="rep:dana"))
    return world


def desk_rows(world: World) -> dict[bytes, bytes]:
    """Return the desks' rows, timers included, without the engine's offsets, time and counts."""
    engines = (b"~offset\x00", b"~time\x00", b"~quarantine\x00")
    return {key: value for key, value in world.store.dump().items() if not key.startswith(engines)}


@pytest.mark.parametrize(
    "request_",
    [
        ask(1),
        raise_hand(1),
        ask(1, kind=Kind.INQUIRY),
        ask(1, mode=RequestMode.FOLLOW, rep_id="b"),
        ask(1, desk="rep:dana", mode=RequestMode.OWNER, rep_id="dana"),
        ask(1, desk="rep:nobody", mode=RequestMode.OWNER, rep_id="nobody"),
        ask(1, desk="desk:nowhere"),
    ],
    ids=["turn", "raised hand", "inquiry", "follow", "owner", "unknown owner", "unknown desk"],
)
def test_a_repeated_request_gets_the_identical_answer_and_uses_nothing(request_: DeskRequest) -> None:
    world = team()
    first = answers(world.send(request_))
    world.send(ask("between"), give_back("between"))
    used = world.rotation()
    outputs = world.send(request_.model_copy(update={"attempt": 2}), at_ms=MONDAY + DAY_MS)
    assert outputs == first
    assert world.rotation() == used


def test_a_repeated_request_that_was_forwarded_is_answered_by_the_same_substitute() -> None:
    world = World()
    world.send(facts(rep("dana", desks=()), desk="rep:dana"))
    first = answers(world.send(raise_hand(1)))
    world.send(facts(rep("a")))
    assert answers(world.send(raise_hand(1), at_ms=MONDAY + DAY_MS)) == first


def test_after_a_release_the_repeated_request_gets_the_assignment() -> None:
    world = World()
    world.send(facts(rep("a", capacity=0)))
    world.send(ask(1))
    released = answers(world.send(facts(rep("a", capacity=1))))
    assert answers(world.send(ask(1))) == released


def test_a_return_restores_turn_and_capacity_and_its_line_shows_it() -> None:
    world, other = team(), team()
    world.send(ask(1), ask(2), ask(3))
    outputs = world.send(give_back(2))
    other.send(ask(1), ask(3))
    assert [(line.entry, line.turn, line.rep_id) for line in lines(outputs)] == [("return", 2, "a")]
    moved = {one.rep_id: one.current_after - one.current_before for one in lines(outputs)[0].candidates}
    assert moved == {"a": 285714, "b": -142857, "c": -142857}
    assert sum(world.rotation().taken.values()) == 2


def test_a_turn_returned_at_once_leaves_no_trace_in_the_order() -> None:
    world, other = team(), team()
    world.send(ask("gone"), give_back("gone"))
    numbers = [ask(number) for number in range(12)]
    assert takers(world.send(*numbers)) == takers(other.send(*numbers))


def test_a_return_without_restore_turn_leaves_turn_and_capacity_used() -> None:
    world = team()
    world.send(ask(1))
    used = world.rotation()
    assert world.send(give_back(1, restore_turn=False)) == []
    assert world.rotation() == used


@pytest.mark.parametrize(
    "request_", [ask(1), ask(1, mode=RequestMode.FOLLOW, rep_id="b"), ask(1, kind=Kind.INQUIRY)]
)
def test_a_repeated_return_changes_nothing(request_: Any) -> None:
    world = team()
    world.send(request_, give_back(1))
    world.commit()
    after, rows = world.rotation(), desk_rows(world)
    assert world.send(give_back(1), at_ms=MONDAY + DAY_MS) == []
    world.commit()
    assert (world.rotation(), desk_rows(world)) == (after, rows)
    assert after.taken.get("b", 0) == after.taken.get("a", 0) == 0


def test_a_request_that_was_returned_is_not_answered_again() -> None:
    world = team()
    world.send(ask(1), give_back(1))
    assert world.send(ask(1)) == []


def test_a_return_that_arrives_before_its_request_withdraws_it() -> None:
    world = team()
    assert world.send(give_back(1)) == []
    assert world.send(ask(1)) == []
    assert world.rotation().turn == 0


def test_a_return_does_not_restore_last_weeks_capacity() -> None:
    world = team()
    world.send(ask(1))
    next_week = at("2026-03-09 09:00")
    world.send(ask(2), at_ms=next_week)
    assert world.rotation().taken == {"a": 1}
    world.send(give_back(1), at_ms=next_week)
    assert world.rotation().taken == {"a": 1}


def test_returning_a_turn_from_before_a_rep_rejoined_leaves_that_reps_credit_alone() -> None:
    world = team()
    world.send(ask(1))
    world.send(facts(None, rep_id="c"), facts(rep("c")))
    assert world.rotation().credits["c"] == 0
    world.send(give_back(1))
    credits_ = world.rotation().credits
    assert credits_["c"] == 0 or abs(credits_["c"]) < 142857
    assert sum(credits_.values()) == 0


def test_answers_are_deleted_after_thirty_days_except_those_of_waiting_requests() -> None:
    world = World()
    world.send(facts(rep("a", capacity=1)))
    world.send(ask(1), ask(2), ask(3))
    later = MONDAY + 31 * DAY_MS
    world.send(give_back(3), at_ms=MONDAY)
    world.send(facts(rep("a", capacity=0)), at_ms=MONDAY + 1)
    world.tick(later)
    world.commit()
    kept = [key for key in world.store.dump() if key.startswith(b"answer\x00" + DESK.encode())]
    assert kept == [b"answer\x00" + DESK.encode() + b"\x00request-2"]
    assert [one.outcome for one in answers(world.send(ask(2), at_ms=later))] == ["waiting"]
