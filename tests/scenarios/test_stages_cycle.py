"""One cycle of a lead: a single MQL, a later raised hand, a changed label, and the return after a rejection."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


@pytest.fixture
def mql(story: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday at ten, and Mia has her."""
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:05")
    return story


def test_a_raised_hand_after_the_mql_is_another_hand_off_of_the_same_rep_with_a_shorter_deadline(
    mql: Story,
) -> None:
    mql.form(ANN, "tue 10:10", "demo")

    results = mql.replay()

    assert results.handoffs == [("assigned", "mql", "mia"), ("assigned", "raised_hand", "mia")]
    first, second = (one["first_response_due_at"] for one in results.of("lead.routing"))
    assert (first, second) == ("2026-03-03T18:05:00Z", "2026-03-03T15:40:00Z")


def test_a_second_raised_hand_makes_no_other_hand_off(mql: Story) -> None:
    mql.form(ANN, "tue 10:10", "demo")
    mql.form(ANN, "wed 10:10", "pricing")

    assert len(mql.replay().handoffs) == 2


def test_more_points_after_the_mql_make_no_other_mql(mql: Story) -> None:
    mql.much_interest(ANN, "wed 10:00")

    results = mql.replay()

    assert results.stages.count("mql") == 1
    assert len(results.handoffs) == 1


def test_a_missing_fact_changes_the_label_and_not_the_rep(story: Story) -> None:
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor", revenue=None)
    story.form(ANN, "tue 10:00", "demo")
    story.bank("harbor", "wed 10:00", revenue={"amount": 900_000_000, "currency": "USD"})

    results = story.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia"), ("relabelled", "raised_hand", "mia")]
    assert [one["qualification"] for one in results.of("lead.routing")] == ["pending", "mql"]


@pytest.mark.parametrize(("papers", "comes_back"), [(1, False), (2, True)])
def test_a_rejected_lead_returns_to_its_rep_with_twelve_new_points(
    mql: Story, papers: int, comes_back: bool
) -> None:
    mql.sales("rejected", ANN, "tue 12:00", reason="not_now")
    mql.activity("download", "wed 10:00", times=papers, email=ANN)

    results = mql.replay()

    assert results.stages[-1] == ("mql" if comes_back else "recycled")
    if comes_back:
        assert results.handoffs[-1] == ("assigned", "mql", "mia")
        assert results.of("lead.stages")[-1]["cycle"] == 2


@pytest.mark.parametrize(
    ("reason", "stage", "comes_back", "bounces"),
    [
        ("not_now", "recycled", True, 1),
        ("unreachable", "recycled", True, 1),
        ("wrong_person", "disqualified", False, None),
        ("bad_data", "disqualified", False, None),
        ("duplicate", "disqualified", False, None),
        ("not_our_market", "recycled", False, None),
    ],
)
def test_each_rejection_reason_has_its_effect_and_a_later_raised_hand_is_answered_after_each(
    mql: Story, reason: str, stage: str, comes_back: bool, bounces: int | None
) -> None:
    mql.sales("rejected", ANN, "tue 12:00", reason=reason)
    rejected = mql.replay()
    mql.much_interest(ANN, "wed 10:00")
    interested = mql.replay()
    mql.form(ANN, "thu 10:00", "demo")

    assert rejected.stages[-1] == stage
    assert rejected.of("lead.stages")[-1].get("bounces") == bounces
    assert (interested.stages[-1] == "mql") is comes_back
    assert mql.replay().handoffs[-1] == ("assigned", "raised_hand", "mia")


@pytest.mark.parametrize("relationship", ["prospect", "customer"])
def test_exactly_twelve_new_points_bring_back_prospects_and_customers(
    story: Story, relationship: str
) -> None:
    story.rep("mia")
    story.bank("harbor", relationship=relationship, owner_rep_id="mia")
    story.form(ANN, "tue 10:00", "demo")
    story.much_interest(ANN, "tue 10:05")
    story.sales("rejected", ANN, "tue 12:00", reason="not_now")
    story.activity("webinar_attended", "wed 10:00", email=ANN)

    results = story.replay()

    assert [action for action, _, _ in results.handoffs][-2:] == ["withdrawn", "assigned"]


def test_an_account_rejected_as_not_our_market_is_in_question_until_its_facts_are_confirmed(
    mql: Story,
) -> None:
    mql.sales("rejected", ANN, "tue 12:00", reason="not_our_market")
    mql.form("bob@harbor.example", "wed 10:00")
    mql.much_interest("bob@harbor.example", "wed 10:05")
    before = mql.replay().stages
    mql.bank("harbor", "thu 10:00", facts_confirmed_at="2026-03-05T10:00:00-05:00")

    assert before.count("mql") == 1
    assert mql.replay().stages.count("mql") == 2
