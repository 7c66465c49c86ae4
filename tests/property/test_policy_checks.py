"""The policy checks against a slow, independent reference that tries people and events one by one.

The reference states four promises. A wrong company, function or title is never an MQL. No behaviour gives as many points
as the fit of a lead that passes. Behaviour alone never reaches the MQL threshold. A lead that passes every gate with the
lowest fit can reach it. The checks must refuse exactly the policies that break a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import floor
from pathlib import Path
from typing import Any

import yaml
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from workers.policy.load import PolicyError, load_policy

DEFAULT = (Path(__file__).parents[2] / "policy" / "default.yaml").read_text(encoding="utf-8")
AT_ONCE = "stages.mql.or_responds_to.campaigns"
PROMISE_KEYS = {
    "served_market",
    "buyers.functions",
    "buyers.titles",
    "behaviour.cap",
    "stages.mql.bar",
    AT_ONCE,
}
NAMES = ("spring", "cio-roundtable", "x", "*", "7", "an autumn fair")  # possible names of campaigns
GATES: dict[str, dict[str, Any]] = {
    "industry": {"sic": ["6021"]},
    "revenue": {"from": "1M"},
    "employees": {"from": "10"},
    "country": {"in": ["US"]},
}
COUNTS = (
    0,
    1,
    2,
    3,
    5,
    8,
    13,
    40,
)  # events of one rule; the last exceeds every generated cap at one point each
PERIODS = {"6h": 6, "12h": 12, "24h": 24, "2d": 48, "3d": 72}
PHASES = range(60, 66)  # days that cover every phase of periods of two and three days


@dataclass(frozen=True)
class SmallRule:
    points: int
    cap: int | None
    grouped: bool
    once_per: str | None = None
    at_least: str | None = None
    implies: int | None = None
    """The number of the implied rule."""


@dataclass(frozen=True)
class SmallPolicy:
    company: dict[str, int]
    function: int | None
    titles: tuple[int, ...]
    cap: int
    bar: int
    group_cap: int
    rules: tuple[SmallRule, ...]
    fade_days: int = 60
    at_once: tuple[str, ...] = ("cio-roundtable*",)

    def text(self) -> str:
        tree: dict[str, Any] = yaml.load(DEFAULT, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
        never = tree["served_market"]["never"]
        tree["served_market"] = {
            gate: GATES[gate] | {"points": points} for gate, points in self.company.items()
        } | {"never": never}
        if self.function is None:
            del tree["buyers"]["functions"]
        else:
            tree["buyers"]["functions"]["points"] = self.function
        tree["buyers"]["titles"] = [
            {"level": f"level{at}", "points": points, "words": [f"word{at}"]}
            for at, points in enumerate(self.titles)
        ]
        if not self.titles:
            del tree["buyers"]["titles"]
        behaviour = tree["behaviour"]
        behaviour["cap"] = self.cap
        behaviour.pop("signals", None)  # they name rules of the default policy
        tree.pop("paths", None)  # they name its points
        behaviour["groups"] = (
            {"g": {"cap": self.group_cap}} if any(rule.grouped for rule in self.rules) else {}
        )
        behaviour["rules"] = {
            f"rule{at}": {"when": {"activity": f"activity{at}"}, "points": rule.points}
            | ({"cap": rule.cap} if rule.cap is not None else {})
            | ({"group": "g"} if rule.grouped else {})
            | ({"once_per": rule.once_per} if rule.once_per is not None else {})
            | ({"at_least": rule.at_least} if rule.at_least is not None else {})
            | ({"implies": f"rule{rule.implies}"} if rule.implies is not None else {})
            for at, rule in enumerate(self.rules)
        }
        tree["stages"]["mql"]["or_responds_to"] = {"campaigns": list(self.at_once)}
        behaviour["fade"] = {"to_zero_after_days": self.fade_days}
        if not any(rule.at_least for rule in self.rules):
            del behaviour["session_gap"]
        tree["stages"]["mql"]["bar"] = self.bar
        text: str = yaml.safe_dump(tree, sort_keys=False)
        return text


def _people(policy: SmallPolicy) -> Iterator[tuple[bool, bool, int]]:
    """Yield every possible person: (is right, passes the gates, fit).

    A person is right if company, function and title are right in fact. The policy only tests the gates that it has.
    """
    gates = list(policy.company.items())
    titles: list[int | None] = [*policy.titles, None]
    for company_is_right, function_is_right, title in product((True, False), (True, False), titles):
        for answers in product((True, False), repeat=len(gates)):
            if company_is_right != all(answers) and gates:
                continue
            fit = sum(points for (_, points), yes in zip(gates, answers, strict=True) if yes)
            fit += (policy.function or 0) * function_is_right + (title or 0)
            asked = [
                *answers,
                *([function_is_right] if policy.function is not None else []),
                *([title is not None] if policy.titles else []),
            ]
            yield company_is_right and function_is_right and title is not None, all(asked), fit


def _best_behaviour(policy: SmallPolicy) -> int:
    """Return the best total over all counts of events, on the latest days that their periods allow."""
    return max(
        _total(policy, counts, today)
        for counts in product(COUNTS, repeat=len(policy.rules))
        for today in (PHASES if any(rule.once_per for rule in policy.rules) else (60,))
    )


def _total(policy: SmallPolicy, counts: tuple[int, ...], today: int) -> int:
    grouped = free = 0
    for at, rule in enumerate(policy.rules):
        times = counts[at]
        for other, with_it in enumerate(policy.rules):
            if at in _behind(policy, other):
                times += 0 if with_it.once_per else counts[other]
        weights = [policy.fade_days] * times
        if rule.once_per is not None:
            weights = _one_event_each_period(policy.fade_days, PERIODS[rule.once_per], today)[:times]
        exact = Fraction(abs(rule.points) * sum(weights), policy.fade_days)
        points = floor(exact + Fraction(1, 2)) * (1 if rule.points > 0 else -1)  # half away from zero
        points = points if rule.cap is None else min(points, rule.cap)
        grouped += points if rule.grouped else 0
        free += 0 if rule.grouped else points
    return min(free + min(grouped, policy.group_cap), policy.cap)


def _behind(policy: SmallPolicy, at: int) -> list[int]:
    found: list[int] = []
    implied = policy.rules[at].implies
    while implied is not None:
        found.append(implied)
        implied = policy.rules[implied].implies
    return found


def _one_event_each_period(fade_days: int, period_hours: int, today: int) -> list[int]:
    """Return the best weight of one event in each period, in descending order. Every hour up to tonight is tried."""
    best: dict[int, int] = {}
    for hour in range((today - fade_days) * 24, (today + 1) * 24):
        part, weight = hour // period_hours, max(0, fade_days - (today - hour // 24))
        best[part] = max(best.get(part, 0), weight)
    return sorted(best.values(), reverse=True)


def _covers(pattern: str, name: str) -> bool:
    pieces = pattern.split("*")
    if len(pieces) == 1:
        return name == pattern
    return name.startswith(pieces[0]) and name.endswith(pieces[-1])


def find_broken_promise(policy: SmallPolicy) -> str | None:
    """Return the promise that the policy breaks, or None. Every possible person is tried."""
    people = list(_people(policy))
    in_titles = bool(policy.titles)
    if any(passes and not right for right, passes, _ in people) or not in_titles:
        return "a lead outside passes"
    fits = [fit for right, passes, fit in people if right and passes]
    allowed = range(policy.cap + 1)  # the points that the policy permits for behaviour
    if any(behaviour >= fit for fit in fits for behaviour in allowed):
        return "behaviour outweighs fit"
    if any(behaviour >= policy.bar for behaviour in allowed):
        return "behaviour alone reaches the threshold"
    if any(all(_covers(pattern, name) for name in NAMES) for pattern in policy.at_once):
        return "every campaign makes an MQL at once"
    if any(fit + _best_behaviour(policy) < policy.bar for fit in fits):
        return "the lowest fit never reaches the threshold"
    return None


POINTS = st.integers(0, 6)
RULES = st.builds(
    lambda points, cap, grouped, once_per, at_least: SmallRule(
        points, None if points < 0 or cap is None else max(cap, points), grouped, once_per, at_least
    ),
    st.sampled_from([-3, 1, 1, 2, 3, 5]),
    st.none() | st.integers(1, 12),
    st.booleans(),
    st.none() | st.sampled_from(sorted(PERIODS)),
    st.none() | st.sampled_from(["45s", "2m"]),
)


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[SmallRule, ...]:
    """Draw one to three rules. A rule may imply an earlier one that gives points and has no once_per."""
    rules = draw(st.lists(RULES, min_size=1, max_size=3))
    for at, rule in enumerate(rules):
        others = [n for n in range(at) if rules[n].points > 0 and rules[n].once_per is None]
        if others and draw(st.booleans()):
            rules[at] = replace(rule, implies=draw(st.sampled_from(others)))
    return tuple(rules)


AT_ONCE_SETS = st.lists(
    st.sampled_from(["spring", "cio*", "*table", "x", "an*fair", "spring", "cio*", "*", "**"]),
    min_size=1,
    max_size=2,
).map(tuple)


@st.composite
def small_policies(draw: st.DrawFn) -> SmallPolicy:
    missing = draw(
        st.sampled_from(["nothing", "nothing", "nothing", "nothing", "company", "function", "titles"])
    )
    some = st.dictionaries(st.sampled_from(sorted(GATES)), POINTS, min_size=1, max_size=3)
    company = {} if missing == "company" else draw(some)
    function = None if missing == "function" else draw(POINTS)
    titles = () if missing == "titles" else tuple(draw(st.lists(POINTS, min_size=1, max_size=3)))
    lowest = sum(company.values()) + (function or 0) + min(titles, default=0)
    # Numbers near the limits of the checks: caps near the lowest fit, thresholds near the reachable total.
    cap = draw(st.integers(max(0, lowest - 6), lowest + 1))
    bar = draw(st.integers(max(0, cap - 1), lowest + cap + 2))
    fade_days = draw(st.sampled_from([1, 2, 3, 7]))
    return SmallPolicy(
        company,
        function,
        titles,
        cap,
        bar,
        draw(st.integers(0, 15)),
        draw(rule_sets()),
        fade_days,
        draw(AT_ONCE_SETS),
    )


FINE = SmallPolicy({"industry": 5}, 5, (5, 3), 12, 25, 15, (SmallRule(5, None, False),))


@settings(max_examples=200, deadline=None)
@given(small_policies())
@example(FINE)
@example(replace(FINE, company={}, cap=7, bar=15))
@example(replace(FINE, function=None, cap=7, bar=15))
@example(replace(FINE, titles=(), cap=7, bar=15))
@example(replace(FINE, rules=(SmallRule(5, None, False, once_per="3d"),), fade_days=7))
@example(replace(FINE, rules=(SmallRule(1, None, False, once_per="6h"),), fade_days=7))
@example(replace(FINE, rules=(SmallRule(1, 3, False), SmallRule(2, 6, False, implies=0))))
def test_exactly_the_policies_that_could_break_a_promise_are_refused(policy: SmallPolicy) -> None:
    broken = find_broken_promise(policy)
    event(broken or "keeps every promise")
    refused: set[str] = set()
    try:
        load_policy(policy.text())
    except PolicyError as error:
        refused = {problem.key for problem in error.problems} & PROMISE_KEYS
    assert bool(refused) == (broken is not None), (broken, refused)


def test_the_reference_passes_a_policy_that_keeps_every_promise() -> None:
    assert find_broken_promise(FINE) is None
    assert (
        find_broken_promise(SmallPolicy({}, 5, (5,), 4, 12, 0, (SmallRule(5, None, False),)))
        == "a lead outside passes"
    )


LINES = DEFAULT.splitlines()
DAMAGE = st.one_of(
    st.sampled_from(
        ["", "  ", ":", "-", "{", "[", "'", '"', "!", "&a", "*a", "NO", "~", "0111", "9:30", "\t", "a: b"]
    ),
    st.text(max_size=12),
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.integers(0, 120), st.integers(0, 30), DAMAGE)
def test_a_damaged_policy_is_loaded_or_refused_never_a_crash(
    line: int, start: int, length: int, damage: str
) -> None:
    lines = list(LINES)
    lines[line] = lines[line][:start] + damage + lines[line][start + length :]
    places = [1]
    try:
        load_policy("\n".join(lines), "p.yaml")
    except PolicyError as error:
        places = [problem.line for problem in error.problems]
    assert places
    assert all(0 < place <= len(LINES) + len(damage) + 1 for place in places)
