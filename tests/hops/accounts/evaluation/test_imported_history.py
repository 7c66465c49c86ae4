"""Imported history: the lead is evaluated once, as of its completion. No earlier day counts, under any key."""

from __future__ import annotations

from typing import Any

from schemas.erasure import PersonErased
from schemas.outputs import LeadRouting
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    demo,
    facts,
    form,
    papers,
    reach_bar,
    rep,
    routings,
    steps,
    story,
)
from workers.accounts.evaluation.imported_history import COMPLETE
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import QUIET_MS, ScoreRow
from workers.engine.api import Record
from workers.engine.timers import TimerSlotRow

OTHER = "domain:other.example"
LONG_AGO = MONDAY - 40 * DAY_MS
COMPLETE_AT = MONDAY + QUIET_MS


def a_market() -> Market:
    """Return a market with a bank that has been known for a hundred days."""
    market = Market()
    market.reps(rep("r1"), rep("r2"), at_ms=MONDAY - 100 * DAY_MS)
    market.send(facts(), at_ms=MONDAY - 100 * DAY_MS)
    return market


def imported(*events: Any) -> list[Any]:
    return [event.model_copy(update={"imported": True}) for event in events]


def timers(market: Market) -> list[tuple[str, ...]]:
    found = market.accounts.decider.rows.scan(TimerSlotRow, COMPLETE, limit=10)
    return [parts for parts, _ in found]


def test_a_lead_is_evaluated_once_when_no_history_has_arrived_for_an_hour() -> None:
    market = a_market()
    first, *others = imported(*reach_bar(at_ms=MONDAY - DAY_MS))
    market.send(first)
    market.send(*others, at_ms=MONDAY + HOUR_MS // 2)
    assert routings(market.tick(COMPLETE_AT)) == []
    (handoff,) = routings(market.tick(COMPLETE_AT + HOUR_MS // 2))
    assert handoff.explanation.reasons[:3] == [
        Reason.BAR_REACHED,
        Reason.ALL_GATES_PASSED,
        Reason.HISTORY_IMPORTED,
    ]
    assert handoff.explanation.triggering_event_id == others[-1].event_id
    assert timers(market) == []


def test_history_does_not_hand_over_again_a_lead_that_reached_the_threshold_before() -> None:
    market = a_market()
    market.send(*reach_bar())
    market.send(*imported(*papers(2, at_ms=LONG_AGO)))
    assert routings(market.tick(COMPLETE_AT)) == []
    assert story(market.outputs) == ["assigned mql r1"]


def test_a_late_event_does_not_count_a_past_day_on_which_history_would_have_reached_the_threshold() -> None:
    market = a_market()
    then = MONDAY - 24 * DAY_MS
    market.send(*imported(*reach_bar(at_ms=then), *papers(2, at_ms=then)))
    market.tick(COMPLETE_AT)
    late = activity("page_view", at_ms=MONDAY - 5 * DAY_MS, url="https://x.example/")
    results = market.send(late, at_ms=COMPLETE_AT + 1)
    assert routings(results) == []
    score = market.accounts.decider.rows.get(ScoreRow, BANK, "ann") or ScoreRow()
    terms = market.accounts.decider.hop.terms  # type: ignore[attr-defined]
    late_day, today = (
        terms.rules.points(score.counts, terms.day_of(MONDAY) - days).points for days in (5, 0)
    )
    assert late_day >= 25 > today


def test_a_lead_that_moves_to_another_key_is_not_evaluated_as_of_a_past_day_there() -> None:
    market = a_market()
    market.send(*imported(*reach_bar(at_ms=LONG_AGO, account_key=OTHER)))
    market.tick(COMPLETE_AT)
    results = market.send(facts(OTHER, BANK), at_ms=COMPLETE_AT + DAY_MS)
    assert market.stage("ann", BANK) is not None
    assert routings(results) == []


def test_a_lead_that_moves_while_its_history_arrives_is_evaluated_under_its_new_key() -> None:
    market = a_market()
    market.send(*imported(*reach_bar(at_ms=MONDAY - DAY_MS, account_key=OTHER)))
    results = market.send(facts(OTHER, BANK), at_ms=MONDAY + 1)
    assert routings(results) == []
    assert timers(market) == [(COMPLETE, f"{BANK}#ann")]
    (handoff,) = routings(market.tick(COMPLETE_AT))
    assert (handoff.account_key, Reason.HISTORY_IMPORTED in handoff.explanation.reasons) == (BANK, True)


def test_history_reverses_no_expiry_that_has_ended_a_hand_off() -> None:
    market = Market()
    begin = MONDAY - 150 * DAY_MS
    market.reps(rep("r1"), at_ms=begin)
    market.send(facts(), *reach_bar(at_ms=begin), at_ms=begin)
    market.tick(MONDAY)
    assert steps(market.outputs)[-2:] == ["mql", "expired"]
    results = market.send(*imported(activity("download", at_ms=MONDAY - 60 * DAY_MS)))
    assert routings([*results, *market.tick(COMPLETE_AT)]) == []
    assert market.stage() == "expired"


def test_a_demo_request_in_imported_history_raises_no_hand() -> None:
    market = a_market()
    market.send(*imported(demo(at_ms=MONDAY - DAY_MS), *reach_bar(at_ms=MONDAY - DAY_MS)))
    (handoff,) = routings(market.tick(COMPLETE_AT))
    assert isinstance(handoff, LeadRouting)
    assert (handoff.kind, handoff.request) == ("mql", None)


def test_an_erased_lead_leaves_no_timer() -> None:
    market = a_market()
    market.send(*imported(form(at_ms=LONG_AGO)))
    assert timers(market) != []
    erased = PersonErased(event_id="p", lead_id="ann", occurred_at_ms=MONDAY)
    market.accounts.decide(Record(LEAD_EVENTS.name, 0, 99, MONDAY, None, erased.model_dump_json().encode()))
    assert timers(market) == []
    assert market.accounts.decider.rows.get(LeadRow, BANK, "ann") is None
