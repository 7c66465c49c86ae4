"""Properties of stages in every history: the closed transition table, one MQL a cycle, one expiry in any order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.lead_events import LeadFact
from schemas.outputs import LeadRouting, LeadStage
from schemas.vocabulary import Action, Kind, Stage
from tests.hops.accounts.market import DAY_MS, MONDAY, Market, facts, rep
from tests.property.histories import PEOPLE, HistoryStep, histories, lead_facts, play
from workers.accounts.stages.stages import TRANSITIONS

FAR_MS = MONDAY + 2_000 * DAY_MS


def transitions(market: Market) -> list[LeadStage]:
    return [one for one in market.outputs if isinstance(one, LeadStage)]


@settings(deadline=None, max_examples=40)
@given(histories)
def test_every_transition_is_in_the_table_and_cycle_numbers_never_fall(history: list[HistoryStep]) -> None:
    market = play(history)
    market.tick(FAR_MS)
    cycles: dict[tuple[str, str], int] = {}
    for one in transitions(market):
        key = (one.account_key, one.lead_id)
        assert one.to_stage in TRANSITIONS[one.from_stage]
        assert one.cycle >= (1 if one.to_stage is Stage.KNOWN else cycles.get(key, 1))
        cycles[key] = one.cycle


@settings(deadline=None, max_examples=40)
@given(histories)
def test_a_lead_is_assigned_as_an_mql_once_a_cycle_unless_withdrawn_without_rejection(
    history: list[HistoryStep],
) -> None:
    open_now: dict[str, tuple[str, str, str]] = {}
    rejected: set[tuple[str, str, str]] = set()
    for one in play(history).outputs:
        if not isinstance(one, LeadRouting) or one.kind is not Kind.MQL:
            continue
        cycle = (one.account_key, one.lead_id, one.handoff_id.rpartition("#")[2].partition(".")[0])
        if one.action is Action.ASSIGNED:
            assert cycle not in open_now.values()
            assert cycle not in rejected
            open_now[one.handoff_id] = cycle
        elif one.action is Action.WITHDRAWN:
            open_now.pop(one.handoff_id, None)
            if "sales_rejected" in one.explanation.reasons:
                rejected.add(cycle)
        else:
            open_now[one.handoff_id] = cycle


@settings(deadline=None, max_examples=40)
@given(histories)
def test_each_cycle_expires_at_most_once(history: list[HistoryStep]) -> None:
    market = play(history)
    for days in (200, 400, 2_000):
        market.tick(MONDAY + (200 + days) * DAY_MS)
    ended = Counter(
        (one.account_key, one.lead_id, one.cycle)
        for one in transitions(market)
        if one.to_stage is Stage.EXPIRED
    )
    back = Counter(
        (one.account_key, one.lead_id, one.cycle)
        for one in transitions(market)
        if "expiry_taken_back" in one.explanation.reasons
    )
    known_again = {one.lead_id for one in transitions(market) if one.from_stage is None}
    assert known_again >= {lead_id for _, lead_id, _ in ended}
    assert all(times <= 1 + back[cycle] for cycle, times in ended.items())


@settings(deadline=None, max_examples=30)
@given(st.lists(lead_facts(), min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_in_any_order_of_events_people_expire_at_the_same_moment(events: list[LeadFact], random: Any) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    found = []
    for order in (events, shuffled):
        market = Market()
        market.reps(rep("r1"))
        market.send(facts(), at_ms=MONDAY - 20 * DAY_MS)
        market.send(*order)
        market.tick(MONDAY + 130 * DAY_MS)
        found.append(
            {one.lead_id: one.occurred_at for one in transitions(market) if one.to_stage is Stage.EXPIRED}
        )
    assert found[0] == found[1]
    assert set(found[0]) == {one.lead_id for one in events} & set(PEOPLE)
