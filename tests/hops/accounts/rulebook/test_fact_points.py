"""Points for facts that are not gates, and joined gates, on the facts of one company and person."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.hops.accounts.market import POLICY_TEXT
from workers.accounts.rulebook.fact_points import Stated
from workers.accounts.rulebook.fit import Fit, Gates
from workers.accounts.state.facts import Company
from workers.policy.load import load_policy
from workers.policy.pages.outsiders import describe_outsiders

FACTS: dict[str, Any] = {
    "employees": [
        {"to": "99", "points": "0"},
        {"from": "100", "to": "999", "points": "10"},
        {"from": "1000", "points": "20"},
    ],
    "revenue": [{"from": "1B", "to": "2B", "points": "5"}, {"otherwise": "-3"}],
    "country": [{"in": ["US"], "points": "7"}, {"in": ["DE"], "points": "-1"}],
    "industry": [
        {"sic": ["6021"], "points": "4"},
        {"naics": ["52"], "points": "2"},
        {"otherwise": "1"},
    ],
    "functions": [{"in": ["it"], "points": "6"}, {"otherwise": "-2"}],
    "free_mail": "-20",
    "role_address": "-10",
    "domains": [{"in": [".edu", "ac.uk"], "points": "-5"}],
}


AT_WORK = Stated("bank.example")


def policy_text(fit: Any, **other: Any) -> str:
    tree = yaml.load(POLICY_TEXT, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    tree["stages"]["mql"]["bar"] = "100"
    grade = {"fit": {"A": "60", "B": "50", "C": "40"}, "behaviour": tree["grade"]["behaviour"]}
    return yaml.safe_dump(tree | {"fit": fit, "grade": grade, "paths": []} | other, sort_keys=False)


def company(**facts: Any) -> Company:
    given = {"sic": ("6021",), "revenue": "900000000", "currency": "USD", "country": "US", "employees": 400}
    return Company(crm_account_id="a", **(given | facts))


def fit_of(gates: Gates, title: str = "CIO", address: Stated = AT_WORK, **facts: Any) -> Fit:
    return gates.fit(company(**facts), title, None, address)


GATES = Gates(load_policy(policy_text({"proof": "gates_decide"} | FACTS)))


@pytest.mark.parametrize(
    ("fact", "facts", "points"),
    [
        ("employees", {"employees": 99}, 0),
        ("employees", {"employees": 100}, 10),
        ("employees", {"employees": 1_000}, 20),
        ("employees", {"employees": None}, None),
        ("employees", {"employees": 500, "employees_to": 2_000}, 10),
        ("employees", {"employees": 50, "employees_to": 999}, 0),
        ("revenue", {"revenue": "1000000000"}, 5),
        ("revenue", {"revenue": "2000000001"}, -3),
        ("revenue", {"revenue": "1500000000", "revenue_to": "3000000000"}, -3),
        ("revenue", {"currency": "EUR"}, None),
        ("country", {"country": "Germany"}, -1),
        ("country", {"country": "FR"}, 0),
        ("country", {"country": None}, None),
        ("industry", {"sic": ("6021", "5311")}, 4),
        ("industry", {"sic": (), "naics": ("522110",)}, 2),
        ("industry", {"sic": ("5311",)}, 1),
        ("industry", {"sic": ()}, None),
        ("functions", {}, 6),
        ("functions", {"title": "CFO"}, -2),
        ("functions", {"title": "Director"}, None),
        ("free_mail", {"address": Stated("gmail.com")}, -20),
        ("free_mail", {}, 0),
        ("free_mail", {"address": Stated()}, None),
        ("role_address", {"address": Stated("bank.example", is_role=True)}, -10),
        ("domains", {"address": Stated("cs.mit.edu")}, -5),
        ("domains", {"address": Stated("edu.example")}, 0),
    ],
)
def test_a_fact_gives_the_points_of_its_line(fact: str, facts: dict[str, Any], points: int | None) -> None:
    fit = fit_of(GATES, **facts)

    found = {line.rule: line.points for line in fit.lines}
    assert found.get(f"fact:{fact}") == points
    assert fit.points == sum(found.values())


def test_a_fact_without_a_line_outside_ends_no_lead_and_waits_for_nothing() -> None:
    fit = fit_of(GATES, employees=None)

    assert fit.state == "pass"
    assert {gate.gate for gate in fit.gates} == {"industry", "revenue", "country", "function", "title"}
    assert fit.wanted_of_company == ()


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"employees": 5}, "fail"),
        ({"employees": 10}, "pass"),
        ({"employees": None}, "unknown"),
        ({"employees": 5, "employees_to": 20}, "unknown"),
        ({"employees": 10, "address": Stated("gmail.com")}, "fail"),
        ({"employees": 10, "address": Stated()}, "pass"),
    ],
)
def test_a_fact_with_a_line_outside_is_a_gate(facts: dict[str, Any], state: str) -> None:
    lines = [{"to": "9", "points": "outside"}, {"from": "100", "points": "10"}]
    gates = Gates(
        load_policy(policy_text({"proof": "gates_decide", "employees": lines, "free_mail": "outside"}))
    )

    assert fit_of(gates, **facts).state == state


CHOICE = {"size_or_title": {"of": ["revenue", "title"]}}
TWO = {"market": {"at_least": "2", "of": ["industry", "revenue", "country"]}}


@pytest.mark.parametrize(
    ("joined", "facts", "state", "in_the_way"),
    [
        (CHOICE, {"revenue": "5"}, "pass", []),
        (CHOICE, {"title": "IT Student"}, "pass", []),
        (CHOICE, {"title": "IT Student", "revenue": None}, "unknown", ["revenue", "title"]),
        (CHOICE, {"title": "IT Student", "revenue": "5"}, "fail", ["revenue", "title"]),
        (CHOICE, {"country": "DE"}, "fail", ["country"]),
        (TWO, {"country": "DE"}, "pass", []),
        (TWO, {"country": "DE", "revenue": None}, "unknown", ["revenue", "country"]),
        (TWO, {"country": "DE", "revenue": "5"}, "fail", ["revenue", "country"]),
    ],
)
def test_of_joined_gates_some_are_enough(
    joined: Any, facts: dict[str, Any], state: str, in_the_way: list[str]
) -> None:
    gates = Gates(load_policy(policy_text({"proof": "gates_decide"}, gates=joined)))

    fit = fit_of(gates, **facts)

    assert fit.state == state
    assert [one.name for one in fit.would_change] == in_the_way
    assert fit.points == sum(gate.points for gate in fit.gates if gate.state == "pass")


PLAN = [{"field": "plan", "in": ["gold"], "points": "7"}, {"field": "plan", "otherwise": "outside"}]
PRODUCT = [{"in": ["*data*"], "points": "3"}, {"otherwise": "outside"}]


@pytest.mark.parametrize(
    ("title", "revenue", "stated", "state"),
    [
        ("CIO", "900000000", Stated(product="data lake", fields=("gold",)), "pass"),
        ("CIO", "5", Stated(fields=("gold",)), "pass"),
        ("CIO", "5", Stated(fields=("silver",)), "fail"),
        ("CIO", "5", Stated(fields=(None,)), "unknown"),
        ("IT Student", "900000000", Stated(product="a data lake", fields=(None,)), "pass"),
        ("IT Student", "900000000", Stated(product="mail", fields=(None,)), "fail"),
    ],
)
def test_a_product_or_a_custom_field_may_take_the_place_of_another_gate(
    title: str, revenue: str, stated: Stated, state: str
) -> None:
    fit = {"proof": "gates_decide", "product_interest": PRODUCT, "fields": PLAN}
    choices = {
        "money_or_plan": {"of": ["revenue", "fields.plan"]},
        "title_or_product": {"of": ["title", "product_interest"]},
    }
    policy = load_policy(policy_text(fit, gates=choices))
    assert fit_of(Gates(policy), title, revenue=revenue, address=stated).state == state
    assert describe_outsiders(policy) == (
        "A lead is never an MQL, whatever it does, if it fails industry, country or function, or if it passes fewer than 1 of"
        " revenue and the field plan, or if it passes fewer than 1 of title and product interest."
    )


def test_a_line_for_anything_else_passes_every_title_and_function() -> None:
    tree = yaml.load(POLICY_TEXT, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    buyers = tree["buyers"]
    others = [*buyers["titles"], {"level": "other", "points": "-10", "words": ["*"]}]
    open_title = Gates(
        load_policy(policy_text("gates_decide", buyers=buyers | {"titles": others, "never": []}))
    )
    names = buyers["functions"]["names"] | {"anybody": ["*"]}
    functions = {"points": "20", "names": names}
    open_function = Gates(load_policy(policy_text("gates_decide", buyers=buyers | {"functions": functions})))

    for title, points in [("CIO", 20), ("IT Gardener", -10), ("---", -10)]:
        gate = next(one for one in fit_of(open_title, title).gates if one.gate == "title")
        assert (gate.state, gate.points) == ("pass", points)
    assert fit_of(open_function, "Director of Gardens").state == "pass"


def test_with_words_that_exclude_an_unknown_title_waits_also_where_any_title_passes() -> None:
    tree = yaml.load(POLICY_TEXT, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    titles = [{"level": "other", "points": "0", "words": ["*"]}]
    gates = Gates(load_policy(policy_text("gates_decide", buyers=tree["buyers"] | {"titles": titles})))

    assert [fit_of(gates, title).gates[-1].state for title in ("Gardener", "Student", "---")] == [
        "pass",
        "fail",
        "unknown",
    ]
