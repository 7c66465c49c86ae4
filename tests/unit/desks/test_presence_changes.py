"""When a rep goes away and comes back, by the dates of the record; each change notifies its accounts once."""

from __future__ import annotations

import pytest

from schemas.base import Model
from schemas.desk_requests import AccountDepends
from schemas.lead_events import RepChanged
from tests.unit.desks.world import MONDAY, World, facts, rep
from workers.desks.presence_changes import Presence, next_change_ms, presence_at
from workers.desks.rows import RepRow

OLGA = "rep:olga"
HOUR_MS = 3_600_000
Span = tuple[int, int]


@pytest.mark.parametrize(
    ("absences", "at_ms", "expected", "next_ms"),
    [
        ([], 5, Presence("returned"), None),
        ([(10, 20)], 5, Presence("returned"), 10),
        ([(10, 20)], 10, Presence("away", 10), 20),
        ([(10, 20)], 19, Presence("away", 10), 20),
        ([(10, 20)], 20, Presence("returned", 20), None),
        ([(10, 20), (20, 30)], 25, Presence("away", 10), 30),
        ([(10, 30), (15, 20)], 25, Presence("away", 10), 30),
        ([(10, 22), (20, 30)], 12, Presence("away", 10), 30),
        ([(10, 20), (40, 50)], 25, Presence("returned", 20), 40),
        ([(10, 20), (40, 50)], 45, Presence("away", 40), 50),
    ],
)
def test_a_reps_presence_and_its_next_change_follow_from_the_absences(
    absences: list[Span], at_ms: int, expected: Presence, next_ms: int | None
) -> None:
    row = RepRow(active=True, absences=tuple(absences))
    assert presence_at(row, at_ms) == expected
    assert next_change_ms(row, at_ms) == next_ms


def test_a_rep_who_has_left_is_neither_away_nor_back() -> None:
    row = RepRow(active=False, absences=((10, 20),))
    assert (presence_at(row, 15), next_change_ms(row, 5)) == (Presence("left"), None)


def changes_in(outputs: list[Model]) -> list[tuple[str, str, int | None]]:
    """Return (account, change, since) of each RepChanged."""
    return [(one.account_key, one.change, one.since_ms) for one in outputs if isinstance(one, RepChanged)]


def world_of(*absences: Span, accounts: int = 1) -> World:
    world = World()
    world.send(facts(rep("olga", away=absences), desk=OLGA, event_id="1"))
    depends = [
        AccountDepends(desk=OLGA, account_key=f"domain:bank{number:03}.example", depends=True)
        for number in range(accounts)
    ]
    world.send(*depends)
    return world


def test_each_begin_and_end_of_an_absence_notifies_the_account_once() -> None:
    first, second = (MONDAY + HOUR_MS, MONDAY + 2 * HOUR_MS), (MONDAY + 5 * HOUR_MS, MONDAY + 6 * HOUR_MS)
    world = world_of(first, second)
    outputs: list[Model] = []
    for minutes in range(0, 600, 20):
        outputs += world.tick(MONDAY + minutes * 60_000)
    assert changes_in(outputs) == [
        ("domain:bank000.example", "away", first[0]),
        ("domain:bank000.example", "returned", None),
        ("domain:bank000.example", "away", second[0]),
        ("domain:bank000.example", "returned", None),
    ]
    assert len({one.event_id for one in outputs if isinstance(one, RepChanged)}) == 4


def test_changes_missed_during_downtime_end_with_the_present_state() -> None:
    world = world_of((MONDAY + HOUR_MS, MONDAY + 2 * HOUR_MS))
    changes = [change for _, change, _ in changes_in(world.tick(MONDAY + 9 * HOUR_MS))]
    assert changes[-1] == "returned"


def test_many_accounts_are_notified_in_chunks() -> None:
    world = world_of((MONDAY + HOUR_MS, MONDAY + 20 * HOUR_MS), accounts=120)
    outputs = world.tick(MONDAY + HOUR_MS)
    assert len(changes_in(outputs)) == 50
    outputs += world.tick(MONDAY + HOUR_MS + 1) + world.tick(MONDAY + HOUR_MS + 2)
    assert [key for key, _, _ in changes_in(outputs)] == [
        f"domain:bank{number:03}.example" for number in range(120)
    ]


def test_an_account_that_comes_to_depend_on_an_absent_rep_is_notified_at_once() -> None:
    world = world_of((MONDAY, MONDAY + HOUR_MS), accounts=0)
    outputs = world.send(AccountDepends(desk=OLGA, account_key="domain:new.example", depends=True))
    assert changes_in(outputs) == [("domain:new.example", "away", MONDAY)]


def test_a_withdrawn_absence_is_published_as_a_return_and_cancels_its_timer() -> None:
    world = world_of((MONDAY, MONDAY + HOUR_MS))
    outputs = world.send(facts(rep("olga"), desk=OLGA, event_id="2"))
    assert [change for _, change, _ in changes_in(outputs)] == ["returned"]
    assert changes_in(world.tick(MONDAY + 2 * HOUR_MS)) == []


def test_a_rep_who_rejoins_during_an_absence_is_away() -> None:
    world = world_of()
    world.send(facts(None, desk=OLGA, rep_id="olga", event_id="2"))
    away = rep("olga", away=((MONDAY, MONDAY + HOUR_MS),))
    assert [change for _, change, _ in changes_in(world.send(facts(away, desk=OLGA, event_id="3")))] == [
        "away"
    ]
