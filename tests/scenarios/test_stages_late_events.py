"""Events that arrive late.

Touches and answers from before an expiry, rejections from before later events, and answers to closed hand-offs.
"""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"
"""An MQL on Tuesday of the first week. 120 days later she expires, as Wednesday of week 18 begins."""


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom are members of the inside sales desk. Harbor is a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    return story


@pytest.fixture
def mql(team: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday, and Mia has her."""
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")
    return team


def add_activity(
    story: Story, happened: str, arrived: str, activity: str = "email_clicked", **more: object
) -> None:
    story.late("web.activity", ANN, happened, arrived, activity=activity, email=ANN, **more)


def add_rejection(story: Story, happened: str, arrived: str, reason: str = "not_now", **more: object) -> None:
    lead = {} if "handoff_id" in more else {"email": ANN}
    fields = {"action": "rejected", "reason": reason, "rep_id": "mia", **lead, **more}
    story.late("sales.activities", ANN, happened, arrived, **fields)


def assignees(results: Results) -> list[str | None]:
    return [who for _, _, who in results.handoffs]


# Events from before an expiry.


def test_a_late_click_reverses_the_expiry_even_after_a_newer_page_view(mql: Story) -> None:
    mql.activity("page_view", "sat18 10:00", email=ANN)
    add_activity(mql, "tue18 10:00", "sun18 10:00")

    results = mql.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_a_campaign_response_from_before_the_expiry_makes_an_mql_when_it_arrives(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    add_activity(team, "fri17 10:00", "fri18 10:00", "webinar_attended", campaign={"name": "CIO-Roundtable"})

    results = team.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs == [("assigned", "mql", "mia")]


def test_a_demo_request_from_before_the_expiry_is_assigned_in_the_same_cycle(mql: Story) -> None:
    mql.late(
        "form.fills",
        ANN,
        "tue18 10:00",
        "fri18 10:00",
        form_id="demo",
        email=ANN,
        request="demo",
    )

    results = mql.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs[-1] == ("assigned", "raised_hand", "mia")
    assert results.of("lead.routing")[-1]["handoff_id"].rpartition("#")[2].startswith("1.")


@pytest.mark.parametrize("named_by", ["email", "handoff_id"])
def test_after_a_reversed_expiry_a_rejection_from_before_it_ends_the_cycle(mql: Story, named_by: str) -> None:
    first = mql.replay(until="wed 10:00").of("lead.routing")[0]["handoff_id"]
    add_activity(mql, "tue18 10:00", "fri18 10:00")
    more = {"handoff_id": first} if named_by == "handoff_id" else {}
    add_rejection(mql, "tue18 10:00", "sat18 10:00", **more)

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "recycled"]
    assert assignees(results) == ["mia", None, "mia", None]
    assert results.of("lead.stages")[-1]["bounces"] == 1


@pytest.mark.parametrize(("reason", "stage"), [("not_now", "recycled"), ("wrong_person", "disqualified")])
def test_a_rejection_from_before_the_expiry_replaces_it(mql: Story, reason: str, stage: str) -> None:
    add_rejection(mql, "tue18 10:00", "fri18 10:00", reason)

    assert mql.replay().stages[-2:] == ["expired", stage]


def test_a_sales_qualification_from_before_the_expiry_makes_an_sql_when_it_arrives(mql: Story) -> None:
    fields = {"action": "sales_qualified", "email": ANN, "rep_id": "mia"}
    mql.late("sales.activities", ANN, "tue18 10:00", "fri18 10:00", **fields)

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "sql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_calls_from_before_a_reversed_expiry_count_as_attempts(mql: Story) -> None:
    for hour in range(10, 15):
        mql.sales("touched", ANN, f"wed {hour}:00", channel="call")
    add_activity(mql, "tue18 10:00", "sat18 10:00")
    mql.sales("rejected", ANN, "mon19 10:00", reason="not_now")

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "recycled"]
    assert "rejected_too_early" not in {alert for alert, _ in results.alerts}


# A late rejection, and events from after its own time.


def test_twelve_points_from_after_a_late_rejection_bring_the_lead_back_at_once(mql: Story) -> None:
    mql.activity("download", "thu 10:00", times=2, email=ANN)
    add_rejection(mql, "wed 10:00", "fri 10:00")

    results = mql.replay()

    assert results.stages[-3:] == ["mql", "recycled", "mql"]
    assert results.of("lead.stages")[-1]["cycle"] == 2
    assert assignees(results) == ["mia", None, "mia"]


def test_one_paper_from_after_a_late_rejection_does_not_bring_the_lead_back(mql: Story) -> None:
    mql.activity("download", "thu 10:00", email=ANN)
    add_rejection(mql, "wed 10:00", "fri 10:00")

    assert mql.replay().stages[-1] == "recycled"


@pytest.mark.parametrize("reason", ["not_now", "wrong_person"])
def test_a_raised_hand_from_after_a_late_rejection_is_assigned_in_the_next_cycle(
    mql: Story, reason: str
) -> None:
    mql.form(ANN, "thu 10:00", "demo")
    add_rejection(mql, "wed 10:00", "fri 10:00", reason)

    results = mql.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "mia")
    assert results.of("lead.routing")[-1]["handoff_id"].rpartition("#")[2].startswith("2.")
    assert results.stages[-1] == "mql"


def test_a_late_rejection_answers_a_raised_hand_from_before_it(mql: Story) -> None:
    mql.form(ANN, "wed 09:00", "demo")
    add_rejection(mql, "wed 10:00", "fri 10:00")

    assert mql.replay().stages[-1] == "recycled"


def test_points_from_after_a_late_lost_deal_bring_the_lead_back(mql: Story) -> None:
    mql.sales("opportunity_opened", ANN, "wed 10:00")
    mql.activity("download", "fri 10:00", times=2, email=ANN)
    lost = {"action": "lost", "email": ANN, "rep_id": "mia"}
    mql.late("sales.activities", ANN, "thu 10:00", "sat 10:00", **lost)

    assert mql.replay().stages[-3:] == ["opportunity", "recycled", "mql"]


def test_not_our_market_from_before_the_confirmation_of_the_facts_does_not_question_the_account(
    mql: Story,
) -> None:
    mql.bank("harbor", "thu 10:00", facts_confirmed_at="2026-03-05T10:00:00-05:00")
    add_rejection(mql, "wed 10:00", "fri 10:00", "not_our_market")
    mql.form("bob@harbor.example", "fri 11:00")
    mql.much_interest("bob@harbor.example", "fri 12:00")

    assert mql.replay().stages[-1] == "mql"


def test_a_rejection_that_arrives_under_two_event_ids_ends_one_cycle(mql: Story) -> None:
    first = mql.replay(until="wed 10:00").of("lead.routing")[0]["handoff_id"]
    add_rejection(mql, "wed 10:00", "wed 10:00", handoff_id=first)
    mql.activity("download", "thu 10:00", times=2, email=ANN)
    add_rejection(mql, "wed 10:00", "fri 10:00", handoff_id=first)

    results = mql.replay()

    assert results.stages[-1] == "mql"
    assert assignees(results) == ["mia", None, "mia"]


# Answers to a hand-off that was already closed.

HANDOFF = "domain:harbor.example#1.1"


def let_ann_expire(story: Story) -> None:
    """Add a later event of a colleague, so that time passes beyond the expiry of Ann in week 18."""
    story.form("bob@harbor.example", "thu18 10:00", title="Student")


def test_rejections_of_an_expired_lead_change_no_stage_and_count_as_one_bounce(
    mql: Story,
) -> None:
    let_ann_expire(mql)
    mql.sales("rejected", ANN, "fri18 10:00", handoff_id=HANDOFF, reason="not_now")
    mql.sales("rejected", ANN, "fri18 11:00", handoff_id=HANDOFF, reason="not_now")
    mql.form(ANN, "mon19 10:00", "demo")

    results = mql.replay()

    assert "recycled" not in results.stages
    assert results.of("lead.routing")[-1]["bounces"] == 1
    assert results.dead_letter_reasons == []


def test_a_wrong_person_is_disqualified_even_after_the_expiry(mql: Story) -> None:
    let_ann_expire(mql)
    mql.sales("rejected", ANN, "fri18 10:00", handoff_id=HANDOFF, reason="wrong_person")

    assert mql.replay().stages[-1] == "disqualified"


def test_a_rejection_by_a_rep_who_never_had_the_hand_off_is_a_dead_letter(mql: Story) -> None:
    let_ann_expire(mql)
    mql.sales("rejected", ANN, "fri18 10:00", "tom", handoff_id=HANDOFF, reason="not_now")

    results = mql.replay()

    assert results.dead_letter_reasons == ["handoff_over"]
    assert "recycled" not in results.stages


def test_an_acceptance_of_an_expired_hand_off_is_a_dead_letter_with_the_reason(mql: Story) -> None:
    let_ann_expire(mql)
    mql.sales("accepted", ANN, "fri18 10:00", handoff_id=HANDOFF)

    (letter,) = mql.replay().of("dead.letters")

    assert letter["reason"] == "handoff_over"
    assert "the hand-off was withdrawn" in letter["detail"]


def test_two_rejections_of_one_hand_off_count_once(mql: Story) -> None:
    mql.sales("rejected", ANN, "wed 10:00", handoff_id=HANDOFF, reason="not_now")
    mql.sales("rejected", ANN, "wed 11:00", handoff_id=HANDOFF, reason="not_now")

    results = mql.replay()

    assert results.dead_letter_reasons == []
    assert results.of("lead.stages")[-1]["bounces"] == 1


def test_not_our_market_questions_the_account_even_if_the_hand_off_is_closed(mql: Story) -> None:
    mql.bank("harbor", "wed 09:00", relationship="competitor")
    mql.bank("harbor", "thu 09:00", relationship="prospect")
    mql.sales("rejected", ANN, "thu 10:00", handoff_id=HANDOFF, reason="not_our_market")
    mql.much_interest("bob@harbor.example", "fri 09:00")
    mql.form("bob@harbor.example", "fri 10:00")

    results = mql.replay()

    assert results.dead_letter_reasons == []
    assert "account_in_question" in results.of("lead.scores")[-1]["explanation"]["reasons"]
