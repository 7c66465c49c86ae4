"""Rules of several events: points once, signals and MQLs by the event that completes them, in any order of arrival."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
import yaml

from schemas.base import Model
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    MONDAY,
    POLICY,
    POLICY_TEXT,
    Market,
    activity,
    facts,
    form,
    identified,
    rep,
    routings,
    sales,
    story,
)
from workers.accounts.handoffs.buying_signals import SignalsRow
from workers.accounts.rulebook.behaviour import RuleBook
from workers.accounts.rulebook.tally import count_event
from workers.policy.behaviour_rules import Behaviour

TODAY = 20_000
RULES: dict[str, Any] = {
    "visit": {"when": {"activity": "visit"}, "at_least_times": 3, "within": 7, "points": 12},
    "signup": {"when": {"activity": "signup"}, "points": 1},
    "invite": {"when": {"activity": "invite"}, "points": 2},
    "team": {"all_of": ["signup", "invite"], "within": 5, "points": 20},
    "keen": {"all_of": ["visit", "signup"], "points": 7},
}


def lines_of(*events: tuple[str, int]) -> dict[str, tuple[int, int]]:
    """Return (points, count) by rule after events given as (rule, age in days). 60 days of decay."""
    section = Behaviour.model_validate({"cap": 100, "rules": RULES, "fade": {"to_zero_after_days": 60}})
    rules = RuleBook(POLICY.model_copy(update={"behaviour": section}))
    counts: Any = ()
    for number, (rule, age) in enumerate(events):
        counts = count_event(counts, (rule,), TODAY - age, number, f"e{number}", 0)
    return {line.rule: (line.points, line.count) for line in rules.points(counts, TODAY).lines}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("visit", 0)] * 2, {}),
        ([("visit", 0)] * 3, {"visit": (12, 3)}),
        ([("visit", 0)] * 5, {"visit": (12, 5)}),
        ([("visit", 6), ("visit", 3), ("visit", 0)], {"visit": (12, 3)}),
        ([("visit", 7), ("visit", 3), ("visit", 0)], {}),
        ([("visit", 30)] * 3, {"visit": (6, 3)}),
        ([*[("visit", 30)] * 3, ("visit", 0)], {"visit": (6, 3)}),
        ([*[("visit", 30)] * 3, *[("visit", 0)] * 3], {"visit": (12, 3)}),
        ([("signup", 0)], {"signup": (1, 1)}),
        ([("signup", 4), ("invite", 0)], {"signup": (1, 1), "invite": (2, 1), "team": (20, 2)}),
        ([("signup", 5), ("invite", 0)], {"signup": (1, 1), "invite": (2, 1)}),
        ([("signup", 30), ("invite", 30)], {"signup": (1, 1), "invite": (1, 1), "team": (10, 2)}),
        ([*[("visit", 0)] * 2, ("signup", 0)], {"signup": (1, 1)}),
        ([*[("visit", 20)] * 3, ("signup", 0)], {"visit": (8, 3), "signup": (1, 1), "keen": (7, 2)}),
    ],
)
def test_a_rule_of_several_events_counts_once_by_the_date_of_its_latest_completion(
    events: list[tuple[str, int]], expected: dict[str, tuple[int, int]]
) -> None:
    assert lines_of(*events) == expected
    assert lines_of(*reversed(events)) == expected


def policy_text(**mql: Any) -> str:
    tree = yaml.load(POLICY_TEXT, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    tree["behaviour"]["rules"] |= {
        "signup": {"when": {"activity": "signup"}, "points": "1"},
        "invite": {"when": {"activity": "invite"}, "at_least_times": "2", "points": "2"},
        "team": {"all_of": ["signup", "invite"], "within": "7d", "points": "0"},
    }
    tree["behaviour"]["signals"]["rules"] = ["team", "invite"]
    tree["stages"]["mql"] |= mql or {"or_does": ["team"]}
    return yaml.safe_dump(tree, sort_keys=False)


def a_market(**company: Any) -> Market:
    market = Market(policy_text())
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts(**company), identified(), at_ms=MONDAY - DAY_MS)
    return market


TITLE = form(campaign=None)
EVENTS: list[Model] = [activity("signup"), activity("invite"), activity("invite"), TITLE]


def test_a_product_qualified_lead_is_an_mql_below_the_threshold_in_any_order() -> None:
    for order in permutations(EVENTS):
        market = a_market()
        assert story(market.send(*order[:3])) == []
        results = market.send(order[3])
        assert story(results) == ["assigned mql r1"]
        why = routings(results)[0].explanation
        assert why.reasons[:2] == ["product_qualified", "all_gates_passed"]
        assert why.points_missing > 0


@pytest.mark.parametrize(
    ("company", "stage"), [({"country": "DE"}, "outside"), ({"country": None}, "waiting_for_facts")]
)
def test_a_product_qualified_lead_passes_no_failed_or_unknown_gate(
    company: dict[str, Any], stage: str
) -> None:
    market = a_market(**company)

    assert story(market.send(*EVENTS)) == []
    assert market.stage() == stage
    if stage == "waiting_for_facts":
        assert story(market.send(facts(), at_ms=MONDAY + 3 * DAY_MS)) == ["assigned mql r1"]


def test_after_a_rejection_the_same_use_of_the_product_does_not_bring_the_lead_back() -> None:
    market = a_market()
    handoff = routings(market.send(*EVENTS))[0].handoff_id
    market.send(sales("rejected", handoff, reason="not_now"))
    later_ms = MONDAY + DAY_MS

    assert story(market.send(activity("signup", at_ms=later_ms), at_ms=later_ms)) == []
    assert market.stage() == "recycled"


def test_a_signal_is_given_by_the_event_that_completes_a_rule() -> None:
    market = Market(policy_text(bar="135"))
    market.reps(rep("own", at_desk=False))
    market.send(facts(owner_rep_id="own"), identified(), at_ms=MONDAY - DAY_MS)
    market.send(TITLE, activity("signup"))
    names = []
    for event in [activity("invite"), activity("invite"), activity("page_view")]:
        market.send(event)
        names.append(signals_of(market))

    assert names == [set(), {"invite", "team"}, {"invite", "team"}]


def signals_of(market: Market) -> set[str]:
    row = market.accounts.decider.rows.get(SignalsRow, BANK)
    return set() if row is None else {line.rule for line in row.lines}
