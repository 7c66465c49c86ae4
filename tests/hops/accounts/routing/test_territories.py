"""Territories: every condition must hold, and an unknown fact keeps a lead out."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import RouteMiss
from workers.accounts.routing.territories import LeadProfile, UnmetCondition, find_unmet
from workers.accounts.state.facts import Company, Fact
from workers.policy.routes import Territory

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
