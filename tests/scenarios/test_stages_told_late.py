"""What is told late: a touch from before an expiry, a no from before what they did since, a hand raised meanwhile."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"
"""An MQL on Tuesday of the first week; nobody touches her for 120 whole days: on Thursday of the 18th she expires."""


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, and a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    return story


@pytest.fixture
def mql(team: Story) -> Story:
    """Ann is an MQL, and Mia has her."""
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")
    return team


def click(story: Story, happened: str, came: str, word: str = "email_clicked", **more: object) -> None:
    story.late("web.activity", ANN, happened, came, activity=word, email=ANN, **more)


def no(story: Story, said: str, came: str, reason: str = "not_now", **more: object) -> None:
    named = {} if "handoff_id" in more else {"email": ANN}
    results = {"action": "rejected", "reason": reason, "rep_id": "mia", **named, **more}
    story.late("sales.activities", ANN, said, came, **results)


def whos(results: Results) -> list[str | None]:
    return [who for _, _, who in results.handoffs]


# An expiry and what came before it.


def test_a_late_click_takes_the_expiry_back_though_she_has_been_here_since(mql: Story) -> None:
    mql.activity("page_view", "sat18 10:00", email=ANN)
    click(mql, "wed18 10:00", "sun18 10:00")

    results = mql.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_an_answer_to_a_campaign_that_is_told_after_the_expiry_is_an_mql_all_the_same(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    click(team, "fri17 10:00", "fri18 10:00", "webinar_attended", campaign={"name": "CIO-Roundtable"})

    results = team.replay()

    assert results.stages[-2:] == ["expired", "mql"]
    assert results.handoffs == [("assigned", "mql", "mia")]


def test_a_demo_asked_for_before_the_expiry_is_answered_in_the_same_cycle(mql: Story) -> None:
    mql.late(
        "form.fills",
        ANN,
        "wed18 10:00",
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
def test_after_an_expiry_taken_back_a_no_from_before_it_still_ends_the_cycle(
    mql: Story, named_by: str
) -> None:
    first = mql.replay(until="wed 10:00").of("lead.routing")[0]["handoff_id"]
    click(mql, "wed18 10:00", "fri18 10:00")
    more = {"handoff_id": first} if named_by == "handoff_id" else {}
    no(mql, "tue18 10:00", "sat18 10:00", **more)

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "recycled"]
    assert whos(results) == ["mia", None, "mia", None]
    assert results.of("lead.stages")[-1]["bounces"] == 1


@pytest.mark.parametrize(("reason", "stage"), [("not_now", "recycled"), ("wrong_person", "disqualified")])
def test_a_no_from_before_the_expiry_takes_its_place(mql: Story, reason: str, stage: str) -> None:
    no(mql, "tue18 10:00", "fri18 10:00", reason)

    assert mql.replay().stages[-2:] == ["expired", stage]


def test_what_sales_qualified_before_the_expiry_is_an_sql_when_it_is_told(mql: Story) -> None:
    said = {"action": "sales_qualified", "email": ANN, "rep_id": "mia"}
    mql.late("sales.activities", ANN, "wed18 10:00", "fri18 10:00", **said)

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "sql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_calls_from_before_an_expiry_taken_back_count_as_attempts(mql: Story) -> None:
    for hour in range(10, 15):
        mql.sales("touched", ANN, f"wed {hour}:00", channel="call")
    click(mql, "wed18 10:00", "sat18 10:00")
    mql.sales("rejected", ANN, "mon19 10:00", reason="not_now")

    results = mql.replay()

    assert results.stages[-3:] == ["expired", "mql", "recycled"]
    assert "rejected_too_early" not in {alert for alert, _ in results.alerts}


# A no and what came after it.


def test_twelve_points_from_after_a_no_that_is_told_late_bring_her_back_at_once(mql: Story) -> None:
    mql.activity("download", "thu 10:00", times=2, email=ANN)
    no(mql, "wed 10:00", "fri 10:00")

    results = mql.replay()

    assert results.stages[-3:] == ["mql", "recycled", "mql"]
    assert results.of("lead.stages")[-1]["cycle"] == 2
    assert whos(results) == ["mia", None, "mia"]


def test_one_paper_from_after_a_no_that_is_told_late_does_not(mql: Story) -> None:
    mql.activity("download", "thu 10:00", email=ANN)
    no(mql, "wed 10:00", "fri 10:00")

    assert mql.replay().stages[-1] == "recycled"


@pytest.mark.parametrize("reason", ["not_now", "wrong_person"])
def test_a_hand_raised_after_a_no_that_is_told_late_is_not_lost(mql: Story, reason: str) -> None:
    mql.form(ANN, "thu 10:00", "demo")
    no(mql, "wed 10:00", "fri 10:00", reason)

    results = mql.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "mia")
    assert results.of("lead.routing")[-1]["handoff_id"].rpartition("#")[2].startswith("2.")
    assert results.stages[-1] == "mql"


def test_a_hand_raised_before_the_no_is_answered_by_it(mql: Story) -> None:
    mql.form(ANN, "wed 09:00", "demo")
    no(mql, "wed 10:00", "fri 10:00")

    assert mql.replay().stages[-1] == "recycled"


def test_a_lost_deal_that_is_told_late_counts_what_came_after_it(mql: Story) -> None:
    mql.sales("opportunity_opened", ANN, "wed 10:00")
    mql.activity("download", "fri 10:00", times=2, email=ANN)
    lost = {"action": "lost", "email": ANN, "rep_id": "mia"}
    mql.late("sales.activities", ANN, "thu 10:00", "sat 10:00", **lost)

    assert mql.replay().stages[-3:] == ["opportunity", "recycled", "mql"]


def test_not_our_market_said_before_the_facts_were_confirmed_questions_nothing(mql: Story) -> None:
    mql.bank("harbor", "thu 10:00", facts_confirmed_at="2026-03-05T10:00:00-05:00")
    no(mql, "wed 10:00", "fri 10:00", "not_our_market")
    mql.form("bob@harbor.example", "fri 11:00")
    mql.much_interest("bob@harbor.example", "fri 12:00")

    assert mql.replay().stages[-1] == "mql"


def test_a_no_told_twice_under_two_ids_ends_one_cycle(mql: Story) -> None:
    first = mql.replay(until="wed 10:00").of("lead.routing")[0]["handoff_id"]
    no(mql, "wed 10:00", "wed 10:00", handoff_id=first)
    mql.activity("download", "thu 10:00", times=2, email=ANN)
    no(mql, "wed 10:00", "fri 10:00", handoff_id=first)

    results = mql.replay()

    assert results.stages[-1] == "mql"
    assert whos(results) == ["mia", None, "mia"]


# An answer to what was over when it was given.

HANDOFF = "domain:harbor.example#1.1"


def over_by_silence(story: Story) -> None:
    """Ann expires on Thursday of the 18th week."""
    story.form("bob@harbor.example", "thu18 10:00", title="Student")


def test_a_no_to_a_lead_that_expired_meanwhile_ends_nothing_more_but_counts_once_as_a_bounce(
    mql: Story,
) -> None:
    over_by_silence(mql)
    mql.sales("rejected", ANN, "fri18 10:00", handoff_id=HANDOFF, reason="not_now")
    mql.sales("rejected", ANN, "fri18 11:00", handoff_id=HANDOFF, reason="not_now")
    mql.form(ANN, "mon19 10:00", "demo")

    results = mql.replay()

    assert "recycled" not in results.stages
    assert results.of("lead.routing")[-1]["bounces"] == 1
    assert results.dead_letter_reasons == []


def test_a_wrong_person_is_one_though_silence_had_ended_it(mql: Story) -> None:
    over_by_silence(mql)
    mql.sales("rejected", ANN, "fri18 10:00", handoff_id=HANDOFF, reason="wrong_person")

    assert mql.replay().stages[-1] == "disqualified"


def test_of_somebody_who_never_had_it_the_no_is_a_dead_letter(mql: Story) -> None:
    over_by_silence(mql)
    mql.sales("rejected", ANN, "fri18 10:00", "tom", handoff_id=HANDOFF, reason="not_now")

    results = mql.replay()

    assert results.dead_letter_reasons == ["handoff_over"]
    assert "recycled" not in results.stages


def test_what_cannot_be_accepted_any_more_is_a_dead_letter_and_says_so(mql: Story) -> None:
    over_by_silence(mql)
    mql.sales("accepted", ANN, "fri18 10:00", handoff_id=HANDOFF)

    (letter,) = mql.replay().of("dead.letters")

    assert letter["reason"] == "handoff_over"
    assert "withdrawn before this was said" in letter["detail"]


def test_the_same_no_said_twice_is_one_no(mql: Story) -> None:
    mql.sales("rejected", ANN, "wed 10:00", handoff_id=HANDOFF, reason="not_now")
    mql.sales("rejected", ANN, "wed 11:00", handoff_id=HANDOFF, reason="not_now")

    results = mql.replay()

    assert results.dead_letter_reasons == []
    assert results.of("lead.stages")[-1]["bounces"] == 1


def test_not_our_market_is_true_of_the_account_though_the_hand_off_is_over(mql: Story) -> None:
    mql.bank("harbor", "wed 09:00", relationship="competitor")
    mql.bank("harbor", "thu 09:00", relationship="prospect")
    mql.sales("rejected", ANN, "thu 10:00", handoff_id=HANDOFF, reason="not_our_market")
    mql.much_interest("bob@harbor.example", "fri 09:00")
    mql.form("bob@harbor.example", "fri 10:00")

    results = mql.replay()

    assert results.dead_letter_reasons == []
    assert "account_in_question" in results.of("lead.scores")[-1]["explanation"]["reasons"]
