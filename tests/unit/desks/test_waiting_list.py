"""Waiting leads: strongest first, then the oldest, at opening hour or as soon as a rep has capacity."""

from __future__ import annotations

from schemas.vocabulary import HowChosen, Kind
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
)
from workers.desks.rows import RotationRow
from workers.desks.waiting_list import MAX_WAITING

NEXT_WEEK = at("2026-03-09 08:30")
MINUTE_MS = 60_000


def released(outputs: list[object]) -> list[str]:
    """Return the request_ids of the released leads, in order."""
    return [line.request_id for line in lines(outputs) if line.entry == "released"]  # type: ignore[arg-type]


def full_desk(capacity: int = 1) -> World:
    world = World()
    world.send(facts(rep("a", capacity=capacity)))
    world.send(*[ask(f"first-{number}") for number in range(capacity)])
    return world


def test_the_strongest_lead_goes_first_then_the_oldest() -> None:
    world = full_desk(4)
    world.send(
        ask("weak", total=136),
        ask("late", total=150, since_ms=MONDAY + 2),
        ask("early", total=150, since_ms=MONDAY + 1),
        ask("strong", total=160),
    )
    assert released(world.tick(NEXT_WEEK)) == [
        f"request-{one}" for one in ("strong", "early", "late", "weak")
    ]


def test_leads_are_released_at_opening_hour_of_the_new_week_and_not_at_midnight() -> None:
    world = full_desk()
    assert [one.outcome for one in answers(world.send(ask("waits")))] == ["waiting"]
    assert world.tick(NEXT_WEEK - 1) == []
    outputs = world.tick(NEXT_WEEK)
    assert takers(outputs) == "a"
    assert answers(outputs)[0].due_at_ms == at("2026-03-09 11:30")


def test_only_as_many_leads_are_released_as_capacity_allows() -> None:
    world = full_desk(2)
    world.send(*[ask(number) for number in range(5)])
    assert len(released(world.tick(NEXT_WEEK))) == 2
    assert world.rotation().waiting == 3
    assert len(released(world.tick(at("2026-03-16 08:30")))) == 2


def test_at_night_a_raised_hand_overtakes_waiting_leads_and_an_mql_does_not() -> None:
    world = full_desk(2)
    world.send(ask("waits", total=150))
    night = at("2026-03-09 01:00")
    assert [one.outcome for one in answers(world.send(ask("new"), at_ms=night))] == ["waiting"]
    assert takers(world.send(raise_hand("hand"), at_ms=night)) == "a"
    assert released(world.tick(NEXT_WEEK)) == ["request-waits"]


def test_capacity_that_a_return_restores_releases_the_first_lead_at_once_while_open() -> None:
    world = full_desk()
    world.send(ask("waits"))
    outputs = world.send(give_back("first-0"), at_ms=MONDAY + MINUTE_MS)
    assert [line.entry for line in lines(outputs)] == ["return", "released"]
    assert takers(outputs) == "a"


def test_capacity_restored_at_night_releases_a_lead_at_opening_hour() -> None:
    world = full_desk()
    world.send(ask("waits"))
    assert takers(world.send(give_back("first-0"), at_ms=at("2026-03-02 20:00"))) == ""
    assert takers(world.tick(at("2026-03-03 08:30"))) == "a"


def test_a_larger_capacity_releases_a_lead_at_once() -> None:
    world = full_desk()
    world.send(ask("waits"))
    assert takers(world.send(facts(rep("a", capacity=2)))) == "a"


def test_while_all_members_are_away_mqls_wait_until_the_first_is_back() -> None:
    world = World()
    tuesday = at("2026-03-03 12:00")
    world.send(facts(rep("a", away=((MONDAY - 1, tuesday),))))
    outputs = world.send(ask(1))
    assert [(one.outcome, one.everyone_away, one.desk_full) for one in answers(outputs)] == [
        ("waiting", True, False)
    ]
    assert world.tick(tuesday - 1) == []
    assert takers(world.tick(tuesday)) == "a"


def test_while_all_members_are_away_mqls_go_to_the_fallback_if_the_policy_names_one() -> None:
    world = World(policy_with(("mql: hold", "mql: dana")))
    world.send(facts(rep("dana", desks=()), desk="rep:dana"))
    outputs = world.send(ask(1))
    assert [(one.rep_id, one.how_chosen, one.everyone_away) for one in answers(outputs)] == [
        ("dana", HowChosen.FALLBACK, True)
    ]
    assert [line.entry for line in lines(outputs)] == ["sent_on", "owner"]


def test_while_all_members_are_away_raised_hands_always_go_to_the_fallback() -> None:
    world = World()
    world.send(facts(rep("dana", desks=()), desk="rep:dana"))
    world.send(facts(rep("a", active=False)))
    outputs = world.send(raise_hand(1))
    assert [(one.rep_id, one.how_chosen) for one in answers(outputs)] == [("dana", HowChosen.FALLBACK)]
    assert answers(outputs)[0].due_at_ms == MONDAY + 30 * MINUTE_MS


def test_an_expansion_is_not_limited_by_capacity() -> None:
    assert takers(full_desk().send(ask(1, kind=Kind.EXPANSION))) == "a"


def test_a_returned_request_leaves_the_waiting_list() -> None:
    world = full_desk()
    world.send(ask("gone"), ask("stays", total=1))
    world.send(give_back("gone"))
    assert world.rotation().waiting == 1
    assert released(world.tick(NEXT_WEEK)) == ["request-stays"]


def test_one_look_releases_fifty_and_the_next_follows_with_the_same_due_time() -> None:
    world = World()
    world.send(facts(rep("a", capacity=0)))
    world.send(*[ask(number) for number in range(120)])
    outputs = world.send(facts(rep("a", capacity=500)))
    assert len(answers(outputs)) == 50
    rest = world.tick(MONDAY + 1)
    assert len(answers(rest)) == 70
    assert {one.due_at_ms for one in answers(rest)} == {at("2026-03-02 12:00")}


def test_the_waiting_list_is_bounded_and_a_lead_beyond_it_is_unavailable() -> None:
    world = full_desk()
    world.decider.rows.put(RotationRow(period="2026-03-02", taken={"a": 1}, waiting=MAX_WAITING), DESK)
    world.decider.rows.keep()
    outputs = answers(world.send(ask("too many")))
    assert [(one.outcome, one.desk_full) for one in outputs] == [("unavailable", True)]


def test_a_timer_missed_during_downtime_keeps_its_due_time() -> None:
    world = full_desk()
    world.send(ask("waits"))
    outputs = world.tick(at("2026-03-11 15:00"))
    assert answers(outputs)[0].due_at_ms == at("2026-03-09 11:30")


def test_a_new_policy_releases_the_leads_that_its_capacity_allows() -> None:
    world = World()
    world.send(facts(rep("a")))
    world.send(*[ask(number) for number in range(10)])
    assert world.rotation().waiting == 2
    more = policy_with(("version: 1", "version: 2"), ("most: 8", "most: 9"))
    world.change_policy(more, MONDAY + MINUTE_MS)
    outputs = world.tick(MONDAY + 2 * MINUTE_MS)
    assert takers(outputs) == "a"
    assert lines(outputs)[0].policy.version == 2
    assert world.rotation().waiting == 1


def test_the_timer_of_an_empty_waiting_list_does_nothing() -> None:
    world = full_desk()
    world.send(ask("waits"))
    world.send(give_back("waits"))
    assert world.tick(NEXT_WEEK) == []
