"""What is it worth? One lead judged by what is known now: its stage, its score, its label, and whether it is due.

In: a lead, its counts, its account, and the event that is the occasion. Out: rows and outputs. Only an event or a new
fact makes an MQL, never the passing of time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.outputs import LeadStage
from schemas.topics import LEAD_STAGES
from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.evaluation.cycle_end import BY_ACCOUNT, closed_by_crm
from workers.accounts.evaluation.lead_locations import begin
from workers.accounts.evaluation.missing_facts import ask_for_facts
from workers.accounts.evaluation.score_output import score_emit
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.queue import make_due, no_longer_due
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.routing.partners import is_with_partner
from workers.accounts.routing.permission import restriction
from workers.accounts.rulebook.behaviour import NONE
from workers.accounts.stages.deals import deal_of, forecast_percent, reason_of
from workers.accounts.stages.nurture_paths import is_with_sales, path_of
from workers.accounts.stages.qualifying import (
    Due,
    Occasion,
    decide,
    due_again,
    expiry_taken_back,
    is_still_due,
    label_of,
)
from workers.accounts.stages.stages import Standing, check_step, reasons_of, stage_of
from workers.accounts.state.lead import LeadRow, MovedRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.explanation import explain
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.future_dated import flagged
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit


def enter(case: Case, lead_id: str, lead: LeadRow) -> LeadRow:
    """Return the lead as known; one that was known already stays as it is."""
    if lead.stage is not None:
        return lead
    lead = begin(case, lead_id, lead)
    moved = case.rows.get(MovedRow, case.key, lead_id)
    if moved is not None:
        case.rows.delete(MovedRow, case.key, lead_id)
        case.rows.put(ScoreRow(revision=moved.revision), case.key, lead_id)
        lead = replace(lead, stage_n=moved.stage_n, service=moved.service)
    fit = fit_of(case.terms, case.account.company, lead.facts)
    return _go(case, lead_id, lead, Stage.KNOWN, fit, NONE, (Reason.FIRST_SEEN,))


def judge(case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, occasion: Occasion, *, say: bool) -> None:
    """Judge a lead and write its rows. ``say``: its counts or facts have changed, so its score is said.

    ``lead`` is as it is stored; ``score`` may be ahead of its row, then ``say`` is true.
    """
    if lead.stage is None:
        return  # a contact of the CRM who never came by
    stored, stored_score = lead, score
    if lead.handoffs:
        case.rows.put(
            score, case.key, lead_id
        )  # what is said of a hand-off is explained by the score as it is now
    fit = fit_of(case.terms, case.account.company, lead.facts)
    excluded = case.terms.gates.exclusion(case.key, case.account.company)
    lead, score = closed_by_crm(case, lead_id, lead, score, excluded)
    lead, score, due = _what_is_due(case, lead_id, lead, score, fit, excluded, occasion)

    standing = _standing(case, lead, fit, excluded)
    stage = stage_of(standing)
    is_ours = excluded is Reason.OWN_DOMAIN  # our own people earn nothing
    behaviour = NONE if is_ours else _points(case, score, _today(case, score))
    is_coming = case.now_ms < score.complete_ms
    reasons = _reasons(
        case,
        lead_id,
        lead,
        stage,
        standing,
        fit,
        behaviour,
        due,
        by_sales=occasion.by_sales,
        is_coming=is_coming,
    )
    if stage is not lead.stage:
        as_of = behaviour if due is None else _points(case, score, due.day)
        lead = _go(case, lead_id, lead, stage, fit, as_of, reasons)
        say = True
    if fit.mark != lead.fit_mark:
        lead = replace(lead, fit_mark=fit.mark)
        say = True
    lead = ask_for_facts(case, lead_id, lead, fit)
    if lead.handoffs:
        handoffs.relabel(case, lead, label_of(fit.state, in_question=_is_held_back(case, lead)))
    if due is not None:
        total = fit.points + case.terms.rules.points(score.attributed, due.day).points
        lead = make_due(case, lead_id, lead, due, total, fit.points)
    if say or (case.terms.paths and is_with_sales(lead) is not is_with_sales(stored)):
        score = replace(score, revision=score.revision + 1)
        path = path_of(case.terms, lead, stage, fit, behaviour)
        emit = score_emit(
            case, lead_id, score.revision, stage, fit, behaviour, reasons, path, moves=lead.moves
        )
        case.say_score(emit)
    if score is not stored_score:
        case.rows.put(score, case.key, lead_id)
    if lead is not stored:
        case.put_lead(lead_id, lead)


# What is due, what ends.


def _what_is_due(
    case: Case,
    lead_id: str,
    lead: LeadRow,
    score: ScoreRow,
    fit: Fit,
    excluded: Reason | None,
    occasion: Occasion,
) -> tuple[LeadRow, ScoreRow, Due | None]:
    if excluded is not None:
        return _let_go(case, lead_id, lead, excluded), score, None
    if lead.pending and not is_still_due(case, lead, fit):
        lead = replace(no_longer_due(case, lead_id, lead), handed=False, reached_mql=False)
    due: Due | None = None
    if occasion.moved:
        lead, due = due_again(case, lead, fit, occasion.day)
    if due is None and occasion.counts:
        lead, score, due = decide(case, lead, score, fit, occasion)
    if lead.raised_hand and not lead.reached_mql and _passes(case, lead, fit):
        lead = replace(lead, reached_mql=True)
    return lead, score, due


def _passes(case: Case, lead: LeadRow, fit: Fit) -> bool:
    return fit.state is GateState.PASS and lead.verdict is None and case.account.questioned is None


def _let_go(case: Case, lead_id: str, lead: LeadRow, excluded: Reason) -> LeadRow:
    """Nobody gets leads of an excluded account: what was due or open ends, and may be due again one day."""
    if not (lead.pending or lead.handoffs or lead.handed):
        return lead
    lead = no_longer_due(case, lead_id, lead)
    lead = handoffs.close_all_of(case, lead, (excluded,))
    return replace(lead, handed=False, raised_hand=False, reached_mql=False, claimed=False)


# Stage and score.


def _standing(case: Case, lead: LeadRow, fit: Fit, excluded: Reason | None) -> Standing:
    company = case.account.company
    return Standing(
        fit.state,
        excluded,
        is_customer(company),
        has_open_opportunity(company),
        lead.verdict,
        lead.verdict_why,
        lead.accepted,
        lead.qualified,
        lead.reached_mql,
        with_partner=bool(lead.handoffs) and is_with_partner(case.account),
    )


def _reasons(
    case: Case,
    lead_id: str,
    lead: LeadRow,
    stage: Stage,
    standing: Standing,
    fit: Fit,
    behaviour: Behaviour,
    due: Due | None,
    *,
    by_sales: bool,
    is_coming: bool,
) -> tuple[Reason, ...]:
    if stage is Stage.MQL and due is not None:
        return due.reasons
    if lead.stage is Stage.EXPIRED and due is None and not (standing.verdict or standing.excluded):
        return (*expiry_taken_back(by_sales=by_sales), *reasons_of(stage, standing))
    said = reason_of(case.account, lead_id, stage) if stage in BY_ACCOUNT else None
    if said is not None:
        return (said,)
    if stage is Stage.NURTURE and fit.points + behaviour.points >= case.terms.bar:
        why = restriction(case.terms, lead)
        in_question = case.account.questioned is not None
        held = (*((Reason.ACCOUNT_IN_QUESTION,) if in_question else ()), *((why,) if why else ()))
        partner = (Reason.PARTNER_COVERS,) if is_with_partner(case.account) else ()
        coming = (Reason.HISTORY_IMPORTED,) if is_coming else ()
        return (Reason.ALL_GATES_PASSED, *partner, *held, *coming)
    return reasons_of(stage, standing)


def _is_held_back(case: Case, lead: LeadRow) -> bool:
    return case.account.questioned is not None and not lead.reached_mql


def _go(
    case: Case,
    lead_id: str,
    lead: LeadRow,
    stage: Stage,
    fit: Fit,
    behaviour: Behaviour,
    reasons: Sequence[Reason],
) -> LeadRow:
    check_step(lead.stage, stage)
    number = lead.stage_n + 1
    deal = deal_of(case.account.deals, lead_id) if stage in BY_ACCOUNT else None
    event = LeadStage(
        event_id=fact_id("stage", case.key, lead_id, number),
        occurred_at=case.now,
        account_key=case.key,
        lead_id=lead_id,
        from_stage=lead.stage,
        to_stage=stage,
        stage_words=case.terms.stage_words.get(stage),
        cycle=lead.cycle,
        bounces=lead.bounces or None,
        forecast_probability_percent=forecast_percent(case.terms.policy, case.account)
        if stage is Stage.OPPORTUNITY
        else None,
        amount=Decimal(deal.amount) if deal is not None and deal.amount is not None else None,
        currency=deal.currency if deal is not None else None,
        explanation=explain(case.terms, fit, behaviour, reasons, case.event_id, is_clamped=case.is_clamped),
    )
    case.say(LEAD_STAGES, event)
    return replace(lead, stage=stage, stage_n=number)


def _points(case: Case, score: ScoreRow, day: int) -> Behaviour:
    rules = case.terms.rules
    found = rules.points(score.attributed, day)
    return flagged(found, score, day, rules.horizon_days) if score.ahead else found


def _today(case: Case, score: ScoreRow) -> int:
    """The day as of which a score is said: stream time's, or a later one on which something counted."""
    return max(case.terms.day_of(case.now_ms), score.latest_day)
