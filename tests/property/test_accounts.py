"""Properties of the accounts hop for any history: batches, repeats, order, sums of points, one owner per account."""

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


def encoded_outputs(market: Market) -> list[tuple[str, bytes | None, bytes | None, Any]]:
    """Return every output of the accounts hop in bytes, with its timestamp and headers."""
    return [
        (emit.topic, emit.key, emit.value, (emit.timestamp_ms, emit.headers))
        for emit in market.accounts.outputs
    ]


@settings(deadline=None, max_examples=40)
@given(histories, st.integers(1, 7))
def test_rows_and_outputs_do_not_depend_on_how_a_history_is_cut_into_batches(
    history: list[HistoryStep], cuts: int
) -> None:
    whole, cut = play(history), play(history, cuts=cuts)
    assert encoded_outputs(whole) == encoded_outputs(cut)
    assert whole.accounts.dump() == cut.accounts.dump()
    assert whole.desks.dump() == cut.desks.dump()


@settings(deadline=None, max_examples=60)
@given(histories)
def test_the_points_of_every_explanation_add_up(history: list[HistoryStep]) -> None:
    for one in play(history).outputs:
        if isinstance(one, LeadScore | LeadStage | LeadRouting):
            why = one.explanation
            assert sum(line.points for line in why.points) == why.total == why.fit + why.behaviour
            assert why.behaviour <= POLICY.behaviour.cap
            assert why.points_missing == max(0, POLICY.stages.mql.bar - why.total)


@settings(deadline=None, max_examples=80)
@given(histories)
def test_an_account_has_one_owner_at_every_prefix_of_the_output_and_revisions_have_no_gap(
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
def test_stages_follow_the_transition_table_and_every_mql_passes_all_gates(
    history: list[HistoryStep],
) -> None:
    market = play(history)
    stages: dict[tuple[str, str], Stage] = {}
    for one in market.outputs:
        if isinstance(one, LeadStage):
            key = (one.account_key, one.lead_id)
            assert one.to_stage in TRANSITIONS[one.from_stage]
            if one.to_stage is Stage.KNOWN and key in stages:
                del stages[key]  # the lead moved to the primary key and came back
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
    raised: set[str] = set()
    for one in market.outputs:
        if isinstance(one, LeadAlert):
            assert (one.alert_id in raised) is one.cleared
            raised ^= {one.alert_id}


@settings(deadline=None, max_examples=60)
@given(histories)
def test_no_request_is_open_after_a_history_and_the_rows_agree_with_the_outputs(
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
def test_a_repeated_crm_record_or_sales_activity_emits_nothing(history: list[HistoryStep]) -> None:
    single, repeated = play(history), play(history, repeats=True)
    assert [one for one in single.outputs if not hasattr(one, "payload_bytes")] == [
        one for one in repeated.outputs if not hasattr(one, "payload_bytes")
    ]


POSITIVE_ACTIVITIES = [one for one in ACTIVITIES if one.get("url") != "https://x.example/careers"]
"""Activities that take no points away."""


@st.composite
def events_between_facts(draw: st.DrawFn) -> list[LeadFact]:
    """Generate events of leads between two records of the CRM or sales.

    Each lead has one title, and no event has negative points: the order of such events has no effect.
    """
    titles = {person: draw(st.sampled_from(TITLES)) for person in PEOPLE}
    made: list[LeadFact] = []
    for _ in range(draw(st.integers(1, 14))):
        person = draw(st.sampled_from(PEOPLE))
        at_ms = MONDAY - draw(st.integers(0, 9)) * DAY_MS
        if draw(st.booleans()):
            made.append(activity(**draw(st.sampled_from(POSITIVE_ACTIVITIES)), lead_id=person, at_ms=at_ms))
        else:
            request = draw(st.sampled_from(["content", "content", "demo"]))
            made.append(form(request, person, at_ms, job_title=titles[person]))  # type: ignore[arg-type]
    return made


@settings(deadline=None, max_examples=60)
@given(events_between_facts(), st.randoms(use_true_random=False), st.sampled_from(COMPANIES))
def test_scores_and_stages_do_not_depend_on_the_order_of_events(
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
        found.append({person: lead_state(market, person) for person in PEOPLE})
    assert found[0] == found[1]


def lead_state(market: Market, lead_id: str) -> Any:
    """Return stage, facts, MQL and raised-hand marks, points of fit, and points and counts of behaviour on Monday."""
    rows = market.accounts.decider.rows
    lead = rows.get(LeadRow, BANK, lead_id) or LeadRow()
    score = rows.get(ScoreRow, BANK, lead_id) or ScoreRow()
    account = rows.get(AccountRow, BANK) or AccountRow()
    behaviour = TERMS.rules.points(score.counts, TERMS.day_of(MONDAY))
    fit = fit_of(TERMS, account.company, lead, TERMS.day_of(MONDAY))
    return (
        lead.stage,
        lead.facts,
        lead.reached_mql,
        lead.raised_hand,
        fit.points,
        [(line.rule, line.points, line.count) for line in behaviour.lines],
    )


def test_every_output_is_valid_under_the_contract_and_encoded_as_it_demands() -> None:
    market = play(
        [HistoryStep(event, 0) for event in (facts(), form("demo"), sales("accepted", f"{BANK}#1.1"))]
    )  # type: ignore[arg-type]
    results = [emit for emit in market.accounts.outputs if TOPICS[emit.topic].direction == "out"]
    for emit in results:
        model = TOPICS[emit.topic].adapter.validate_json(emit.value or b"")
        assert model.model_dump_json(exclude_none=True).encode() == emit.value
    assert {emit.topic for emit in results} == {"lead.scores", "lead.stages", "lead.routing"}
