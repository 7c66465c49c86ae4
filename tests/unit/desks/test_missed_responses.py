"""A rep who misses responses goes off the turn, keeps its accounts, and is back with another record in the CRM."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from schemas.crm_reps import DeskMembership
from schemas.desk_requests import RequestMode
from schemas.desk_work import ResponseMissed
from schemas.outputs import LeadAlert
from schemas.vocabulary import Alert, PassedOver
from tests.unit.desks.world import (
    DESK,
    MONDAY,
    World,
    answers,
    ask,
    facts,
    lines,
    policy_with,
    raise_hand,
    rep,
    takers,
    team,
)
from workers.desks.ledger_audit import audit
from workers.desks.rows import MissedRow

HOUR_MS = 3_600_000
POLICY = policy_with(("when_rejected: give_back", "when_rejected: give_back, off_after_missed: 2"))


def miss(number: int, rep_id: str = "a", *, is_missed: bool = True) -> ResponseMissed:
    """Return the report of a response that was due ``number`` hours after Monday 09:00."""
    due_ms = MONDAY + number * HOUR_MS
    return ResponseMissed(
        desk=DESK, rep_id=rep_id, miss_id=f"miss-{rep_id}-{number}", due_at_ms=due_ms, is_missed=is_missed
    )


def since(rep_id: str, at_ms: int) -> Any:
    """Return the record in which the manager puts a rep on the turn from ``at_ms`` on."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    record = rep(rep_id)
    return record.model_copy(update={"desks": [DeskMembership(desk="inside_sales", on_turn_since=moment)]})


def alerts(outputs: list[Any]) -> list[tuple[str | None, bool, list[str] | None]]:
    return [
        (one.rep_id, one.cleared, one.told)
        for one in outputs
        if isinstance(one, LeadAlert) and one.alert is Alert.REP_OFF_TURN
    ]


def test_a_rep_who_misses_two_responses_gets_no_turn_and_the_manager_is_notified() -> None:
    world = team(rep("a"), rep("b"), policy=POLICY)
    assert alerts(world.send(miss(1))) == []
    assert alerts(world.send(miss(1))) == []  # a repeat
    assert alerts(world.send(miss(2))) == [("a", False, ["dana"])]
    outputs = world.send(ask(1), ask(2), raise_hand(3))
    assert takers(outputs) == "b b b"
    assert {one.passed_over for line in lines(outputs) for one in line.candidates if one.rep_id == "a"} == {
        PassedOver.OFF_TURN
    }
    assert [one.gained for line in lines(outputs) for one in line.candidates if one.rep_id == "a"] == [
        0,
        0,
        0,
    ]
    assert audit(lines(outputs))[DESK].problems == []


def test_the_rep_keeps_its_accounts() -> None:
    world = team(rep("a"), rep("b"), policy=POLICY)
    world.send(miss(1), miss(2))
    assert takers(world.send(ask(1, mode=RequestMode.FOLLOW, rep_id="a"))) == "a"


def test_a_manager_puts_the_rep_back_and_older_misses_do_not_count_any_more() -> None:
    world = team(rep("a"), rep("b"), policy=POLICY)
    world.send(miss(1), miss(2))
    assert alerts(world.send(facts(since("a", MONDAY + 2 * HOUR_MS)))) == [("a", True, ["dana"])]
    assert sorted(takers(world.send(ask(1), ask(2))).split()) == ["a", "b"]
    assert alerts(world.send(miss(3), miss(4))) == [("a", False, ["dana"])]


def test_a_response_in_time_that_is_reported_late_takes_the_miss_back() -> None:
    world = team(rep("a"), policy=POLICY)
    world.send(miss(1), miss(2))
    outputs = world.send(ask(1))
    assert answers(outputs)[-1].outcome == "waiting"
    back = world.send(miss(2, is_missed=False), at_ms=MONDAY + HOUR_MS)
    assert alerts(back) == [("a", True, ["dana"])]
    assert takers(back) == "a"


def test_misses_count_the_same_in_every_order() -> None:
    events = (miss(1), miss(2), miss(3, is_missed=False), miss(2, "b"))
    states = []
    for order in permutations(events):
        world = team(rep("a"), rep("b"), policy=POLICY)
        world.send(*order)
        states.append(world.decider.rows.scan(MissedRow, DESK, limit=9))
    assert all(state == states[0] for state in states)


def test_misses_are_in_rows_of_their_own_and_a_rotation_of_500_reps_does_not_grow_with_them() -> None:
    world = team(rep("a"), rep("b"), policy=POLICY)
    before = world.rotation()
    world.send(*[miss(number, "a") for number in range(60)], miss(1, "b"), miss(1, "b", is_missed=False))
    assert world.rotation() == before
    ((key, row),) = world.decider.rows.scan(MissedRow, DESK, limit=9)
    assert (key, len(row.misses), row.misses[-1]) == ((DESK, "a"), 40, (MONDAY + 59 * HOUR_MS, "miss-a-59"))


def test_without_the_key_no_number_of_misses_matters() -> None:
    world = World()
    world.send(facts(rep("a")), miss(1), miss(2), miss(3))
    assert takers(world.send(ask(1))) == "a"
