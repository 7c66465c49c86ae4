"""Points of events under generated policies, in any order, against a slow reference written from docs/policy.md.

The reference sorts all events at once; the code applies them one by one as they arrive. For every policy and every order
both give the same points, line by line, and the lines add up.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.hops.accounts.market import DAY_MS, MONDAY, POLICY
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.count_once import message_mark
from workers.accounts.worth.durations import Activity, count_activity
from workers.policy.behaviour_rules import Behaviour
from workers.policy.decay import Decay
from workers.policy.model import Policy, Rule

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
ACTIVITIES = ("view", "watch", "click")
DECAYS = st.sampled_from(
    [
        "none",
        *({"to_zero_after_days": days} for days in (3, 10, 60)),
        *({"half_life_days": days} for days in (1, 7)),
        {"steps": {"2": "50", "5": "10%", "9": "0"}},
        {"steps": {"1": "75"}},
    ]
)
OWN_DECAY = st.just({}) | st.fixed_dictionaries({"fade": DECAYS})
WITHIN = st.just({}) | st.fixed_dictionaries({"within": st.sampled_from(["1d", "2d", "9d"])})
ALL_OF = st.lists(st.sampled_from(["rule0", "rule1", "rule2", "rule3"]), min_size=2, unique=True)
LINKS = st.none() | st.sampled_from(["rule0", "rule1", "rule2", "rule3"])


@st.composite
def once_or_capped(draw: st.DrawFn, points: int) -> dict[str, Any]:
    """Draw the keys of a rule that counts once, or a cap, or neither."""
    if draw(st.booleans()):
        return {"at_least_times": draw(st.integers(2, 3))} | draw(WITHIN)
    return {"cap": points * draw(st.integers(1, 3))} if points > 0 and draw(st.booleans()) else {}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw four rules with any of the keys, except combinations that the checks refuse."""
    rules: dict[str, dict[str, Any]] = {}
    implied = {f"rule{at}": draw(LINKS) if at else None for at in range(4)}
    for at in range(4):
        name, points = f"rule{at}", draw(st.sampled_from([1, 2, 3, 7]))
        if at == 3 and draw(st.booleans()):
            points = -points
        rule: dict[str, Any] = {"when": {"activity": draw(st.sampled_from(ACTIVITIES))}, "points": points}
        if draw(st.booleans()):
            rule["at_least"] = draw(st.sampled_from(["30s", "2m", "10m"]))
        behind = implied[name]
        if behind is not None and behind < name:
            rule["implies"] = behind
        else:
            behind = None
        special_of = draw(LINKS)
        if special_of is not None and special_of < name and behind is None:
            rule["instead_of"] = special_of
        rule |= draw(once_or_capped(points))
        if draw(st.booleans()):
            rule["group"] = "g"
        rules[name] = rule | draw(OWN_DECAY)
    targets = {rule.get("implies") for rule in rules.values()}
    for name, rule in rules.items():
        if name not in targets and "when" in rule and draw(st.booleans()):
            rule["once_per"] = draw(st.sampled_from(["1h", "12h", "24h", "3d"]))
    together = {"all_of": draw(ALL_OF), "points": draw(st.sampled_from([0, 5, -2]))}
    rules["rule4"] = together | draw(WITHIN) | draw(OWN_DECAY)
    group = {"cap": draw(st.integers(1, 20))} | draw(OWN_DECAY)
    behaviour = {
        "cap": 40,
        "fade": draw(DECAYS),
        "groups": {"g": group},
        "rules": rules,
    }
    return POLICY.model_copy(update={"behaviour": Behaviour.model_validate(behaviour)})


@dataclass(frozen=True)
class Occurrence:
    at_ms: int
    event_id: str
    activity: str
    asset: str | None
    duration_ms: int | None


@st.composite
def happenings(draw: st.DrawFn) -> list[Occurrence]:
    made = []
    for number in range(draw(st.integers(1, 14))):
        day = draw(st.sampled_from([0, 0, 0, 1, 2, 9]))
        offset_ms = draw(st.sampled_from([0, 0, 20, 45, 150, 700, 3000, 14 * 3600])) * SECOND_MS
        made.append(
            Occurrence(
                at_ms=MONDAY - day * DAY_MS + offset_ms + draw(st.integers(0, 3)) * 7 * SECOND_MS,
                event_id=f"e{number}",
                activity=draw(st.sampled_from([*ACTIVITIES, "nothing"])),
                asset=draw(st.none() | st.sampled_from(["march", "april"])),
                duration_ms=draw(st.none() | st.sampled_from([0, 45 * SECOND_MS, 20 * MINUTE_MS])),
            )
        )
    return made


# The slow reference.


def expected_points(
    policy: Policy, terms: Terms, happened: list[Occurrence], today: int
) -> dict[str, tuple[int, int]]:
    """Return (points, events) by rule from all events at once. The caps of the rules are applied."""
    rules = policy.behaviour.rules
    times = sorted({one.at_ms for one in happened})
    first: dict[tuple[str, str], int] = {}
    days: dict[str, Counter[int]] = {name: Counter() for name in rules}
    for one in sorted(happened, key=lambda one: one.at_ms):
        duration_ms = one.duration_ms
        if duration_ms is None:
            after = next((at for at in times if at > one.at_ms), None)
            duration_ms = 0
            if after is not None and after - one.at_ms <= policy.behaviour.session_gap_ms:
                duration_ms = after - one.at_ms
        for name in _fitting(rules, one, duration_ms):
            key = _key(policy, terms, name, one)
            if key is not None:
                if (name, key) in first:
                    continue
                first[name, key] = one.at_ms
            days[name][terms.day_of(one.at_ms)] += 1
    return points_of_days(policy, days, today)


def points_of_days(policy: Policy, days: dict[str, Counter[int]], today: int) -> dict[str, tuple[int, int]]:
    """Return (points, events) by rule from the number of events on each day."""
    found, rules = {}, policy.behaviour.rules
    complete = {name: complete_days(policy, name, days) for name in rules if rules[name].counts_once}
    for name, rule in rules.items():
        group = policy.behaviour.groups["g"] if rule.group else None
        decay = rule.fade or (group and group.fade) or policy.behaviour.fade
        if rule.counts_once:
            latest, times = max(complete[name].items(), default=(today - 4_000, 0))
            if left := left_of(decay, today - latest):
                found[name] = (rounded(rule.points, left), times)
            continue
        live = {
            day: count
            for day, count in days[name].items()
            if today - day >= 0 and left_of(decay, today - day)
        }
        points = rounded(
            rule.points, sum((n * left_of(decay, today - day) for day, n in live.items()), Fraction(0))
        )
        if live:
            found[name] = (points if rule.cap is None else min(points, rule.cap), sum(live.values()))
    return found


def complete_days(policy: Policy, name: str, days: dict[str, Counter[int]]) -> dict[int, int]:
    """Return the days on which a rule of several events is complete, with the number of what it counts."""
    rule = policy.behaviour.rules[name]
    group = policy.behaviour.groups["g"] if rule.group else None
    window = rule.within or (rule.fade or (group and group.fade) or policy.behaviour.fade).horizon_days
    if not rule.all_of:
        near = {
            day: sum(n for one, n in days[name].items() if day - window < one <= day) for day in days[name]
        }
        return {day: times for day, times in near.items() if times >= (rule.at_least_times or 0)}
    members = [
        set(complete_days(policy, one, days)) if policy.behaviour.rules[one].counts_once else set(days[one])
        for one in rule.all_of
    ]
    return {
        day: len(members)
        for day in set().union(*members)
        if all(any(day - window < one <= day for one in member) for member in members)
    }


def rounded(each: int, left: Fraction) -> int:
    """Return the points of events of ``each`` points, rounded half away from zero. ``left``: the sum of their shares."""
    size = Decimal(abs(each)) * left.numerator / left.denominator
    return int(size.to_integral_value(ROUND_HALF_UP)) * (1 if each > 0 else -1)


def left_of(decay: Decay, age: int) -> Fraction:
    """Return the share of an event's points that is left at an age in days."""
    if decay.to_zero_after_days is not None:
        return max(Fraction(decay.to_zero_after_days - age, decay.to_zero_after_days), Fraction(0))
    if decay.half_life_days is not None:
        share = Fraction(0.5) ** Fraction(age, decay.half_life_days)
        return Fraction(share) if age < 10 * decay.half_life_days else Fraction(0)
    reached = [left for day, left in (decay.steps or {}).items() if age >= day]
    return Fraction(min([100, *reached]), 100) if age < 3_650 else Fraction(0)


def _fitting(rules: dict[str, Rule], one: Occurrence, duration_ms: int) -> set[str]:
    own = {
        name
        for name, rule in rules.items()
        if rule.when is not None
        and one.activity in rule.when.activity
        and duration_ms >= (rule.at_least or 0)
    }
    for name in list(own):
        general = rules[name].instead_of
        while general is not None:
            own.discard(general)
            general = rules[general].instead_of
    for name in list(own):
        other = rules[name].implies
        while other is not None:
            own.add(other)
            other = rules[other].implies
    return own


def _key(policy: Policy, terms: Terms, name: str, one: Occurrence) -> str | None:
    rules = policy.behaviour.rules
    if any(rule.implies == name for rule in rules.values()):
        return one.asset
    bucket_ms = rules[name].once_per
    if bucket_ms is None:
        return None
    midnight_ms = terms.day_of(one.at_ms) * DAY_MS
    wall_ms = midnight_ms + (terms.local_ms(one.at_ms) - midnight_ms)
    return str(wall_ms // bucket_ms)


def total_of(policy: Policy, found: dict[str, tuple[int, int]]) -> int:
    by_group: Counter[str | None] = Counter()
    for name, (points, _) in found.items():
        by_group[policy.behaviour.rules[name].group] += points
    total = sum(
        points if group is None else min(points, policy.behaviour.groups[group].cap)
        for group, points in by_group.items()
    )
    return min(total, policy.behaviour.cap)


# The code.


def scored(terms: Terms, happened: list[Occurrence], lead: LeadRow) -> ScoreRow:
    score = ScoreRow()
    for one in happened:
        fitting = terms.rules.for_activity(one.activity, None, one.asset, None)
        seen = Activity(one.at_ms, one.event_id, message_mark(one.asset, None), one.duration_ms)
        score = count_activity(terms, lead, score, fitting, seen).score
    return score


@settings(deadline=None, max_examples=300)
@given(policies(), happenings(), st.integers(0, 2**32), st.integers(0, 12))
def test_points_match_the_reference_under_every_policy_and_order(
    policy: Policy, happened: list[Occurrence], seed: int, later_days: int
) -> None:
    terms = Terms(policy)
    shuffled = random.Random(seed).sample(happened, len(happened))
    score = scored(terms, shuffled, LeadRow())
    assert score.counts == scored(terms, happened, LeadRow()).counts

    today = terms.day_of(MONDAY) + later_days
    expected = expected_points(policy, terms, happened, today)
    made = terms.rules.points(score.counts, today)
    lines = {line.rule: (line.points, line.count) for line in made.lines if not line.rule.startswith("cap:")}
    event(f"{len(score.dwells)} of unknown duration")
    event("one of several counts" if score.once else "each counts")
    assert lines == expected
    assert made.points == total_of(policy, expected) <= policy.behaviour.cap
    assert sum(line.points for line in made.lines) == made.points


@settings(deadline=None, max_examples=150)
@given(policies(), happenings(), st.integers(0, 2**32), st.integers(-3, 20))
def test_points_after_a_rejection_are_those_of_later_events_in_any_order(
    policy: Policy, happened: list[Occurrence], seed: int, after_hours: int
) -> None:
    terms = Terms(policy)
    said_no_ms = MONDAY - DAY_MS + after_hours * HOUR_MS
    lead = LeadRow(said_no_ms=said_no_ms)
    start = ScoreRow(since=())
    orders = [happened, random.Random(seed).sample(happened, len(happened))]
    since = []
    for order in orders:
        score = start
        for one in order:
            fitting = terms.rules.for_activity(one.activity, None, one.asset, None)
            seen = Activity(one.at_ms, one.event_id, message_mark(one.asset, None), one.duration_ms)
            score = count_activity(terms, lead, score, fitting, seen).score
        since.append({found.rule: found.days for found in score.since or ()})
        every_day = {found.rule: dict(found.days) for found in score.counts}
        for rule, days in since[-1].items():
            assert all(times <= every_day[rule][day] for day, times in days)
            assert all(day >= terms.day_of(said_no_ms) for day, _ in days)
    assert since[0] == since[1]
