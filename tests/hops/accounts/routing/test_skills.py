"""Skills that a lead needs of its rep, by the known facts of the person and the company."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hops.accounts.market import POLICY, POLICY_TEXT
from workers.accounts.routing.skills import NO_NEEDS, needs_of
from workers.accounts.routing.territories import LeadProfile
from workers.accounts.state.facts import Company, Fact
from workers.policy.load import load_policy

BY_HEADS = load_policy(
    POLICY_TEXT.replace(
        "large: {revenue: {from: 4B}}",
        "large: {revenue: {from: 4B}, employees: {from: 900}}\n    small: {employees: {to: 50}}",
    )
)


def bank(**facts: Any) -> Company:
    return Company("acc-1", **({"country": "US", "revenue": "900000000", "currency": "USD"} | facts))


def language_fact(language: str) -> tuple[Fact, ...]:
    return (Fact("language", language, 1),)


def country_fact(country: str) -> tuple[Fact, ...]:
    return (Fact("country", country, 1),)


@pytest.mark.parametrize(
    ("company", "facts", "language"),
    [
        (bank(), (), None),
        (bank(country="MX"), (), "es"),
        (bank(), country_fact("PR"), None),
        (bank(country=None), country_fact("pr"), "es"),
        (
            bank(country="MX"),
            country_fact("US"),
            "es",
        ),  # the company's country goes before the one that the person named
        (bank(country=None), (), None),
        (None, (), None),
        (None, country_fact("ES"), "es"),
        (bank(), language_fact("es"), "es"),
        (bank(), language_fact("ES-mx"), "es"),
        (
            bank(country="MX"),
            language_fact("en"),
            None,
        ),  # a language that every rep speaks needs no special skill
    ],
)
def test_the_language_is_the_stated_one_else_by_the_country_of_the_company_else_of_the_person(
    company: Company | None, facts: tuple[Fact, ...], language: str | None
) -> None:
    assert needs_of(POLICY, company, LeadProfile(facts)).language == language


@pytest.mark.parametrize(
    ("company", "segment"),
    [
        (bank(revenue="3999999999"), None),
        (bank(revenue="4000000000"), "large"),
        (bank(revenue="4000000000", currency="EUR"), None),
        (bank(revenue=None), None),
        (None, None),
    ],
)
def test_the_segment_follows_the_companys_size_and_an_unknown_size_needs_nothing(
    company: Company | None, segment: str | None
) -> None:
    assert needs_of(POLICY, company, LeadProfile()).segment == segment


@pytest.mark.parametrize(
    ("facts", "segment"),
    [
        ({"revenue": "4000000000"}, None),
        ({"revenue": "4000000000", "employees": 900}, "large"),
        ({"employees": 900}, None),
        ({"employees": 50}, "small"),
        ({"employees": 51}, None),
        ({"employees": 11, "employees_to": 50}, "small"),
        ({"employees": 11, "employees_to": 51}, None),
    ],
)
def test_every_condition_of_a_segment_must_hold(facts: dict[str, Any], segment: str | None) -> None:
    assert needs_of(BY_HEADS, bank(**facts), LeadProfile()).segment == segment


def test_a_policy_without_skills_needs_nothing() -> None:
    skills = POLICY_TEXT[POLICY_TEXT.index("skills:  ") : POLICY_TEXT.index("# ---- Who answers")]
    desk = next(line for line in POLICY_TEXT.splitlines() if line.startswith("    skills:"))
    policy = load_policy(POLICY_TEXT.replace(skills, "").replace(desk + "\n", ""))
    assert (
        needs_of(policy, bank(country="MX", revenue="4000000000"), LeadProfile(country_fact("MX")))
        == NO_NEEDS
    )


BY_NAME = load_policy(
    POLICY_TEXT.replace(
        "large: {revenue: {from: 4B}}",
        "payers: {is: [asks_price]}\n    others: {employees: {from: 900}, is_not: [asks_price, abroad]}",
    )
    + "\nconditions: {asks_price: {asks_for: [pricing]}, abroad: {countries: [CA]}}\n"
)


@pytest.mark.parametrize(
    ("facts", "request_", "segment"),
    [
        ({}, "pricing", "payers"),
        ({"employees": 900}, "pricing", "payers"),
        ({"employees": 900}, "demo", "others"),
        ({"employees": 899}, "demo", None),
        ({"employees": 900, "country": "CA"}, "demo", None),
        ({"employees": 900, "country": None}, "demo", None),  # open because of an unknown fact
    ],
)
def test_a_segment_may_test_conditions_by_name(
    facts: dict[str, Any], request_: str, segment: str | None
) -> None:
    assert needs_of(BY_NAME, bank(**facts), LeadProfile(request=request_)).segment == segment
