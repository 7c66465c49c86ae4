"""What holds of the accounts for every history: splitting, repetition, order, points that add up, one owner."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.lead_events import LeadFact
from schemas.outputs import LeadAlert, LeadRouting, LeadScore, LeadStage
from schemas.topics import TOPICS
from schemas.vocabulary import Action, GateState, Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    MONDAY,
    POLICY,
    Market,
    activity,
    assert_one_owner,
    facts,
    form,
    rep,
    sales,
)
from tests.property.histories import (
    ACTIVITIES,
    COMPANIES,
    OTHER,
    PEOPLE,
    TITLES,
    HistoryStep,
    histories,
    play,
)
from workers.accounts.rulebook.terms import Terms
from workers.accounts.stages.stages import TRANSITIONS
from workers.accounts.state.account import AccountRow
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.facts import fit_of

TERMS = Terms(POLICY)


def outputs(market: Market) -> list[tuple[str, bytes | None, bytes | None, Any]]:
    """Every output to the byte, time stamps and headers included."""
    return [
        (emit.topic, emit.key, emit.value, (emit.timestamp_ms, emit.headers))
        for emit in market.accounts.outputs
    ]


@settings(deadline=None, max_examples=40)
@given(histories, st.integers(1, 7))
def test_however_a_history_is_cut_into_batches_rows_and_outputs_are_the_same(
    history: list[HistoryStep], cuts: int
) -> None:
    whole, cut = play(history), play(history, cuts=cuts)
    assert outputs(whole) == outputs(cut)
    assert whole.accounts.dump() == cut.accounts.dump()
    assert whole.desks.dump() == cut.desks.dump()


@settings(deadline=None, max_examples=60)
@given(histories)
def test_the_points_add_up_in_everything_that_is_said(history: list[HistoryStep]) -> None:
    for one in play(history).outputs:
        if isinstance(one, LeadScore | LeadStage | LeadRouting):
            said = one.explanation
            assert sum(line.points for line in said.points) == said.total == said.fit + said.behaviour
            assert said.behaviour <= POLICY.behaviour.cap
            assert said.points_missing == max(0, POLICY.stages.mql.bar - said.total)


@settings(deadline=None, max_examples=80)
@given(histories)
def test_an_account_has_one_owner_at_every_prefix_and_revisions_have_no_gap(
    history: list[HistoryStep],
) -> None:
    market = play(history)
    assert_one_owner(market.outputs)
    revisions: Counter[str] = Counter()
    for one in market.outputs:
        if isinstance(one, LeadRouting):
            revisions[one.handoff_id] += 1
            assert one.revision == revisions[one.handoff_id]
            assert (one.action is Action.ASSIGNED) == (one.revision == 1)
            assert (one.assignee is None) == (one.action is Action.WITHDRAWN) == (one.person is None)
    ids = Counter(one.event_id for one in market.outputs)
    assert [event_id for event_id, times in ids.items() if times > 1] == []


@settings(deadline=None, max_examples=60)
@given(histories)
def test_stages_follow_the_table_and_nobody_who_fails_a_gate_is_called_an_mql(
    history: list[HistoryStep],
) -> None:
    market = play(history)
    stages: dict[tuple[str, str], Stage] = {}
    for one in market.outputs:
        if isinstance(one, LeadStage):
            key = (one.account_key, one.lead_id)
            assert one.to_stage in TRANSITIONS[one.from_stage]
            if one.to_stage is Stage.KNOWN and key in stages:
                del stages[key]  # it went to the primary key, and came back
            assert stages.get(key) is one.from_stage
            stages[key] = one.to_stage
            if one.to_stage is Stage.MQL:
                assert {gate.state for gate in one.explanation.gates} == {GateState.PASS}
                if "bar_reached" in one.explanation.reasons:
                    assert one.explanation.points_missing == 0


@settings(deadline=None, max_examples=60)
@given(histories)
def test_an_alert_is_raised_before_it_is_cleared_and_never_twice(history: list[HistoryStep]) -> None:
    market = play(history)
    up: set[str] = set()
    for one in market.outputs:
        if isinstance(one, LeadAlert):
            assert (one.alert_id in up) is one.cleared
            up ^= {one.alert_id}


@settings(deadline=None, max_examples=60)
@given(histories)
def test_no_request_is_left_open_when_all_is_said_and_the_rows_agree_with_the_output(
    history: list[HistoryStep],
) -> None:
    market = play(history)
    for key in (BANK, OTHER):
        account = market.account(key)
        assert account.request is None or account.request.is_waiting
        held: dict[str, str] = {}
        for one in market.outputs:
            if isinstance(one, LeadRouting) and one.account_key == key:
                held.pop(one.handoff_id, None)
                if one.assignee is not None:
                    held[one.handoff_id] = one.assignee.id
        assert account.open_handoffs == len(held)
        assert (account.holder.id if account.holder else None) == next(iter(held.values()), None)


@settings(deadline=None, max_examples=40)
@given(histories)
def test_a_fact_or_a_word_of_sales_that_comes_twice_says_nothing_more(history: list[HistoryStep]) -> None:
    once, twice = play(history), play(history, repeats=True)
    assert [one for one in once.outputs if not hasattr(one, "payload_bytes")] == [
        one for one in twice.outputs if not hasattr(one, "payload_bytes")
    ]


WORDS = [one for one in ACTIVITIES if one.get("url") != "https://x.example/careers"]


@st.composite
def between_two_facts(draw: st.DrawFn) -> list[LeadFact]:
    """What people do between the CRM's word and sales': a title a person, no minus points (rulings, "Order")."""
    titles = {person: draw(st.sampled_from(TITLES)) for person in PEOPLE}
    made: list[LeadFact] = []
    for _ in range(draw(st.integers(1, 14))):
        person = draw(st.sampled_from(PEOPLE))
        at_ms = MONDAY - draw(st.integers(0, 9)) * DAY_MS
        if draw(st.booleans()):
            made.append(activity(**draw(st.sampled_from(WORDS)), lead_id=person, at_ms=at_ms))
        else:
            request = draw(st.sampled_from(["content", "content", "demo"]))
            made.append(form(request, person, at_ms, job_title=titles[person]))  # type: ignore[arg-type]
    return made


@settings(deadline=None, max_examples=60)
@given(between_two_facts(), st.randoms(use_true_random=False), st.sampled_from(COMPANIES))
def test_in_any_order_people_have_the_same_score_and_the_same_stage(
    events: list[LeadFact], random: Any, changes: dict[str, Any]
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    found = []
    for order in (events, shuffled):
        market = Market()
        market.reps(rep("r1"), rep("own", at_desk=False))
        market.send(facts(**changes), at_ms=MONDAY - 20 * DAY_MS)
        market.send(*order)
        found.append({person: standing(market, person) for person in PEOPLE})
    assert found[0] == found[1]


def standing(market: Market, lead_id: str) -> Any:
    """Stage, points today, the counts behind them, and which hand-offs there are."""
    rows = market.accounts.decider.rows
    lead = rows.get(LeadRow, BANK, lead_id) or LeadRow()
    score = rows.get(ScoreRow, BANK, lead_id) or ScoreRow()
    account = rows.get(AccountRow, BANK) or AccountRow()
    behaviour = TERMS.rules.points(score.counts, TERMS.day_of(MONDAY))
    fit = fit_of(TERMS, account.company, lead.facts)
    return (
        lead.stage,
        lead.facts,
        lead.reached_mql,
        lead.raised_hand,
        fit.points,
        [(line.rule, line.points, line.count) for line in behaviour.lines],
    )


def test_every_output_is_what_the_contract_says() -> None:
    market = play(
        [HistoryStep(event, 0) for event in (facts(), form("demo"), sales("accepted", f"{BANK}#1.1"))]
    )  # type: ignore[arg-type]
    results = [emit for emit in market.accounts.outputs if TOPICS[emit.topic].direction == "out"]
    for emit in results:
        model = TOPICS[emit.topic].adapter.validate_json(emit.value or b"")
        assert model.model_dump_json(exclude_none=True).encode() == emit.value
    assert {emit.topic for emit in results} == {"lead.scores", "lead.stages", "lead.routing"}
