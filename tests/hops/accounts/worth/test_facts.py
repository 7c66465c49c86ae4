"""Facts: the latest by its own date holds, a blank never overwrites; the company's are the CRM's."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from schemas.base import Campaign
from schemas.crm_accounts import Revenue
from tests.hops.accounts.market import MONDAY, company, form, instant, opportunity
from workers.accounts.state.facts import Company, Fact
from workers.accounts.worth.facts import (
    company_of,
    known_since_ms,
    latest_campaign,
    market_facts,
    value_of,
    with_form,
)

OLD = {"at_ms": MONDAY, "job_title": "Analyst", "company": "Bank"}
NEW = {"at_ms": MONDAY + 1, "job_title": "CIO", "company": None}
BLANK = {"at_ms": MONDAY + 2, "job_title": "   ", "company": None}


@pytest.mark.parametrize("order", list(permutations([OLD, NEW, BLANK])))
def test_the_latest_fact_holds_in_any_order_and_a_blank_is_none(order: tuple[dict[str, Any], ...]) -> None:
    facts: tuple[Fact, ...] = ()
    for said in order:
        facts = with_form(facts, form(**said))
    assert value_of(facts, "job_title") == "CIO"
    assert value_of(facts, "company") == "Bank"
    assert value_of(facts, "phone") is None


def test_facts_that_say_nothing_new_are_the_same_object() -> None:
    facts = with_form((), form())
    assert with_form(facts, form(job_title=None)) is facts


def test_two_facts_of_one_millisecond_do_not_depend_on_order() -> None:
    one, two = form(job_title="CIO"), form(job_title="CTO")
    assert with_form(with_form((), one), two) == with_form(with_form((), two), one)


SAME = [(1, "CIO"), (4, "CIO"), (6, "CIO")]
BETWEEN = [(1, "CIO"), (3, "Clerk"), (6, "CIO")]
"""(day, title)."""


@pytest.mark.parametrize(
    ("said", "since"),
    [
        pytest.param(SAME, 1, id="three times the same"),
        pytest.param(BETWEEN, 6, id="something else in between"),
        pytest.param([(1, "Clerk"), (3, "CIO"), (6, "CIO")], 3, id="something else before"),
        pytest.param([(3, "Clerk"), (3, "CIO"), (6, "CIO")], 6, id="both at once"),
        pytest.param([(2, "CIO")], 2, id="once"),
    ],
)
def test_a_fact_is_known_since_it_was_said_first_and_nothing_else_after_it_in_any_order(
    said: list[tuple[int, str]], since: int
) -> None:
    found = set()
    for order in permutations(said):
        facts: tuple[Fact, ...] = ()
        for day, title in order:
            facts = with_form(facts, form(at_ms=day, job_title=title))
        found.add(facts)
    (facts,) = found
    assert known_since_ms(facts, "job_title") == since


def test_whoever_said_the_same_first() -> None:
    said = (Fact("job_title", "CIO", 9, is_crm=True), Fact("job_title", "CIO", 7, since_ms=5))
    assert known_since_ms(said, "job_title") == 5
    other = (said[0], Fact("job_title", "Clerk", 7))
    assert known_since_ms(other, "job_title") == 9
    assert known_since_ms(said, "job_function") is None


def test_the_campaign_with_the_later_date_holds() -> None:
    first = latest_campaign(None, Campaign(name="a"), 5)
    assert latest_campaign(first, Campaign(name="b"), 4) is first
    assert latest_campaign(first, None, 9) is first
    later = latest_campaign(first, Campaign(name="b", source="s"), 6)
    assert later is not None
    assert (later.name, later.source, later.at_ms) == ("b", "s", 6)


def test_the_record_of_the_crm_becomes_a_row_without_its_order() -> None:
    one = company(sic=["6022", "6021"], open_opportunities=[opportunity("b", 2, 20), opportunity("a", 1, 10)])
    other = company(
        sic=["6021", "6022"], open_opportunities=[opportunity("a", 1, 10), opportunity("b", 2, 20)]
    )
    assert company_of(one) == company_of(other)
    assert company_of(one).opportunities[-1].owner_rep_id == "b"


@pytest.mark.parametrize(
    ("change", "is_another_fact"),
    [
        ({"name": "Second Bank"}, False),
        ({"owner_rep_id": "r9"}, False),
        ({"facts_confirmed_at": instant(MONDAY)}, False),
        ({"event_id": "crm-2", "occurred_at": instant(MONDAY)}, False),
        ({"sic": ["6022"]}, True),
        ({"naics": ["522110"]}, True),
        ({"revenue": Revenue(amount=Decimal(1), currency="USD")}, True),
        ({"employees": 10}, True),
        ({"country": None}, True),
        ({"relationship": "partner"}, True),
    ],
)
def test_which_changes_are_another_fact_about_the_market(
    change: dict[str, Any], is_another_fact: bool
) -> None:
    before: Company = company_of(company())
    assert (market_facts(company_of(company(**change))) != market_facts(before)) is is_another_fact
