"""Evaluate one lead by what is known now: its stage, its score, its label, and whether a hand-off is due.

In: a lead with its counts, its account, and the occasion. Out: rows and outputs. A lead becomes an MQL by an event or by
a new fact, never by the passing of time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.outputs import LeadStage
from schemas.topics import LEAD_STAGES
from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.evaluation.cycle_end import BY_ACCOUNT, end_with_account
from workers.accounts.evaluation.lead_locations import restore_numbers
from workers.accounts.evaluation.missing_facts import ask_for_facts
from workers.accounts.evaluation.score_output import encode_score
from workers.accounts.handoffs import handoffs, raised_hands
from workers.accounts.handoffs.queue import dequeue, make_due
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.routing.partners import is_with_partner
from workers.accounts.routing.permission import exclusion_of, restriction
from workers.accounts.rulebook.behaviour import NO_POINTS
from workers.accounts.stages.deals import deal_of, deal_reason, forecast_percent
from workers.accounts.stages.lacks import NOTHING, lacks_of, list_changes
from workers.accounts.stages.nurture_paths import is_with_sales, path_of
from workers.accounts.stages.qualifying import (
    DueHandoff,
    Occasion,
    current_label,
    due_after_move,
    expiry_reversal_reasons,
    is_still_due,
    qualify_lead,
    stays_mql,
)
from workers.accounts.stages.sales_stages import without_partner_stage
from workers.accounts.stages.stages import StageInputs, check_step, stage_of, stage_reasons
from workers.accounts.state.lead import MovedRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.explanation import explain
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.future_dated import flag_future_dated
from workers.accounts.worth.mail_scanners import add_scanner_line
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.stages.lacks import Lacks
    from workers.accounts.state.lead import LeadRow

_HANDED_OVER = BY_ACCOUNT | {Stage.MQL}
"""Stages in which a lead without a hand-off needs an explanation."""


def enter(hand: LeadInHand) -> None:
    """Give a person the stage ``known``, as a lead from now on. A lead that has a stage keeps it."""
    if hand.lead.stage is not None:
        return
    case = hand.case
    restore_numbers(hand)
    moved = case.rows.get(MovedRow, case.key, hand.lead_id)
    if moved is not None:
        case.rows.delete(MovedRow, case.key, hand.lead_id)
        # A contact without a stage may have moved since an erasure, and has not continued the numbers then.
        hand.score = ScoreRow(revision=max(hand.score.revision, moved.revision))
        hand.write_score()
        hand.change(stage_n=max(hand.lead.stage_n, moved.stage_n), service=moved.service)
    fit = fit_of(case.terms, case.account.company, hand.lead, case.today)
    _change_stage(hand, Stage.KNOWN, fit, NO_POINTS, (Reason.FIRST_SEEN,))


def evaluate(hand: LeadInHand, occasion: Occasion, *, is_news: bool) -> None:
    """Evaluate a lead and write its rows. ``is_news``: its counts or facts have changed, so its score is published.

    A contact of the CRM who was never active has no stage and is not evaluated.
    """
    if hand.lead.stage is None:
        return
    case, stored = hand.case, hand.lead
    if not is_with_partner(case.account):
        hand.lead = without_partner_stage(hand.lead)
    if hand.lead.handoffs:
        hand.write_score()  # a revision of a hand-off is explained by the score as it is now
    fit = fit_of(case.terms, case.account.company, hand.lead, _score_day(case, hand.score))
    excluded = exclusion_of(case, hand.lead)
    kept_for = end_with_account(hand, excluded)
    due = _find_due(hand, fit, excluded, occasion)

    lead, score = hand.lead, hand.score
    inputs = _stage_inputs(case, lead, fit, excluded)
    stage = stage_of(inputs)
    # People of a company that the policy excludes earn nothing. Their counts are kept: the exclusion may end.
    behaviour = NO_POINTS if excluded is not None else _points(case, score, _score_day(case, score))
    reasons = _reasons(hand, stage, inputs, fit, behaviour, due, by_sales=occasion.by_sales)
    stage = _stage_during_lookup(case, lead, stage)
    day, is_due = _score_day(case, score), due is not None
    lacks = lacks_of(case, lead, score, fit, behaviour, excluded, day, is_due=is_due)
    if stage is not lead.stage:
        as_of = behaviour if due is None else _points(case, score, due.day)
        fit_then = fit if due is None else fit_of(case.terms, case.account.company, hand.lead, due.day)
        _change_stage(hand, stage, fit_then, as_of, reasons, lacks)
        is_news = True
    ask_for_facts(hand, fit)
    label = current_label(case, hand.lead, fit.state)
    if kept_for is not None:
        raised_hands.publish_kept(hand, kept_for, label)
    elif hand.lead.handoffs:
        handoffs.relabel(case, hand.lead, label)
    if due is not None:
        fit_then = fit_of(case.terms, case.account.company, hand.lead, due.day)
        total = fit_then.points + case.terms.rules.points(score.attributed, due.day).points
        make_due(hand, due, total, fit_then.points)
    path = path_of(case.terms, case.account.company, hand.lead, stage, fit, behaviour, day)
    mark = f"{fit.mark} {path}" if path and case.terms.paths_ask_facts else fit.mark
    if mark != hand.lead.fit_mark:
        hand.change(fit_mark=mark)
        is_news = True
    if is_news or (case.terms.paths and is_with_sales(hand.lead) is not is_with_sales(stored)):
        hand.score = replace(hand.score, revision=hand.score.revision + 1)
        case.publish_score(encode_score(hand, stage, fit, behaviour, reasons, path, lacks))
    hand.write()


def _stage_during_lookup(case: Case, lead: LeadRow, stage: Stage) -> Stage:
    """Return ``stage``, or ``known`` for a new lead with free mail whose company is being looked up.

    The answer may name a company whose facts are known. lookup_wait.py evaluates the lead after the answer.
    """
    is_looked_up = case.account.is_asking and case.key.startswith("lead:")
    if is_looked_up and stage is Stage.WAITING_FOR_FACTS and lead.stage is Stage.KNOWN:
        return Stage.KNOWN
    return stage


# The due hand-off and the cycle.


def _find_due(hand: LeadInHand, fit: Fit, excluded: Reason | None, occasion: Occasion) -> DueHandoff | None:
    """Bring the lead's cycle up to date and return the hand-off that is due now, or None."""
    case = hand.case
    if excluded is not None:
        return _withhold(hand, fit, excluded, occasion)
    if hand.lead.pending and not is_still_due(case, hand.lead, fit):
        dequeue(hand)
        hand.change(handed=False, reached_mql=stays_mql(hand.lead, fit))
    due: DueHandoff | None = None
    if occasion.moved:
        hand.lead, due = due_after_move(case, hand.lead, fit, occasion.day)
    if due is None and occasion.counts:
        hand.lead, hand.score, due = qualify_lead(case, hand.lead, hand.score, fit, occasion)
    if hand.lead.raised_hand and not hand.lead.reached_mql and _meets_mql_conditions(case, hand.lead, fit):
        hand.change(reached_mql=True)
    return due


def _meets_mql_conditions(case: Case, lead: LeadRow, fit: Fit) -> bool:
    """Whether a lead that raised its hand is an MQL too: all gates pass and neither lead nor account was rejected."""
    return fit.state is GateState.PASS and lead.verdict is None and case.account.questioned is None


def _withhold(hand: LeadInHand, fit: Fit, excluded: Reason, occasion: Occasion) -> DueHandoff | None:
    """End what is due or open of a lead that is excluded. Hold its open request until the exclusion of its account ends.

    Return the hand-off of a request that the lead makes meanwhile. It waits too. People of our own company, and a person
    whose address alone is excluded, request none.
    """
    case, lead = hand.case, hand.lead
    of_account = case.terms.gates.exclusion(case.key, case.account.company)
    may_request = of_account is not None and excluded is not Reason.OWN_DOMAIN
    if not may_request:
        dequeue(hand)
        handoffs.close_all_of(hand, (excluded,))
        is_held = False
    else:
        is_held = raised_hands.withhold(hand, excluded)
    due: DueHandoff | None = None
    if not is_held and may_request:
        if occasion.raised and (not lead.raised_hand or lead.verdict is not None):
            hand.lead, hand.score, due = qualify_lead(case, hand.lead, hand.score, fit, occasion)
        elif occasion.moved and lead.raised_hand and not lead.request_answered:
            hand.lead, due = due_after_move(case, hand.lead, fit, occasion.day)
    if due is None and not is_held and (lead.pending or lead.handoffs or lead.handed):
        hand.change(handed=False, raised_hand=False)
    if hand.lead.reached_mql or hand.lead.claimed:
        hand.change(reached_mql=False, claimed=False)
    return due


# Stage and score.


def _stage_inputs(case: Case, lead: LeadRow, fit: Fit, excluded: Reason | None) -> StageInputs:
    company = case.account.company
    return StageInputs(
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
        has_threshold=case.terms.bar is not None,
    )


def _reasons(
    hand: LeadInHand,
    stage: Stage,
    inputs: StageInputs,
    fit: Fit,
    behaviour: Behaviour,
    due: DueHandoff | None,
    *,
    by_sales: bool,
) -> tuple[Reason, ...]:
    case, lead = hand.case, hand.lead
    if stage is Stage.MQL and due is not None:
        return due.reasons
    if lead.stage is Stage.EXPIRED and due is None and not (inputs.verdict or inputs.excluded):
        return (*expiry_reversal_reasons(by_sales=by_sales), *stage_reasons(stage, inputs))
    withheld_by = () if due is not None else _withheld_by(case, lead, stage)
    by_deal = deal_reason(case.account, hand.lead_id, stage) if stage in BY_ACCOUNT else None
    if by_deal is not None:
        return (by_deal, *withheld_by)
    if (
        stage is Stage.NURTURE
        and inputs.has_threshold
        and not case.terms.points_missing(fit.points + behaviour.points)
    ):
        why = restriction(case.terms, lead)
        in_question = case.account.questioned is not None
        held = (*((Reason.ACCOUNT_IN_QUESTION,) if in_question else ()), *((why,) if why else ()))
        partner = (Reason.PARTNER_COVERS,) if is_with_partner(case.account) else ()
        is_importing = case.now_ms < hand.score.complete_ms
        history = (Reason.HISTORY_IMPORTED,) if is_importing else ()
        return (Reason.ALL_GATES_PASSED, *partner, *held, *history)
    return (*stage_reasons(stage, inputs), *withheld_by)


def _withheld_by(case: Case, lead: LeadRow, stage: Stage) -> tuple[Reason, ...]:
    """Return the missing permission that withholds a hand-off from a lead whose stage would give it one."""
    if stage not in _HANDED_OVER or is_with_sales(lead):
        return ()
    why = restriction(case.terms, lead)
    return () if why is None else (why,)


def _change_stage(
    hand: LeadInHand,
    stage: Stage,
    fit: Fit,
    behaviour: Behaviour,
    reasons: Sequence[Reason],
    lacks: Lacks = NOTHING,
) -> None:
    """Move the lead to a stage and publish the step. Raises ForbiddenStepError for a step that the table of stages forbids."""
    case, lead = hand.case, hand.lead
    check_step(lead.stage, stage)
    number = lead.stage_n + 1
    deal = deal_of(case.account.deals, hand.lead_id) if stage in BY_ACCOUNT else None
    event = LeadStage(
        event_id=fact_id("stage", case.key, hand.lead_id, number),
        occurred_at=case.now,
        account_key=case.key,
        lead_id=hand.lead_id,
        from_stage=lead.stage,
        to_stage=stage,
        stage_words=case.terms.stage_words.get(stage),
        own_stage=case.terms.policy.stages.own_stage_of(stage, fit.points + behaviour.points),
        cycle=lead.cycle,
        bounces=lead.bounces or None,
        forecast_probability_percent=forecast_percent(case.terms.policy, case.account)
        if stage is Stage.OPPORTUNITY
        else None,
        amount=Decimal(deal.amount) if deal is not None and deal.amount is not None else None,
        currency=deal.currency if deal is not None else None,
        explanation=explain(
            case.terms,
            fit,
            behaviour,
            reasons,
            case.event_id,
            list_changes(case.terms, fit, behaviour, lacks),
            is_clamped=case.is_clamped,
        ),
    )
    case.publish(LEAD_STAGES, event)
    hand.change(stage=stage, stage_n=number)


def _points(case: Case, score: ScoreRow, day: int) -> Behaviour:
    rules = case.terms.rules
    found = rules.points(score.attributed, day)
    if score.clicks:
        found = add_scanner_line(found, case.terms, score, day)
    return flag_future_dated(found, score, day, rules.horizon_days) if score.ahead else found


def _score_day(case: Case, score: ScoreRow) -> int:
    """Return the day as of which a score is published: stream time's, or a later one on which something counted."""
    return max(case.today, score.latest_day)
