"""When a lead becomes an MQL, raises its hand, or goes to its owner, through the hop."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import Relationship, Request, Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    alerts,
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
    wanted,
)

PAGE = "page_view"


def a_market(**company_changes: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("own", at_desk=False))
    market.send(facts(**company_changes), identified())
    return market


def test_an_identified_lead_is_known_and_nothing_more() -> None:
    market = Market()
    assert steps(market.send(identified(), identified())) == ["known"]
    assert market.stage() is Stage.KNOWN


def test_the_threshold_makes_an_mql_once_in_a_cycle() -> None:
    market = a_market()
    results = market.send(*reach_bar(), *papers(3), activity("webinar_attended"))
    assert steps(results) == ["nurture", "mql"]
    assert story(results) == ["assigned mql r1"]
    handoff = routings(results)[0]
    assert handoff.explanation.total == 138
    assert handoff.explanation.reasons[:2] == ["bar_reached", "all_gates_passed"]
    assert handoff.person is not None
    assert handoff.person.email == "ann@bank.example"
    assert handoff.campaign is not None
    assert handoff.campaign.name == "spring"


def test_below_the_threshold_nothing_is_handed_off_and_the_missing_points_are_named() -> None:
    results = a_market().send(form(), *papers(2))
    assert routings(results) == []
    last = scores(results)[-1].explanation
    assert (last.total, last.points_missing) == (126, 9)
    assert [one.needed for one in last.would_change] == ["9 more"]


@pytest.mark.parametrize(
    ("changes", "stage", "fact"),
    [
        ({"sic": ["1311"]}, "outside", []),
        ({"country": "DE"}, "outside", []),
        ({"sic": []}, "waiting_for_facts", ["industry"]),
        ({"revenue": None, "country": None}, "waiting_for_facts", ["revenue", "country"]),
    ],
)
def test_a_lead_that_fails_a_gate_or_lacks_a_fact_is_not_an_mql_whatever_it_does(
    changes: dict[str, Any], stage: str, fact: list[str]
) -> None:
    results = a_market(**changes).send(*reach_bar())
    assert steps(results) == [stage]
    assert routings(results) == []
    assert wanted(results) == fact


def test_a_lead_is_evaluated_again_when_the_fact_arrives_and_its_touches_keep_their_dates() -> None:
    market = a_market(country=None)
    market.send(*reach_bar(at_ms=MONDAY - 2 * DAY_MS))
    results = market.send(facts())
    assert steps(results) == ["mql"]
    assert wanted(results, cleared=True) == ["country"]
    assert story(results) == ["assigned mql r1"]
    assert routings(results)[0].explanation.total == 138  # the points have decayed for two days


def test_the_alert_about_a_fact_of_a_person_is_raised_and_cleared() -> None:
    market = a_market()
    results = market.send(form(job_title=None))
    assert (steps(results), wanted(results)) == (["waiting_for_facts"], ["function", "title"])
    results = market.send(form(job_title="Director"))
    assert wanted(results, cleared=True) == ["title"]
    results = market.send(form(job_title=None, job_function="it"))
    assert (steps(results), wanted(results, cleared=True)) == (["nurture"], ["function"])


def test_a_fact_of_the_company_is_asked_for_once_for_all_its_people() -> None:
    market = Market()
    results = market.send(form(), form(lead_id="bob"), form(lead_id="cid"))
    assert wanted(results) == ["industry", "revenue", "country"]


def test_the_decay_of_a_negative_rule_makes_no_mql() -> None:
    market = a_market()
    market.send(form(), activity("webinar_attended"), activity("webinar_attended"))
    market.send(activity(PAGE, url="https://x.example/careers"))
    market.send(sales("touched", f"{BANK}#1.1"))
    late = MONDAY + 3 * DAY_MS
    results = market.send(*(activity("poll_answered", at_ms=late) for _ in range(3)), at_ms=late)
    assert (steps(results), routings(results)) == ([], [])


@pytest.mark.parametrize("request_", [Request.DEMO, Request.PRICING, Request.CONTACT_SALES])
def test_a_raised_hand_is_routed_at_once_below_the_threshold(request_: Request) -> None:
    results = a_market().send(form(request_))
    assert steps(results) == ["mql"]
    assert story(results) == ["assigned raised_hand r1"]
    assert routings(results)[0].qualification == "mql"


@pytest.mark.parametrize(
    ("request_", "kinds"), [(Request.CONTENT, []), (Request.NEWSLETTER, []), (Request.SUPPORT, ["service"])]
)
def test_other_forms_raise_no_hand(request_: Request, kinds: list[str]) -> None:
    market = a_market()
    assert [one.kind for one in routings(market.send(form(request_)))] == kinds
    assert market.account().open_handoffs == 0


@pytest.mark.parametrize(
    ("changes", "kind", "assignee", "qualification", "stage"),
    [
        ({"country": None}, "raised_hand", "r1", "pending", "waiting_for_facts"),
        ({"country": "DE"}, "inquiry", "desk:inside_sales", "inquiry", "outside"),
    ],
)
def test_gates_decide_only_the_label_of_a_raised_hand(
    changes: dict[str, Any], kind: str, assignee: str, qualification: str, stage: str
) -> None:
    results = a_market(**changes).send(demo())
    assert steps(results) == [stage]
    assert story(results) == [f"assigned {kind} {assignee}"]
    assert routings(results)[0].qualification == qualification
    assert routings(results)[0].first_response_due_at is not None


@pytest.mark.parametrize(
    ("before", "after", "label", "stage"),
    [
        ({"country": None}, {}, "mql", "mql"),
        ({"country": None}, {"country": "DE"}, "inquiry", "outside"),
        ({"country": "DE"}, {}, "mql", "mql"),
        ({}, {"country": "DE"}, "inquiry", "outside"),
        ({}, {"country": None}, "pending", "waiting_for_facts"),
    ],
)
def test_later_facts_change_the_label_and_never_the_assignee(
    before: dict[str, Any], after: dict[str, Any], label: str, stage: str
) -> None:
    market = a_market(**before)
    first = routings(market.send(demo()))[0]
    results = market.send(facts(**after))
    (relabelled,) = routings(results)
    assert (relabelled.action, relabelled.revision, relabelled.qualification) == ("relabelled", 2, label)
    assert (relabelled.assignee, relabelled.kind) == (first.assignee, first.kind)
    assert steps(results) == [stage]


def test_an_mql_hand_off_whose_gate_fails_later_is_relabelled() -> None:
    market = a_market()
    market.send(*reach_bar())
    results = market.send(facts(country="DE"))
    assert (steps(results), story(results)) == (["outside"], ["relabelled mql r1"])
    results = market.send(facts())
    assert (steps(results), story(results)) == (["mql"], ["relabelled mql r1"])


def test_a_raised_hand_after_an_mql_is_a_new_hand_off_to_the_same_rep_and_a_repeat_is_only_counted() -> None:
    market = a_market()
    market.send(*reach_bar())
    results = market.send(demo(), demo(), form(Request.PRICING))
    assert story(results) == ["assigned raised_hand r1"]
    mql = next(one for one in routings(market.outputs) if one.kind == "mql")
    due = (mql.first_response_due_at, routings(results)[0].first_response_due_at)
    assert due[0] is not None
    assert due[1] is not None
    assert due[1] < due[0]


def test_the_threshold_after_a_raised_hand_makes_no_second_hand_off() -> None:
    results = a_market().send(demo(), *reach_bar())
    assert story(results) == ["assigned raised_hand r1"]


@pytest.mark.parametrize(
    ("changes", "kind", "stage", "route"),
    [
        ({"relationship": Relationship.CUSTOMER, "owner_rep_id": "own"}, "expansion", "customer", "customer"),
        ({"open_opportunities": [opportunity("own")]}, "in_cycle", "opportunity", "open_opportunity"),
    ],
)
def test_customers_and_open_opportunities_go_to_their_rep_whatever_the_score(
    changes: dict[str, Any], kind: str, stage: str, route: str
) -> None:
    market = a_market(country="DE", **changes)
    assert routings(market.send(activity("poll_answered"))) == []
    results = market.send(activity(PAGE), activity(PAGE), form())
    assert story(results) == [f"assigned {kind} own"]
    assert routings(results)[0].route == route
    assert routings(results)[0].qualification is None
    assert market.stage() == stage
    assert story(market.send(demo())) == [f"assigned {kind} own"]
    assert story(market.send(demo())) == []


def test_a_lead_with_a_free_mail_address_may_raise_its_hand_and_waits_for_facts() -> None:
    market = Market()
    market.reps(rep("r1"))
    results = market.send(demo(account_key="lead:ann"))
    assert story(results) == ["assigned raised_hand r1"]
    assert routings(results)[0].qualification == "pending"


@pytest.mark.parametrize("order", ["early first", "late first"])
def test_the_threshold_is_compared_as_of_each_events_day(order: str) -> None:
    market = Market()
    market.reps(rep("r1"), at_ms=MONDAY - 40 * DAY_MS)
    market.send(facts(), form(at_ms=MONDAY - 30 * DAY_MS), at_ms=MONDAY - 30 * DAY_MS)
    early = [*papers(2, at_ms=MONDAY - 29 * DAY_MS), activity("webinar_attended", at_ms=MONDAY - 29 * DAY_MS)]
    late = [activity(PAGE, at_ms=MONDAY)]
    results = market.send(*(early + late if order == "early first" else late + early))
    assert market.stage() is Stage.MQL
    assert routings(results)[0].explanation.total == 138


def test_a_new_policy_evaluates_every_lead_and_makes_no_mql_by_itself() -> None:
    market = a_market()
    market.send(form(), *papers(1))
    text = (
        POLICY_TEXT.replace("version: 1", "version: 2")
        .replace("bar: 135", "bar: 115")
        .replace("cap: 40 ", "cap: 39 ")
    )
    results = market.follow(text, MONDAY + HOUR_MS)
    assert [one.explanation.policy.version for one in scores(results)] == [2]
    assert (steps(results), routings(results)) == ([], [])
    assert steps(market.send(activity(PAGE), at_ms=MONDAY + HOUR_MS)) == ["mql"]


def test_a_new_policy_can_put_a_lead_outside() -> None:
    market = a_market()
    market.send(form())
    text = POLICY_TEXT.replace("version: 1", "version: 2").replace("in: [US]", "in: [CA]")
    assert steps(market.follow(text, MONDAY + HOUR_MS)) == ["outside"]


def test_late_events_count_by_their_own_day() -> None:
    results = a_market().send(form(), activity("webinar_attended", at_ms=MONDAY - 30 * DAY_MS))
    lines = {line.rule: line.points for line in scores(results)[-1].explanation.points}
    assert lines["webinar"] == 6


def test_alerts_are_cleared_under_the_id_they_were_raised_with() -> None:
    market = a_market(country=None)
    raised = market.send(form())
    cleared = market.send(facts())
    assert alerts(raised) == alerts(cleared, cleared=True) == ["fact_wanted"]
    ids = {one.alert_id for one in [*raised, *cleared] if hasattr(one, "alert_id")}
    assert len(ids) == 1


def test_a_touch_of_a_lead_that_never_was_handed_off_publishes_nothing() -> None:
    market = a_market()
    assert market.send(sales("touched", lead_id="ann")) == []
