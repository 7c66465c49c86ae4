"""Gates: a missing fact is unknown, an unlisted one fails, fail goes before unknown, one listed code suffices."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import GateState, Reason, Relationship
from tests.hops.accounts.market import BANK, POLICY, POLICY_TEXT
from workers.accounts.rulebook.fit import Gates
from workers.accounts.state.facts import Company
from workers.identity.amount_ranges import UNBOUNDED
from workers.policy.load import load_policy

GATES = Gates(POLICY)
PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN


def a_company(**changes: Any) -> Company:
    base: dict[str, Any] = {
        "crm_account_id": "acc",
        "sic": ("6021",),
        "revenue": "1000000000",
        "currency": "USD",
        "country": "US",
    }
    return Company(**(base | changes))


def state_of(gate: str, company: Company | None, title: str | None, function: str | None) -> GateState:
    fit = GATES.fit(company, title, function)
    return next(one.state for one in fit.gates if one.gate == gate)


@pytest.mark.parametrize(
    ("gate", "facts", "expected"),
    [
        ("industry", {}, PASS),
        ("industry", {"sic": ("602101",)}, PASS),
        ("industry", {"sic": ("602",)}, FAIL),
        ("industry", {"sic": (), "naics": ("522110",)}, PASS),
        ("industry", {"sic": ("1311",), "naics": ("522110",)}, PASS),
        ("industry", {"sic": ("1311", "6022"), "naics": ()}, PASS),
        ("industry", {"sic": ("1311",)}, FAIL),
        ("industry", {"sic": (), "naics": ("211120",)}, FAIL),
        ("industry", {"sic": (), "naics": ()}, UNKNOWN),
        ("revenue", {"revenue": "500000000"}, PASS),
        ("revenue", {"revenue": "5000000000"}, PASS),
        ("revenue", {"revenue": "499999999.99"}, FAIL),
        ("revenue", {"revenue": "5000000000.01"}, FAIL),
        ("revenue", {"revenue": "0"}, FAIL),
        ("revenue", {"revenue": None, "currency": None}, UNKNOWN),
        ("revenue", {"currency": "EUR"}, UNKNOWN),
        ("revenue", {"revenue": "1", "currency": "EUR"}, UNKNOWN),
        ("revenue", {"revenue": "600000000", "revenue_to": "700000000"}, PASS),
        ("revenue", {"revenue": "100000000", "revenue_to": "200000000"}, FAIL),
        ("revenue", {"revenue": "100000000", "revenue_to": "600000000"}, UNKNOWN),
        ("revenue", {"revenue": "6000000000", "revenue_to": str(10**18)}, FAIL),
        ("country", {"country": "US"}, PASS),
        ("country", {"country": "us"}, PASS),
        ("country", {"country": "DE"}, FAIL),
        ("country", {"country": "USA"}, PASS),
        ("country", {"country": "XX"}, UNKNOWN),
        ("country", {"country": None}, UNKNOWN),
    ],
)
def test_a_company_gate(gate: str, facts: dict[str, Any], expected: GateState) -> None:
    assert state_of(gate, a_company(**facts), "CIO", "it") is expected


INDUSTRY = POLICY_TEXT.replace(
    'naics: ["522110"', 'words: {savings bank: "6021", retail: "5311"}\n    naics: ["31-33", "522110"'
)


@pytest.mark.parametrize(
    ("facts", "expected", "found"),
    [
        ({"naics": ("31-33",)}, PASS, "naics 31-33"),
        ({"naics": ("325",)}, PASS, "naics 325"),
        ({"naics": ("32-34",)}, UNKNOWN, "naics 32-34"),
        ({"naics": ("44-45",)}, FAIL, "naics 44-45"),
        ({"industry": "Savings Bank"}, PASS, "Savings Bank (6021)"),
        ({"industry": "Retail"}, FAIL, "Retail (5311)"),
        ({"industry": "Mining"}, UNKNOWN, "Mining"),
        ({"industry": "Retail", "naics": ("522110",)}, PASS, "naics 522110"),
    ],
)
def test_an_industry_may_be_a_range_of_codes_or_words(
    facts: dict[str, Any], expected: GateState, found: str
) -> None:
    assert INDUSTRY != POLICY_TEXT
    fit = Gates(load_policy(INDUSTRY)).fit(a_company(**({"sic": ()} | facts)), "CIO", "it")
    gate = next(one for one in fit.gates if one.gate == "industry")
    assert (gate.state, gate.found) == (expected, found)


def test_a_company_that_the_crm_does_not_know_is_unknown_at_every_gate() -> None:
    fit = GATES.fit(None, "CIO", "it")
    assert fit.wanted_of_company == ("industry", "revenue", "country")
    assert fit.state is UNKNOWN


def test_the_gate_of_employees_includes_its_bounds() -> None:
    text = POLICY_TEXT.replace(
        "  country: {points: 20", "  employees: {points: 5, from: 50, to: 100}\n  country: {points: 20"
    )
    gates = Gates(load_policy(text))
    found = {
        count: {gate.gate: gate.state for gate in gates.fit(a_company(employees=count), "CIO", "it").gates}[
            "employees"
        ]
        for count in (None, 49, 50, 100, 101)
    }
    assert found == {None: UNKNOWN, 49: FAIL, 50: PASS, 100: PASS, 101: FAIL}


@pytest.mark.parametrize(
    ("low", "high", "expected", "found"),
    [
        (50, 100, PASS, "50-100"),
        (51, 200, UNKNOWN, "51-200"),
        (11, 49, FAIL, "11-49"),
        (11, 50, UNKNOWN, "11-50"),
        (101, UNBOUNDED, FAIL, "101+"),
        (50, UNBOUNDED, UNKNOWN, "50+"),
        (0, 49, FAIL, "0-49"),
    ],
)
def test_a_range_across_a_bound_of_the_gate_is_unknown(
    low: int, high: int, expected: GateState, found: str
) -> None:
    text = POLICY_TEXT.replace(
        "  country: {points: 20", "  employees: {points: 5, from: 50, to: 100}\n  country: {points: 20"
    )
    fit = Gates(load_policy(text)).fit(a_company(employees=low, employees_to=high), "CIO", "it")
    gate = next(one for one in fit.gates if one.gate == "employees")
    assert (gate.state, gate.found) == (expected, found)
    assert ("employees" in fit.wanted_of_company) is (expected is UNKNOWN)


@pytest.mark.parametrize(
    ("title", "function", "title_gate", "function_gate"),
    [
        ("CIO", None, PASS, PASS),
        ("cio", None, PASS, PASS),
        ("VP, IT & Ops", None, PASS, PASS),
        ("Director of Marketing", None, PASS, UNKNOWN),
        ("Director of Marketing", "marketing", PASS, FAIL),
        ("Director", "it", PASS, PASS),
        ("Director", "information_technology", PASS, PASS),
        ("Director", "other", PASS, FAIL),
        ("CIO", "other", PASS, PASS),
        ("Intern to the CIO", None, FAIL, PASS),
        ("Internal Audit Manager", "finance", PASS, PASS),
        ("Assistant  to the Director", "it", FAIL, PASS),
        ("Retired vice president", "it", FAIL, PASS),
        ("Director", "student", FAIL, FAIL),
        ("Clerk", "it", FAIL, PASS),
        ("Vice President", None, PASS, UNKNOWN),
        ("Viceroy", "it", FAIL, PASS),
        (None, "it", UNKNOWN, PASS),
        (None, None, UNKNOWN, UNKNOWN),
        ("日本 CIO", None, PASS, PASS),
    ],
)
def test_a_persons_gates(
    title: str | None, function: str | None, title_gate: GateState, function_gate: GateState
) -> None:
    company = a_company()
    found = (state_of("title", company, title, function), state_of("function", company, title, function))
    assert found == (title_gate, function_gate)


@pytest.mark.parametrize(
    ("title", "points"),
    [("Chief Architect", 20), ("Manager and Analyst", 15), ("Analyst", 10), ("Director of Engineering", 20)],
)
def test_the_first_matching_line_gives_the_points_of_a_title(title: str, points: int) -> None:
    gates = {gate.gate: gate.points for gate in GATES.fit(a_company(), title, "it").gates}
    assert gates["title"] == points


@pytest.mark.parametrize(
    ("company", "title", "expected"),
    [
        (a_company(), "CIO", PASS),
        (a_company(country=None), "CIO", UNKNOWN),
        (a_company(country=None, sic=("1311",)), "CIO", FAIL),
        (a_company(country="DE"), None, FAIL),
        (None, "Student", FAIL),
        (None, None, UNKNOWN),
    ],
)
def test_fail_beats_unknown(company: Company | None, title: str | None, expected: GateState) -> None:
    assert GATES.fit(company, title, None).state is expected


@pytest.mark.parametrize("text", ["49", "1.5", "-", " ", "2024/25"])
def test_a_text_without_letters_is_neither_a_title_nor_a_function(text: str) -> None:
    gates = {gate.gate: gate.state for gate in GATES.fit(a_company(), text, text).gates}
    assert (gates["title"], gates["function"]) == (UNKNOWN, UNKNOWN)


def test_points_are_those_of_the_gates_that_pass_and_the_lines_add_up() -> None:
    fit = GATES.fit(a_company(country="DE"), "CIO", None)
    assert fit.points == 30 + 20 + 20 + 20 == sum(line.points for line in fit.lines)
    assert {gate.gate: gate.points for gate in fit.gates}["country"] == 0


def test_each_open_gate_is_listed_with_the_value_it_needs() -> None:
    fit = GATES.fit(a_company(country="DE", revenue=None), "CIO", None)
    assert [(one.what, one.name, one.needed) for one in fit.would_change] == [
        ("fact", "revenue", "500000000 to 5000000000 USD"),
        ("gate", "country", "one of US"),
    ]


def test_the_mark_changes_with_every_fact_and_with_the_policy() -> None:
    marks = [
        GATES.fit(a_company(), "CIO", None).mark,
        GATES.fit(a_company(revenue="2000000000"), "CIO", None).mark,
        GATES.fit(a_company(), "CTO", None).mark,
        Gates(load_policy(POLICY_TEXT + "\n")).fit(a_company(), "CIO", None).mark,
    ]
    assert len(set(marks)) == 4


@pytest.mark.parametrize(
    ("account_key", "relationship", "expected"),
    [
        (BANK, Relationship.PROSPECT, None),
        (BANK, None, None),
        (BANK, Relationship.COMPETITOR, Reason.COMPETITOR),
        ("domain:our-own.example", None, Reason.OWN_DOMAIN),
        ("domain:eu.our-own.example", None, Reason.OWN_DOMAIN),
        ("domain:not-our-own.example", None, None),
        ("lead:our-own.example", None, None),
    ],
)
def test_a_written_exclusion(
    account_key: str, relationship: Relationship | None, expected: Reason | None
) -> None:
    company = None if relationship is None else a_company(relationship=relationship)
    assert GATES.exclusion(account_key, company) is expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("rival.example", Reason.EXCLUDED),
        ("mail.rival.example", Reason.EXCLUDED),
        ("no-rival.example", None),
        ("our-own.example", Reason.OWN_DOMAIN),
    ],
)
def test_a_rival_excluded_by_its_domain_is_not_called_our_own_company(
    domain: str, expected: Reason | None
) -> None:
    text = POLICY_TEXT.replace("relationship: [competitor]", "domains: [Rival.example]")
    assert Gates(load_policy(text)).exclusion(f"domain:{domain}", None) is expected


def test_another_excluded_relationship_has_the_general_reason() -> None:
    text = POLICY_TEXT.replace("relationship: [competitor]", "relationship: [competitor, partner]")
    company = a_company(relationship=Relationship.PARTNER)
    assert Gates(load_policy(text)).exclusion(BANK, company) is Reason.EXCLUDED
