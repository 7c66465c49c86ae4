"""Expiry: a lead without touches expires once, by a timer. A touch dated before the expiry reverses it."""

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
EXPIRY = at("2026-06-30 00:00")
"""Beginning of the day that is 120 days after Monday 2 March."""
LATER = EXPIRY + DAY_MS
BEFORE = EXPIRY - 2 * DAY_MS


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def stage_events(results: list[object]) -> list[LeadStage]:
    return [one for one in results if isinstance(one, LeadStage)]


def test_a_lead_expires_once_after_the_policys_number_of_whole_days() -> None:
    market = handed_off()
    assert steps(market.tick(EXPIRY - 1)) == []
    results = market.tick(EXPIRY)
    assert (steps(results), story(results)) == (["expired"], ["withdrawn mql -"])
    assert (
        stage_events(results)[0].explanation.reasons
        == routings(results)[0].explanation.reasons
        == ["no_touch_in_time"]
    )
    assert stage_events(results)[0].occurred_at.timestamp() * 1_000 == EXPIRY
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
def test_a_touch_of_either_side_delays_the_expiry_by_its_own_date(touch: object) -> None:
    market = handed_off()
    market.send(touch, at_ms=MONDAY + 9 * DAY_MS)  # type: ignore[arg-type]
    assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
    assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]


@pytest.mark.parametrize("ours", ["email_sent", "email_delivered"])
def test_an_outbound_e_mail_is_not_a_touch(ours: str) -> None:
    market = handed_off()
    market.send(activity(ours, at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY)) == ["expired"]


def test_acceptance_of_a_hand_off_is_not_a_touch() -> None:
    market = handed_off()
    market.send(sales("accepted", FIRST, at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY)) == ["expired"]


@pytest.mark.parametrize("facts_now", [{"relationship": CUSTOMER}, {"relationship": "competitor"}])
def test_customers_and_excluded_accounts_do_not_expire(facts_now: dict[str, object]) -> None:
    market = handed_off()
    market.send(facts(**facts_now))
    assert steps(market.tick(EXPIRY + 300 * DAY_MS)) == []


def test_a_lead_that_sales_has_rejected_does_not_expire() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_now"))
    assert steps(market.tick(EXPIRY + 300 * DAY_MS)) == []


def test_an_expiry_cancels_the_request_of_a_lead_that_waits_for_a_desk() -> None:
    market = Market()
    market.send(facts(), *reach_bar())
    assert market.account().request is not None
    assert steps(market.tick(EXPIRY)) == ["expired"]
    assert market.account().request is None


def test_a_late_event_reverses_the_expiry_and_the_hand_off_is_due_again_with_the_rep_who_had_it() -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(activity("page_view", at_ms=BEFORE), at_ms=LATER)
    assert (steps(results), story(results)) == (["mql"], ["assigned mql r1"])
    for reasons in (stage_events(results)[0].explanation.reasons, routings(results)[0].explanation.reasons):
        assert reasons[0] == "expiry_taken_back"
        assert "sales_touched" not in reasons
    assert (stage_events(results)[0].cycle, routings(results)[0].route) == (1, "account_has_rep")
    assert steps(market.tick(EXPIRY + 117 * DAY_MS)) == []
    assert steps(market.tick(BEFORE + 122 * DAY_MS)) == ["expired"]


def test_a_late_touch_of_sales_reverses_the_expiry_and_restores_the_stage_that_sales_set() -> None:
    market = handed_off()
    market.send(sales("accepted", FIRST))
    market.tick(LATER)
    results = market.send(sales("touched", FIRST, at_ms=BEFORE), at_ms=LATER)
    assert (steps(results), story(results)) == (["sal"], ["assigned mql r1"])
    assert stage_events(results)[0].explanation.reasons[:2] == ["expiry_taken_back", "sales_touched"]
    assert routings(results)[0].explanation.reasons[:2] == ["expiry_taken_back", "sales_touched"]


def test_an_event_older_than_the_last_touch_reverses_no_expiry() -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(activity("page_view", at_ms=MONDAY), at_ms=LATER)
    assert (steps(results), market.stage()) == ([], Stage.EXPIRED)


@pytest.mark.parametrize(
    ("fresh", "comes_back"),
    [
        ([*papers(2, at_ms=LATER), activity("webinar_attended", at_ms=LATER)], True),
        (papers(3, at_ms=LATER), False),  # new points, but below the threshold
        ([activity("page_view", at_ms=LATER)], False),
    ],
)
def test_after_an_expiry_a_lead_returns_to_its_rep_only_by_new_points_and_the_threshold(
    fresh: list[LeadActivity], comes_back: bool
) -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(*fresh, at_ms=LATER)
    assert (steps(results), story(results)) == ((["mql"], ["assigned mql r1"]) if comes_back else ([], []))
    assert {one.cycle for one in stage_events(results)} == ({2} if comes_back else set())


def test_a_raised_hand_begins_a_new_cycle_with_the_rep_who_had_it() -> None:
    market = handed_off()
    market.tick(LATER)
    results = market.send(demo(at_ms=LATER), at_ms=LATER)
    assert (steps(results), story(results)) == (["mql"], ["assigned raised_hand r1"])
    assert stage_events(results)[0].cycle == 2
    assert steps(market.tick(LATER + 120 * DAY_MS)) == ["expired"]


def test_a_lead_that_was_never_handed_over_expires_too() -> None:
    market = Market()
    market.send(facts(), identified())
    assert steps(market.tick(EXPIRY)) == ["expired"]
    results = market.send(activity("page_view", at_ms=BEFORE), at_ms=LATER)
    assert steps(results) == ["waiting_for_facts"]
    assert routings(market.outputs) == []


def test_a_policy_without_expiry_sets_no_timer_and_one_with_it_counts_from_its_own_day() -> None:
    without_expiry = POLICY_TEXT.replace("  expired: {days_without_touch: 120}", "  # expired:").replace(
        "{stages.expired.days_without_touch}", "many"
    )
    market = Market(without_expiry)
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


def test_a_touch_without_points_delays_the_expiry_of_a_lead_that_was_never_handed_over() -> None:
    market = Market()
    market.send(facts(), identified())
    market.send(activity("survey_taken", at_ms=MONDAY + 9 * DAY_MS), at_ms=MONDAY + 9 * DAY_MS)
    assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
    assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]


def test_a_repeated_identification_delays_the_expiry_by_its_own_date_in_any_order() -> None:
    for days in ((0, 9), (9, 0)):
        market = Market()
        market.send(*(identified(at_ms=MONDAY + day * DAY_MS) for day in days), at_ms=MONDAY + 9 * DAY_MS)
        assert steps(market.tick(EXPIRY + 9 * DAY_MS - 1)) == []
        assert steps(market.tick(EXPIRY + 9 * DAY_MS)) == ["expired"]
