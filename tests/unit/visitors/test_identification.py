from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, MINUTE, NOON, Partition, activity, form, types
from workers.identity.lead_ids import lead_id_of
from workers.visitors.agent import spec

ADA, BOB = "ada@bank.com", "bob@bank.com"


def lead(email: str) -> str:
    return lead_id_of(email, KEY)


def partition() -> Partition:
    return Partition(spec(KEY, 1))


def events_and_leads(facts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the (event_id, lead_id) of each fact about what a visitor did."""
    return [(fact["event_id"], fact["lead_id"]) for fact in facts if fact["type"] != "lead_identified"]


def test_an_anonymous_visitor_emits_no_fact() -> None:
    visitors = partition()
    assert visitors.send("web.activity", activity("a1", anonymous_id="x")) == []


def test_a_form_identifies_and_the_history_precedes_it_with_its_own_times() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", NOON, anonymous_id="x", url="https://ours.example/a"))
    visitors.send("web.activity", activity("a2", NOON + MINUTE, anonymous_id="x"))
    facts = visitors.send(
        "form.fills", form("f1", NOON + 2 * MINUTE, anonymous_id="x", email=" Ada@Bank.com ")
    )
    assert types(facts) == ["lead_identified", "lead_activity", "lead_activity", "lead_form"]
    assert [fact["occurred_at_ms"] - NOON for fact in facts] == [2 * MINUTE, 0, MINUTE, 2 * MINUTE]
    assert {(fact["topic"], fact["key"], fact["lead_id"]) for fact in facts} == {
        ("lead.events", "domain:bank.com", lead(ADA))
    }
    assert facts[0]["email"] == ADA
    assert facts[1]["url"] == "https://ours.example/a"


def test_an_address_in_an_activity_identifies_too() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", anonymous_id="x"))
    facts = visitors.send("web.activity", activity("a2", NOON + 1, anonymous_id="x", email=ADA))
    assert events_and_leads(facts) == [("a1", lead(ADA)), ("a2", lead(ADA))]


def test_a_known_visitor_needs_no_further_address_and_is_announced_once() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    facts = visitors.send("web.activity", activity("a1", NOON + 1, anonymous_id="x"))
    facts += visitors.send("form.fills", form("f2", NOON + 2, anonymous_id="x", email=ADA))
    facts += visitors.send("form.fills", form("f3", NOON + 3, anonymous_id="x"))
    assert types(facts) == ["lead_activity", "lead_form", "lead_form"]
    assert {fact["lead_id"] for fact in facts} == {lead(ADA)}


def test_a_second_browser_of_a_person_brings_its_history() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", anonymous_id="x", email=ADA))
    visitors.send("web.activity", activity("a1", NOON + 1, anonymous_id="y"))
    facts = visitors.send("form.fills", form("f2", NOON + 2, anonymous_id="y", email=ADA))
    assert types(facts) == ["lead_identified", "lead_activity", "lead_form"]
    assert {fact["lead_id"] for fact in facts} == {lead(ADA)}


def test_on_a_shared_browser_earlier_activity_stays_with_the_earlier_person() -> None:
    visitors = partition()
    visitors.send("form.fills", form("f1", NOON, anonymous_id="x", email=ADA))
    visitors.send("form.fills", form("f2", NOON + 10 * MINUTE, anonymous_id="x", email=BOB))
    facts = [
        fact
        for event_id, minute in (("late", 5), ("before", -5), ("on", 10), ("after", 15))
        for fact in visitors.send(
            "web.activity",
            activity(event_id, NOON + minute * MINUTE, anonymous_id="x"),
            arrives_at=NOON + 20 * MINUTE,
        )
    ]
    assert events_and_leads(facts) == [
        ("late", lead(ADA)),
        ("before", lead(ADA)),
        ("on", lead(BOB)),
        ("after", lead(BOB)),
    ]


def test_the_second_person_of_a_shared_browser_gets_none_of_its_history() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", NOON, anonymous_id="x"))
    visitors.send("form.fills", form("f1", NOON + 1, anonymous_id="x", email=ADA))
    facts = visitors.send("form.fills", form("f2", NOON + 2, anonymous_id="x", email=BOB))
    assert types(facts) == ["lead_identified", "lead_form"]


def test_an_address_without_a_browser_announces_the_lead_once() -> None:
    visitors = partition()
    facts = visitors.send("web.activity", activity("a1", email=ADA))
    facts += visitors.send("web.activity", activity("a2", email="Ada <ADA@bank.com>"))
    assert types(facts) == ["lead_identified", "lead_activity", "lead_activity"]


def test_a_form_of_an_anonymous_visitor_keeps_its_facts_until_the_visitor_is_known() -> None:
    visitors = partition()
    visitors.send(
        "form.fills",
        form(
            "f1", anonymous_id="x", job_title="CIO", request="demo", campaign={"name": "fair", "medium": ""}
        ),
    )
    facts = visitors.send("web.activity", activity("a1", NOON + 1, anonymous_id="x", email=ADA))
    assert types(facts) == ["lead_identified", "lead_form", "lead_activity"]
    assert {
        name: facts[1].get(name) for name in ("event_id", "job_title", "request", "form_id", "campaign")
    } == {
        "event_id": "f1",
        "job_title": "CIO",
        "request": "demo",
        "form_id": "whitepaper",
        "campaign": {"name": "fair"},
    }


def test_an_activity_keeps_all_its_fields_through_the_history() -> None:
    visitors = partition()
    fields = {
        "url": "https://ours.example/pricing",
        "asset": "paper-7",
        "campaign": {"name": "spring", "source": "ads", "medium": "cpc"},
        "duration_seconds": 42.5,
    }
    visitors.send("web.activity", activity("a1", anonymous_id="x", **fields))
    kept = visitors.send("form.fills", form("f1", NOON + 1, anonymous_id="x", email=ADA))[1]
    direct = visitors.send("web.activity", activity("a2", anonymous_id="x", **fields), arrives_at=NOON + 2)[0]
    assert kept | {"event_id": ""} == direct | {"event_id": ""}
    assert {name: kept[name] for name in fields} == fields


def test_blank_fields_of_a_form_are_left_out() -> None:
    blank = dict.fromkeys(("first_name", "last_name", "company", "job_title", "postal_code", "phone"), "  ")
    fact = partition().send("form.fills", form("f1", email=ADA, country="us", **blank))[1]
    assert not fact.keys() & blank.keys()
    assert fact["country"] == "US"


@pytest.mark.parametrize(
    ("email", "account_key", "is_role"),
    [
        ("ada@eu.bank.co.uk", "domain:bank.co.uk", False),
        ("info@bank.com", "domain:bank.com", True),
        ("ada@gmail.com", f"lead:{lead('ada@gmail.com')}", False),
    ],
)
def test_a_leads_account_key_is_its_companys_domain_or_its_own_id(
    email: str, account_key: str, is_role: bool
) -> None:
    fact = partition().send("form.fills", form("f1", email=email))[0]
    assert (fact["account_key"], fact["key"], fact["role_address"]) == (account_key, account_key, is_role)
