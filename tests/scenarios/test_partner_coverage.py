"""Partners cover accounts by the place of the company or, if it is unknown, of the person, also after enrichment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.dealers import GOLD, holders, with_dealers
from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    return with_dealers(story)


def visit(team: Story, email: str, **facts: Any) -> None:
    """A plant manager whose company the CRM does not have fills in a form, and uses the configurator."""
    named = {"title": "Plant Manager", "job_function": None, "country": "US"}
    team.form(email, "tue 10:00", **(named | facts))
    team.activity("configurator_used", "tue 10:05", email=email)


@pytest.mark.parametrize("region", ["Massachusetts", "MA", "US-MA"])
def test_the_dealer_of_the_persons_region_gets_the_lead_of_an_unknown_company_once_enrichment_finds_its_country(
    team: Story, region: str
) -> None:
    visit(team, "ann@new.example", region=region)
    assert team.replay(until="tue 12:00").stages[-1] == "waiting_for_facts"
    team.contact("ann@new.example", "wed 10:00", company={"country": "US"})
    results = team.replay(until="wed 12:00")
    assert results.handoffs == [("assigned", "partner", GOLD)]


def test_the_region_that_the_crm_has_of_a_person_goes_before_that_of_a_form(team: Story) -> None:
    visit(team, "ann@new.example", region="TX")
    team.contact("ann@new.example", "wed 10:00", region="Connecticut", company={"country": "US"})
    assert holders(team, "wed 12:00") == {"new": GOLD}


@pytest.mark.parametrize(
    ("company", "holder"),
    [
        ({"country": "US", "region": "TX"}, "ida"),
        ({"country": "US", "region": "NY"}, GOLD),
        ({"country": "CA"}, "ida"),
    ],
)
def test_the_place_of_the_company_goes_before_that_of_the_person(
    team: Story, company: dict[str, str], holder: str
) -> None:
    visit(team, "ann@new.example", region="MA")
    team.contact("ann@new.example", "wed 10:00", company=company)
    assert holders(team, "wed 12:00") == {"new": holder}


def test_who_asks_for_sales_before_the_company_is_known_stays_with_inside_sales(team: Story) -> None:
    visit(team, "ann@new.example", region="MA", request="pricing")
    team.contact("ann@new.example", "tue 11:00", company={"country": "US"})
    assert [one for one in team.replay(until="tue 12:00").handoffs if one[2]] == [
        ("assigned", "raised_hand", "ida"),
        ("relabelled", "raised_hand", "ida"),
    ]
