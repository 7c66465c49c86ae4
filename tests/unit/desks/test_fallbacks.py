"""No lead is dropped because all reps are away.

Not even if the fallback and every stand-in for it are away or have left.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_requests import LookAgain
from schemas.vocabulary import HowChosen
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
    policy_with,
    raise_hand,
    rep,
    takers,
    tick_and_deliver,
)
from workers.desks.rows import AskedRow

HOUR_MS = 3_600_000
TO_DANA = policy_with(("mql: hold", "mql: dana"))
SKILL_TO_DANA = policy_with(("when_nobody_has_it: anyone", "when_nobody_has_it: dana"))


def away(until_ms: int) -> tuple[tuple[int, int], ...]:
    return ((MONDAY - HOUR_MS, until_ms),)


def world_of(*at_desk: Any, others: tuple[Any, ...] = (), policy: str | None = None) -> World:
    world = World(policy) if policy else World()
    for record in at_desk:
        world.send(facts(record), facts(record, desk=f"rep:{record.rep_id}"))
    world.send(*[facts(record, desk=f"rep:{record.rep_id}") for record in others])
    return world


def dana(until_ms: int | None = None, **rest: Any) -> Any:
    return rep("dana", desks=(), away=away(until_ms) if until_ms else (), **rest)


def emil(until_ms: int) -> Any:
    return rep("emil", desks=(), away=away(until_ms))


NOON, EVENING = at("2026-03-02 12:00"), at("2026-03-02 20:00")


@pytest.mark.parametrize("policy", [None, TO_DANA], ids=["a raised hand", "an mql with a fallback"])
@pytest.mark.parametrize(
    ("desk_back", "fallback_back", "taker", "how"),
    [
        (NOON, EVENING, "a", HowChosen.ROTATION),
        (EVENING, NOON, "dana", HowChosen.FALLBACK),
        (NOON, NOON, "a", HowChosen.ROTATION),
    ],
)
def test_the_first_who_is_back_gets_the_lead_a_member_or_the_fallback(
    policy: str | None, desk_back: int, fallback_back: int, taker: str, how: HowChosen
) -> None:
    world = world_of(rep("a", away=away(desk_back)), others=(dana(fallback_back),), policy=policy)
    outputs = world.send(ask(1) if policy else raise_hand(1))
    assert [(one.outcome, one.everyone_away) for one in answers(outputs)] == [("waiting", True)]
    assert [line.entry for line in lines(outputs)] == ["sent_on", "sent_on", "waiting"]
    assert world.tick(NOON - 1) == []
    outputs = tick_and_deliver(world, NOON)
    assert [(one.rep_id, one.how_chosen) for one in answers(outputs)] == [(taker, how)]


def test_a_raised_hand_goes_at_night_to_the_rep_who_is_back_and_its_deadline_counts_from_opening() -> None:
    world = world_of(rep("a", away=away(EVENING)), others=(dana(at("2026-03-05 08:00")),))
    world.send(raise_hand(1))
    answer = answers(tick_and_deliver(world, EVENING))[0]
    assert (answer.rep_id, answer.due_at_ms) == ("a", at("2026-03-03 09:00"))


def test_a_held_mql_goes_at_opening_hour_when_a_rep_came_back_at_night() -> None:
    world = world_of(rep("a", away=away(EVENING)))
    world.send(ask(1))
    assert takers(world.tick(EVENING)) == ""
    assert takers(world.tick(at("2026-03-03 08:30"))) == "a"


@pytest.mark.parametrize(
    "others",
    [(), (dana(active=False),), (dana(NOON, deputy_rep_id="emil"), emil(EVENING))],
    ids=["the fallback has no record", "the fallback has left", "the deputy is away too"],
)
def test_while_every_substitute_is_away_the_lead_waits_back_at_its_desk(others: tuple[Any, ...]) -> None:
    world = world_of(rep("a", away=away(NOON - HOUR_MS)), others=others)
    outputs = world.send(raise_hand(1))
    assert [one.outcome for one in answers(outputs)] == ["waiting"]
    assert world.rotation().waiting == 1
    assert takers(tick_and_deliver(world, NOON - HOUR_MS)) == "a"


def test_a_late_record_of_the_fallback_releases_the_lead_at_once() -> None:
    world = world_of(rep("a", active=False))
    world.send(raise_hand(1))
    assert takers(world.send(facts(dana(), desk="rep:dana"))) == "dana"


def test_the_return_of_a_fallback_notifies_each_asking_desk_once() -> None:
    world = world_of(rep("a", active=False))
    world.send(raise_hand(1), raise_hand(2))
    outputs = world.send(facts(dana(), desk="rep:dana"))
    assert [one.desk for one in outputs if isinstance(one, LookAgain)] == [DESK]
    assert takers(outputs) == "dana dana"
    assert world.decider.rows.scan(AskedRow, "rep:dana", limit=1) == []


def test_a_fallback_who_is_still_away_when_the_desk_retries_costs_one_round_only() -> None:
    world = world_of(rep("a", away=away(EVENING)), others=(dana(EVENING + HOUR_MS),))
    world.send(raise_hand(1))
    outputs = world.send(facts(rep("b", away=away(EVENING))))
    assert [one.outcome for one in answers(outputs)] == ["waiting"]
    assert world.rotation().waiting == 1
    assert len({line.event_id for line in lines(outputs)}) == len(lines(outputs)) == 3
    assert takers(tick_and_deliver(world, EVENING)) == "a"


def test_a_repeat_of_a_waiting_request_gets_the_same_answer_and_a_return_ends_the_wait() -> None:
    world = world_of(rep("a", away=away(NOON)), others=(dana(EVENING),))
    first = answers(world.send(raise_hand(1)))
    assert answers(world.send(raise_hand(1, attempt=2))) == first
    world.send(give_back(1))
    assert world.rotation().waiting == 0
    assert tick_and_deliver(world, NOON) == []
    assert world.send(raise_hand(1)) == []


def test_if_the_fallback_for_a_skill_is_away_too_the_other_members_take_turns() -> None:
    world = world_of(rep("a"), others=(dana(NOON),), policy=SKILL_TO_DANA)
    answer = answers(world.send(ask(1, language="es")))[0]
    assert (answer.rep_id, answer.how_chosen, answer.skill_missing) == ("a", HowChosen.ROTATION, True)


def test_an_empty_desk_forwards_raised_hands_and_holds_mqls() -> None:
    world = world_of(others=(dana(),))
    outputs = world.send(ask(1), raise_hand(2))
    assert [(one.outcome, one.rep_id) for one in answers(outputs)] == [
        ("waiting", None),
        ("assigned", "dana"),
    ]
    assert takers(world.send(facts(rep("a")))) == "a"
