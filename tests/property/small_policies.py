"""Small policies as numbers, and a slow, independent reference of the promises that the check keeps.

The reference tries people and events one by one. It states four promises. A wrong company, function or title is never an
MQL. No behaviour gives as many points as the fit of a lead that passes. Behaviour alone never reaches the MQL threshold. A
lead that passes every gate with the lowest points of them can reach it. With ``gates_decide`` behaviour may give more points
than fit. Of joined gates some are enough, but one of the company and one of the person pass in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import floor
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DEFAULT = (Path(__file__).parents[2] / "policy" / "default.yaml").read_text(encoding="utf-8")
AT_ONCE = "stages.mql.or_responds_to.campaigns"
PROMISE_KEYS = {
    "fit",
    "served_market",
    "buyers",
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
EXTRAS: dict[str, dict[str, Any]] = {
    "age": {"to": "9"},
    "product_interest": {"in": ["a*"]},
    "fields": {"field": "plan", "in": ["gold"]},
}
"""The condition of a line of each fact that only gives points."""
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
    at_least_times: int | None = None
    """How many events the rule asks for. It then counts once. None: each event counts."""


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
    gates_decide: bool = False
    points_decide: bool = False
    """Whether the policy states that it has no outsiders."""
    bands: tuple[int, int] | None = None
    """Points of up to 9 and of 10 or more employees, without a gate. None: employees give none."""
    free_mail: int | None = None
    other_title: int | None = None
    """Points of every other title. None: such a title fails."""
    joined: tuple[int, tuple[str, ...]] | None = None
    """How many of which gates are enough. None: all must pass."""
    extra: tuple[str, int, int] | None = None
    """A fact of EXTRAS, with the points of its line and of every other value. None: it gives none."""

    def text(self) -> str:
        tree: dict[str, Any] = yaml.load(DEFAULT, Loader=yaml.CBaseLoader)  # noqa: S506 - texts only
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
        if self.other_title is not None:
            tree["buyers"]["titles"] += [{"level": "other", "points": self.other_title, "words": ["*"]}]
        if not tree["buyers"]["titles"]:
            del tree["buyers"]["titles"]
        proof = "gates_decide" if self.gates_decide else "outweighs"
        tree["fit"] = {"proof": "points_decide" if self.points_decide else proof}
        if self.bands is not None:
            small, large = self.bands
            tree["fit"]["employees"] = [{"to": 9, "points": small}, {"from": 10, "points": large}]
        if self.free_mail is not None:
            tree["fit"]["free_mail"] = self.free_mail
        if self.extra is not None:
            name, points, otherwise = self.extra
            named = {"field": "plan"} if name == "fields" else {}
            tree["fit"][name] = [EXTRAS[name] | {"points": points}, named | {"otherwise": otherwise}]
        if self.joined is not None:
            tree["gates"] = {"some": {"at_least": self.joined[0], "of": list(self.joined[1])}}
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
            | ({"at_least_times": rule.at_least_times} if rule.at_least_times is not None else {})
            for at, rule in enumerate(self.rules)
        }
        tree["stages"]["mql"]["or_responds_to"] = {"campaigns": list(self.at_once)}
        behaviour["fade"] = {"to_zero_after_days": self.fade_days}
        if not any(rule.at_least for rule in self.rules):
            del behaviour["session_gap"]
        tree["stages"]["mql"]["bar"] = self.bar
        text: str = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False)
        return text


class Person(NamedTuple):
    """One possible person."""

    is_right: bool
    """Whether company, function and title are right in fact. Of joined gates, one of the company and of the person is."""
    passes: bool
    fit: int
    gates: frozenset[tuple[str, int]]
    """The gates that pass, each with its points. Without titles that anyone may have."""


def _people(policy: SmallPolicy) -> Iterator[Person]:
    """Yield every possible person. A person is tried with each size of the company and each kind of address."""
    titles: list[int | None] = [*policy.titles, policy.other_title]
    extras = {0, *(policy.extra[1:] if policy.extra is not None else ())}  # 0: the fact is unknown
    for answers in product((True, False), repeat=len(policy.company)):
        company = dict(zip(policy.company, answers, strict=True))
        sizes = (5, 20, None) if "employees" not in company else (20,) if company["employees"] else (5, None)
        for company_is_right in {all(answers)} if answers else (True, False):
            for function_is_right, title, size, is_free, extra in product(
                (True, False), titles, sizes, (True, False), extras
            ):
                passing = {gate: policy.company[gate] for gate, yes in company.items() if yes}
                if function_is_right and policy.function is not None:
                    passing["function"] = policy.function
                if title is not None:
                    passing["title"] = title
                facts = 0 if policy.bands is None or size is None else policy.bands[size >= 10]
                facts += (policy.free_mail or 0) * is_free + extra
                yield _judged(policy, company_is_right, function_is_right, title, passing, facts)


def _judged(
    policy: SmallPolicy,
    company_is_right: bool,
    function_is_right: bool,
    title: int | None,
    passing: dict[str, int],
    facts: int,
) -> Person:
    asked = {*policy.company, *(["function"] if policy.function is not None else []), "title"}
    is_closed = policy.other_title is None
    is_right = company_is_right and function_is_right and title is not None
    enough = True
    if policy.joined is not None:
        at_least, named = policy.joined
        asked -= set(named)
        enough = len(passing.keys() & set(named)) >= at_least
        market = passing.keys() & policy.company.keys()
        is_right = bool(market) and ("function" in passing or ("title" in passing and is_closed))
    closed = frozenset(one for one in passing.items() if is_closed or one[0] != "title")
    return Person(is_right, enough and asked <= passing.keys(), sum(passing.values()) + facts, closed)


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
        if rule.at_least_times is not None:
            weights = [policy.fade_days] if len(weights) >= rule.at_least_times else []
        exact = Fraction(abs(rule.points) * sum(weights), policy.fade_days)
        points = floor(exact + Fraction(1, 2)) * (1 if rule.points > 0 else -1)  # half away from zero
        points = points if rule.cap is None else max(-rule.cap, min(points, rule.cap))
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


def find_broken_promise(policy: SmallPolicy) -> str | None:  # noqa: PLR0911 - one line for each promise
    """Return the promise that the policy breaks, or None. Every possible person is tried."""
    people = list(_people(policy))
    has_titles = bool(policy.titles) or policy.other_title is not None
    if not has_titles or policy.function is None:
        return "a lead outside passes"
    if any(one.passes and not one.is_right for one in people) != policy.points_decide:
        return "gates keep leads out, against its word" if policy.points_decide else "a lead outside passes"
    must_outweigh = not (policy.gates_decide or policy.points_decide)
    fits = [one.fit for one in people if one.passes and (one.is_right or policy.points_decide)]
    most_by_gates: dict[frozenset[tuple[str, int]], int] = {}
    for one in people:
        if one.passes and (one.is_right or policy.points_decide):
            most_by_gates[one.gates] = max(one.fit, most_by_gates.get(one.gates, one.fit))
    allowed = range(policy.cap + 1)  # the points that the policy permits for behaviour
    if any(behaviour >= fit for fit in fits for behaviour in allowed) and must_outweigh:
        return "behaviour outweighs fit"
    if any(behaviour >= policy.bar for behaviour in allowed) and must_outweigh:
        return "behaviour alone reaches the threshold"
    if any(all(_covers(pattern, name) for name in NAMES) for pattern in policy.at_once):
        return "every campaign makes an MQL at once"
    best = _best_behaviour(policy)
    if any(fit + best < policy.bar for fit in most_by_gates.values()):
        return "the lowest fit never reaches the threshold"
    return None
