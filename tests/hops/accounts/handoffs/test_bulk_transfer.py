"""Changes to all open hand-offs of a large account are made in chunks, one chunk a record."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.account_links import AccountJoins, AccountLeft
from schemas.lead_events import LeadAdopted
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Request
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    alerts,
    assert_one_owner,
    demo,
    facts,
    form,
    rep,
    routings,
    sales,
    story,
)
from tests.routes import CUSTOMER as CUSTOMER_ROUTE
from tests.routes import NEVER, OPEN, OWNER, PARTNER, REP, REST, SUPPORT, desk, with_routes
from workers.accounts.handoffs.bulk_transfer import BulkTransferRow
from workers.accounts.rulebook.terms import MOST_AT_ONCE
from workers.accounts.state.handoff import HandoffRow

OTHER = "domain:other.example"
PEOPLE = ("ann", "bob", "cid", "dan", "eve")
WITHDRAWN = "withdrawn raised_hand -"
PARTNERS = """partners:
  south: {regions: [PR], gets: mql, answer_within: 16h, then: return, sees: [name]}
"""
WITH_PARTNERS = with_routes(
    POLICY_TEXT,
    (NEVER, SUPPORT, CUSTOMER_ROUTE, OPEN, OWNER, PARTNER, REP, REST),
    desk("care", more=", service: 4h"),
    PARTNERS,
)


def a_market(text: str = POLICY_TEXT, *, most_at_once: int = 2, **company: Any) -> Market:
    """Return a market with five people who ask for a demo. One step handles two hand-offs."""
    market = Market(text, most_at_once=most_at_once)
    market.reps(rep("r1"), rep("r2"), rep("dana", at_desk=False))
    market.reps(*(rep(one, at_desk=False) for one in ("own", "other")))
    market.send(facts(**company), *(demo(one) for one in PEOPLE))
    return market


def finish_chunks(market: Market) -> list[Any]:
    """Do all chunks without another event. Return their results."""
    begun = len(market.outputs)
    while market.has_chunk:
        market.tick(MONDAY)
    assert_one_owner(market.outputs)
    assert market.account().on_way == 0
    return market.outputs[begun:]


def own_log_of(market: Market) -> list[Any]:
    """Return the events that the accounts hop has written into its own log."""
    return [
        LEAD_EVENTS.adapter.validate_json(one.value)
        for one in market.accounts.outputs
        if one.topic == LEAD_EVENTS.name
    ]


def test_hand_offs_up_to_the_limit_of_one_step_move_with_one_record() -> None:
    market = Market()
    people = [f"p{number:02d}" for number in range(MOST_AT_ONCE)]
    market.reps(rep("own", at_desk=False), rep("other", at_desk=False))
    market.send(facts(owner_rep_id="own"), *(demo(one) for one in people))
    results = market.send(facts(owner_rep_id="other"))
    assert (
        story(results) == [WITHDRAWN] * (MOST_AT_ONCE - 1) + ["reassigned raised_hand other"] * MOST_AT_ONCE
    )
    assert market.accounts.decider.rows.scan(BulkTransferRow, limit=1) == []


def test_above_the_limit_all_are_withdrawn_before_the_first_goes_to_the_new_owner() -> None:
    market = Market()
    people = [f"p{number:02d}" for number in range(MOST_AT_ONCE + 1)]
    market.reps(rep("own", at_desk=False), rep("other", at_desk=False))
    market.send(facts(owner_rep_id="own"), *(demo(one) for one in people))
    begun = len(market.outputs)
    market.send(facts(owner_rep_id="other"))
    finish_chunks(market)
    many = MOST_AT_ONCE + 1
    assert story(market.outputs[begun:]) == [WITHDRAWN] * many + ["reassigned raised_hand other"] * many


def test_each_record_does_one_chunk_and_revisions_have_no_gap() -> None:
    market = a_market(owner_rep_id="own")
    begun = len(market.outputs)
    market.send(facts(owner_rep_id="other"))
    assert len(story(market.outputs[begun:])) <= 4  # the chunk of the facts and that of the answer
    finish_chunks(market)
    for number in range(1, 6):
        revisions = [
            one.revision for one in routings(market.outputs) if one.handoff_id == f"{BANK}#1.{number}"
        ]
        assert revisions == [1, 2, 3]
    assert market.account().holder.id == "other"  # type: ignore[union-attr]
    assert market.accounts.decider.rows.scan(BulkTransferRow, limit=1) == []


def test_feedback_about_a_hand_off_in_transit_counts_with_its_next_holder() -> None:
    market = a_market(owner_rep_id="own")
    market.send(facts(owner_rep_id="other"))
    assert market.account().on_way > 0
    market.send(sales("touched", f"{BANK}#1.1"), sales("rejected", f"{BANK}#1.2", reason="not_now"))
    finish_chunks(market)
    row = market.accounts.decider.rows.get(HandoffRow, BANK, f"{BANK}#1.1")
    assert row is not None
    assert (row.holder.id, row.touched_by, row.withdrawn_for) == ("other", "r1", ())
    assert market.accounts.decider.rows.get(HandoffRow, BANK, f"{BANK}#1.2") is None
    last = [one for one in routings(market.outputs) if one.handoff_id == f"{BANK}#1.2"][-1]
    assert (last.action, last.explanation.reasons) == ("withdrawn", ["sales_rejected"])


def test_a_lead_that_is_due_waits_until_all_are_withdrawn_and_no_longer() -> None:
    market = a_market(owner_rep_id="own")
    begun = len(market.outputs)
    market.send(facts(owner_rep_id="other"))
    assert market.account().on_way > 0
    market.send(demo("fay"))
    finish_chunks(market)
    results = story(market.outputs[begun:])
    assert results[:5] == [WITHDRAWN] * 5
    assert results.index("assigned raised_hand other") < len(results) - 1
    assert sorted(results[5:]) == ["assigned raised_hand other"] + ["reassigned raised_hand other"] * 5
    assert market.account().open_handoffs == 6


def test_an_owner_who_is_named_and_removed_again_leaves_all_with_the_owner_before() -> None:
    market = a_market(owner_rep_id="own")
    market.send(facts(owner_rep_id="other"))
    assert market.account().on_way > 0
    market.send(facts(owner_rep_id="own"))
    finish_chunks(market)
    assert {one.assignee.id for one in routings(market.outputs) if one.assignee} == {"own"}
    assert market.account().request is None


def test_the_key_moves_when_none_of_its_hand_offs_is_open() -> None:
    market = a_market(owner_rep_id="own")
    market.send(facts(OTHER, crm_account_id="x", owner_rep_id="other"))
    begun = len(market.outputs)
    market.is_manual = True
    market.send(facts(BANK, OTHER, owner_rep_id="own"))
    assert not any(isinstance(one, AccountJoins) for one in own_log_of(market))
    while market.has_chunk:
        market.chunk(MONDAY)
        if any(isinstance(one, AccountJoins) for one in own_log_of(market)):
            break
    assert story(market.outputs[begun:]) == [WITHDRAWN] * 5
    market.is_manual = False
    market.deliver_all(MONDAY)
    finish_chunks(market)
    adopted = [one.lead_id for one in own_log_of(market) if isinstance(one, LeadAdopted)]
    assert sorted(adopted) == sorted(PEOPLE)
    assert story(market.outputs[begun:]) == [WITHDRAWN] * 5 + ["assigned raised_hand other"] * 5


def test_a_key_whose_move_is_cancelled_gets_its_hand_offs_back() -> None:
    market = a_market(owner_rep_id="own")
    begun = len(market.outputs)
    market.send(facts(BANK, OTHER, owner_rep_id="own"))
    assert market.account().on_way > 0
    market.send(facts(owner_rep_id="own"))
    finish_chunks(market)
    assert {one.assignee.id for one in routings(market.outputs[begun:]) if one.assignee} == {"own"}
    assert market.account().forwards_to == ""


def test_an_alias_that_moves_on_has_no_open_hand_off_at_its_old_key_before_its_leads_leave() -> None:
    market = Market(most_at_once=2)
    market.reps(rep("r1"), rep("r2"), rep("own", at_desk=False))
    market.send(facts(BANK), facts(OTHER, BANK), *(demo(one, account_key=OTHER) for one in PEOPLE))
    market.is_manual = True
    begun = len(market.outputs)
    market.send(facts(OTHER, OTHER, crm_account_id="x"))
    while not any(isinstance(one, LeadAdopted) and one.account_key == OTHER for one in own_log_of(market)):
        if market.to_accounts:
            market.deliver_to_account(MONDAY)
        else:
            market.chunk(MONDAY)
    assert story(market.outputs[begun:]) == [WITHDRAWN] * 5
    market.is_manual = False
    market.deliver_all(MONDAY)
    finish_chunks(market)
    assert any(isinstance(one, AccountLeft) for one in own_log_of(market))
    assert market.account(OTHER).open_handoffs == 5
    assert (market.account().open_handoffs, market.account().leaving) == (0, 0)


def test_a_large_account_that_a_partner_returns_goes_to_inside_sales_as_a_whole() -> None:
    market = a_market(WITH_PARTNERS, region="PR")
    assert {one.assignee.id for one in routings(market.outputs) if one.assignee} == {"partner:south"}
    begun = len(market.outputs)
    market.send(sales("returned", lead_id="ann"))
    finish_chunks(market)
    results = story(market.outputs[begun:])
    assert results[:5] == ["withdrawn partner -"] * 5
    assert len(results) == 10
    assert {one.split()[2] for one in results[5:]} <= {"r1", "r2"}
    assert market.account().open_handoffs == 5


@pytest.mark.parametrize("limit", ["", "most_open: 9, "])
def test_a_large_account_goes_to_the_next_partner_as_a_whole(limit: str) -> None:
    south = f"regions: [PR], {limit}gets: mql, answer_within: 16h, then: next_partner, sees: [name]"
    text = WITH_PARTNERS.replace(PARTNERS, f"partners:\n  south: {{{south}}}\n  next: {{{south}}}\n")
    market = a_market(text, region="PR")
    begun = len(market.outputs)
    market.tick(MONDAY + 2 * DAY_MS)
    while market.has_chunk:
        market.tick(MONDAY + 2 * DAY_MS)
    assert_one_owner(market.outputs)
    results = story(market.outputs[begun:])
    assert results == ["withdrawn partner -"] * 5 + ["assigned partner partner:next"] * 5
    assert market.account().open_handoffs == 5


def test_all_of_many_support_questions_are_withdrawn_when_the_account_is_excluded() -> None:
    market = a_market(WITH_PARTNERS, relationship=CUSTOMER, owner_rep_id="own")
    market.send(*(form(Request.SUPPORT, one) for one in PEOPLE))
    begun = len(market.outputs)
    market.send(facts(relationship="competitor"))
    while market.has_chunk:
        market.tick(MONDAY)
    assert market.account().on_way == 5, "the requests are held"
    assert (
        sorted(story(market.outputs[begun:])) == ["withdrawn expansion -"] * 5 + ["withdrawn service -"] * 5
    )


def test_an_absent_holders_deadlines_all_stop_and_resume_at_the_return() -> None:
    market = a_market(owner_rep_id="own")
    away = ((MONDAY, MONDAY + 9 * HOUR_MS),)
    manager = rep("dana", event_id="dana-away", at_desk=False, away=away)
    market.reps(manager, rep("own", event_id="own-away", at_desk=False, away=away), at_ms=MONDAY)
    finish_chunks(market)
    assert market.account().frozen == 5
    begun = len(market.outputs)
    market.tick(MONDAY + 10 * HOUR_MS)
    while market.has_chunk:
        market.tick(MONDAY + 10 * HOUR_MS)
    assert market.account().frozen == 0
    assert story(market.outputs[begun:]) == ["reassigned raised_hand own"] * 5
    assert "response_overdue" not in alerts(market.outputs)
