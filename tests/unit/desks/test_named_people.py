"""A manager or fallback whom the CRM does not know is reported once, and the report is cleared when the person is there."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.desk_requests import PersonNamed
from schemas.lead_alerts import LeadAlert
from schemas.vocabulary import Alert
from tests.unit.desks.world import DESK, MONDAY, POLICY_TEXT, World, ask, facts, rep

HOUR_MS = 3_600_000
DANA = "rep:dana"


def named(key: str = "manager", *, desk: str = DANA, is_named: bool = True) -> PersonNamed:
    return PersonNamed(desk=desk, named_by=DESK, key=key, is_named=is_named)


def alerts(outputs: list[Model]) -> list[tuple[str | None, str | None, bool]]:
    """Return (rep_id, key of the policy, cleared) of each alert about an unknown person."""
    return [
        (one.rep_id, one.policy_key, one.cleared)
        for one in outputs
        if isinstance(one, LeadAlert) and one.alert is Alert.PERSON_UNKNOWN
    ]


def announced(outputs: list[Model]) -> list[tuple[str, str, bool]]:
    return [(one.desk, one.key, one.is_named) for one in outputs if isinstance(one, PersonNamed)]


def test_the_first_record_at_a_team_announces_each_person_whom_the_policy_names_once() -> None:
    world = World()
    first = announced(world.send(facts(rep("a"))))
    assert first == [(DANA, "manager", True), (DANA, "everyone_away.raised_hand", True)]
    assert announced(world.send(facts(rep("b")))) == []


def test_a_request_at_a_team_without_members_announces_them_too() -> None:
    assert announced(World().send(ask(1)))[0] == (DANA, "manager", True)


def test_a_person_without_a_record_is_reported_after_an_hour_and_once() -> None:
    world = World()
    assert alerts(world.send(named())) == []
    assert alerts(world.tick(MONDAY + HOUR_MS - 1)) == []
    assert alerts(world.tick(MONDAY + HOUR_MS)) == [("dana", "desks.inside_sales.manager", False)]
    assert alerts(world.tick(MONDAY + 5 * HOUR_MS)) == []


def test_a_person_who_is_there_within_the_hour_is_not_reported() -> None:
    world = World()
    world.send(named(), facts(rep("dana"), desk=DANA))
    assert alerts(world.tick(MONDAY + HOUR_MS)) == []


@pytest.mark.parametrize(
    "gone", [None, rep("dana", active=False), rep("dana", person=False)], ids=["deleted", "inactive", "robot"]
)
def test_a_person_who_leaves_is_reported_and_the_return_clears_it(gone: Any) -> None:
    world = World()
    world.send(named(), named("everyone_away.mql"), facts(rep("dana"), desk=DANA, event_id="1"))
    left = alerts(world.send(facts(gone, desk=DANA, rep_id="dana", event_id="2")))
    assert left == [
        ("dana", "desks.inside_sales.everyone_away.mql", False),
        ("dana", "desks.inside_sales.manager", False),
    ]
    back = alerts(world.send(facts(rep("dana"), desk=DANA, event_id="3")))
    assert [cleared for *_, cleared in back] == [True, True]


def test_a_policy_that_names_another_person_clears_the_alert() -> None:
    world = World()
    world.send(named())
    world.tick(MONDAY + HOUR_MS)
    assert alerts(world.send(named(is_named=False))) == [("dana", "desks.inside_sales.manager", True)]
    assert alerts(world.send(named(is_named=False))) == []


def test_a_name_in_place_of_an_id_is_reported_with_the_key() -> None:
    world = World(POLICY_TEXT.replace("manager: dana", "manager: Dana Reyes"))
    (first, *_) = announced(world.send(facts(rep("a"))))
    assert first == ("rep:Dana Reyes", "manager", True)
    world.send(named(desk=first[0]))
    assert alerts(world.tick(MONDAY + HOUR_MS)) == [("Dana Reyes", "desks.inside_sales.manager", False)]
