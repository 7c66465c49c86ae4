"""Missing facts that keep a lead waiting: one alert each, as long as a lead waits for them."""

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


def waiting_leads(market: Market) -> list[str]:
    return [lead_id for (_, lead_id), _ in market.accounts.decider.rows.scan(WantingRow, BANK, limit=10)]


def test_the_alert_about_a_company_fact_is_raised_once_and_cleared_when_no_lead_waits_for_it() -> None:
    market = a_market("ann", "bob")
    assert waiting_leads(market) == ["ann", "bob"]
    assert wanted(market.send(form(lead_id="ann", job_title="Student")), cleared=True) == []
    results = market.send(form(lead_id="bob", job_title="Student"))
    assert wanted(results, cleared=True) == ["revenue"]
    assert (waiting_leads(market), market.account().wanted) == ([], ())
    assert wanted(market.send(form(lead_id="cid"))) == ["revenue"]


def test_a_rejected_lead_no_longer_waits_for_facts_and_waits_again_in_a_new_cycle() -> None:
    market = a_market("ann")
    market.send(demo())
    results = market.send(sales("rejected", f"{BANK}#1.1", reason="wrong_person"))
    assert wanted(results, cleared=True) == ["revenue"]
    assert wanted(market.send(demo(at_ms=market.now_ms + 1))) == ["revenue"]


def test_a_lead_that_moves_to_another_key_waits_for_facts_there() -> None:
    market = a_market("ann")
    results = market.send(facts(primary_key="domain:other.example", revenue=None))
    assert wanted(results, cleared=True) == ["revenue"]
    assert waiting_leads(market) == []
    market.send(facts("domain:other.example", revenue=None))
    assert market.account("domain:other.example").wanted == ("revenue",)
    assert market.account().wanted == ()
