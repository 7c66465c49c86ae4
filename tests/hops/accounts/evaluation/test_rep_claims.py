"""A rep claims a lead before its score is enough: the account goes to that rep if it is free, and a turn is used."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.lead_events import SalesAnswered
from schemas.outputs import LeadAlert, LedgerEntry
from schemas.vocabulary import SalesAction, Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    assert_one_owner,
    demo,
    facts,
    form,
    identified,
    opportunity,
    reach_bar,
    rep,
    routings,
    sales,
    steps,
    story,
)
from workers.accounts.state.handoff import HandoffRow

OTHER = "domain:other.example"
POOL = POLICY_TEXT.replace("then: next, after: 2x, times: 2", "then: pool, after: 2x")


def claimed(rep_id: str, lead_id: str = "ann", at_ms: int = MONDAY + HOUR_MS) -> SalesAnswered:
    claim = sales("claimed", lead_id=lead_id, at_ms=at_ms)
    activity = claim.activity.model_copy(update={"rep_id": rep_id, "event_id": f"claim-{rep_id}-{lead_id}"})
    return claim.model_copy(update={"activity": activity})


def market_with_lead(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("field", at_desk=False), rep("own", at_desk=False))
    market.send(facts(**company), identified(), form())
    return market


def refusals(results: list[Any]) -> list[tuple[bool, str | None, str | None, list[str]]]:
    alerts = [one for one in results if isinstance(one, LeadAlert) and one.alert == "claim_refused"]
    return [(one.cleared, one.why, one.rep_id, one.told) for one in alerts]


def entries(market: Market) -> list[tuple[str, str | None]]:
    return [(one.entry, one.rep_id) for one in market.outputs if isinstance(one, LedgerEntry)]


def test_a_claimed_lead_below_the_threshold_goes_to_the_claimant_and_is_an_sal() -> None:
    market = market_with_lead()
    results = market.send(claimed("r2"))
    assert (steps(results), story(results)) == (["sal"], ["assigned claimed r2"])
    made = routings(results)[0]
    assert (made.route, made.how_chosen, made.explanation.reasons) == (
        "claimed",
        "claimed",
        ["sales_claimed"],
    )
    assert market.send(claimed("r2")) == []


def test_a_claim_uses_a_turn_so_the_next_lead_goes_to_another_rep() -> None:
    market = market_with_lead()
    market.send(claimed("r1"))
    assert entries(market) == [("turn", "r1")]
    results = market.send(facts(OTHER, crm_account_id="acc-2"), *reach_bar("zoe", account_key=OTHER))
    assert story(results) == ["assigned mql r2"]


def test_a_rep_outside_the_desk_may_claim_too() -> None:
    market = market_with_lead()
    results = market.send(claimed("field"))
    assert (story(results), entries(market)[-1]) == (["assigned claimed field"], ("owner", "field"))


def test_colleagues_of_a_claimed_lead_go_to_the_claimant_and_the_lead_is_not_handed_over_twice() -> None:
    market = market_with_lead()
    market.send(claimed("r2"))
    assert story(market.send(*reach_bar())) == []
    assert story(market.send(*reach_bar("bob"))) == ["assigned mql r2"]
    assert_one_owner(market.outputs)


@pytest.mark.parametrize(
    "company",
    [
        {"owner_rep_id": "own"},
        {"relationship": CUSTOMER, "owner_rep_id": "own"},
        {"open_opportunities": [opportunity("own")]},
        {"relationship": "competitor"},
    ],
)
def test_a_claim_never_overrides_an_owner_or_an_exclusion(company: dict[str, Any]) -> None:
    market = market_with_lead(**company)
    before = story(market.outputs)
    market.send(claimed("r2"))
    assert story(market.outputs) == before


def test_the_owner_may_claim_a_lead_of_the_account() -> None:
    market = market_with_lead(owner_rep_id="own")
    results = market.send(claimed("own"))
    assert (story(results), routings(results)[0].route) == (["assigned claimed own"], "account_has_owner")


def test_a_claim_does_not_take_a_lead_from_the_rep_who_has_the_account() -> None:
    market = market_with_lead()
    market.send(demo())
    assert story(market.outputs) == ["assigned raised_hand r1"]
    assert refusals(market.send(claimed("r2"))) == [(False, "account_already_has_rep", "r1", ["r2"])]
    assert market.send(claimed("r2")) == []
    assert (steps(market.send(claimed("r1"))), market.account().open_handoffs) == (["sal"], 1)


def test_a_claim_takes_a_lead_that_waits_for_a_desk() -> None:
    market = Market()
    market.send(facts(), identified(), *reach_bar())
    request = market.account().request
    assert request is not None
    market.reps(rep("r1", desks=[]), at_ms=MONDAY)
    results = market.send(claimed("r1"))
    assert story(results) == ["assigned mql r1"]
    assert_one_owner(market.outputs)


def test_a_claim_begins_a_new_cycle_after_an_earlier_rejection_and_none_after_a_later_one() -> None:
    for claim_ms, stage, cycle in ((MONDAY + 2 * DAY_MS, Stage.SAL, 2), (MONDAY, Stage.RECYCLED, 1)):
        market = market_with_lead()
        market.send(demo())
        market.send(sales("rejected", f"{BANK}#1.1", at_ms=MONDAY + DAY_MS, reason="not_now"))
        market.send(claimed("r2", at_ms=claim_ms), at_ms=MONDAY + 2 * DAY_MS)
        assert market.stage() is stage
        assert {one.cycle for one in market.outputs if hasattr(one, "cycle")} == set(range(1, cycle + 1))


def test_an_unknown_person_cannot_be_claimed() -> None:
    assert refusals(market_with_lead().send(claimed("r2", "stranger"))) == [
        (False, "no_lead_yet", None, ["r2"])
    ]


def test_the_refusal_of_an_unknown_person_is_cleared_when_the_person_becomes_a_lead() -> None:
    market = market_with_lead()
    market.send(claimed("r2", "zoe"))
    assert refusals(market.send(identified("zoe"))) == [(True, "no_lead_yet", None, ["r2"])]


def test_a_claim_dated_before_a_rejection_is_refused_with_the_reason() -> None:
    market = market_with_lead()
    market.send(demo())
    market.send(sales("rejected", f"{BANK}#1.1", at_ms=MONDAY + DAY_MS, reason="not_now"))
    results = market.send(claimed("r2", at_ms=MONDAY), at_ms=MONDAY + 2 * DAY_MS)
    assert refusals(results) == [(False, "sales_rejected", None, ["r2"])]


def test_at_most_ten_refusals_of_an_account_are_reported_the_latest() -> None:
    market = market_with_lead(owner_rep_id="own")
    for number in range(12):
        market.send(claimed(f"r{number + 10}"))
    refusal_alerts = [
        one for one in market.outputs if isinstance(one, LeadAlert) and one.alert == "claim_refused"
    ]
    assert len([one for one in refusal_alerts if not one.cleared]) == 12
    assert [one.told for one in refusal_alerts if one.cleared] == [["r10"], ["r11"]]
    assert len(market.account().refused) == 10


def test_a_refusal_is_cleared_when_the_lead_moves_to_another_key() -> None:
    market = market_with_lead(owner_rep_id="own")
    market.send(claimed("r2"))
    results = market.send(facts(primary_key=OTHER, owner_rep_id="own"))
    assert refusals(results) == [(True, "owner_in_crm", "own", ["r2"])]
    assert market.account().refused == ()


def test_a_claim_of_a_rep_who_has_left_goes_to_the_next_in_turn() -> None:
    market = market_with_lead()
    market.reps(rep("r2", active=False), at_ms=MONDAY)
    assert story(market.send(claimed("r2")))[-1] == "assigned claimed r1"


def test_only_the_holders_own_claim_answers_the_hand_off() -> None:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("dana", at_desk=False))
    market.send(facts(), demo())
    market.send(claimed("r2", at_ms=MONDAY + 60_000), at_ms=MONDAY + 60_000)
    rows = market.accounts.decider.rows
    assert [row.touched_ms for _, row in rows.scan(HandoffRow, BANK, limit=9)] == [None]
    market.send(claimed("r1", at_ms=MONDAY + 120_000), at_ms=MONDAY + 120_000)
    assert [row.touched_by for _, row in rows.scan(HandoffRow, BANK, limit=9)] == ["r1"]
    assert market.tick(MONDAY + DAY_MS) == []


def market_in_pool(*events: Any) -> Market:
    market = Market(POOL)
    market.reps(rep("r1"), rep("r2"), rep("r3"), rep("dana", at_desk=False))
    market.send(facts(), identified("bob"), identified("cat"), *events)
    market.tick(MONDAY + HOUR_MS)
    market.is_manual = True
    return market


def test_a_touch_does_not_take_an_account_from_the_rep_who_claimed_it_first() -> None:
    market = market_in_pool(demo())
    touch = claimed("r3").activity.model_copy(update={"action": SalesAction.TOUCHED})
    market.send(claimed("r2", "bob"), claimed("r3").model_copy(update={"activity": touch}))
    market.deliver_all(MONDAY + HOUR_MS)
    assert story(market.outputs)[2:] == ["reassigned raised_hand r2", "assigned claimed r2"]


@pytest.mark.parametrize(
    ("is_in_pool", "first", "second"),
    [
        (True, "ann", "ann"),
        (True, "ann", "bob"),
        (True, "bob", "ann"),
        (True, "bob", "cat"),
        (False, "bob", "cat"),
    ],
)
def test_the_second_claim_of_an_account_is_refused_before_the_desk_has_answered_the_first(
    is_in_pool: bool, first: str, second: str
) -> None:
    market = market_in_pool(*([demo()] if is_in_pool else []))
    assert story(market.outputs)[1:] == ["reassigned raised_hand desk:inside_sales"] * is_in_pool
    results = market.send(claimed("r2", first), claimed("r3", second))
    assert refusals(results) == [(False, "sales_claimed", "r2", ["r3"])]
    market.deliver_all(MONDAY + HOUR_MS)
    assert refusals(market.outputs)[-1] == (False, "account_already_has_rep", "r2", ["r3"])
    assert market.account().refused[0].obstacle.rep_id == "r2"
    assert_one_owner(market.outputs)
    assert {one.split()[-1] for one in story(market.outputs)[2 * is_in_pool :]} == {"r2"}
