"""A large account changes its holder: all hand-offs are withdrawn before the first goes to the next holder."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.scenarios.story import Story

PEOPLE = [f"person{number:02d}@harbor.example" for number in range(30)]
HARBOR = "domain:harbor.example"


@pytest.fixture
def harbor(story: Story) -> Story:
    """Harbor is a customer of Olga. Thirty of its people submitted a form, and she has a hand-off of each."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.rep("ben", at_desk=False)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    for email in PEOPLE:
        story.form(email, "tue 09:00")
    return story


def test_a_new_owner_gets_all_of_a_large_account_and_at_no_time_two_reps_have_it(
    harbor: Story,
) -> None:
    harbor.bank("harbor", "tue 10:00", owner_rep_id="ben")

    results = harbor.replay(until="tue 10:30")

    moved = results.of("lead.routing")[len(PEOPLE) :]
    assert [event["action"] for event in moved] == ["withdrawn"] * 30 + ["reassigned"] * 30
    assert {event["assignee"]["id"] for event in moved[30:]} == {"ben"}
    assert len({event["handoff_id"] for event in moved[30:]}) == 30
    assert {reason for event in moved for reason in event["explanation"]["reasons"]} >= {"owner_changed"}
    # Holders after each record: Olga alone, then no one, then Ben alone.
    holders = results.holders[HARBOR]
    assert [sorted(one) for one in dict.fromkeys(map(frozenset, holders))] == [["olga"], [], ["ben"]]


def test_a_large_account_whose_rep_is_absent_goes_to_the_deputy_as_a_whole(harbor: Story) -> None:
    harbor.rep("olga", "tue 09:30", at_desk=False, deputy_rep_id="ben", away=("tue 09:30", "fri 10:00"))
    harbor.form("late@harbor.example", "tue 10:00", "demo")

    results = harbor.replay(until="tue 10:30")

    moved = results.of("lead.routing")[len(PEOPLE) :]
    assert [event["action"] for event in moved] == ["withdrawn"] * 30 + ["reassigned"] * 30 + ["assigned"]
    assert {(one["assignee"]["id"], one["assignee"]["deputy_for"]) for one in moved[30:]} == {("ben", "olga")}
    assert all(len(who) <= 1 for who in results.holders[HARBOR])


def test_when_a_large_account_becomes_a_competitor_all_its_hand_offs_are_withdrawn(harbor: Story) -> None:
    harbor.bank("harbor", "tue 10:00", relationship="competitor")

    results = harbor.replay(until="tue 10:30")

    assert [event["action"] for event in results.of("lead.routing")[len(PEOPLE) :]] == ["withdrawn"] * 30
    assert results.holders[HARBOR][-1] == set()


@pytest.mark.parametrize("people", [3, 30])
def test_the_inquiries_of_an_owner_who_has_left_go_back_to_the_desk_once(story: Story, people: int) -> None:
    story.rep("dana", at_desk=False)
    story.rep("olga", at_desk=False)
    story.bank("harbor", sic=["7372"])  # outside the served market
    for email in PEOPLE[:people]:
        story.form(email, "tue 09:00", "demo")
    story.bank("harbor", "tue 09:30", relationship="customer", owner_rep_id="olga")
    story.rep("olga", "tue 10:00", at_desk=False, active=False)

    results = story.replay(until="tue 12:00")

    holders = results.holders[HARBOR]
    assert all(len(who) <= 1 for who in holders)
    assert {"olga"} in holders
    assert holders[-1] == {"desk:inside_sales"}
    back = [event for event in results.of("lead.routing") if event["occurred_at"] >= "2026-03-03T15:00:00Z"]
    assert Counter(event["action"] for event in back)["reassigned"] == people
    assert all(event["explanation"]["reasons"][0] == "owner_not_active" for event in back)
