"""Product interest, custom fields and the age of a company: facts that give points, keep a lead outside, and choose a desk."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
import yaml

from tests.scenarios.story import POLICY, Story

ANN = "ann@harbor.example"
PLANS = [{"field": "plan", "in": ["gold", "plat*"], "points": "4"}, {"field": "plan", "otherwise": "outside"}]


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is present. Harbor is a bank in the served market."""
    story.rep("mia")
    story.bank("harbor")
    return story


def with_keys(**sections: Any) -> str:
    """Return the default policy with other keys in its sections."""
    tree = yaml.load(POLICY.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    text: str = yaml.safe_dump(tree | sections, sort_keys=False)
    return text


def points(story: Story) -> dict[str, int]:
    """Return the points of the last score, by line."""
    return {
        one["rule"]: one["points"] for one in story.replay().of("lead.scores")[-1]["explanation"]["points"]
    }


@pytest.mark.parametrize(
    ("of_account", "of_form", "expected"),
    [
        ({"plan": "gold"}, {"plan": "free"}, 4),  # the account's goes before the form's
        ({"Plan": " GOLD "}, {}, 4),
        ({"plan": ""}, {"plan": "Platinum"}, 4),  # a blank is not a value
        ({"plan": "{{plan}}"}, {"plan": "Platinum"}, 4),
        ({}, {"PLAN": "platinum"}, 4),
        ({"plan": "free"}, {"plan": "gold"}, None),
        ({}, {}, None),
        ({"plan": True, "team": 7}, {"plan": "gold"}, None),  # read as texts
    ],
)
def test_a_custom_field_of_the_account_goes_before_that_of_the_form(
    team: Story, of_account: dict[str, Any], of_form: dict[str, Any], expected: int | None
) -> None:
    team.policy(with_keys(fit={"fields": PLANS}))
    team.bank("harbor", fields=of_account)
    team.form(ANN, "tue 10:00", fields=of_form)

    assert points(team).get("fit:fields.plan") == expected


@pytest.mark.parametrize(
    ("value", "stage"), [("gold", "nurture"), ("free", "outside"), (None, "waiting_for_facts")]
)
def test_a_custom_field_may_be_a_gate(team: Story, value: str | None, stage: str) -> None:
    team.policy(with_keys(fit={"fields": PLANS}))
    team.form(ANN, "tue 10:00", fields=None if value is None else {"plan": value})

    results = team.replay()

    assert results.stages[-1] == stage
    wanted = [one["fact"] for one in results.of("lead.alerts") if one["alert"] == "fact_wanted"]
    assert wanted == (["fields.plan"] if value is None else [])


def test_a_field_that_a_later_version_leaves_out_or_blank_keeps_its_value(team: Story) -> None:
    team.policy(with_keys(fit={"fields": PLANS}))
    team.bank("harbor", fields={"plan": "gold", "team": "a"})
    team.bank("harbor", "mon 02:00", fields={"Plan": " ", "team": "b"})
    team.bank("harbor", "mon 03:00", fields=None)
    team.form(ANN, "tue 10:00")

    assert points(team)["fit:fields.plan"] == 4


VERSIONS = (
    ("mon 01:00", {"plan": "free", "team": "a"}),
    ("mon 02:00", {"Plan": "gold"}),
    ("mon 03:00", {"region code": "x"}),
)


@pytest.mark.parametrize(
    "order", list(permutations(VERSIONS)), ids=lambda order: "-".join(at[4:6] for at, _ in order)
)
def test_of_each_field_the_latest_version_that_states_it_counts_in_any_order(
    team: Story, order: tuple[tuple[str, dict[str, str]], ...]
) -> None:
    points_of = [{"field": name, "in": ["*"], "points": "1"} for name in ("team", "region_code")]
    team.policy(with_keys(fit={"fields": [*PLANS, *points_of]}))
    record = team._accounts["harbor"]
    for number, (dated, fields) in enumerate(order):
        team.late("crm.accounts", "ACC-harbor", dated, f"mon 05:0{number}", **record | {"fields": fields})
    team.form(ANN, "tue 10:00")

    found = points(team)

    assert (found["fit:fields.plan"], found["fact:fields.team"], found["fact:fields.region_code"]) == (
        4,
        1,
        1,
    )


def test_of_an_account_the_twenty_fields_stated_last_are_kept(team: Story) -> None:
    team.policy(with_keys(fit={"fields": [*PLANS, {"field": "f_1", "in": ["*"], "points": "1"}]}))
    team.bank("harbor", "mon 01:00", fields={"plan": "gold", "f_1": "a"})
    team.bank("harbor", "mon 02:00", fields={f"f_{number}": "b" for number in range(1, 21)})
    team.form(ANN, "tue 10:00")

    results = team.replay()

    gates = {one["gate"]: one["state"] for one in results.of("lead.scores")[-1]["explanation"]["gates"]}
    assert gates["fields.plan"] == "unknown"
    assert points(team)["fact:fields.f_1"] == 1


@pytest.mark.parametrize("founded", [2017, "2017", "2017-12-31", "May 2017", "31.12.2017", 1_500_000_000_000])
def test_age_counts_calendar_years(team: Story, founded: int | str) -> None:
    team.policy(with_keys(fit={"age": [{"from": "9", "to": "9", "points": "3"}]}))
    team.bank("harbor", founded=founded)
    team.form(ANN, "tue 10:00")

    assert points(team)["fact:age"] == 3


@pytest.mark.parametrize("is_late", [False, True])
def test_the_age_of_a_company_counts_as_of_the_day_of_an_event(team: Story, is_late: bool) -> None:
    """The bank is nine years old in 2026. Its points of 2027 do not make an MQL of what was done in 2026."""
    team.policy(with_keys(fit={"age": [{"to": "9", "points": "0"}, {"from": "10", "points": "20"}]}))
    team.bank("harbor", founded=2017)
    team.form(ANN, "mon44 10:00")  # 28 December 2026
    arrival = "mon45 10:00" if is_late else "tue44 10:00"
    team.late("web.activity", ANN, "tue44 10:00", arrival, activity="webinar_attended", email=ANN)
    before = team.replay("mon45 11:00")
    team.activity("page_view", "tue45 10:00", email=ANN)

    after = team.replay()

    assert before.stages[-1] == "nurture"
    assert after.stages[-1] == "mql"
    (handoff,) = after.of("lead.routing")
    assert handoff["explanation"]["fit"] == 130


@pytest.mark.parametrize("is_late", [False, True])
def test_an_interest_that_arrives_late_counts_from_its_own_day(team: Story, is_late: bool) -> None:
    """Ann's points and her interest reach the threshold together, on the day of the later one."""
    team.policy(with_keys(fit={"product_interest": [{"in": ["*analytics*"], "points": "20"}]}))
    if not is_late:
        team.activity("webinar_attended", "tue 10:00", email=ANN)
    team.form(ANN, "wed 10:00", product_interest="Web Analytics")
    if is_late:
        team.late("web.activity", ANN, "tue 10:00", "thu 10:00", activity="webinar_attended", email=ANN)

    results = team.replay()

    (handoff,) = results.of("lead.routing")
    assert handoff["explanation"]["fit"] == 130
    assert results.stages[-1] == "mql"


def test_a_named_condition_tests_them_in_routes_deadlines_and_segments(team: Story) -> None:
    condition = {"age": {"to": "9"}, "product_interest": ["*analytics*"], "fields": {"plan": ["gold"]}}
    tree = yaml.load(POLICY.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    routes = [*tree["routes"][:8], {"if": "young", "to": "desk west"}, *tree["routes"][8:]]
    desks = tree["desks"]
    desks["west"]["answer_within"] = desks["inside_sales"]["answer_within"] | {"when": {"young": "10m"}}
    team.policy(with_keys(conditions={"young": condition}, routes=routes, desks=desks))
    team.rep("wes", desks=[{"desk": "west"}])
    team.bank("harbor", founded=2020)
    team.form(ANN, "tue 14:00", "demo", product_interest="Analytics", fields={"plan": "Gold"})
    team.bank("alder", founded=1890)
    team.form("bo@alder.example", "tue 14:00", "demo", product_interest="Analytics", fields={"plan": "Gold"})

    results = team.replay()

    young, old = results.of("lead.routing")
    assert young["assignee"]["id"] == "wes"
    assert young["first_response_due_at"] == "2026-03-03T19:10:00Z"
    assert old["assignee"]["id"] == "mia"
    missed = next(one for one in old["earlier_routes"] if one["route"] == "territory")
    assert (missed["fact"], missed["why"], missed["needed"]) == ("condition", "elsewhere", "young")
