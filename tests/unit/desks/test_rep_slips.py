"""Names in a rep's record that do not exist, and hours that cannot be read, are each found."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import UnreadField
from schemas.outputs import LeadAlert
from tests.unit.desks.world import MONDAY, POLICY_TEXT, World, facts, rep
from workers.desks.presence import rep_row_at
from workers.desks.rep_slips import find_slips
from workers.policy.load import load_policy

POLICY = load_policy(POLICY_TEXT)


def found(**fields: Any) -> list[tuple[str, str]]:
    row = rep_row_at("rep:ida", rep("ida", **fields), "1")
    assert row is not None
    return [(one.field, one.found) for one in find_slips(POLICY, row)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"desks": ("inside_sales",), "time_zone": "Europe/Berlin", "hours": {"mon-fri": "08:30-17:30"}}, []),
        ({"desks": ("inside_sale", "inside_sales")}, [("desks.desk", "inside_sale")]),
        ({"calendar": "lunar"}, [("calendar", "lunar")]),
        ({"calendar": " "}, []),
        ({"time_zone": "EST5EDT6"}, [("time_zone", "EST5EDT6")]),
        ({"time_zone": "america/new_york"}, [("time_zone", "america/new_york")]),
        ({"segments": ["huge"]}, [("segments", "huge")]),
        ({"languages": ["xx"]}, [("languages", "xx")]),
        ({"hours": {"monday": "9-17"}}, [("hours", "monday: 9-17")]),
        ({"hours": {"mon": "9-17"}}, [("hours", "mon: 9-17")]),
        ({"hours": {"mon": "09:00-17:00", "tue": "ann@bank.example"}}, [("hours", "tue: <address>")]),
        ({"hours": {"mon": "closed"}}, [("hours", "never open")]),
        ({"hours": {"mon": "", "tue": " "}}, []),
        ({"hours": {"mon": "09:00-10:00", "mon-tue": "11:00-12:00"}},
         [("hours", "mon: 09:00-10:00; mon-tue: 11:00-12:00")]),
        ({"active": False, "calendar": "lunar"}, []),
    ],
)  # fmt: skip
def test_each_slip_is_found(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(**fields) == expected


def alerts(world: World, *events: Any) -> list[tuple[str, str | None, bool]]:
    out = world.send(*events)
    return [(one.field or "", one.found, one.cleared) for one in out if isinstance(one, LeadAlert)]


def test_a_slip_ends_when_the_policy_gets_the_name_and_begins_when_it_loses_it() -> None:
    world = World()
    record = rep("ida", desks=("renewals",))
    assert alerts(world, facts(record, desk="rep:ida")) == [("desks.desk", "renewals", False)]
    text = POLICY_TEXT.replace("inside_sales", "renewals").replace("version: ", "version: 9", 1)
    out = world.change_policy(text, MONDAY + 1) + world.tick(MONDAY + 2) + world.tick(MONDAY + 3)
    changed = [one for one in out if isinstance(one, LeadAlert)]
    assert [(one.found, one.cleared) for one in changed] == [("renewals", True)]


def test_an_unreadable_field_of_a_rep_is_reported_at_the_own_desk_only_and_once() -> None:
    world = World()
    record = facts(rep("ida"), desk="rep:ida")
    odd = record.model_copy(update={"unread": [UnreadField(topic="crm.reps", field="active")]})
    assert alerts(world, odd) == [("active", None, False)]
    assert alerts(world, odd) == []
    assert alerts(world, record) == [("active", None, True)]
