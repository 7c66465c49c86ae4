"""Facts: the latest by its own date holds, a blank never overwrites, and a CRM record becomes the company."""

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
    market_facts_hash,
    stated_text,
    value_of,
    with_form,
)

OLD = {"at_ms": MONDAY, "job_title": "Analyst", "company": "Bank"}
NEW = {"at_ms": MONDAY + 1, "job_title": "CIO", "company": None}
BLANK = {"at_ms": MONDAY + 2, "job_title": "   ", "company": None}


@pytest.mark.parametrize("order", list(permutations([OLD, NEW, BLANK])))
def test_the_latest_fact_holds_in_any_order_and_a_blank_is_ignored(order: tuple[dict[str, Any], ...]) -> None:
    facts: tuple[Fact, ...] = ()
    for fields in order:
        facts = with_form(facts, form(**fields))
    assert value_of(facts, "job_title") == "CIO"
    assert value_of(facts, "company") == "Bank"
    assert value_of(facts, "phone") is None


def test_facts_without_news_are_the_same_object() -> None:
    facts = with_form((), form())
    assert with_form(facts, form(job_title=None)) is facts


def test_two_facts_of_one_millisecond_do_not_depend_on_order() -> None:
    one, two = form(job_title="CIO"), form(job_title="CTO")
    assert with_form(with_form((), one), two) == with_form(with_form((), two), one)


SAME = [(1, "CIO"), (4, "CIO"), (6, "CIO")]
BETWEEN = [(1, "CIO"), (3, "Clerk"), (6, "CIO")]
"""(day, title)."""


@pytest.mark.parametrize(
    ("titles", "since"),
    [
        pytest.param(SAME, 1, id="the same value three times"),
        pytest.param(BETWEEN, 6, id="another value in between"),
        pytest.param([(1, "Clerk"), (3, "CIO"), (6, "CIO")], 3, id="another value before"),
        pytest.param([(3, "Clerk"), (3, "CIO"), (6, "CIO")], 6, id="both values on one date"),
        pytest.param([(2, "CIO")], 2, id="one value"),
    ],
)
def test_a_fact_is_known_since_its_first_date_without_another_value_in_between(
    titles: list[tuple[int, str]], since: int
) -> None:
    found = set()
    for order in permutations(titles):
        facts: tuple[Fact, ...] = ()
        for day, title in order:
            facts = with_form(facts, form(at_ms=day, job_title=title))
        found.add(facts)
    (facts,) = found
    assert known_since_ms(facts, "job_title") == since


def test_a_value_is_known_since_the_first_source_that_gave_it() -> None:
    same = (Fact("job_title", "CIO", 9, is_crm=True), Fact("job_title", "CIO", 7, since_ms=5))
    assert known_since_ms(same, "job_title") == 5
    other = (same[0], Fact("job_title", "Clerk", 7))
    assert known_since_ms(other, "job_title") == 9
    assert known_since_ms(same, "job_function") is None


def test_the_campaign_with_the_later_date_holds() -> None:
    first = latest_campaign(None, Campaign(name="a"), 5)
    assert latest_campaign(first, Campaign(name="b"), 4) is first
    assert latest_campaign(first, None, 9) is first
    later = latest_campaign(first, Campaign(name="b", source="s"), 6)
    assert later is not None
    assert (later.name, later.source, later.at_ms) == ("b", "s", 6)


def test_the_order_of_lists_in_a_crm_record_does_not_matter() -> None:
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
        ({"employees": "1-10"}, True),
        ({"country": None}, True),
        ({"relationship": "partner"}, True),
        ({"founded": "1998"}, True),
        ({"fields": {"Plan": "gold"}}, True),
        ({"fields": {"synced_at": "today"}}, False),  # a field to which the policy gives no points
    ],
)
def test_which_changes_change_the_hash_of_the_market_facts(
    change: dict[str, Any], is_another_fact: bool
) -> None:
    before: Company = company_of(company())
    after = company_of(company(**change))
    assert (market_facts_hash(after, ["plan"]) != market_facts_hash(before, ["plan"])) is is_another_fact


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("job_title", " CIO ", "CIO"),
        ("job_title", "N/A", ""),
        ("job_function", "none", ""),
        ("phone", "xxx", ""),
        ("postal_code", "00000", ""),
        ("postal_code", "10115", "10115"),
        ("last_name", "Null", "Null"),
        ("last_name", None, ""),
        ("job_title", "x" + "y" * 600, "x" + "y" * 499),
    ],
)
def test_a_fact_that_was_not_given_is_not_kept(name: str, text: str | None, kept: str) -> None:
    assert stated_text(name, text) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"employees": "51-200"}, {"employees": 51, "employees_to": 200}),
        ({"employees": "1,000+"}, {"employees": 1000, "employees_to": 10**18}),
        ({"employees": "500"}, {"employees": 500, "employees_to": None}),
        ({"employees": "lots"}, {"employees": None, "employees_to": None}),
        ({"revenue": "$10M-$50M"}, {"revenue": "10000000", "revenue_to": "50000000", "currency": "USD"}),
        ({"revenue": Revenue(amount="5 Mio.", currency="eur")}, {"revenue": "5000000", "currency": "EUR"}),
        ({"revenue": Revenue(amount="€5M")}, {"revenue": "5000000", "currency": "EUR", "revenue_to": None}),
        ({"revenue": Revenue(amount=Decimal(5))}, {"revenue": None, "currency": None}),
        ({"revenue": Revenue(amount="€5M", currency="USD")}, {"revenue": None}),
        ({"country": "Germany"}, {"country": "DE"}),
    ],
)
def test_the_facts_of_a_company_are_read_as_people_write_them(
    written: dict[str, Any], kept: dict[str, Any]
) -> None:
    made = company_of(company(**written))
    assert {name: getattr(made, name) for name in kept} == kept
