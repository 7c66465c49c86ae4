"""How much each rep gets: room by the day or week, what passes it, and who leaves the queue first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.desks_with import Agreed, agreed
from tests.scenarios.story import Story, Told

__all__ = ["agreed"]

ONE_A_DAY = ("mqls_per_rep: {most: 8, per: week", "mqls_per_rep: {most: 1, per: day")


def mql(story: Story, bank: str, when: str, *, title: str = "CIO") -> None:
    """Somebody of a bank who reaches the bar; a manager's lead is weaker than a chief's."""
    story.bank(bank)
    story.form(f"ann@{bank}.example", when, title=title)
    story.activity("download", when, times=2, email=f"ann@{bank}.example")
    story.activity("webinar_attended", when, email=f"ann@{bank}.example")


def given_to(told: Told) -> list[tuple[str, str]]:
    """(who, account) of each new hand-off, in order."""
    return [
        (one["assignee"]["id"], one["account_key"].removeprefix("domain:").removesuffix(".example"))
        for one in told.of("lead.routing")
        if one["action"] == "assigned"
    ]


@pytest.fixture
def one_a_day(agreed: Agreed) -> Story:
    story = agreed(ONE_A_DAY)
    story.rep("dana", at_desk=False)
    story.rep("mia")
    return story


def test_when_the_day_is_full_the_next_mql_waits_for_tomorrow_morning_and_its_ages_are_shown(
    one_a_day: Story,
) -> None:
    mql(one_a_day, "harbor", "tue 10:00")
    mql(one_a_day, "lakeside", "tue 11:00")

    told = one_a_day.told("wed 09:00")

    assert given_to(told) == [("mia", "harbor"), ("mia", "lakeside")]
    first, second = told.of("lead.routing")
    assert "ages" not in first
    assert second["occurred_at"].startswith("2026-03-04T13:30")
    assert second["ages"]["wait_seconds"] // 60 == 21 * 60 + 29
    assert [one for one in told.alerts if one[0] == "desk_full"] == [
        ("desk_full", False),
        ("desk_full", True),
    ]


def test_tomorrow_the_strongest_goes_first_and_only_as_many_as_there_is_room(one_a_day: Story) -> None:
    mql(one_a_day, "harbor", "tue 10:00")
    mql(one_a_day, "weak", "tue 11:00", title="Manager")
    mql(one_a_day, "strong", "tue 12:00")

    assert given_to(one_a_day.told("wed 09:00")) == [("mia", "harbor"), ("mia", "strong")]


def test_a_raised_hand_passes_a_full_day_and_counts_in_it(one_a_day: Story) -> None:
    one_a_day.bank("harbor")
    one_a_day.form("ann@harbor.example", "tue 10:00", "demo")
    one_a_day.bank("lakeside")
    one_a_day.form("lou@lakeside.example", "tue 10:30", "demo")
    mql(one_a_day, "riverside", "tue 11:00")

    assert given_to(one_a_day.told("tue 17:00")) == [("mia", "harbor"), ("mia", "lakeside")]


@pytest.mark.parametrize(
    ("when_rejected", "same_day"),
    [("give_back", [("mia", "harbor"), ("mia", "lakeside")]), ("keep", [("mia", "harbor")])],
)
def test_whether_a_rejected_lead_returns_its_room_is_agreed(
    agreed: Agreed,
    when_rejected: str,
    same_day: list[Any],
) -> None:
    story = agreed(ONE_A_DAY, ("when_rejected: give_back", f"when_rejected: {when_rejected}"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    mql(story, "harbor", "tue 10:00")
    mql(story, "lakeside", "tue 11:00")
    story.sales("rejected", "ann@harbor.example", "tue 12:00", reason="bad_data")

    assert given_to(story.told("tue 17:00")) == same_day


@pytest.mark.parametrize(("when_rejected", "next_in_turn"), [("give_back", "mia"), ("keep", "tom")])
def test_whether_a_rejected_lead_returns_its_turn_is_agreed(
    agreed: Agreed,
    when_rejected: str,
    next_in_turn: str,
) -> None:
    story = agreed(("when_rejected: give_back", f"when_rejected: {when_rejected}"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    mql(story, "harbor", "tue 10:00")
    story.sales("rejected", "ann@harbor.example", "tue 11:00", reason="bad_data")
    mql(story, "lakeside", "tue 12:00")

    assert given_to(story.told("tue 17:00")) == [("mia", "harbor"), (next_in_turn, "lakeside")]


def test_an_account_owner_gets_leads_whatever_the_desk_has_room_for_and_uses_none_of_it(
    one_a_day: Story,
) -> None:
    one_a_day.rep("mia", "tue 08:00")
    one_a_day.bank("owned", owner_rep_id="mia")
    for number in range(3):
        one_a_day.form(f"p{number}@owned.example", f"tue 09:0{number}", "demo")
    mql(one_a_day, "harbor", "tue 10:00")

    assert given_to(one_a_day.told("tue 17:00")) == [*[("mia", "owned")] * 3, ("mia", "harbor")]
