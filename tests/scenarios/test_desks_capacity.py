"""How many leads each rep gets: capacity by day, week or month, what passes it, and the order of waiting leads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.policy_changes import StoryWith, story_with
from tests.scenarios.story import Results, Story

__all__ = ["story_with"]

ONE_A_DAY = ("mqls_per_rep: {most: 8, per: week", "mqls_per_rep: {most: 1, per: day")


def mql(story: Story, bank: str, when: str, *, title: str = "CIO") -> None:
    """Add a lead of a bank that reaches the threshold. A manager's lead has fewer points than a CIO's."""
    story.bank(bank)
    story.form(f"ann@{bank}.example", when, title=title)
    story.activity("download", when, times=2, email=f"ann@{bank}.example")
    story.activity("webinar_attended", when, email=f"ann@{bank}.example")


def given_to(results: Results) -> list[tuple[str, str]]:
    """Return (rep_id, account) of each new hand-off, in order."""
    return [
        (one["assignee"]["id"], one["account_key"].removeprefix("domain:").removesuffix(".example"))
        for one in results.of("lead.routing")
        if one["action"] == "assigned"
    ]


@pytest.fixture
def one_a_day(story_with: StoryWith) -> Story:
    story = story_with(ONE_A_DAY)
    story.rep("dana", at_desk=False)
    story.rep("mia")
    return story


def test_when_the_day_is_full_the_next_mql_waits_for_tomorrow_morning_and_its_ages_are_shown(
    one_a_day: Story,
) -> None:
    mql(one_a_day, "harbor", "tue 10:00")
    mql(one_a_day, "lakeside", "tue 11:00")

    results = one_a_day.replay("wed 09:00")

    assert given_to(results) == [("mia", "harbor"), ("mia", "lakeside")]
    first, second = results.of("lead.routing")
    assert "ages" not in first
    assert second["occurred_at"].startswith("2026-03-04T13:30")
    assert second["ages"]["wait_seconds"] // 60 == 21 * 60 + 29
    assert [one for one in results.alerts if one[0] == "desk_full"] == [
        ("desk_full", False),
        ("desk_full", True),
    ]


def test_the_next_day_the_strongest_goes_first_and_only_as_many_as_capacity_allows(one_a_day: Story) -> None:
    mql(one_a_day, "harbor", "tue 10:00")
    mql(one_a_day, "weak", "tue 11:00", title="Manager")
    mql(one_a_day, "strong", "tue 12:00")

    assert given_to(one_a_day.replay("wed 09:00")) == [("mia", "harbor"), ("mia", "strong")]


def test_a_raised_hand_ignores_capacity_on_a_full_day_and_counts_in_it(one_a_day: Story) -> None:
    one_a_day.bank("harbor")
    one_a_day.form("ann@harbor.example", "tue 10:00", "demo")
    one_a_day.bank("lakeside")
    one_a_day.form("lou@lakeside.example", "tue 10:30", "demo")
    mql(one_a_day, "riverside", "tue 11:00")

    assert given_to(one_a_day.replay("tue 17:00")) == [("mia", "harbor"), ("mia", "lakeside")]


@pytest.mark.parametrize(
    ("when_rejected", "same_day"),
    [("give_back", [("mia", "harbor"), ("mia", "lakeside")]), ("keep", [("mia", "harbor")])],
)
def test_the_policy_decides_whether_a_rejected_lead_returns_its_capacity(
    story_with: StoryWith,
    when_rejected: str,
    same_day: list[Any],
) -> None:
    story = story_with(ONE_A_DAY, ("when_rejected: give_back", f"when_rejected: {when_rejected}"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    mql(story, "harbor", "tue 10:00")
    mql(story, "lakeside", "tue 11:00")
    story.sales("rejected", "ann@harbor.example", "tue 12:00", reason="bad_data")

    assert given_to(story.replay("tue 17:00")) == same_day


@pytest.mark.parametrize(("when_rejected", "next_in_turn"), [("give_back", "mia"), ("keep", "tom")])
def test_the_policy_decides_whether_a_rejected_lead_returns_its_turn(
    story_with: StoryWith,
    when_rejected: str,
    next_in_turn: str,
) -> None:
    story = story_with(("when_rejected: give_back", f"when_rejected: {when_rejected}"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    mql(story, "harbor", "tue 10:00")
    story.sales("rejected", "ann@harbor.example", "tue 11:00", reason="bad_data")
    mql(story, "lakeside", "tue 12:00")

    assert given_to(story.replay("tue 17:00")) == [("mia", "harbor"), (next_in_turn, "lakeside")]


def test_an_account_owners_leads_are_not_limited_by_the_desks_capacity_and_use_none(
    one_a_day: Story,
) -> None:
    one_a_day.rep("mia", "tue 08:00")
    one_a_day.bank("owned", owner_rep_id="mia")
    for number in range(3):
        one_a_day.form(f"p{number}@owned.example", f"tue 09:0{number}", "demo")
    mql(one_a_day, "harbor", "tue 10:00")

    assert given_to(one_a_day.replay("tue 17:00")) == [*[("mia", "owned")] * 3, ("mia", "harbor")]


@pytest.mark.parametrize(
    ("per", "goes_at"),
    [("day", "2026-03-04T13:30"), ("week", "2026-03-09T12:30"), ("month", "2026-04-01T12:30")],
)
def test_capacity_is_counted_by_the_day_week_or_month_of_the_desk(
    story_with: StoryWith, per: str, goes_at: str
) -> None:
    story = story_with(("mqls_per_rep: {most: 8, per: week", f"mqls_per_rep: {{most: 1, per: {per}"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    mql(story, "harbor", "tue 10:00")
    mql(story, "lakeside", "tue 11:00")

    first, second = story.replay("wed5 09:00").of("lead.routing")

    assert first["occurred_at"].startswith("2026-03-03T15:00")
    assert second["occurred_at"].startswith(goes_at)  # at opening hour, and not at midnight


def test_unused_capacity_lapses_with_its_day(one_a_day: Story) -> None:
    mql(one_a_day, "harbor", "wed 10:00")
    mql(one_a_day, "lakeside", "wed 11:00")

    assert given_to(one_a_day.replay("wed 17:00")) == [
        ("mia", "harbor")
    ]  # the capacity of Monday and Tuesday has lapsed


def test_the_second_lead_of_an_account_ignores_capacity_counts_and_takes_no_turn(one_a_day: Story) -> None:
    one_a_day.rep("mia", "tue 08:00", desks=[{"desk": "inside_sales", "capacity": 2}])
    mql(one_a_day, "harbor", "tue 10:00")
    one_a_day.form("lou@harbor.example", "tue 10:30", "demo")
    mql(one_a_day, "lakeside", "tue 11:00")

    results = one_a_day.replay("tue 17:00")

    assert given_to(results) == [("mia", "harbor")] * 2
    assert [line["entry"] for line in results.of("desk.ledger")] == ["turn", "follow", "waiting"]


def test_the_order_of_waiting_leads_is_by_the_points_when_the_wait_began(one_a_day: Story) -> None:
    mql(one_a_day, "harbor", "tue 10:00")
    mql(one_a_day, "weak", "tue 11:00", title="Manager")
    mql(one_a_day, "strong", "tue 12:00")
    one_a_day.activity(
        "page_view", "tue 13:00", times=3, email="ann@weak.example", url="https://x.example/pricing"
    )

    results = one_a_day.replay("wed 09:00")

    totals = {one["lead_id"]: one["explanation"]["total"] for one in results.of("lead.scores")}
    assert sorted(totals.values()) == [138, 138, 145]  # the weak one has overtaken the strong one
    assert given_to(results) == [("mia", "harbor"), ("mia", "strong")]


def test_a_rep_at_two_desks_has_capacity_and_turns_at_each(story_with: StoryWith) -> None:
    story = story_with(ONE_A_DAY)
    story.rep("dana", at_desk=False)
    story.rep("mia", desks=[{"desk": "inside_sales"}, {"desk": "west"}])
    for bank, region in (("harbor", "NY"), ("pacific", "CA"), ("lakeside", "NY"), ("sierra", "CA")):
        mql(story, bank, "tue 13:00")
        story.bank(bank, "tue 08:00", region=region)

    results = story.replay("tue 17:00")

    assert sorted(given_to(results)) == [("mia", "harbor"), ("mia", "pacific")]
    assert [line["entry"] for line in results.of("desk.ledger")].count("waiting") == 2


def test_a_rejection_on_a_later_day_returns_the_turn_but_not_the_capacity(
    one_a_day: Story,
) -> None:
    one_a_day.rep("tom")
    mql(one_a_day, "harbor", "tue 10:00")
    for number, bank in enumerate(("lakeside", "riverside")):
        mql(one_a_day, bank, f"wed 1{number}:00")
    one_a_day.sales("rejected", "ann@harbor.example", "wed 12:00", reason="bad_data")
    mql(one_a_day, "prairie", "wed 13:00")

    results = one_a_day.replay("thu 09:00")

    assert given_to(results) == [
        ("mia", "harbor"),
        ("tom", "lakeside"),
        ("mia", "riverside"),
        ("mia", "prairie"),
    ]
    assert results.of("lead.routing")[-1]["occurred_at"].startswith("2026-03-05T13:30")
