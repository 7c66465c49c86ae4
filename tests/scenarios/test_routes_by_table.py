"""Territories from a table, from the view of a sales manager: who gets a lead, and how it is explained."""

from __future__ import annotations

import pytest

from tests.routes import OWNED, REP, REST, desk, with_routes
from tests.scenarios.story import POLICY, Story

ANN = "ann@harbor.example"
TABLE = """country,region,employees,to
US,,,desk west
US,OR;CA,,rep olga
US,OR,1000-,partner islands
"""
PARTNERS = """owners: {not_people: [queue]}
partners:
  islands: {regions: [HI], gets: mql, answer_within: 16h, then: return, sees: [name]}
"""


def with_table(table: str) -> str:
    text = with_routes(
        POLICY.read_text("utf-8"), (*OWNED, REP, "{table: t.csv}", REST), desk("west"), PARTNERS
    )
    return text + "\ntables:\n  t.csv: |\n" + "".join(f"    {one}\n" for one in table.splitlines())


@pytest.fixture
def team(story: Story) -> Story:
    """Wes is at the west desk, Mia at inside sales. Olga has a territory of her own."""
    story.policy(with_table(TABLE))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("wes", desks=[{"desk": "west"}])
    story.rep("olga", at_desk=False)
    return story


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ("wes", "territory", "rotation")),
        ({"region": "OR"}, ("olga", "territory", "territory_rep")),
        ({"region": "OR", "employees": 5000}, ("partner:islands", "partner_covers", None)),
        ({"region": "WA", "employees": 5000}, ("wes", "territory", "rotation")),
        ({"country": "FR"}, ("desk:inside_sales", "otherwise", None)),
    ],
    ids=["the country", "a region", "a region and a size", "another region", "no line"],
)
def test_the_narrowest_line_that_fits_decides(
    team: Story, facts: dict[str, object], expected: tuple[str, str, str | None]
) -> None:
    team.bank("harbor", **facts)
    team.form(ANN, "mon 10:00", "demo")

    event = team.replay(until="mon 12:00").of("lead.routing")[0]

    assert (event["assignee"]["id"], event["route"], event.get("how_chosen")) == expected


def test_a_rep_of_the_table_who_has_left_gets_no_lead(team: Story) -> None:
    team.bank("harbor", region="OR")
    team.rep("olga", "mon 08:00", active=False)
    team.form(ANN, "mon 10:00", "demo")

    (event,) = team.replay(until="mon 12:00").of("lead.routing")

    assert event["assignee"]["id"] == "mia"
    (line,) = (one for one in event["earlier_routes"] if one["route"] == "territory")
    assert (line["why"], line["rep_id"]) == ("rep_not_active", "olga")


def test_the_hand_off_of_a_lead_that_no_line_has_names_the_table(team: Story) -> None:
    team.bank("harbor", country="FR")
    team.form(ANN, "mon 10:00", "demo")

    (event,) = team.replay(until="mon 12:00").of("lead.routing")

    (line,) = (one for one in event["earlier_routes"] if one["route"] == "territory")
    assert (line["why"], line["fact"], line["needed"]) == ("elsewhere", "territory", "a line of t.csv")


FIELDS_TABLE = """fields.plan,product_interest,age,to
gold;plat*,,,rep olga
,*analytics*,-5,desk west
gold;plat*,*analytics*,-5,partner islands
"""


@pytest.mark.parametrize(
    ("founded", "form", "assignee"),
    [
        (None, {"fields": {"Plan": "Platinum"}}, "olga"),
        ("2024", {"product_interest": "Analytics Suite"}, "wes"),
        ("2024", {"product_interest": "Analytics Suite", "fields": {"Plan": "gold"}}, "partner:islands"),
        ("1990", {"product_interest": "Analytics Suite"}, "mia"),
        (None, {"fields": {"Plan": "silver"}}, "mia"),
    ],
    ids=["a field of the form", "a young company", "both", "an old company", "no line"],
)
def test_fields_products_and_ages_are_columns(
    team: Story, founded: str | None, form: dict[str, object], assignee: str
) -> None:
    team.policy(with_table(FIELDS_TABLE))
    team.bank("harbor", **({} if founded is None else {"founded": founded}))
    team.form(ANN, "mon 10:00", "demo", **form)

    event = team.replay(until="mon 12:00").of("lead.routing")[0]

    assert event["assignee"]["id"] == assignee
