"""Territories: every condition must hold, and an unknown fact keeps a lead out."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import Kind, Qualification, Relationship, RouteMiss
from workers.accounts.routing.territories import LeadProfile, UnmetCondition, find_unmet
from workers.accounts.state.facts import CampaignMark, Company, Fact
from workers.policy.conditions import NamedCondition, Span, Territory

HERE = None
ELSEWHERE, UNKNOWN = RouteMiss.ELSEWHERE, RouteMiss.FACT_UNKNOWN


def profile(**facts: str) -> LeadProfile:
    return LeadProfile(
        tuple(Fact(name, value, 1) for name, value in sorted(facts.items())),
        120,
        "B2",
        signals=frozenset({"pricing"}),
    )


@pytest.mark.parametrize(
    ("territory", "company", "facts", "expected"),
    [
        ({"regions": ["ca", "OR"]}, {"region": "OR"}, {}, HERE),
        ({"regions": ["CA"]}, {"region": "NV"}, {}, UnmetCondition("region", ELSEWHERE, "CA")),
        ({"regions": ["CA", "OR"]}, {}, {}, UnmetCondition("region", UNKNOWN, "CA, OR")),
        ({"regions": ["CA"]}, None, {}, UnmetCondition("region", UNKNOWN, "CA")),
        ({"countries": ["CA"]}, {"country": "CA"}, {"country": "US"}, HERE),
        (
            {"countries": ["CA"]},
            {"country": "US"},
            {"country": "CA"},
            UnmetCondition("country", ELSEWHERE, "CA"),
        ),
        ({"countries": ["CA"]}, {}, {"country": "CA"}, HERE),
        ({"countries": ["CA"]}, None, {}, UnmetCondition("country", UNKNOWN, "CA")),
        ({"postal_codes": ["967", "968"]}, None, {"postal_code": "96813-2000"}, HERE),
        ({"postal_codes": ["SW1"]}, None, {"postal_code": "sw 1a 1aa"}, HERE),
        ({"postal_codes": ["100"]}, None, {"postal_code": "\uff11\uff10\uff10-0001"}, HERE),
        (
            {"postal_codes": ["967"]},
            None,
            {"postal_code": "10001"},
            UnmetCondition("postal_code", ELSEWHERE, "967"),
        ),
        ({"languages": ["es"]}, None, {"language": "es"}, HERE),
        ({"languages": ["es"]}, None, {}, UnmetCondition("language", UNKNOWN, "es")),
        ({"revenue": {"from": "2B"}}, {"revenue": "2000000000", "currency": "USD"}, {}, HERE),
        (
            {"revenue": {"from": "2B"}},
            {"revenue": "1999999999.99", "currency": "USD"},
            {},
            UnmetCondition("revenue", ELSEWHERE, "from 2000000000"),
        ),
        (
            {"revenue": {"from": "2B"}},
            {"revenue": "2000000000", "currency": "EUR"},
            {},
            UnmetCondition("revenue", UNKNOWN, "from 2000000000"),
        ),
        ({"employees": {"to": "200"}}, {"employees": 200}, {}, HERE),
        ({"employees": {"to": "200"}}, {"employees": 51, "employees_to": 200}, {}, HERE),
        (
            {"employees": {"to": "100"}},
            {"employees": 51, "employees_to": 200},
            {},
            UnmetCondition("employees", UNKNOWN, "to 100"),
        ),
        (
            {"employees": {"to": "50"}},
            {"employees": 51, "employees_to": 200},
            {},
            UnmetCondition("employees", ELSEWHERE, "to 50"),
        ),
        (
            {"employees": {"to": "200"}},
            {"employees": 201},
            {},
            UnmetCondition("employees", ELSEWHERE, "to 200"),
        ),
        ({"grades": ["B2"]}, None, {}, HERE),
        ({"grades": ["A1"]}, None, {}, UnmetCondition("grade", ELSEWHERE, "A1")),
        ({"total": {"from": "120", "to": "120"}}, None, {}, HERE),
        ({"total": {"from": "121"}}, None, {}, UnmetCondition("total", ELSEWHERE, "from 121")),
        ({"signals": ["rates", "pricing"]}, None, {}, HERE),
        ({"signals": ["rates"]}, None, {}, UnmetCondition("signals", ELSEWHERE, "rates")),
        (
            {"regions": ["CA"], "employees": {"to": "200"}},
            {"employees": 500},
            {},
            UnmetCondition("employees", ELSEWHERE, "to 200"),
        ),
        ({"regions": ["CA"], "languages": ["es"]}, {"region": "CA"}, {"language": "es"}, HERE),
        ({"industry": {"naics": ["92"]}}, {"naics": ("921110",)}, {}, HERE),
        ({"industry": {"naics": ["92"], "sic": ["60"]}}, {"sic": ("6021",)}, {}, HERE),
        (
            {"industry": {"naics": ["92"]}},
            {"sic": ("9211",)},
            {},
            UnmetCondition("industry", ELSEWHERE, "NAICS 92"),
        ),
        (
            {"industry": {"naics": ["32"]}},
            {"naics": ("31-33",)},
            {},
            UnmetCondition("industry", UNKNOWN, "NAICS 32"),
        ),
        ({"industry": {"sic": ["60"]}}, {}, {}, UnmetCondition("industry", UNKNOWN, "SIC 60")),
        ({"relationship": ["partner"]}, {"relationship": Relationship.PARTNER}, {}, HERE),
        (
            {"relationship": ["partner"]},
            {},
            {},
            UnmetCondition("relationship", ELSEWHERE, "partner"),
        ),
        ({"relationship": ["partner"]}, None, {}, UnmetCondition("relationship", UNKNOWN, "partner")),
        ({"forms": ["contact-*"]}, None, {"form": "Contact-sales"}, HERE),
        ({"forms": ["contact-*"]}, None, {"form": "trial"}, UnmetCondition("form", ELSEWHERE, "contact-*")),
        ({"forms": ["contact-*"]}, None, {}, UnmetCondition("form", UNKNOWN, "contact-*")),
        ({"unknown": ["employees"]}, {}, {}, HERE),
        ({"unknown": ["region", "employees"]}, {"employees": 9}, {}, HERE),
        ({"unknown": ["employees"]}, {"employees": 9}, {}, UnmetCondition("unknown", ELSEWHERE, "employees")),
    ],
)
def test_a_lead_belongs_to_a_territory_if_every_condition_holds(
    territory: dict[str, Any],
    company: dict[str, Any] | None,
    facts: dict[str, str],
    expected: UnmetCondition | None,
) -> None:
    found = Company("acc", **company) if company is not None else None
    assert find_unmet(Territory(**territory), found, profile(**facts), "USD") == expected


DEMO = LeadProfile(
    kind=Kind.RAISED_HAND,
    request="demo",
    qualification=Qualification.PENDING,
    campaign=CampaignMark("cio-roundtable", "linkedin", "paid"),
    function="it",
    title="",
    has_free_mail=True,
)
"""A person with free mail who asks for a demo, whose title is not listed."""


@pytest.mark.parametrize(
    ("territory", "lead", "expected"),
    [
        ({"asks_for": ["pricing", "demo"]}, DEMO, HERE),
        ({"asks_for": ["pricing"]}, DEMO, UnmetCondition("request", ELSEWHERE, "pricing")),
        ({"asks_for": ["demo"]}, LeadProfile(), UnmetCondition("request", ELSEWHERE, "demo")),
        ({"kinds": ["raised_hand"]}, DEMO, HERE),
        ({"kinds": ["mql"]}, DEMO, UnmetCondition("kind", ELSEWHERE, "mql")),
        ({"qualification": ["pending"]}, DEMO, HERE),
        ({"qualification": ["mql"]}, DEMO, UnmetCondition("qualification", ELSEWHERE, "mql")),
        ({"campaigns": ["CIO-*"], "sources": ["LinkedIn"], "mediums": ["paid"]}, DEMO, HERE),
        ({"sources": ["google"]}, DEMO, UnmetCondition("campaign_source", ELSEWHERE, "google")),
        ({"campaigns": ["*"]}, LeadProfile(), UnmetCondition("campaign", ELSEWHERE, "*")),
        ({"functions": ["it"]}, DEMO, HERE),
        ({"functions": ["it"]}, LeadProfile(), UnmetCondition("function", UNKNOWN, "it")),
        ({"titles": ["c_level"]}, DEMO, UnmetCondition("title", ELSEWHERE, "c_level")),
        ({"titles": ["c_level"]}, LeadProfile(), UnmetCondition("title", UNKNOWN, "c_level")),
        ({"unknown": ["title"]}, LeadProfile(), HERE),
        ({"free_mail": "yes"}, DEMO, HERE),
        ({"free_mail": "no"}, DEMO, UnmetCondition("free_mail", ELSEWHERE, "no")),
        ({"free_mail": "no"}, LeadProfile(), UnmetCondition("free_mail", UNKNOWN, "no")),
        ({"is": ["it_demo"]}, DEMO, HERE),
        ({"is": ["big", "it_demo"]}, DEMO, HERE),
        ({"is": ["big"]}, DEMO, UnmetCondition("condition", UNKNOWN, "big")),
        ({"is": ["price"]}, DEMO, UnmetCondition("condition", ELSEWHERE, "price")),
        ({"is_not": ["price"]}, DEMO, HERE),
        ({"is_not": ["it_demo", "big"]}, DEMO, UnmetCondition("condition", ELSEWHERE, "not it_demo, big")),
        ({"is_not": ["price", "big"]}, DEMO, UnmetCondition("condition", UNKNOWN, "not price, big")),
    ],
)
def test_conditions_on_the_hand_off_and_by_name(
    territory: dict[str, Any], lead: LeadProfile, expected: UnmetCondition | None
) -> None:
    named = {
        "it_demo": NamedCondition(functions=("it",), asks_for=("demo",)),
        "price": NamedCondition(asks_for=("pricing",)),
        "big": NamedCondition(employees=Span(from_=1000)),
    }
    assert find_unmet(Territory(**territory), Company("acc"), lead, "USD", named) == expected
