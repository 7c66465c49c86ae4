"""Consent per purpose, through the hop: what counts, what is handed off, in whatever order consents arrive."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.base import Consent, Model
from schemas.lead_events import ConsentWord, LeadConsent
from schemas.vocabulary import Purpose, Reason, Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    activity,
    demo,
    facts,
    form,
    identified,
    papers,
    reach_bar,
    rep,
    routings,
    scores,
    story,
)
from workers.accounts.evaluation.consents import ALWAYS, ConsentRow, Days, StatedConsent, untracked_days

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + days * DAY_MS for days in (1, 2, 3))
YES, NO = True, False


def consent_event(
    tracking: bool | None = None,
    marketing: bool | None = None,
    at_ms: int = MONDAY,
    lead_id: str = "ann",
    account_key: str = BANK,
) -> LeadConsent:
    stated = [(Purpose.TRACKING, tracking), (Purpose.MARKETING, marketing)]
    return LeadConsent(
        event_id=f"consent-{at_ms}-{tracking}-{marketing}",
        account_key=account_key,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        consents=[
            ConsentWord(purpose=purpose, given=given, at_ms=at_ms)
            for purpose, given in stated
            if given is not None
        ],
    )


def policy_with_unstated(**unstated: str) -> str:
    old = "unstated_consent: {tracking: given, marketing: given}"
    assert old in POLICY_TEXT
    both = {"tracking": "given", "marketing": "given"} | unstated
    return POLICY_TEXT.replace(
        old, f"unstated_consent: {{tracking: {both['tracking']}, marketing: {both['marketing']}}}"
    )


def market(text: str = POLICY_TEXT) -> Market:
    made = Market(text)
    made.reps(rep("r1"))
    return made


def behaviour(market: Market) -> int:
    return scores(market.outputs)[-1].explanation.behaviour


@pytest.mark.parametrize(
    ("stated", "may_track_unasked", "spans"),
    [
        ([], YES, ()),
        ([], NO, ALWAYS),
        ([(3, YES)], YES, ()),
        ([(3, YES)], NO, ((0, 2),)),
        ([(3, NO)], YES, ALWAYS),
        ([(3, NO), (5, YES)], YES, ((3, 4),)),
        ([(3, NO), (4, NO), (5, YES)], YES, ((3, 4),)),
        ([(3, NO), (5, YES)], NO, ((0, 4),)),
        ([(0, YES)], NO, ()),
        ([(1, YES), (3, NO), (5, YES), (7, NO), (8, YES)], YES, ((3, 4), (7, 7))),
        ([(1, YES), (3, NO)], NO, ALWAYS),
    ],
)
def test_the_untracked_days_follow_from_the_consents(
    stated: list[tuple[int, bool]], *, may_track_unasked: bool, spans: Days
) -> None:
    consents = tuple(StatedConsent(day, day * DAY_MS, given) for day, given in stated)
    assert untracked_days(consents, may_track_unasked=may_track_unasked) == spans


def test_while_tracking_is_refused_nothing_counts_and_no_activity_makes_an_mql() -> None:
    router = market()
    router.send(facts(), identified(), form(), consent_event(tracking=NO))
    results = router.send(*papers(2), activity("webinar_attended"))
    assert results == []
    assert behaviour(router) == 0
    assert router.stage() is Stage.NURTURE


def test_a_refusal_removes_earlier_points_and_a_later_consent_restores_them() -> None:
    router = market()
    router.send(facts(), form(), *papers(2))
    assert behaviour(router) == 16
    router.send(consent_event(tracking=NO, at_ms=TUESDAY), at_ms=TUESDAY)
    assert behaviour(router) == 0
    router.send(*papers(2, at_ms=WEDNESDAY), at_ms=WEDNESDAY)
    router.send(consent_event(tracking=YES, at_ms=THURSDAY), at_ms=THURSDAY)
    (paper,) = (line for line in scores(router.outputs)[-1].explanation.points if line.rule == "paper")
    assert paper.count == 2  # Monday's; Wednesday's were done while it was refused


@pytest.mark.parametrize("order", [*permutations(range(4))], ids=str)
def test_consents_have_the_same_effect_in_any_order_and_if_repeated(order: tuple[int, ...]) -> None:
    router = market()
    router.send(facts(), form(at_ms=MONDAY))
    events: list[Model] = [
        consent_event(tracking=NO, at_ms=TUESDAY),
        consent_event(tracking=YES, at_ms=THURSDAY),
        activity("download", at_ms=WEDNESDAY),
        activity("page_view", at_ms=THURSDAY),
    ]
    for at in order:
        router.send(events[at], at_ms=THURSDAY)
    router.send(*events[:2], at_ms=THURSDAY)
    counted = {line.rule: line.count for line in scores(router.outputs)[-1].explanation.points if line.count}
    assert counted == {"form": 1, "page": 1}


def test_of_two_consents_in_one_millisecond_the_refusal_holds() -> None:
    for first, second in ((YES, NO), (NO, YES)):
        router = market()
        router.send(facts(), form(), consent_event(tracking=first), consent_event(tracking=second))
        assert behaviour(router) == 0


def test_consent_that_comes_with_an_activity_is_published_with_it_in_one_score() -> None:
    router = market()
    router.send(facts(), form(), consent_event(tracking=NO, marketing=NO))
    results = router.send(activity("download", at_ms=TUESDAY, consent=Consent(tracking=YES, marketing=YES)))
    assert len(scores(results)) == 1
    assert behaviour(router) > 0


def test_a_form_that_refuses_tracking_is_applied_without_points() -> None:
    router = market()
    results = router.send(facts(), form(consent=Consent(tracking=NO)))
    assert router.stage() is Stage.NURTURE
    assert scores(results)[-1].explanation.behaviour == 0


def test_a_demo_request_with_a_refusal_to_be_tracked_is_handed_off() -> None:
    results = market().send(facts(), demo(consent=Consent(tracking=NO)))
    assert story(results) == ["assigned raised_hand r1"]
    assert routings(results)[0].campaign is None


def test_untracked_activity_of_a_customer_is_not_handed_off_to_the_owner() -> None:
    router = market()
    router.send(facts(relationship=CUSTOMER, owner_rep_id="r1"), identified(), consent_event(tracking=NO))
    assert story(router.send(*papers(1))) == []
    assert router.accounts.decider.rows.get(ConsentRow, BANK, "ann") is not None


def test_a_person_who_refuses_tracking_is_not_listed_as_a_colleague() -> None:
    router = market()
    router.send(
        facts(), identified("bob"), consent_event(tracking=NO, lead_id="bob"), activity("download", "bob")
    )
    (handoff,) = routings(router.send(demo()))
    assert handoff.colleagues == []


def test_without_consent_to_marketing_only_a_raised_hand_is_answered() -> None:
    router = market()
    results = router.send(facts(), identified(), consent_event(marketing=NO), *reach_bar())
    assert story(results) == []
    assert Reason.NO_MARKETING_CONSENT in scores(results)[-1].explanation.reasons
    (handoff,) = routings(router.send(demo()))
    assert handoff.answer_only


def test_consent_to_marketing_hands_off_a_lead_that_was_held_back() -> None:
    router = market()
    router.send(facts(), identified(), consent_event(marketing=NO), *reach_bar())
    results = router.send(consent_event(marketing=YES, at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS)
    assert story(results) == ["assigned mql r1"]


def test_an_older_consent_that_arrives_late_changes_nothing() -> None:
    router = market()
    router.send(
        facts(), identified(), consent_event(marketing=NO, at_ms=TUESDAY), *reach_bar(), at_ms=TUESDAY
    )
    assert router.send(consent_event(marketing=YES, at_ms=MONDAY), at_ms=TUESDAY) == []


def test_under_a_policy_that_requires_consent_nothing_counts_before_it() -> None:
    router = market(policy_with_unstated(tracking="refused"))
    router.send(facts(), identified(), form(), *papers(2))
    assert behaviour(router) == 0
    router.send(consent_event(tracking=YES, at_ms=TUESDAY), *papers(1, at_ms=TUESDAY), at_ms=TUESDAY)
    assert behaviour(router) == 8


def test_under_a_policy_that_requires_marketing_consent_nothing_is_handed_off_before_it() -> None:
    router = market(policy_with_unstated(marketing="refused"))
    assert story(router.send(facts(), identified(), *reach_bar())) == []
    results = router.send(consent_event(marketing=YES, at_ms=MONDAY + 1), at_ms=MONDAY + 1)
    assert story(results) == ["assigned mql r1"]


def test_under_a_policy_that_counts_everything_a_refusal_changes_nothing() -> None:
    text = POLICY_TEXT.replace("count_nothing ", "count_everything ")
    router = market(text)
    router.send(facts(), form(consent=Consent(tracking=NO)), *papers(1))
    assert behaviour(router) == 12


def test_a_new_policy_that_requires_consent_removes_the_points_of_leads_without_one() -> None:
    router = market()
    router.send(facts(), form(), *papers(1))
    assert behaviour(router) == 12
    router.follow(
        policy_with_unstated(tracking="refused").replace("version: 1", "version: 2"), MONDAY + HOUR_MS
    )
    router.tick(MONDAY + 2 * HOUR_MS)
    assert behaviour(router) == 0


def test_consents_move_with_the_lead_to_another_key() -> None:
    old = "domain:old.example"
    router = market()
    router.send(identified(account_key=old), consent_event(tracking=NO, marketing=NO, account_key=old))
    router.send(facts(), facts(old, primary_key=BANK), at_ms=MONDAY + HOUR_MS)
    router.tick(MONDAY + 2 * HOUR_MS)
    results = router.send(*reach_bar(at_ms=MONDAY + 3 * HOUR_MS), at_ms=MONDAY + 3 * HOUR_MS)
    assert story(results) == []
    assert behaviour(router) == 0
    assert router.accounts.decider.rows.get(ConsentRow, old, "ann") is None


def test_a_person_with_only_a_refusal_is_not_a_lead_and_the_refusal_is_kept() -> None:
    router = market()
    assert router.send(facts(), consent_event(tracking=NO, marketing=NO)) == []
    assert router.stage() is None
    assert story(router.send(identified(), *reach_bar())) == []


@pytest.mark.parametrize("days", [1, 400])
def test_consents_are_kept_as_long_as_counts_and_one_before(days: int) -> None:
    router = market()
    router.send(facts(), identified())
    for day in range(days):
        router.send(
            consent_event(tracking=bool(day % 2), at_ms=MONDAY + day * DAY_MS), at_ms=MONDAY + day * DAY_MS
        )
    row: Any = router.accounts.decider.rows.get(ConsentRow, BANK, "ann")
    assert len(row.tracking) <= min(days, 60 + 120 + 7 + 2)
