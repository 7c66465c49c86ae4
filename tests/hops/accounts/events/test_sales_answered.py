"""What sales says moves stage and hand-off; said twice it changes nothing more."""

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


def handed_off(*reps: str) -> Market:
    market = Market()
    market.reps(*(rep(one, at_desk=one.startswith("r")) for one in reps or ("r1", "r2")))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def test_accepted_makes_an_sal_once() -> None:
    market = handed_off()
    assert steps(market.send(sales("accepted", FIRST), sales("accepted", FIRST))) == ["sal"]


def test_sales_qualified_makes_an_sql_once_whether_or_not_it_was_accepted_before() -> None:
    for words in (("accepted", "sales_qualified"), ("sales_qualified", "accepted")):
        market = handed_off()
        market.send(*(sales(word, FIRST) for word in words))
        assert (market.stage(), market.send(sales("sales_qualified", FIRST))) == (Stage.SQL, [])


def test_a_lead_that_raised_its_hand_outside_is_an_sal_when_sales_accepts_it() -> None:
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
    market = handed_off()
    outputs = market.send(sales("rejected", FIRST, reason=reason), sales("rejected", FIRST, reason=reason))
    assert (story(outputs), steps(outputs)) == (["withdrawn mql -"], [stage])
    assert routings(outputs)[0].explanation.reasons == ["sales_rejected"]
    assert routings(outputs)[0].person is None


def test_a_rejection_ends_all_open_hand_offs_of_the_person_and_no_other() -> None:
    market = handed_off()
    market.send(demo(), *reach_bar("bob"))
    outputs = market.send(sales("rejected", FIRST, reason="not_now"))
    assert story(outputs) == ["withdrawn mql -", "withdrawn raised_hand -"]
    assert market.account().open_handoffs == 1


@pytest.mark.parametrize(
    ("count", "after_ms", "comes_back"),
    [(1, HOUR_MS, False), (2, HOUR_MS, True), (2, -HOUR_MS, False)],
)
def test_after_a_no_only_points_of_events_dated_later_bring_a_lead_back(
    count: int, after_ms: int, comes_back: bool
) -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=DAY_2, reason="not_now"), at_ms=DAY_2)
    outputs = market.send(*papers(count, at_ms=DAY_2 + after_ms), at_ms=DAY_2 + 2 * HOUR_MS)
    assert steps(outputs) == (["mql"] if comes_back else [])
    assert story(outputs) == (["assigned mql r1"] if comes_back else [])


def test_new_points_without_the_bar_do_not_bring_a_lead_back() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, at_ms=DAY_2, reason="not_now"), at_ms=DAY_2)
    late = MONDAY + 58 * DAY_MS
    outputs = market.send(*papers(2, at_ms=late), at_ms=late)
    assert (steps(outputs), scores(outputs)[-1].explanation.points_missing) == ([], 9)


def test_events_that_came_before_a_late_no_but_are_dated_after_it_count_as_new() -> None:
    market = handed_off()
    market.send(*papers(1, at_ms=DAY_2), at_ms=DAY_2)
    late = market.send(
        sales("rejected", FIRST, at_ms=DAY_2 - HOUR_MS, reason="not_now"), at_ms=DAY_2 + HOUR_MS
    )
    outputs = market.send(*papers(1, at_ms=DAY_2 + HOUR_MS), at_ms=DAY_2 + HOUR_MS)
    assert (steps(late), steps(outputs)) == (["recycled"], ["mql"])


@pytest.mark.parametrize("reason", ["not_now", "wrong_person"])
def test_a_raised_hand_begins_a_new_cycle_with_the_rep_who_had_it(reason: str) -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason=reason))
    outputs = market.send(demo(), demo())
    assert story(outputs) == ["assigned raised_hand r1"]
    assert routings(outputs)[0].handoff_id == f"{BANK}#2.2"
    assert routings(outputs)[0].route == "account_has_rep"
    assert "former_rep" in routings(outputs)[0].explanation.reasons


def test_disqualified_people_do_not_come_back_by_points() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="wrong_person"))
    later = MONDAY + 2 * HOUR_MS
    assert routings(market.send(*papers(3, at_ms=later), at_ms=later)) == []


def test_a_late_word_about_a_hand_off_that_is_over_changes_nothing() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_now"))
    for word in ("touched", "accepted", "reassigned"):
        assert market.send(sales(word, FIRST, to_rep_id="r2" if word == "reassigned" else None)) == []
    assert market.stage() is Stage.RECYCLED


def test_a_hand_off_that_nobody_knows_is_a_dead_letter_and_one_that_was_closed_long_ago_too() -> None:
    market = handed_off()
    outputs = market.send(sales("touched", f"{BANK}#9.9"))
    assert [one.reason for one in outputs] == ["unknown_handoff"]
    market.send(sales("rejected", FIRST, reason="not_now"))
    market.tick(MONDAY + 91 * DAY_MS)
    outputs = market.send(sales("touched", FIRST), at_ms=MONDAY + 91 * DAY_MS)
    assert [one.reason for one in outputs] == ["unknown_handoff"]


@pytest.mark.parametrize("action", ["accepted", "rejected", "returned"])
def test_what_only_its_holder_can_say_of_a_lead_that_waits_is_a_dead_letter(action: str) -> None:
    market = Market(is_manual=True)
    market.send(facts(), identified(), demo())
    reason = "not_now" if action == "rejected" else None
    outputs = market.send(sales(action, FIRST, reason=reason))
    assert [one.reason for one in outputs] == ["unknown_handoff"]
    assert market.send(sales("reassigned", FIRST, to_rep_id="r2")) == []


def test_not_our_market_puts_the_account_in_question_and_nobody_of_it_becomes_an_mql() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_our_market"))
    outputs = market.send(*reach_bar("bob"))
    assert (steps(outputs, "bob"), routings(outputs)) == (["known", "nurture"], [])
    assert "account_in_question" in scores(outputs)[-1].explanation.reasons
    outputs = market.send(demo("cid"))
    assert story(outputs) == ["assigned raised_hand r1"]
    assert routings(outputs)[0].qualification == "pending"


@pytest.mark.parametrize(
    ("change", "is_lifted"),
    [
        ({"sic": ["6022"]}, True),
        ({"facts_confirmed_at": "2026-03-03T00:00:00Z"}, True),
        ({"name": "Another name"}, False),
        ({"owner_rep_id": "r2"}, False),
    ],
)
def test_the_question_ends_when_the_fact_changes_or_is_confirmed(
    change: dict[str, str], is_lifted: bool
) -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_our_market"), *reach_bar("bob"))
    market.send(facts(**change))
    assert (market.stage("bob") is Stage.MQL) is is_lifted


def test_a_confirmation_that_was_known_when_sales_said_no_lifts_nothing() -> None:
    market = Market()
    market.reps(rep("r1"))
    confirmed = "2026-03-01T00:00:00Z"
    market.send(facts(facts_confirmed_at=confirmed), *reach_bar())
    market.send(sales("rejected", FIRST, reason="not_our_market"), *reach_bar("bob"))
    market.send(facts(facts_confirmed_at=confirmed, name="Again"))
    assert market.stage("bob") is Stage.NURTURE


def test_reassigned_by_hand_moves_the_whole_account_and_stays() -> None:
    market = handed_off("r1", "r2")
    market.send(*reach_bar("bob"))
    outputs = market.send(sales("reassigned", FIRST, to_rep_id="r2"))
    assert story(outputs) == ["withdrawn mql -", "reassigned mql r2", "reassigned mql r2"]
    assert {one.route for one in routings(outputs)[1:]} == {"by_hand"}
    assert story(market.send(sales("reassigned", FIRST, to_rep_id="r2"))) == []
    assert story(market.send(demo("cid"))) == ["assigned raised_hand r2"]
    assert_one_owner(market.outputs)


def test_of_two_reassignments_the_one_with_the_later_date_holds() -> None:
    market = handed_off("r1", "r2", "r3")
    market.send(sales("reassigned", FIRST, at_ms=MONDAY + 2 * HOUR_MS, to_rep_id="r2"))
    assert market.send(sales("reassigned", FIRST, at_ms=MONDAY + HOUR_MS, to_rep_id="r3")) == []


def test_what_was_set_by_hand_ends_when_the_crm_names_another_owner_than_before() -> None:
    market = handed_off("r1", "r2", "own", "new")
    market.send(facts(owner_rep_id="own"))
    assert story(market.send(sales("reassigned", FIRST, to_rep_id="r2"))) == ["reassigned mql r2"]
    assert story(market.send(facts(owner_rep_id="own", name="Same owner"))) == []
    assert story(market.send(facts())) == []
    assert story(market.send(facts(owner_rep_id="own"))) == []
    assert story(market.send(facts(owner_rep_id="new"))) == ["reassigned mql new"]


def test_an_answer_named_by_the_person_is_about_what_was_handed_over_before_it() -> None:
    market = handed_off()
    early = sales("rejected", lead_id="ann", at_ms=MONDAY - HOUR_MS, reason="not_now")
    assert market.send(early) == []
    outputs = market.send(sales("rejected", lead_id="ann", reason="not_now"))
    assert steps(outputs) == ["recycled"]


def test_an_answer_named_by_a_hand_off_of_another_key_is_about_what_was_handed_over_before_it_and_once() -> (
    None
):
    market = Market()
    market.reps(rep("own", at_desk=False))
    market.send(facts(relationship="customer", owner_rep_id="own"), identified(), activity("page_view"))
    assert story(market.outputs) == ["assigned expansion own"]
    back = sales("returned", "domain:before.example#1.7", lead_id="ann", at_ms=MONDAY + HOUR_MS)
    assert story(market.send(back, at_ms=MONDAY + 2 * HOUR_MS)) == [
        "withdrawn expansion -",
        "assigned expansion own",
    ]
    assert story(market.send(back, at_ms=MONDAY + 3 * HOUR_MS)) == []


def test_a_lost_opportunity_recycles_and_a_won_one_makes_a_customer() -> None:
    for after, stage in (({}, Stage.RECYCLED), ({"relationship": "customer"}, Stage.CUSTOMER)):
        market = Market()
        market.reps(rep("own"))
        market.send(facts(open_opportunities=[opportunity("own")]), form())
        assert story(market.outputs) == ["assigned in_cycle own"]
        outputs = market.send(facts(owner_rep_id="own", **after))
        assert market.stage() is stage
        assert story(outputs) == (["withdrawn in_cycle -"] if stage is Stage.RECYCLED else [])


def test_a_rejection_gives_the_turn_back_where_the_policy_says_so() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="wrong_person"))
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "return"]
    other = "domain:other.example"
    outputs = market.send(facts(other, crm_account_id="acc-2"), *reach_bar("zoe", account_key=other))
    assert story(outputs) == ["assigned mql r1"]


def test_a_lead_that_moved_to_its_owner_gives_no_turn_back() -> None:
    market = handed_off("r1", "own")
    market.send(facts(owner_rep_id="own"))
    market.send(sales("rejected", FIRST, reason="not_now"))
    entries = [one.entry for one in market.outputs if hasattr(one, "entry")]
    assert entries == ["turn", "owner"]


def test_touches_count_from_the_earliest_and_clear_what_was_reported() -> None:
    market = handed_off()
    assert alerts(market.tick(MONDAY + 4 * HOUR_MS)) == ["response_due_soon", "response_overdue"]
    outputs = market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + 4 * HOUR_MS)
    assert alerts(outputs, cleared=True) == ["response_due_soon", "response_overdue"]
    assert market.send(sales("touched", FIRST, at_ms=MONDAY + 2 * HOUR_MS), at_ms=MONDAY + 4 * HOUR_MS) == []


@pytest.mark.parametrize(("count", "comes_back"), [(1, False), (2, True)])
def test_a_customers_lead_comes_back_after_a_no_by_new_points_whatever_the_bar(
    count: int, comes_back: bool
) -> None:
    market = Market()
    market.reps(rep("own"))
    market.send(facts(relationship="customer", owner_rep_id="own", country="DE"), form())
    market.send(sales("rejected", FIRST, reason="not_now"))
    later = MONDAY + 2 * HOUR_MS
    outputs = market.send(*papers(count, at_ms=later), at_ms=later)
    assert story(outputs) == (["assigned expansion own"] if comes_back else [])


def test_a_touch_in_time_leaves_nothing_to_report() -> None:
    market = handed_off()
    market.send(sales("touched", FIRST, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS)
    assert alerts(market.tick(MONDAY + 5 * DAY_MS)) == []


def test_an_answer_without_hand_off_and_person_is_about_nobody() -> None:
    assert handed_off().send(sales("accepted")) == []


def test_an_event_older_than_the_policy_looks_back_counts_nothing() -> None:
    market = handed_off()
    old = activity("download", at_ms=MONDAY - 80 * DAY_MS)
    assert market.send(old) == []
