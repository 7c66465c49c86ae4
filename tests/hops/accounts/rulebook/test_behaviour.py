"""Behaviour: counts per rule and day, points after decay and caps, lines that always add up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hops.accounts.market import DAY_MS, POLICY, POLICY_TEXT, at
from workers.accounts.rulebook.behaviour import RuleBook, event_days
from workers.accounts.rulebook.tally import add_counts, count_event
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.score import RuleCount
from workers.policy.behaviour_rules import Behaviour
from workers.policy.load import load_policy

RULES = RuleBook(POLICY)
TODAY = 20_000
Counts = tuple[RuleCount, ...]


def counts_of(*events: tuple[str, int]) -> Counts:
    """Return the counts of events given as (rule, age in days), counted in this order."""
    made: Counts = ()
    for number, (rule, age) in enumerate(events):
        made = count_event(made, (rule,), TODAY - age, number, f"e{number}", 0)
    return made


def rules_with(behaviour: dict[str, Any], rules: dict[str, dict[str, Any]]) -> RuleBook:
    """Return the rules of a small policy. Each rule is named after its activity."""
    made = {name: {"when": {"activity": name}} | rule for name, rule in rules.items()}
    section = Behaviour.model_validate({"cap": 100, "rules": made} | behaviour)
    return RuleBook(POLICY.model_copy(update={"behaviour": section}))


@pytest.mark.parametrize(
    ("activity", "url", "expected"),
    [
        ("page_view", "https://x.example/", ("page",)),
        ("page_view", None, ("page",)),
        ("page_view", "https://x.example/pricing", ("pricing",)),
        ("page_view", "https://x.example/PRICING/banks", ("pricing",)),
        ("page_view", "https://x.example/careers", ("careers",)),
        ("page_view", "https://x.example/careers/pricing", ("pricing", "careers")),
        ("download", "https://x.example/pricing", ("paper",)),
        ("email_opened", None, ("opened",)),
        ("email_clicked", None, ("opened", "click")),
        ("video_watched", None, ()),
        ("poll_answered", None, ()),
        ("form", None, ()),
    ],
)
def test_the_rules_that_an_activity_matches(
    activity: str, url: str | None, expected: tuple[str, ...]
) -> None:
    assert RULES.for_activity(activity, url, None, None).names(0) == expected


def test_a_form_matches_the_rules_of_forms_only() -> None:
    assert RULES.for_form("newsletter", "https://x.example/pricing", None).names(0) == ("form",)


def test_a_rule_by_asset_and_campaign_needs_both() -> None:
    text = POLICY_TEXT.replace(
        "when: {activity: download}",
        'when: {activity: download, asset: "*.pdf", campaign: ["spring*", "core"]}',
    )
    rules = RuleBook(load_policy(text))
    found = [
        rules.for_activity("download", None, asset, campaign).names(0)
        for asset, campaign in [
            ("A.PDF", "Spring 26"),
            ("a.pdf", "core"),
            ("a.pdf", None),
            (None, "core"),
            ("a.pdf", "autumn"),
        ]
    ]
    assert found == [("paper",), ("paper",), (), (), ()]


@pytest.mark.parametrize(
    ("events", "points"),
    [
        ([], 0),
        ([("page", 0)], 1),
        ([("page", 0)] * 15, 15),
        ([("page", 0)] * 16, 15),
        ([("pricing", 0)] * 4, 12),
        ([("pricing", 0)] * 3 + [("page", 0)] * 9, 15),
        ([("paper", 0)] * 3, 16),
        ([("form", 0)] * 3, 8),
        ([("webinar", 0)] * 2, 24),
        ([("webinar", 0)] * 2 + [("paper", 0)] * 2, 40),
        ([("webinar", 0)] * 2 + [("paper", 0)] * 2 + [("click", 0)] * 2, 40),
        ([("careers", 0)], -10),
        ([("webinar", 0), ("careers", 0)], 2),
        ([("webinar", 30)], 6),
        ([("webinar", 59)], 0),
        ([("webinar", 60)], 0),
        ([("webinar", 45), ("webinar", 15)], 12),
        ([("page", 1)] * 2, 2),
        ([("page", 29)], 1),
        ([("page", 30)], 1),
        ([("page", 31)], 0),
        ([("paper", 1), ("paper", 2), ("paper", 3)], 16),
        ([("careers", 30)], -5),
        ([("careers", 59)], 0),
        ([("careers", 54)], -1),
        ([("careers", 57)], -1),
        ([("careers", 58)], 0),
        ([("unheard_of", 0)], 0),
    ],
)
def test_points_after_decay_the_rules_cap_the_groups_and_the_totals(
    events: list[tuple[str, int]], points: int
) -> None:
    assert RULES.points(counts_of(*events), TODAY).points == points


def test_decay_is_a_straight_line_over_whole_days() -> None:
    counts = counts_of(("webinar", 0))
    found = [RULES.points(counts, TODAY + age).points for age in range(62)]
    assert found == [(12 * max(0, 60 - age) + 30) // 60 for age in range(62)]


@pytest.mark.parametrize("days", [10, 60, 365, 3_650])
@pytest.mark.parametrize("each", [10, -10])
def test_after_a_tenth_of_the_days_nine_tenths_are_left(days: int, each: int) -> None:
    rules = rules_with({"fade": {"to_zero_after_days": days}}, {"page": {"points": each}})
    assert rules.points(counts_of(("page", days // 10)), TODAY).points == each * 9 // 10


@pytest.mark.parametrize("ages", [(0, 1), (1, 1), (0, 1, 2, 3)])
def test_events_of_several_days_lose_nothing_to_rounding(ages: tuple[int, ...]) -> None:
    rules = rules_with({"fade": {"to_zero_after_days": 3_650}}, {"page": {"points": 5}})
    assert rules.points(counts_of(*(("page", age) for age in ages)), TODAY).points == 5 * len(ages)


@pytest.mark.parametrize(
    ("behaviour", "page", "points"),
    [
        ({"fade": "none"}, {}, 4 + 8),
        ({"fade": "none"}, {"fade": {"to_zero_after_days": 60}}, 2 + 8),
        ({}, {}, 2 + 4),
        ({}, {"fade": "none"}, 4 + 4),
        ({}, {"group": "slow"}, 4 + 4),
        ({}, {"group": "slow", "fade": {"to_zero_after_days": 40}}, 1 + 4),
        ({}, {"group": "plain"}, 2 + 4),
    ],
)
def test_the_decay_of_a_rule_goes_before_that_of_its_group_and_of_all(
    behaviour: dict[str, Any], page: dict[str, Any], points: int
) -> None:
    groups = {"slow": {"cap": 20, "fade": "none"}, "plain": {"cap": 20}}
    rules = rules_with(
        {"fade": {"to_zero_after_days": 60}, "groups": groups} | behaviour,
        {"page": {"points": 4} | page, "paper": {"points": 8}},
    )
    assert rules.points(counts_of(("page", 30), ("paper", 30)), TODAY).points == points


def test_points_without_decay_stay_for_ten_years() -> None:
    rules = rules_with({"fade": "none"}, {"page": {"points": 7}})
    counts = counts_of(("page", 0))
    assert [rules.points(counts, TODAY + age).points for age in (0, 60, 3_649, 3_650)] == [7, 7, 7, 0]


def test_points_removed_by_a_cap_are_a_line_of_their_own() -> None:
    events = [("page", 0)] * 17 + [("webinar", 0)] * 3 + [("paper", 0)] * 2
    found = RULES.points(counts_of(*events), TODAY)
    assert [(line.rule, line.points, line.count) for line in found.lines] == [
        ("page", 17, 17),
        ("paper", 16, 2),
        ("webinar", 36, 3),
        ("cap:web", -2, 0),
        ("cap:events", -12, 0),
        ("cap:behaviour", -15, 0),
    ]


def test_a_rule_beyond_the_horizon_has_no_line() -> None:
    found = RULES.points(counts_of(("page", 60), ("webinar", 59)), TODAY)
    assert [(line.rule, line.points, line.count) for line in found.lines] == [("webinar", 0, 1)]


def test_a_line_names_the_number_of_events_and_the_latest() -> None:
    counts = count_event((), ("page",), TODAY - 3, 10, "late", 0)
    counts = count_event(counts, ("page",), TODAY - 70, 5, "early", 0)
    line = RULES.points(counts, TODAY).lines[0]
    assert (line.count, line.event_id) == (1, "late")


def test_an_event_dated_later_does_not_count_yet() -> None:
    counts = counts_of(("webinar", 0), ("webinar", 5))
    assert RULES.points(counts, TODAY - 5).points == 12


def test_days_before_the_oldest_are_dropped_when_the_rule_counts_again() -> None:
    counts = count_event((), ("page",), 10, 1, "a", 0)
    assert count_event(counts, ("page",), 100, 2, "b", 40)[0].days == ((100, 1),)


events = st.lists(
    st.tuples(st.sampled_from([*POLICY.behaviour.rules, "gone"]), st.integers(0, 80)), max_size=60
)


@given(events, st.integers(-10, 30))
def test_the_lines_always_add_up_and_stay_below_the_cap(found: list[tuple[str, int]], later: int) -> None:
    made = RULES.points(counts_of(*found), TODAY + later)
    assert sum(line.points for line in made.lines) == made.points <= POLICY.behaviour.cap


@given(events, st.randoms(use_true_random=False))
def test_counts_do_not_depend_on_the_order_of_events(found: list[tuple[str, int]], random: object) -> None:
    facts = [(rule, TODAY - age, number, f"e{number}") for number, (rule, age) in enumerate(found)]
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one: Counts = ()
    other: Counts = ()
    for rule, day, at_ms, event_id in facts:
        one = count_event(one, (rule,), day, at_ms, event_id, 0)
    for rule, day, at_ms, event_id in shuffled:
        other = count_event(other, (rule,), day, at_ms, event_id, 0)
    assert one == other


@given(events, events)
def test_the_sum_of_two_counts_is_the_count_of_both(
    first: list[tuple[str, int]], second: list[tuple[str, int]]
) -> None:
    days_of_both = {found.rule: dict(found.days) for found in counts_of(*first, *second)}
    made = add_counts(counts_of(*first), counts_of(*second))
    assert {found.rule: dict(found.days) for found in made} == days_of_both
    assert [found.rule for found in made] == sorted(days_of_both)


def test_event_days_are_those_after_a_day_ascending() -> None:
    assert event_days(counts_of(("page", 1), ("paper", 3), ("page", 0), ("paper", 1)), TODAY - 3) == [
        TODAY - 1,
        TODAY,
    ]


@pytest.mark.parametrize(
    ("instant", "later"),
    [
        ("2026-03-02 23:59", "2026-03-03 00:00"),
        ("2026-03-08 23:59", "2026-03-09 00:00"),  # summer time began in between
        ("2026-11-01 23:59", "2026-11-02 00:00"),  # summer time ended in between
    ],
)
def test_a_day_ends_at_midnight_in_the_policys_zone(instant: str, later: str) -> None:
    terms = Terms(POLICY)
    assert terms.day_of(at(later)) == terms.day_of(at(instant)) + 1
    assert terms.day_of(at(later)) == terms.day_of(at(later) + DAY_MS - 7_200_000)


@pytest.mark.parametrize(("times", "taken"), [(1, -5), (2, -9), (7, -9)])
def test_a_cap_limits_what_a_rule_with_negative_points_takes(times: int, taken: int) -> None:
    book = rules_with({}, {"leaves": {"points": -5, "cap": 9}, "comes": {"points": 20}})
    behaviour = book.points(counts_of(("comes", 0), *[("leaves", 0)] * times), TODAY)
    assert behaviour.points == 20 + taken
    assert [(line.rule, line.points, line.count) for line in behaviour.lines] == [
        ("leaves", taken, times),
        ("comes", 20, 1),
    ]
