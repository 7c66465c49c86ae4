"""Who belongs to a territory: every condition must hold, what is not known is not in it."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import RouteMiss
from workers.accounts.routing.territories import Asker, Missed, missed
from workers.accounts.state.facts import Company, Fact
from workers.policy.routes import Territory

HERE = None
ELSEWHERE, UNKNOWN = RouteMiss.ELSEWHERE, RouteMiss.FACT_UNKNOWN


def said(**facts: str) -> Asker:
    return Asker(
        tuple(Fact(name, value, 1) for name, value in sorted(facts.items())),
        120,
        "B2",
        signals=frozenset({"pricing"}),
    )


@pytest.mark.parametrize(
    ("territory", "company", "facts", "expected"),
    [
        ({"regions": ["ca", "OR"]}, {"region": "OR"}, {}, HERE),
        ({"regions": ["CA"]}, {"region": "NV"}, {}, Missed("region", ELSEWHERE, "CA")),
        ({"regions": ["CA", "OR"]}, {}, {}, Missed("region", UNKNOWN, "CA, OR")),
        ({"regions": ["CA"]}, None, {}, Missed("region", UNKNOWN, "CA")),
        ({"countries": ["CA"]}, {"country": "CA"}, {"country": "US"}, HERE),
        ({"countries": ["CA"]}, {"country": "US"}, {"country": "CA"}, Missed("country", ELSEWHERE, "CA")),
        ({"countries": ["CA"]}, {}, {"country": "CA"}, HERE),
        ({"countries": ["CA"]}, None, {}, Missed("country", UNKNOWN, "CA")),
        ({"postal_codes": ["967", "968"]}, None, {"postal_code": "96813-2000"}, HERE),
        ({"postal_codes": ["SW1"]}, None, {"postal_code": "sw 1a 1aa"}, HERE),
        ({"postal_codes": ["967"]}, None, {"postal_code": "10001"}, Missed("postal_code", ELSEWHERE, "967")),
        ({"languages": ["es"]}, None, {"language": "es"}, HERE),
        ({"languages": ["es"]}, None, {}, Missed("language", UNKNOWN, "es")),
        ({"revenue": {"from": "2B"}}, {"revenue": "2000000000", "currency": "USD"}, {}, HERE),
        (
            {"revenue": {"from": "2B"}},
            {"revenue": "1999999999.99", "currency": "USD"},
            {},
            Missed("revenue", ELSEWHERE, "from 2000000000"),
        ),
        (
            {"revenue": {"from": "2B"}},
            {"revenue": "2000000000", "currency": "EUR"},
            {},
            Missed("revenue", UNKNOWN, "from 2000000000"),
        ),
        ({"employees": {"to": "200"}}, {"employees": 200}, {}, HERE),
        ({"employees": {"to": "200"}}, {"employees": 201}, {}, Missed("employees", ELSEWHERE, "to 200")),
        ({"grades": ["B2"]}, None, {}, HERE),
        ({"grades": ["A1"]}, None, {}, Missed("grade", ELSEWHERE, "A1")),
        ({"total": {"from": "120", "to": "120"}}, None, {}, HERE),
        ({"total": {"from": "121"}}, None, {}, Missed("total", ELSEWHERE, "from 121")),
        ({"signals": ["rates", "pricing"]}, None, {}, HERE),
        ({"signals": ["rates"]}, None, {}, Missed("signals", ELSEWHERE, "rates")),
        (
            {"regions": ["CA"], "employees": {"to": "200"}},
            {"employees": 500},
            {},
            Missed("employees", ELSEWHERE, "to 200"),
        ),
        ({"regions": ["CA"], "languages": ["es"]}, {"region": "CA"}, {"language": "es"}, HERE),
    ],
)
def test_who_belongs_to_a_territory(
    territory: dict[str, Any],
    company: dict[str, Any] | None,
    facts: dict[str, str],
    expected: Missed | None,
) -> None:
    found = Company("acc", **company) if company is not None else None
    assert missed(Territory(**territory), found, said(**facts), "USD") == expected
