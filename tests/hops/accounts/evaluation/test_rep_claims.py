"""Sales takes a lead before its score: the account goes to that rep if it is free, and the turn is charged."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.lead_events import SalesAnswered
from schemas.outputs import LeadAlert, LedgerEntry
from schemas.vocabulary import Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
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


def claimed(rep_id: str, lead_id: str = "ann", at_ms: int = MONDAY + HOUR_MS) -> SalesAnswered:
    said = sales("claimed", lead_id=lead_id, at_ms=at_ms)
    activity = said.activity.model_copy(update={"rep_id": rep_id, "event_id": f"claim-{rep_id}-{lead_id}"})
    return said.model_copy(update={"activity": activity})


def known(**company: Any) -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("field", at_desk=False), rep("own", at_desk=False))
    market.send(facts(**company), identified(), form())
    return market


def refused(outputs: list[Any]) -> list[tuple[bool, str | None, str | None, list[str]]]:
    alerts = [one for one in outputs if isinstance(one, LeadAlert) and one.alert == "claim_refused"]
    return [(one.cleared, one.why, one.rep_id, one.told) for one in alerts]


def entries(market: Market) -> list[tuple[str, str | None]]:
    return [(one.entry, one.rep_id) for one in market.outputs if isinstance(one, LedgerEntry)]


def test_a_lead_below_the_bar_goes_to_the_rep_who_takes_it_and_is_an_sal() -> None:
    market = known()
    outputs = market.send(claimed("r2"))
    assert (steps(outputs), story(outputs)) == (["sal"], ["assigned claimed r2"])
    made = routings(outputs)[0]
    assert (made.route, made.how_chosen, made.explanation.reasons) == (
        "claimed",
        "claimed",
        ["sales_claimed"],
    )
    assert market.send(claimed("r2")) == []


def test_the_turn_is_charged_so_the_next_lead_goes_to_somebody_else() -> None:
    market = known()
    market.send(claimed("r1"))
    assert entries(market) == [("turn", "r1")]
    outputs = market.send(facts(OTHER, crm_account_id="acc-2"), *reach_bar("zoe", account_key=OTHER))
    assert story(outputs) == ["assigned mql r2"]


def test_who_does_not_sit_at_the_desk_may_claim_too() -> None:
    market = known()
    outputs = market.send(claimed("field"))
    assert (story(outputs), entries(market)[-1]) == (["assigned claimed field"], ("owner", "field"))


def test_a_claimed_account_is_that_reps_for_colleagues_too_and_the_lead_is_not_handed_over_twice() -> None:
    market = known()
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
def test_a_claim_never_goes_against_an_owner_by_right_or_an_exclusion(company: dict[str, Any]) -> None:
    market = known(**company)
    before = story(market.outputs)
    market.send(claimed("r2"))
    assert story(market.outputs) == before


def test_the_owner_by_right_may_claim_what_is_theirs() -> None:
    market = known(owner_rep_id="own")
    outputs = market.send(claimed("own"))
    assert (story(outputs), routings(outputs)[0].route) == (["assigned claimed own"], "account_has_owner")


def test_a_claim_does_not_take_a_lead_from_the_rep_who_has_the_account() -> None:
    market = known()
    market.send(demo())
    assert story(market.outputs) == ["assigned raised_hand r1"]
    assert refused(market.send(claimed("r2"))) == [(False, "account_already_has_rep", "r1", ["r2"])]
    assert market.send(claimed("r2")) == []
    assert (steps(market.send(claimed("r1"))), market.account().open_handoffs) == (["sal"], 1)


def test_a_claim_takes_a_lead_that_waits_for_room() -> None:
    market = Market()
    market.send(facts(), identified(), *reach_bar())
    request = market.account().request
    assert request is not None
    market.reps(rep("r1", desks=[]), at_ms=MONDAY)
    outputs = market.send(claimed("r1"))
    assert story(outputs) == ["assigned mql r1"]
    assert_one_owner(market.outputs)


def test_a_claim_begins_a_new_cycle_after_a_no_that_was_said_before_it_and_none_after_a_later_one() -> None:
    for claim_ms, stage, cycle in ((MONDAY + 2 * DAY_MS, Stage.SAL, 2), (MONDAY, Stage.RECYCLED, 1)):
        market = known()
        market.send(demo())
        market.send(sales("rejected", f"{BANK}#1.1", at_ms=MONDAY + DAY_MS, reason="not_now"))
        market.send(claimed("r2", at_ms=claim_ms), at_ms=MONDAY + 2 * DAY_MS)
        assert market.stage() is stage
        assert {one.cycle for one in market.outputs if hasattr(one, "cycle")} == set(range(1, cycle + 1))


def test_nobody_claims_a_person_whom_nobody_knows() -> None:
    assert refused(known().send(claimed("r2", "stranger"))) == [(False, "no_lead_yet", None, ["r2"])]


def test_who_comes_by_later_may_be_claimed_and_the_refusal_is_over() -> None:
    market = known()
    market.send(claimed("r2", "zoe"))
    assert refused(market.send(identified("zoe"))) == [(True, "no_lead_yet", None, ["r2"])]


def test_a_claim_that_comes_after_a_later_no_is_refused_and_says_why() -> None:
    market = known()
    market.send(demo())
    market.send(sales("rejected", f"{BANK}#1.1", at_ms=MONDAY + DAY_MS, reason="not_now"))
    outputs = market.send(claimed("r2", at_ms=MONDAY), at_ms=MONDAY + 2 * DAY_MS)
    assert refused(outputs) == [(False, "sales_rejected", None, ["r2"])]


def test_of_one_account_ten_refusals_are_up_the_latest() -> None:
    market = known(owner_rep_id="own")
    for number in range(12):
        market.send(claimed(f"r{number + 10}"))
    up = [one for one in market.outputs if isinstance(one, LeadAlert) and one.alert == "claim_refused"]
    assert len([one for one in up if not one.cleared]) == 12
    assert [one.told for one in up if one.cleared] == [["r10"], ["r11"]]
    assert len(market.account().refused) == 10


def test_when_the_lead_moves_to_another_key_the_refusal_is_over_here() -> None:
    market = known(owner_rep_id="own")
    market.send(claimed("r2"))
    outputs = market.send(facts(primary_key=OTHER, owner_rep_id="own"))
    assert refused(outputs) == [(True, "owner_in_crm", "own", ["r2"])]
    assert market.account().refused == ()


def test_a_claim_of_a_rep_who_has_left_goes_to_the_next_in_turn() -> None:
    market = known()
    market.reps(rep("r2", active=False), at_ms=MONDAY)
    assert story(market.send(claimed("r2")))[-1] == "assigned claimed r1"


def test_who_has_it_and_claims_it_has_answered_and_nobody_else_has() -> None:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("dana", at_desk=False))
    market.send(facts(), demo())
    market.send(claimed("r2", at_ms=MONDAY + 60_000), at_ms=MONDAY + 60_000)
    rows = market.accounts.decider.rows
    assert [row.touched_ms for _, row in rows.scan(HandoffRow, BANK, limit=9)] == [None]
    market.send(claimed("r1", at_ms=MONDAY + 120_000), at_ms=MONDAY + 120_000)
    assert [row.touched_by for _, row in rows.scan(HandoffRow, BANK, limit=9)] == ["r1"]
    assert market.tick(MONDAY + DAY_MS) == []
