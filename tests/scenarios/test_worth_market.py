"""The served market at its edges: bounds, currencies, codes, and country codes that YAML would misread."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY, Story

ANN = "ann@harbor.example"


@pytest.mark.parametrize(
    ("amount", "stage"),
    [
        (500_000_000, "nurture"),
        ("499999999.99", "outside"),
        (5_000_000_000, "nurture"),
        ("5000000000.01", "outside"),
    ],
)
def test_both_ends_of_the_revenue_belong_to_the_market(story: Story, amount: object, stage: str) -> None:
    story.bank("harbor", revenue={"amount": amount, "currency": "USD"})
    story.form(ANN, "tue 10:00")

    assert story.replay().stages[-1] == stage


def test_a_revenue_in_another_currency_is_not_known(story: Story) -> None:
    story.bank("harbor", revenue={"amount": 900_000_000, "currency": "EUR"})
    story.form(ANN, "tue 10:00")

    results = story.replay()

    assert results.stages[-1] == "waiting_for_facts"
    assert [one["fact"] for one in results.of("lead.alerts")] == ["revenue"]


@pytest.mark.parametrize(
    ("sic", "naics", "stage"),
    [
        (["6021"], [], "nurture"),
        (["602101"], [], "nurture"),
        (["7372", "6022"], [], "nurture"),
        (["7372"], ["5221101"], "nurture"),
        (["7372"], [], "outside"),
        (["602"], [], "outside"),
        ([], [], "waiting_for_facts"),
    ],
)
def test_any_listed_code_suffices_and_covers_those_that_begin_with_it(
    story: Story, sic: list[str], naics: list[str], stage: str
) -> None:
    story.bank("harbor", sic=sic, naics=naics)
    story.form(ANN, "tue 10:00")

    assert story.replay().stages[-1] == stage


@pytest.mark.parametrize(("country", "stage"), [("NO", "nurture"), ("no", "nurture"), ("SE", "outside")])
def test_norway_is_a_country_and_0111_is_a_code(story: Story, country: str, stage: str) -> None:
    text = POLICY.read_text("utf-8").replace("in: [US]", "in: [NO]", 1)
    story.policy(text.replace('sic: ["6021"', "sic: [0111", 1))
    story.bank("harbor", country=country, sic=["0111"])
    story.form(ANN, "tue 10:00")

    assert story.replay().stages[-1] == stage


def test_the_country_of_the_person_is_not_that_of_the_company(story: Story) -> None:
    story.bank("harbor")
    story.form(ANN, "tue 10:00", country="DE")

    assert story.replay().stages[-1] == "nurture"


def test_one_wrong_fact_means_outside_even_if_another_is_missing(story: Story) -> None:
    story.bank("harbor", revenue=None, country="DE")
    story.form(ANN, "tue 10:00")

    assert story.replay().stages[-1] == "outside"
