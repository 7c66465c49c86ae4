"""Feedback of sales changes the stage and the hand-off. Repeated feedback changes nothing."""

from __future__ import annotations

import pytest

from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    alerts,
    assert_one_owner,
    demo,
    facts,
    form,
    identified,
    opportunity,
    papers,
    reach_bar,
    rep,
    routings,
    sales,
    scores,
    steps,
    story,
)

FIRST = f"{BANK}#1.1"
DAY_2 = MONDAY + DAY_MS


def market_with_mql(*reps: str) -> Market:
    market = Market()
    market.reps(*(rep(one, at_desk=one.startswith("r")) for one in reps or ("r1", "r2")))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def test_accepted_makes_an_sal_once() -> None:
    market = market_with_mql()
    assert steps(market.send(sales("accepted", FIRST), sales("accepted", FIRST))) == ["sal"]


def test_sales_qualified_makes_an_sql_once_whether_or_not_it_was_accepted_before() -> None:
    for actions in (("accepted", "sales_qualified"), ("sales_qualified", "accepted")):
        market = market_with_mql()
        market.send(*(sales(action, FIRST) for action in actions))
        assert (market.stage(), market.send(sales("sales_qualified", FIRST))) == (Stage.SQL, [])


def test_a_raised_hand_outside_the_market_becomes_an_sal_when_sales_accepts_it() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(country="DE"), demo(), sales("accepted", FIRST))
    assert market.stage() is Stage.SAL


@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        ("not_now", "recycled"),
        ("unreachable", "recycled"),
        ("wrong_person", "disqualified"),
        ("bad_data", "disqualified"),
        ("duplicate", "disqualified"),
        ("not_our_market", "recycled"),
    ],
)
def test_a_rejection_ends_the_hand_off_and_its_reason_decides_the_stage(reason: str, stage: str) -> None:
    market = market_with_mql()
    results = market.send(sales("rejected", FIRST, reason=reason), sales("rejected", FIRST, reason=reason))
    assert (story(results), steps(results)) == (["withdrawn mql -"], [stage])
    assert routings(results)[0].explanation.reasons == ["sales_rejected"]
    assert routings(results)[0].person is None


def test_a_rejection_ends_all_open_hand_offs_of_the_lead_and_none_of_another() -> None:
    market = market_with_mql()
    market.send(demo(), *reach_bar("bob"))
    results = market.send(sales("rejected", FIRST, reason="not_now"))
    assert story(results) == ["withdrawn mql -", "withdrawn raised_hand -"]
    assert market.account().open_handoffs == 1


@pytest.mark.parametrize(
    ("count", "after_ms", "comes_back"),
    [(1, HOUR_MS, False), (2, HOUR_MS, True), (2, -HOUR_MS, False)],
)
def test_after_a_rejection_only_points_of_later_dated_events_bring_a_lead_back(
    count: int, after_ms: int, comes_back: bool
) -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, at_ms=DAY_2, reason="not_now"), at_ms=DAY_2)
    results = market.send(*papers(count, at_ms=DAY_2 + after_ms), at_ms=DAY_2 + 2 * HOUR_MS)
    assert steps(results) == (["mql"] if comes_back else [])
    assert story(results) == (["assigned mql r1"] if comes_back else [])


def test_new_points_below_the_threshold_do_not_bring_a_lead_back() -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, at_ms=DAY_2, reason="not_now"), at_ms=DAY_2)
    late = MONDAY + 58 * DAY_MS
    results = market.send(*papers(2, at_ms=late), at_ms=late)
    assert (steps(results), scores(results)[-1].explanation.points_missing) == ([], 9)


def test_events_that_arrive_before_a_late_rejection_but_are_dated_after_it_count_as_new() -> None:
    market = market_with_mql()
    market.send(*papers(1, at_ms=DAY_2), at_ms=DAY_2)
    rejected = market.send(
        sales("rejected", FIRST, at_ms=DAY_2 - HOUR_MS, reason="not_now"), at_ms=DAY_2 + HOUR_MS
    )
    results = market.send(*papers(1, at_ms=DAY_2 + HOUR_MS), at_ms=DAY_2 + HOUR_MS)
    assert (steps(rejected), steps(results)) == (["recycled"], ["mql"])


@pytest.mark.parametrize("reason", ["not_now", "wrong_person"])
def test_a_raised_hand_after_a_rejection_begins_a_new_cycle_with_the_former_rep(reason: str) -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason=reason))
    results = market.send(demo(), demo())
    assert story(results) == ["assigned raised_hand r1"]
    assert routings(results)[0].handoff_id == f"{BANK}#2.2"
    assert routings(results)[0].route == "account_has_rep"
    assert "former_rep" in routings(results)[0].explanation.reasons


def test_points_do_not_bring_back_a_disqualified_lead() -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason="wrong_person"))
    later = MONDAY + 2 * HOUR_MS
    assert routings(market.send(*papers(3, at_ms=later), at_ms=later)) == []


def test_late_feedback_about_a_closed_hand_off_changes_nothing() -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason="not_now"))
    for action in ("touched", "accepted", "reassigned"):
        assert market.send(sales(action, FIRST, to_rep_id="r2" if action == "reassigned" else None)) == []
    assert market.stage() is Stage.RECYCLED


def test_feedback_about_an_unknown_or_long_closed_hand_off_is_a_dead_letter() -> None:
    market = market_with_mql()
    results = market.send(sales("touched", f"{BANK}#9.9"))
    assert [one.reason for one in results] == ["unknown_handoff"]
    market.send(sales("rejected", FIRST, reason="not_now"))
    market.tick(MONDAY + 91 * DAY_MS)
    results = market.send(sales("touched", FIRST), at_ms=MONDAY + 91 * DAY_MS)
    assert [one.reason for one in results] == ["unknown_handoff"]


@pytest.mark.parametrize("action", ["accepted", "rejected", "returned"])
def test_an_answer_about_a_lead_that_has_no_holder_yet_is_a_dead_letter(action: str) -> None:
    market = Market(is_manual=True)
    market.send(facts(), identified(), demo())
    reason = "not_now" if action == "rejected" else None
    results = market.send(sales(action, FIRST, reason=reason))
    assert [one.reason for one in results] == ["unknown_handoff"]
    assert market.send(sales("reassigned", FIRST, to_rep_id="r2")) == []


def test_after_not_our_market_no_lead_of_the_account_becomes_an_mql() -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason="not_our_market"))
    results = market.send(*reach_bar("bob"))
    assert (steps(results, "bob"), routings(results)) == (["known", "nurture"], [])
    assert "account_in_question" in scores(results)[-1].explanation.reasons
    results = market.send(demo("cid"))
    assert story(results) == ["assigned raised_hand r1"]
    assert routings(results)[0].qualification == "pending"


@pytest.mark.parametrize(
    ("change", "is_lifted"),
    [
        ({"sic": ["6022"]}, True),
        ({"facts_confirmed_at": "2026-03-03T00:00:00Z"}, True),
        ({"name": "Another name"}, False),
        ({"owner_rep_id": "r2"}, False),
    ],
)
def test_the_objection_ends_when_a_market_fact_changes_or_the_facts_are_confirmed(
    change: dict[str, str], is_lifted: bool
) -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason="not_our_market"), *reach_bar("bob"))
    market.send(facts(**change))
    assert (market.stage("bob") is Stage.MQL) is is_lifted


def test_a_confirmation_known_before_the_rejection_does_not_end_the_objection() -> None:
    market = Market()
    market.reps(rep("r1"))
    confirmed = "2026-03-01T00:00:00Z"
    market.send(facts(facts_confirmed_at=confirmed), *reach_bar())
    market.send(sales("rejected", FIRST, reason="not_our_market"), *reach_bar("bob"))
    market.send(facts(facts_confirmed_at=confirmed, name="Again"))
    assert market.stage("bob") is Stage.NURTURE


def test_a_manual_reassignment_moves_the_whole_account_and_holds() -> None:
    market = market_with_mql("r1", "r2")
    market.send(*reach_bar("bob"))
    results = market.send(sales("reassigned", FIRST, to_rep_id="r2"))
    assert story(results) == ["withdrawn mql -", "reassigned mql r2", "reassigned mql r2"]
    assert {one.route for one in routings(results)[1:]} == {"by_hand"}
    assert story(market.send(sales("reassigned", FIRST, to_rep_id="r2"))) == []
    assert story(market.send(demo("cid"))) == ["assigned raised_hand r2"]
    assert_one_owner(market.outputs)


def test_of_two_reassignments_the_one_with_the_later_date_holds() -> None:
    market = market_with_mql("r1", "r2", "r3")
    market.send(sales("reassigned", FIRST, at_ms=MONDAY + 2 * HOUR_MS, to_rep_id="r2"))
    assert market.send(sales("reassigned", FIRST, at_ms=MONDAY + HOUR_MS, to_rep_id="r3")) == []


def test_a_manual_reassignment_ends_when_the_crm_names_another_owner() -> None:
    market = market_with_mql("r1", "r2", "own", "new")
    market.send(facts(owner_rep_id="own"))
    assert story(market.send(sales("reassigned", FIRST, to_rep_id="r2"))) == ["reassigned mql r2"]
    assert story(market.send(facts(owner_rep_id="own", name="Same owner"))) == []
    assert story(market.send(facts())) == []
    assert story(market.send(facts(owner_rep_id="own"))) == []
    assert story(market.send(facts(owner_rep_id="new"))) == ["reassigned mql new"]


def test_feedback_that_names_only_the_lead_is_about_earlier_hand_offs() -> None:
    market = market_with_mql()
    early = sales("rejected", lead_id="ann", at_ms=MONDAY - HOUR_MS, reason="not_now")
    assert market.send(early) == []
    results = market.send(sales("rejected", lead_id="ann", reason="not_now"))
    assert steps(results) == ["recycled"]


def test_feedback_that_names_a_hand_off_of_another_key_is_about_earlier_ones_and_counts_once() -> None:
    market = Market()
    market.reps(rep("own", at_desk=False))
    market.send(facts(relationship="customer", owner_rep_id="own"), identified(), activity("page_view"))
    assert story(market.outputs) == ["assigned expansion own"]
    returned = sales("returned", "domain:before.example#1.7", lead_id="ann", at_ms=MONDAY + HOUR_MS)
    assert story(market.send(returned, at_ms=MONDAY + 2 * HOUR_MS)) == [
        "withdrawn expansion -",
        "assigned expansion own",
    ]
    assert story(market.send(returned, at_ms=MONDAY + 3 * HOUR_MS)) == []


def test_a_lost_opportunity_recycles_and_a_won_one_makes_a_customer() -> None:
    for after, stage in (({}, Stage.RECYCLED), ({"relationship": "customer"}, Stage.CUSTOMER)):
        market = Market()
        market.reps(rep("own"))
        market.send(facts(open_opportunities=[opportunity("own")]), form())
        assert story(market.outputs) == ["assigned in_cycle own"]
        results = market.send(facts(owner_rep_id="own", **after))
        assert market.stage() is stage
        assert story(results) == (["withdrawn in_cycle -"] if stage is Stage.RECYCLED else [])


def test_a_rejection_returns_the_turn_if_the_policy_gives_it_back() -> None:
    market = market_with_mql()
    market.send(sales("rejected", FIRST, reason="wrong_person"))
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "return"]
    other = "domain:other.example"
    results = market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert story(results) == ["assigned mql r1"]


def test_a_rejected_lead_that_had_moved_to_its_owner_returns_no_turn() -> None:
    market = market_with_mql("r1", "own")
    market.send(facts(owner_rep_id="own"))
    market.send(sales("rejected", FIRST, reason="not_now"))
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "owner"]


def test_the_earliest_touch_counts_and_clears_the_deadline_alerts() -> None:
    market = market_with_mql()
    assert alerts(market.tick(MONDAY + 4 * HOUR_MS)) == ["response_due_soon", "response_overdue"]
    results = market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + 4 * HOUR_MS)
    assert alerts(results, cleared=True) == ["response_due_soon", "response_overdue"]
    assert market.send(sales("touched", FIRST, at_ms=MONDAY + 2 * HOUR_MS), at_ms=MONDAY + 4 * HOUR_MS) == []


@pytest.mark.parametrize(("count", "comes_back"), [(1, False), (2, True)])
def test_new_points_bring_back_a_customers_rejected_lead_whatever_the_threshold(
    count: int, comes_back: bool
) -> None:
    market = Market()
    market.reps(rep("own"))
    market.send(facts(relationship="customer", owner_rep_id="own", country="DE"), form())
    market.send(sales("rejected", FIRST, reason="not_now"))
    later = MONDAY + 2 * HOUR_MS
    results = market.send(*papers(count, at_ms=later), at_ms=later)
    assert story(results) == (["assigned expansion own"] if comes_back else [])


def test_a_touch_in_time_prevents_the_deadline_alerts() -> None:
    market = market_with_mql()
    market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS)
    assert alerts(market.tick(MONDAY + 5 * DAY_MS)) == []


def test_feedback_that_names_neither_hand_off_nor_lead_changes_nothing() -> None:
    assert market_with_mql().send(sales("accepted")) == []


def test_an_event_older_than_the_days_that_are_kept_does_not_count() -> None:
    market = market_with_mql()
    old = activity("download", at_ms=MONDAY - 181 * DAY_MS)
    assert market.send(old) == []
