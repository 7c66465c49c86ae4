"""The order of route lines, and lines that are refused because no lead could reach them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.routes import (
    CUSTOMER,
    FORMER,
    NEVER,
    OPEN,
    OWNED,
    OWNER,
    REP,
    REST,
    SUPPORT,
    WEST,
    desk,
    with_routes,
)
from workers.policy.conditions import Territory
from workers.policy.load import load_policy
from workers.policy.problem import Problem
from workers.policy.routes import Owners

Problems = Callable[[str], list[Problem]]
CARE = desk("care", more=", service: 4h")
NORTH = "{if: {countries: [CA]}, to: desk north}"


def territory(text: str, to: str = "inside_sales") -> str:
    return f"{{if: {{{text}}}, to: desk {to}}}"


@pytest.mark.parametrize(
    ("routes", "desks", "names"),
    [
        ((NEVER, CUSTOMER, OPEN, REST), "", "never customer open_opportunity otherwise"),
        (
            (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, WEST, REP, NORTH, FORMER, REST),
            CARE + desk("west", calendar="west") + desk("north"),
            "never support_question customer open_opportunity account_has_owner territory account_has_rep territory former_customer otherwise",
        ),
    ],
    ids=["the least", "all, territories where one likes"],
)
def test_valid_routes_are_loaded(default_text: str, routes: Sequence[str], desks: str, names: str) -> None:
    policy = load_policy(with_routes(default_text, routes, desks))
    assert " ".join(route.name for route in policy.routes) == names
    assert policy.default_desk == "inside_sales"


@pytest.mark.parametrize(
    ("routes", "key", "found", "expected"),
    [
        ((CUSTOMER, NEVER, OPEN, OWNER, REP, REST), "routes[1]", "customer here", "this order: never"),
        ((NEVER, OWNER, CUSTOMER, OPEN, REST), "routes[2]", "account_has_owner here", "this order"),
        ((NEVER, OPEN, CUSTOMER, OWNER, REST), "routes[2]", "open_opportunity here", "this order"),
        ((NEVER, CUSTOMER, OPEN, REP, OWNER, REST), "routes[4]", "account_has_rep here", "this order"),
        ((NEVER, CUSTOMER, OPEN, territory("regions: [CA]"), OWNER, REST), "routes[4]", "territory here", "order"),
        ((REP, *OWNED, REST), "routes[1]", "account_has_rep here", "this order"),
        ((*OWNED, REST, REP), "routes[6]", "account_has_rep after otherwise", "ever reached"),
        ((*OWNED, REP, REST, REST), "routes[7]", "otherwise a second time", "each route once"),
        ((NEVER, CUSTOMER, CUSTOMER, OPEN, REST), "routes[3]", "customer a second time", "each route once"),
        ((*OWNED, WEST, REST), "routes[5].to", '"west"', "a desk that desks defines: inside_sales"),
        (
            (*OWNED, territory("regions: [CA, OR]"), territory("regions: [or], countries: [US]"), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        (
            (*OWNED, territory("asks_for: [demo, pricing]"), territory("asks_for: [demo], kinds: [mql]"), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        (
            (*OWNED, territory('campaigns: ["cio-*"]'), territory('campaigns: ["cio-north-*"]'), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        (
            (*OWNED, territory('industry: {naics: ["52"]}'), territory('industry: {naics: ["522"]}'), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        (
            (NEVER, CUSTOMER.replace("}", ", points: 9000}"), OPEN, REST),
            "routes[2].points",
            "9000",
            "the most that behaviour can give",
        ),
        (
            (NEVER, CUSTOMER, OPEN.replace("}", ", signals: [page]}"), REST),
            "routes[3].signals[1]",
            '"page"',
            "a rule that behaviour.signals lists",
        ),
        (
            (NEVER, CUSTOMER.replace("}", ", only: asks_for_sales, points: 5}"), OPEN, REST),
            "routes[2]",
            "keys and values",
            "only: asks_for_sales alone",
        ),
        (
            (NEVER, CUSTOMER, OPEN, OWNER.replace("}", ", points: 5}"), REST),
            "routes[4]",
            "keys and values",
            "with customer or open_opportunity only",
        ),
        (
            (NEVER, "{if: customer, to: desk inside_sales, kind: expansion, without_owner: desk inside_sales}", OPEN, REST),
            "routes[2]",
            "keys and values",
            "and not to a desk",
        ),
        (
            (NEVER, CUSTOMER, OPEN, "{if: account_has_owner, to: owner's sdr}", REST),
            "routes[4].to",
            "SDRs whom the policy does not name",
            "owners.sdrs",
        ),
        (
            (NEVER, "{if: customer, to: owner's sdr, kind: expansion}", OPEN, REST),
            "routes[2]",
            "keys and values",
            "to: account owner or a desk",
        ),
        (
            (*OWNED, territory("asks_for: [newsletter]"), REST),
            "routes[5].if.asks_for[1]",
            '"newsletter"',
            "demo, pricing or contact_sales",
        ),
        (
            (*OWNED, territory("functions: [finanz]"), REST),
            "routes[5].if.functions[1]",
            '"finanz"',
            "a function of buyers.functions.names",
        ),
        (
            (*OWNED, territory("titles: [chief]"), REST),
            "routes[5].if.titles[1]",
            '"chief"',
            "a level of buyers.titles",
        ),
        (
            (*OWNED, territory("is: [big_bank]"), REST),
            "routes[5].if.is[1]",
            '"big_bank"',
            "a condition that conditions defines: none is defined",
        ),
        (
            (*OWNED, territory("revenue: {from: 1B}"), territory("revenue: {from: 2B, to: 3B}"), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        (
            (*OWNED, territory('postal_codes: ["96"]'), territory('postal_codes: ["967", "968"]'), REST),
            "routes[6]",
            "no lead reaches",
            "routes[5] takes all its leads",
        ),
        ((*OWNED, territory(""), REST), "routes[5].if", "an empty mapping", "at least one condition"),
        ((*OWNED, territory("regoins: [CA]"), REST), "routes[5].if.regoins", "regoins", "mean regions?"),
        ((*OWNED, territory("countries: [JA]"), REST), "routes[5].if.countries[1]", '"JA"', "mean JP?"),
        ((*OWNED, territory("languages: [ES]"), REST), "routes[5].if.languages[1]", '"ES"', "lower-case letters"),
        ((*OWNED, territory("grades: [E9]"), REST), "routes[5].if.grades[1]", '"E9"', "as A1"),
        ((*OWNED, territory("total: {}"), REST), "routes[5].if.total", "an empty mapping", "from, to, or both"),
        ((*OWNED, territory("employees: {from: 9, to: 1}"), REST), "routes[5].if.employees", "keys", "above 1"),
        ((*OWNED, "{if: {regions: [CA]}, to: account owner}", REST), "routes[5]", "keys", "to: desk"),
        ((*OWNED, "{if: {regions: [CA]}, to: desk inside_sales, kind: service}", REST), "routes[5]", "keys", "without a kind"),
        ((*OWNED, "{if: costumer, to: account owner}", REST), "routes[5].if", '"costumer"', "customer"),
        ((*OWNED, "{if: former_customer, to: account owner}", REST), "routes[5]", "keys", "to: former rep"),
        ((NEVER, SUPPORT.replace(", kind: service", ", kind: in_cycle"), CUSTOMER, OPEN, REST), "routes[2]", "keys", "kind: service"),
        ((NEVER, SUPPORT.replace("care", "inside_sales"), CUSTOMER, OPEN, REST), "desks.inside_sales.answer_within.service", "no such key", "as 4h"),
        ((*OWNED, REP.replace("}", ", without_owner: desk inside_sales}"), REST), "routes[5]", "keys", " only"),
        ((NEVER, CUSTOMER.replace("}", ", without_owner: desk est}"), OPEN, REST), "routes[2].without_owner", '"est"', "a desk that desks defines"),
    ],
)  # fmt: skip
def test_routes_in_a_wrong_order_or_form_are_refused(
    default_text: str, problems: Problems, routes: Sequence[str], key: str, found: str, expected: str
) -> None:
    text = with_routes(default_text, routes)
    all_problems = problems(text)
    problem = next(one for one in all_problems if one.key == key)
    assert found in problem.found
    assert expected in problem.expected
    assert problem.line > 1
    assert sum("this order" in one.expected for one in all_problems) <= 1, "one moved line is one problem"


def test_a_desk_that_no_route_leads_to_is_refused(default_text: str, problems: Problems) -> None:
    (problem,) = problems(with_routes(default_text, (*OWNED, REST), desk("west")))
    assert (problem.key, problem.found) == ("desks.west", "a desk that no route leads to")


def test_a_time_for_support_questions_that_lead_elsewhere_is_refused(
    default_text: str, problems: Problems
) -> None:
    text = with_routes(default_text, (*OWNED, WEST, REST), desk("west", more=", service: 4h"))
    (problem,) = problems(text)
    assert problem.key == "desks.west.answer_within.service"
    assert "a route support_question" in problem.expected


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ({"regions": ["CA"]}, {"regions": ["CA"]}, True),
        ({"regions": ["CA"]}, {"regions": ["CA", "OR"]}, False),
        ({"regions": ["CA"]}, {"countries": ["US"]}, False),
        ({"regions": ["CA"], "countries": ["US"]}, {"regions": ["CA"]}, False),
        ({"employees": {"to": 200}}, {"employees": {"to": 200}}, True),
        ({"employees": {"to": 200}}, {"employees": {"from": 1}}, False),
        ({"postal_codes": ["967"]}, {"postal_codes": ["96"]}, False),
    ],
)
def test_a_territory_covers_a_narrower_one(
    wide: dict[str, object], narrow: dict[str, object], expected: bool
) -> None:
    assert Territory(**wide).covers(Territory(**narrow)) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rep_id", "is_person"),
    [
        ("olga", True),
        ("robot", False),
        ("queue_7", False),
        ("my_queue_7", True),
        ("N/A", False),
        ("0", False),
    ],
)
def test_robots_and_queues_are_not_people(rep_id: str, is_person: bool) -> None:
    assert Owners(not_people=("robot", "queue_*")).is_person(rep_id) is is_person
