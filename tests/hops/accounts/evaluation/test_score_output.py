"""A score that is encoded directly equals what the contract's model encodes."""

from __future__ import annotations

import pytest

from schemas.outputs import LeadScore
from schemas.topics import LEAD_SCORES
from schemas.vocabulary import Reason, Stage
from tests.hops.accounts.market import MONDAY, POLICY, Market, company, instant
from workers.accounts.case import Case, LeadInHand
from workers.accounts.evaluation.score_output import encode_score
from workers.accounts.rulebook.behaviour import MatchingRules, RuleBook
from workers.accounts.rulebook.tally import count_event
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.facts import Company
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.explanation import explain
from workers.accounts.worth.facts import company_of
from workers.accounts.worth.future_dated import flag_future_dated, with_future_dated
from workers.outbox import emit, fact_id

TERMS = Terms(POLICY)


@pytest.mark.parametrize("path", [None, "newsletter"])
@pytest.mark.parametrize("moves", [0, 2])
@pytest.mark.parametrize("now_ms", [MONDAY, MONDAY + 123])
@pytest.mark.parametrize("times", [0, 3, 40])
@pytest.mark.parametrize(
    ("title", "firm"),
    [
        ("CIO", company_of(company())),
        ("Größter „CIO“ \\ \u2028", company_of(company(country="DE"))),
        ("Student", None),
        (None, None),
    ],
)
def test_the_value_the_key_and_the_headers_equal_those_of_the_contracts_model(
    title: str | None, firm: Company | None, times: int, now_ms: int, path: str | None, moves: int
) -> None:
    case = Case(TERMS, Market().accounts.decider.rows, now_ms, "domain:bank.example", "event-1")
    case.record_activity("ann", now_ms)
    counts = ()
    for number in range(times):
        counts = count_event(counts, ("page", "webinar"), TERMS.day_of(now_ms), now_ms, f"e{number}", 0)
    fit = TERMS.gates.fit(firm, title, None)
    day = TERMS.day_of(now_ms)
    behaviour = RuleBook(POLICY).points(counts, day)
    if moves:  # the last event is future-dated
        case.is_clamped = True
        ahead = with_future_dated(ScoreRow(), day, "event-1", MatchingRules(((0, ("page",)),)))
        behaviour = flag_future_dated(behaviour, ahead, day, 60)
    reasons = (Reason.GATE_UNKNOWN, Reason.BELOW_BAR)
    model = LeadScore(
        event_id=fact_id("score", "domain:bank.example", "ann", 7),
        occurred_at=instant(now_ms),
        account_key="domain:bank.example",
        lead_id="ann",
        stage=Stage.NURTURE,
        explanation=explain(TERMS, fit, behaviour, reasons, "event-1", is_clamped=case.is_clamped),
        active_people=["ann"],
        path=path,
        moves=moves or None,
    )
    hand = LeadInHand(case, "ann", LeadRow(moves=moves))
    hand.score = ScoreRow(revision=7)
    made = encode_score(hand, Stage.NURTURE, fit, behaviour, reasons, path)
    expected = emit(LEAD_SCORES, model)
    assert LEAD_SCORES.adapter.validate_json(made.value or b"") == LeadScore.model_validate(
        model.model_dump()
    )
    assert (made.value, made.key, made.partition_key) == (
        expected.value,
        expected.key,
        expected.partition_key,
    )
    assert (made.topic, made.headers) == (expected.topic, expected.headers)
