"""Accounts are notified in chunks when their rep leaves or returns; a CRM error never removes a deadline."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.desk_requests import AccountDepends
from schemas.lead_events import RepChanged
from tests.unit.desks.world import MONDAY, POLICY_TEXT, World, answers, ask, at, facts, rep
from workers.desks.handle import DesksHop
from workers.engine.api import Record, RefusedError
from workers.policy.load import load_policy

OLGA = "rep:olga"


def depends(number: int, *, depends: bool = True) -> AccountDepends:
    return AccountDepends(desk=OLGA, account_key=f"domain:bank{number:03}.example", depends=depends)


def changes_in(outputs: list[Model]) -> list[tuple[str, str]]:
    """Return (account, change) of each RepChanged."""
    return [(one.account_key, one.change) for one in outputs if isinstance(one, RepChanged)]


def with_accounts(count: int) -> World:
    world = World()
    world.send(facts(rep("olga"), desk=OLGA, event_id="1"))
    world.send(*[depends(number) for number in range(count)])
    return world


@pytest.mark.parametrize("gone", [None, rep("olga", active=False)], ids=["deleted", "inactive"])
def test_every_account_of_a_rep_who_leaves_is_notified_once_in_chunks(gone: Any) -> None:
    world = with_accounts(120)
    outputs = world.send(facts(gone, desk=OLGA, rep_id="olga", event_id="2"))
    assert len(changes_in(outputs)) == 50
    outputs += world.tick(MONDAY + 1) + world.tick(MONDAY + 2) + world.tick(MONDAY + 3)
    assert changes_in(outputs) == [(f"domain:bank{number:03}.example", "left") for number in range(120)]
    assert len({one.event_id for one in outputs if isinstance(one, RepChanged)}) == 120


def test_a_rejoined_rep_notifies_accounts_and_an_unchanged_record_does_not() -> None:
    world = with_accounts(1)
    assert changes_in(world.send(facts(rep("olga", manager_rep_id="mona"), desk=OLGA, event_id="2"))) == []
    world.send(facts(None, desk=OLGA, rep_id="olga", event_id="3"))
    assert changes_in(world.send(facts(rep("olga"), desk=OLGA, event_id="4"))) == [
        ("domain:bank000.example", "returned")
    ]


def test_an_account_that_no_longer_depends_on_the_rep_is_not_notified() -> None:
    world = with_accounts(2)
    world.send(depends(0, depends=False))
    assert changes_in(world.send(facts(None, desk=OLGA, rep_id="olga", event_id="2"))) == [
        ("domain:bank001.example", "left")
    ]


def test_an_account_that_comes_to_depend_on_a_rep_who_has_left_is_notified_at_once() -> None:
    world = with_accounts(0)
    world.send(facts(None, desk=OLGA, rep_id="olga", event_id="2"))
    assert changes_in(world.send(depends(7))) == [("domain:bank007.example", "left")]


@pytest.mark.parametrize(
    ("slip", "due"),
    [
        ({}, "2026-03-02 12:00"),
        ({"time_zone": "Mars/Olympus"}, "2026-03-02 12:00"),
        ({"hours": {"someday": "whenever"}}, "2026-03-02 12:00"),
        ({"hours": {"mon-fri": "closed"}}, "2026-03-02 12:00"),
        ({"hours": {"mon": "09:00-09:01"}}, "2026-03-02 12:00"),  # would take years
        ({"calendar": "nowhere"}, "2026-03-02 12:00"),
        ({"calendar": "west"}, "2026-03-02 14:30"),
        ({"time_zone": "America/Chicago"}, "2026-03-02 12:30"),
        ({"hours": {"tue": "22:00-06:00"}}, "2026-03-04 01:00"),
    ],
)
def test_deadlines_follow_the_reps_own_calendar_if_it_can_be_parsed(slip: dict[str, Any], due: str) -> None:
    world = World()
    world.send(facts(rep("a", **slip)))
    answer = answers(world.send(ask(1)))[0]
    assert answer.due_at_ms == at(due)
    assert answer.due_soon_at_ms is not None
    assert MONDAY < answer.due_soon_at_ms < answer.due_at_ms


def test_absences_that_meet_or_overlap_count_as_one() -> None:
    world = World()
    away = (
        (MONDAY, MONDAY + 10),
        (MONDAY + 5, MONDAY + 20),
        (MONDAY + 20, MONDAY + 30),
        (MONDAY + 90, MONDAY + 99),
    )
    world.send(facts(rep("a", away=away)))
    world.send(ask(1))
    assert world.tick(MONDAY + 29) == []
    assert [one.rep_id for one in answers(world.tick(MONDAY + 30))] == ["a"]


def test_a_record_that_is_not_a_desk_event_is_refused_and_others_are_parsed() -> None:
    hop = DesksHop(load_policy(POLICY_TEXT))
    with pytest.raises(RefusedError, match="breaks_contract"):
        hop.parse(Record("desk.requests", 0, 0, MONDAY, b"desk:x", b'{"type": "desk_poem"}'))
    event = ask(1)
    parsed = hop.parse(
        Record("desk.requests", 0, 0, MONDAY, None, event.model_dump_json(exclude_none=True).encode())
    )
    assert (parsed, hop.key_of(parsed)) == (event, event.desk)
