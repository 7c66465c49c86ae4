"""Imported history gives the same scores before, after or between live events, and requests no hand-off by itself."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from schemas.lead_events import LeadFact
from schemas.outputs import LeadRouting, LeadScore
from tests.edge import DAY, KEY, NOON, Partition, record
from tests.edge import activity as web_activity
from tests.edge import form as web_form
from tests.hops.accounts.market import DAY_MS, HOUR_MS, MONDAY, Market, activity, facts, form, rep
from tests.property.histories import ACTIVITIES
from workers.accounts.state.score import QUIET_MS
from workers.engine.api import Record
from workers.visitors.agent import spec

FORMS = ("content", "demo", "support")


@st.composite
def facts_of_ann(draw: st.DrawFn, *, is_history: bool) -> list[LeadFact]:
    """Facts about the lead Ann: of the last weeks if ``is_history``, else of today."""
    made: list[LeadFact] = []
    for _ in range(draw(st.integers(1, 8))):
        ago_ms = draw(st.sampled_from([1, 2, 9, 30, 58, 70])) * DAY_MS if is_history else 0
        at_ms = MONDAY - ago_ms + draw(st.integers(0, 3)) * HOUR_MS // 4
        if draw(st.booleans()):
            made.append(activity(**draw(st.sampled_from(ACTIVITIES)), at_ms=at_ms, imported=is_history))
        else:
            asked = draw(st.sampled_from(FORMS)) if is_history else "content"
            made.append(form(asked, at_ms=at_ms, imported=is_history))  # type: ignore[arg-type]
    return made


def market_after(events: list[LeadFact]) -> Market:
    market = Market()
    market.reps(rep("r1", event_id="1"), rep("dana", event_id="2", at_desk=False))
    market.send(facts(), at_ms=MONDAY - 100 * DAY_MS)
    market.send(*events, at_ms=MONDAY + HOUR_MS)
    market.tick(MONDAY + HOUR_MS + QUIET_MS)
    return market


def last_points(market: Market) -> Any:
    """Return the total and the points of each rule in the last score."""
    (*_, last) = [one for one in market.outputs if isinstance(one, LeadScore)]
    explanation = last.explanation
    return explanation.total, [(line.rule, line.points, line.count) for line in explanation.points]


@settings(deadline=None, max_examples=60)
@given(facts_of_ann(is_history=True), facts_of_ann(is_history=False), st.integers(0, 2**32))
def test_scores_are_the_same_whenever_history_arrives(
    history: list[LeadFact], live: list[LeadFact], seed: int
) -> None:
    before = market_after([*history, *live])
    after = market_after([*live, *history])
    between = market_after(random.Random(seed).sample([*live, *history], len(live) + len(history)))
    assert last_points(before) == last_points(after) == last_points(between)
    plain = [one.model_copy(update={"imported": False}) for one in history]
    assert last_points(market_after([*plain, *live])) == last_points(
        before
    )  # being marked as imported changes no points


@settings(deadline=None, max_examples=60)
@given(facts_of_ann(is_history=True))
def test_history_alone_gives_at_most_one_hand_off_by_the_total_of_its_last_hour(
    history: list[LeadFact],
) -> None:
    market = market_after(history)
    handoffs = [one for one in market.outputs if isinstance(one, LeadRouting)]
    total = last_points(market)[0]
    event("handed over" if handoffs else "not handed over")
    assert len(handoffs) <= 1
    for one in handoffs:
        assert (one.kind, one.occurred_at.timestamp()) == ("mql", (MONDAY + HOUR_MS + QUIET_MS) / 1000)
        assert one.explanation.total >= 135
        assert "history_imported" in one.explanation.reasons
    if total < 135:
        assert handoffs == []


@st.composite
def browser_history(draw: st.DrawFn) -> list[Record]:
    """Imported events of a browser in the last hundred days, some of them with an address."""
    made = []
    for number in range(draw(st.integers(1, 8))):
        at_ms = NOON - draw(st.sampled_from([1, 8, 40, 59, 95])) * DAY
        who: dict[str, Any] = {"anonymous_id": "x"}
        if draw(st.integers(0, 4)) == 0:
            who["email"] = "ada@bank.com"
        value = draw(st.sampled_from([web_activity, web_form]))(f"e{number}", at_ms, **who)
        topic = "form.fills" if "form_id" in value else "web.activity"
        made.append(record(topic, value, arrives_at=NOON, imported=str(at_ms).encode()))
    return made


@settings(deadline=None, max_examples=80)
@given(browser_history(), st.integers(0, 2**32), st.booleans())
def test_a_browsers_history_gives_the_same_facts_before_and_after_its_visitor_is_known(
    history: list[Record],
    seed: int,
    twice: bool,
) -> None:
    known = record("form.fills", web_form("now", NOON, anonymous_id="x", email="ada@bank.com"))
    shuffled = random.Random(seed).sample(history, len(history))
    orders = ([*history, known], [known, *shuffled, *(history if twice else [])])
    facts_by_order = [
        sorted(
            (fact["event_id"], fact["type"], fact["lead_id"], fact["occurred_at_ms"], fact["imported"])
            for fact in Partition(spec(KEY, 1)).send_all(order)
            if fact["type"] != "lead_identified"
        )
        for order in orders
    ]
    event(f"{len(facts_by_order[0])} facts")
    assert facts_by_order[0] == facts_by_order[1]
