"""Expiry: by silence, once, by a timer; a touch dated before it takes it back."""

from __future__ import annotations

import pytest

from schemas.lead_events import LeadActivity
from schemas.outputs import LeadStage
from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    at,
    demo,
    facts,
    form,
    identified,
    papers,
    reach_bar,
    rep,
    routings,
    sales,
    steps,
    story,
)

FIRST = f"{BANK}#1.1"
EXPIRY = at("2026-07-01 00:00")
"""Monday 2 March and 120 whole days more, none of them touched: the beginning of the next."""
LATER = EXPIRY + DAY_MS
BEFORE = EXPIRY - 2 * DAY_MS


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def changes(outputs: list[object]) -> list[LeadStage]:
    return [one for one in outputs if isinstance(one, LeadStage)]


def test_a_lead_expires_when_so_many_whole_days_have_passed_and_only_once() -> None:
    market = handed_off()
    assert steps(market.tick(EXPIRY - 1)) == []
    outputs = market.tick(EXPIRY)
    assert (steps(outputs), story(outputs)) == (["expired"], ["withdrawn mql -"])
    assert (
        changes(outputs)[0].explanation.reasons
        == routings(outputs)[0].explanation.reasons
        == ["no_touch_in_time"]
    )
    assert changes(outputs)[0].occurred_at.timestamp() * 1_000 == EXPIRY
    assert market.account().open_handoffs == 0
    assert steps(market.tick(EXPIRY + 400 * DAY_MS)) == []


@pytest.mark.parametrize(
    "touch",
    [
        activity("page_view", at_ms=MONDAY + 9 * DAY_MS),
        activity("survey_taken", at_ms=MONDAY + 9 * DAY_MS),  # no rule of the policy
        form(at_ms=MONDAY + 9 * DAY_MS),
        sales("touched", FIRST, at_ms=MONDAY + 9 * DAY_MS),
        sales("sales_qualified", FIRST, at_ms=MONDAY + 9 * DAY_MS),
    ],
    ids=lambda one: one.type,
)
def test_a_touch_of_either_side_puts_it_off_by_its_own_date(touch: object) -> None:
    market = handed_off()
    market.send(touch, at_ms=MONDAY + 9 * DAY_MS)  # type: ignore[arg-type]
    assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
    assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]


@pytest.mark.parametrize("ours", ["email_sent", "email_delivered"])
def test_a_mail_that_we_send_is_no_touch(ours: str) -> None:
    market = handed_off()
    market.send(activity(ours, at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY)) == ["expired"]


def test_acceptance_is_said_of_the_hand_off_and_is_no_touch() -> None:
    market = handed_off()
    market.send(sales("accepted", FIRST, at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY)) == ["expired"]


@pytest.mark.parametrize("facts_now", [{"relationship": CUSTOMER}, {"relationship": "competitor"}])
def test_customers_and_exclusions_do_not_end_by_silence(facts_now: dict[str, object]) -> None:
    market = handed_off()
    market.send(facts(**facts_now))
    assert steps(market.tick(EXPIRY + 300 * DAY_MS)) == []


def test_what_sales_has_ended_does_not_end_again() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_now"))
    assert steps(market.tick(EXPIRY + 300 * DAY_MS)) == []


def test_a_lead_that_waits_for_an_answer_of_the_desk_waits_no_more() -> None:
    market = Market()
    market.send(facts(), *reach_bar())
    assert market.account().request is not None
    assert steps(market.tick(EXPIRY)) == ["expired"]
    assert market.account().request is None


def test_a_late_event_takes_the_expiry_back_and_the_hand_off_is_due_again_with_the_rep_who_had_it() -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(activity("page_view", at_ms=BEFORE), at_ms=LATER)
    assert (steps(outputs), story(outputs)) == (["mql"], ["assigned mql r1"])
    for reasons in (changes(outputs)[0].explanation.reasons, routings(outputs)[0].explanation.reasons):
        assert reasons[0] == "expiry_taken_back"
        assert "sales_touched" not in reasons
    assert (changes(outputs)[0].cycle, routings(outputs)[0].route) == (1, "account_has_rep")
    assert steps(market.tick(EXPIRY + 117 * DAY_MS)) == []
    assert steps(market.tick(BEFORE + 122 * DAY_MS)) == ["expired"]


def test_a_late_touch_of_sales_takes_it_back_too_and_keeps_the_stage_that_sales_gave() -> None:
    market = handed_off()
    market.send(sales("accepted", FIRST))
    market.tick(LATER)
    outputs = market.send(sales("touched", FIRST, at_ms=BEFORE), at_ms=LATER)
    assert (steps(outputs), story(outputs)) == (["sal"], ["assigned mql r1"])
    assert changes(outputs)[0].explanation.reasons[:2] == ["expiry_taken_back", "sales_touched"]
    assert routings(outputs)[0].explanation.reasons[:2] == ["expiry_taken_back", "sales_touched"]


def test_an_event_older_than_the_last_touch_takes_nothing_back() -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(activity("page_view", at_ms=MONDAY), at_ms=LATER)
    assert (steps(outputs), market.stage()) == ([], Stage.EXPIRED)


@pytest.mark.parametrize(
    ("fresh", "comes_back"),
    [
        ([*papers(2, at_ms=LATER), activity("webinar_attended", at_ms=LATER)], True),
        (papers(3, at_ms=LATER), False),  # new points, and not the bar
        ([activity("page_view", at_ms=LATER)], False),
    ],
)
def test_after_an_expiry_a_lead_returns_only_by_new_points_and_the_bar_to_the_rep_who_had_it(
    fresh: list[LeadActivity], comes_back: bool
) -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(*fresh, at_ms=LATER)
    assert (steps(outputs), story(outputs)) == ((["mql"], ["assigned mql r1"]) if comes_back else ([], []))
    assert {one.cycle for one in changes(outputs)} == ({2} if comes_back else set())


def test_a_raised_hand_begins_a_new_cycle_with_the_rep_who_had_it() -> None:
    market = handed_off()
    market.tick(LATER)
    outputs = market.send(demo(at_ms=LATER), at_ms=LATER)
    assert (steps(outputs), story(outputs)) == (["mql"], ["assigned raised_hand r1"])
    assert changes(outputs)[0].cycle == 2
    assert steps(market.tick(LATER + 121 * DAY_MS)) == ["expired"]


def test_who_only_came_once_and_was_never_handed_over_expires_too() -> None:
    market = Market()
    market.send(facts(), identified())
    assert steps(market.tick(EXPIRY)) == ["expired"]
    outputs = market.send(activity("page_view", at_ms=BEFORE), at_ms=LATER)
    assert steps(outputs) == ["waiting_for_facts"]
    assert routings(market.outputs) == []


def test_a_policy_that_lets_nobody_expire_sets_no_timer_and_one_that_does_begins_with_its_day() -> None:
    forever = POLICY_TEXT.replace("  expired: {days_without_touch: 120}", "  # expired:").replace(
        "{stages.expired.days_without_touch}", "many"
    )
    market = Market(forever)
    market.send(facts(), identified())
    assert steps(market.tick(EXPIRY + DAY_MS)) == []
    market.follow(POLICY_TEXT.replace("version: 1", "version: 2"), EXPIRY + DAY_MS)
    assert steps(market.tick(EXPIRY + 120 * DAY_MS)) == []
    assert steps(market.tick(EXPIRY + 122 * DAY_MS)) == ["expired"]


def test_days_are_counted_in_the_policys_zone() -> None:
    market = Market()
    late_on_sunday = at("2026-03-01 23:30")  # Monday already in UTC
    market.send(identified(at_ms=late_on_sunday), at_ms=late_on_sunday)
    assert steps(market.tick(EXPIRY - DAY_MS - HOUR_MS)) == []
    assert steps(market.tick(EXPIRY - DAY_MS)) == ["expired"]


def test_an_expired_lead_that_moves_to_the_primary_key_is_expired_there() -> None:
    other = "domain:other.example"
    market = Market()
    market.send(identified("zoe", other))
    market.tick(EXPIRY)
    market.send(facts(other, BANK), facts(), at_ms=LATER)
    market.send(form(lead_id="ann", at_ms=LATER), at_ms=LATER)
    market.deliver_all(LATER)
    assert market.stage("zoe") is Stage.EXPIRED


def test_a_touch_that_counts_nothing_is_remembered_of_who_was_never_handed_over_too() -> None:
    market = Market()
    market.send(facts(), identified())
    market.send(activity("survey_taken", at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
    assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]


def test_who_gives_the_address_again_has_done_something_by_its_date_whichever_comes_first() -> None:
    for days in ((0, 9), (9, 0)):
        market = Market()
        market.send(*(identified(at_ms=MONDAY + day * DAY_MS) for day in days), at_ms=MONDAY + 9 * DAY_MS)
        assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
        assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]
