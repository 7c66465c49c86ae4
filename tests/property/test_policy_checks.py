"""The policy checks against a slow, independent reference that tries people and events one by one.

The checks must refuse exactly the policies that break a promise of the reference (small_policies.py).
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from tests.property.small_policies import (
    DEFAULT,
    EXTRAS,
    GATES,
    PERIODS,
    PROMISE_KEYS,
    SmallPolicy,
    SmallRule,
    find_broken_promise,
)
from workers.policy.load import PolicyError, load_policy

POINTS = st.integers(0, 6)
SIGNED = st.integers(-4, 6)
RULES = st.builds(
    lambda points, cap, grouped, once_per, at_least, times: SmallRule(
        points,
        None if cap is None or times else max(cap, abs(points)),
        grouped,
        once_per,
        at_least,
        at_least_times=times,
    ),
    st.sampled_from([-3, 1, 1, 2, 3, 5]),
    st.none() | st.integers(1, 12),
    st.booleans(),
    st.none() | st.sampled_from(sorted(PERIODS)),
    st.none() | st.sampled_from(["45s", "2m"]),
    st.none() | st.none() | st.sampled_from([2, 3]),
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
    bands = draw(st.none() | st.tuples(SIGNED, SIGNED))
    gates = [*company, *(["function"] if function is not None else []), *(["title"] if titles else [])]
    choice = [gate for gate in gates if bands is None or gate != "employees"]
    joined = None
    if len(choice) > 1 and draw(st.booleans()):
        named = tuple(draw(st.lists(st.sampled_from(choice), min_size=2, unique=True)))
        joined = (draw(st.integers(1, len(named) - 1)), named)
        lowest -= draw(st.integers(0, lowest))
    other_title = draw(st.none() | SIGNED) if joined is None else None
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
        (proof := draw(st.sampled_from(["outweighs", "gates_decide", "points_decide"]))) == "gates_decide",
        proof == "points_decide",
        bands,
        draw(st.none() | SIGNED),
        other_title,
        joined,
        draw(st.none() | st.tuples(st.sampled_from(sorted(EXTRAS)), SIGNED, SIGNED)),
    )


FINE = SmallPolicy({"industry": 5}, 5, (5, 3), 12, 25, 15, (SmallRule(5, None, False),))


@settings(max_examples=200, deadline=None)
@given(small_policies())
@example(FINE)
@example(replace(FINE, rules=(SmallRule(5, None, False, at_least_times=3),)))
@example(replace(FINE, other_title=2))
@example(replace(FINE, other_title=-4, bands=(-3, 4), free_mail=-2))
@example(replace(FINE, extra=("age", -4, 6)))
@example(replace(FINE, extra=("fields", 6, -2), free_mail=-2))
@example(replace(FINE, extra=("product_interest", 6, 6), bar=31))
@example(replace(FINE, cap=40, bar=20, gates_decide=True))
@example(replace(FINE, points_decide=True))
@example(replace(FINE, company={}, points_decide=True, bar=15))
@example(replace(FINE, other_title=-4, cap=40, points_decide=True))
@example(replace(FINE, company={"industry": 5, "country": 5}, joined=(1, ("industry", "country"))))
@example(replace(FINE, joined=(1, ("industry", "title"))))
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
