"""Facts that keep somebody waiting: asked for once, as long as anybody waits for them."""

from __future__ import annotations

from tests.hops.accounts.market import BANK, Market, demo, facts, form, rep, sales, wanted
from workers.accounts.evaluation.missing_facts import WantingRow

UNKNOWN = facts(revenue=None)


def a_market(*people: str) -> Market:
    market = Market()
    market.reps(rep("r1"))
    market.send(UNKNOWN, *(form(lead_id=one) for one in people))
    assert wanted(market.outputs) == ["revenue"]
    return market


def who_wait(market: Market) -> list[str]:
    return [lead_id for (_, lead_id), _ in market.accounts.decider.rows.scan(WantingRow, BANK, limit=10)]


def test_a_fact_of_the_company_is_asked_for_once_until_the_last_who_waits_is_gone() -> None:
    market = a_market("ann", "bob")
    assert who_wait(market) == ["ann", "bob"]
    assert wanted(market.send(form(lead_id="ann", job_title="Student")), cleared=True) == []
    outputs = market.send(form(lead_id="bob", job_title="Student"))
    assert wanted(outputs, cleared=True) == ["revenue"]
    assert (who_wait(market), market.account().wanted) == ([], ())
    assert wanted(market.send(form(lead_id="cid"))) == ["revenue"]


def test_who_is_turned_down_waits_no_more_and_a_new_cycle_waits_again() -> None:
    market = a_market("ann")
    market.send(demo())
    outputs = market.send(sales("rejected", f"{BANK}#1.1", reason="wrong_person"))
    assert wanted(outputs, cleared=True) == ["revenue"]
    assert wanted(market.send(demo(at_ms=market.now_ms + 1))) == ["revenue"]


def test_who_moves_to_another_key_waits_there() -> None:
    market = a_market("ann")
    outputs = market.send(facts(primary_key="domain:other.example", revenue=None))
    assert wanted(outputs, cleared=True) == ["revenue"]
    assert who_wait(market) == []
    market.send(facts("domain:other.example", revenue=None))
    assert market.account("domain:other.example").wanted == ("revenue",)
    assert market.account().wanted == ()
