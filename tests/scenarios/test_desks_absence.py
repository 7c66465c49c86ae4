"""An absent rep gets no lead, no lead is dropped while all are away, and missed turns are skipped or held."""

from __future__ import annotations

import pytest

from tests.scenarios.policy_changes import StoryWith, story_with
from tests.scenarios.story import Results, Story

__all__ = ["story_with"]


def hand(story: Story, bank: str, when: str) -> None:
    story.bank(bank)
    story.form(f"ann@{bank}.example", when, "demo")


def who(results: Results) -> list[str]:
    return [one["assignee"]["id"] for one in results.of("lead.routing") if one["action"] == "assigned"]


@pytest.mark.parametrize(("when_away", "then"), [("skip", "mia tom mia"), ("hold", "mia mia tom")])
def test_turns_missed_while_away_are_skipped_or_one_is_held_by_the_policy(
    story_with: StoryWith,
    when_away: str,
    then: str,
) -> None:
    story = story_with(("when_away: skip", f"when_away: {when_away}"))
    story.rep("dana", at_desk=False)
    story.rep("mia", away=("tue 00:00", "wed 00:00"))
    story.rep("tom")
    for number in range(4):
        hand(story, f"early{number}", f"tue 1{number}:00")
    for number in range(3):
        hand(story, f"late{number}", f"wed 1{number}:00")

    assert who(story.replay("wed 17:00")) == ["tom"] * 4 + then.split()


def test_a_new_member_gets_no_turns_for_the_time_before(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    for number in range(5):
        hand(story, f"early{number}", f"tue 1{number}:00")
    story.rep("zoe", "wed 08:00")
    for number in range(6):
        hand(story, f"late{number}", f"wed 1{number}:00")

    assert who(story.replay("wed 17:00"))[5:].count("zoe") == 2


def test_night_is_not_absence_and_the_deadline_of_a_night_lead_counts_from_opening(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia")
    hand(story, "harbor", "tue 23:00")

    event = story.replay("tue 23:30").of("lead.routing")[0]

    assert event["assignee"]["id"] == "mia"
    assert event["first_response_due_at"].startswith(
        "2026-03-04T14:00"
    )  # half an hour after 8:30 in New York


@pytest.mark.parametrize(
    ("mql", "at_once"),
    [("hold", []), ("dana", [("assigned", "mql", "dana")])],
    ids=["held", "a fallback"],
)
def test_while_all_are_away_the_policy_holds_mqls_or_sends_them_to_the_fallback(
    story_with: StoryWith,
    mql: str,
    at_once: list[tuple[str, str, str]],
) -> None:
    story = story_with(("mql: hold", f"mql: {mql}"))
    story.rep("dana", at_desk=False)
    story.rep("mia", away=("tue 00:00", "thu 00:00"))
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00")
    story.much_interest("ann@harbor.example", "tue 10:05")

    results = story.replay("wed 09:00")
    later = story.replay("thu 08:31")

    assert results.handoffs[:1] == at_once
    assert ("everyone_away", False) in results.alerts
    if not at_once:
        assert later.handoffs == [("assigned", "mql", "mia")]
        assert [one for one in later.alerts if one[0] == "everyone_away"][-1] == ("everyone_away", True)


def test_if_the_fallback_is_away_too_the_first_who_is_back_gets_the_raised_hand(story: Story) -> None:
    story.rep("dana", at_desk=False, away=("tue 00:00", "fri 00:00"))
    story.rep("mia", away=("tue 00:00", "wed 12:00"))
    hand(story, "harbor", "tue 10:00")

    results = story.replay("wed 12:15")

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert results.of("lead.routing")[0]["occurred_at"].startswith("2026-03-04T17:00")
    assert [one for one in results.alerts if one[0] == "everyone_away"] == [
        ("everyone_away", False),
        ("everyone_away", True),
    ]


def test_if_the_fallback_has_left_its_manager_gets_the_raised_hand(story: Story) -> None:
    story.rep("dana", at_desk=False, active=False, manager_rep_id="mona")
    story.rep("mona", at_desk=False)
    story.rep("mia", away=("tue 00:00", "wed 12:00"))
    hand(story, "harbor", "tue 10:00")

    assert story.replay("tue 10:05").handoffs == [("assigned", "raised_hand", "mona")]


def test_a_wait_for_capacity_that_becomes_a_wait_for_presence_is_reported_each_time(
    story_with: StoryWith,
) -> None:
    story = story_with(("mqls_per_rep: {most: 8, per: week", "mqls_per_rep: {most: 1, per: day"))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    for number, bank in enumerate(("harbor", "lakeside")):
        story.bank(bank)
        story.form(f"ann@{bank}.example", f"tue 1{number}:00")
        story.much_interest(f"ann@{bank}.example", f"tue 1{number}:05")
    story.rep("mia", "tue 17:00", away=("tue 17:00", "thu 08:30"))
    story.activity("page_view", "tue 17:05", anonymous_id="visitor", url="https://x.example/")

    results = story.replay("thu 09:00")

    of_lakeside = [
        (one["alert"], one.get("cleared", False))
        for one in results.of("lead.alerts")
        if one["account_key"] == "domain:lakeside.example" and one["alert"] in {"desk_full", "everyone_away"}
    ]
    assert of_lakeside == [
        ("desk_full", False),
        ("desk_full", True),
        ("everyone_away", False),
        ("everyone_away", True),
    ]
    assert results.handoffs == [
        ("assigned", "mql", "mia"),
        ("assigned", "mql", "mia"),
        ("reassigned", "mql", "mia"),  # harbor, which no other rep could get meanwhile
    ]


def test_a_desk_without_members_sends_raised_hands_to_the_fallback_and_holds_mqls(
    story: Story,
) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia")
    for bank in ("pacific", "sierra"):
        story.bank(bank, region="CA")
    story.form("ann@pacific.example", "tue 13:00", "demo")
    story.form("zoe@sierra.example", "tue 13:05")
    story.much_interest("zoe@sierra.example", "tue 13:06")
    story.rep("wes", "tue 14:00", desks=[{"desk": "west"}])

    results = story.replay(until="tue 14:01")

    assert results.handoffs == [("assigned", "raised_hand", "dana"), ("assigned", "mql", "wes")]
