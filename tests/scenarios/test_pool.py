"""A pool: an unanswered account goes to the desk as a whole, and to the first rep who takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.story import POLICY, Results, Story

POOL = POLICY.read_text("utf-8").replace("then: next, after: 2x, times: 2", "then: pool, after: 2x")
ANN, BOB = "ann@harbor.example", "bob@harbor.example"
DESK = "desk:inside_sales"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Mia does not answer Ann, who asks on Tuesday at 10:00. At 11:00 the lead is in the pool."""
    story = Story(tmp_path)
    story.escalates = True
    story.policy(POOL)
    story.rep("dana", at_desk=False)
    for name in ("mia", "noa", "tom"):
        story.rep(name)
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    return story


def held(results: Results) -> list[tuple[str, str | None]]:
    """Return (action, assignee) of each revision, and check that the account never has two holders."""
    assert all(len(holders) <= 1 for holders in results.holders["domain:harbor.example"])
    return [(action, who) for action, _, who in results.handoffs]


UNANSWERED = [("assigned", "mia"), ("reassigned", DESK)]


def test_an_unanswered_account_goes_to_the_desk_and_its_manager_learns_of_a_second_silence(
    story: Story,
) -> None:
    results = story.replay("tue 15:00")
    assert held(results) == UNANSWERED
    assert results.alerts[-1] == ("still_unanswered", False)


@pytest.mark.parametrize("action", ["claimed", "accepted", "touched"])
def test_the_first_rep_who_takes_it_gets_the_account_and_a_later_claim_is_refused(
    story: Story, action: str
) -> None:
    story.sales(action, ANN, "tue 11:10", "noa", **({"channel": "call"} if action == "touched" else {}))
    story.sales("claimed", ANN, "tue 11:20", "tom")
    results = story.replay("wed 12:00")
    assert held(results) == [*UNANSWERED, ("reassigned", "noa")]
    assert ("claim_refused", False) in results.alerts
    moved = results.of("lead.routing")[-1]
    assert moved["explanation"]["reasons"][0] == "sales_claimed"
    assert moved["how_chosen"] == "claimed"
    assert [one["entry"] for one in results.of("desk.ledger")] == ["turn", "owner"]  # a claim uses no turn


def test_a_rep_who_claims_another_lead_of_the_account_gets_the_whole_account(story: Story) -> None:
    story.activity("page_view", "tue 09:00", email=BOB)
    story.sales("claimed", BOB, "tue 11:10", "tom")
    results = story.replay("tue 11:20")
    assert held(results)[2:] == [("reassigned", "tom"), ("assigned", "tom")]
    assert results.holders["domain:harbor.example"][-1] == {"tom"}
    assert ("claim_refused", False) not in results.alerts


def test_a_touch_that_was_made_before_and_arrives_late_returns_the_account(story: Story) -> None:
    story.late(
        "sales.activities",
        ANN,
        "tue 10:50",
        "tue 11:30",
        action="touched",
        email=ANN,
        rep_id="mia",
        channel="call",
    )
    results = story.replay("wed 12:00")
    assert held(results) == [*UNANSWERED, ("reassigned", "mia")]
    assert results.of("lead.routing")[-1]["explanation"]["reasons"][0] == "answered_before_move"


def test_the_next_lead_of_the_account_takes_the_account_out_of_the_pool(story: Story) -> None:
    story.form(BOB, "tue 11:30", "demo")
    results = story.replay("tue 11:40")
    held(results)
    last = {
        one["handoff_id"]: one["assignee"]["id"] for one in results.of("lead.routing") if one.get("assignee")
    }
    assert len(last) == 2
    assert len(set(last.values())) == 1
    assert DESK not in last.values()


def test_a_claim_of_an_owned_account_is_refused_in_the_pool_too(story: Story) -> None:
    story.bank("harbor", "tue 11:05", owner_rep_id="dana")
    story.sales("claimed", ANN, "tue 11:10", "noa")
    results = story.replay("tue 11:20")
    assert held(results)[-1] == ("reassigned", "dana")
    assert ("claim_refused", False) in results.alerts
