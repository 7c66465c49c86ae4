"""Whether a hand-off is due: by a raised hand, by the threshold, or by the first activity in an owned account.

In: a lead, its counts, the gates' results, the occasion. Out: the lead, in a new cycle if it comes back after the end
of one, and why it is due. Nothing is written here. The policy key of the threshold is ``bar``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from schemas.vocabulary import GateState, Qualification, Reason, Stage
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.routing.partners import withholds_mqls
from workers.accounts.routing.permission import restriction
from workers.accounts.rulebook.behaviour import event_days, last_event_day
from workers.accounts.stages.mql_kinds import MQL_KINDS, REASONS
from workers.accounts.stages.product_qualified import find_product_day
from workers.accounts.stages.thresholds import find_owned_day, is_threshold_reached, new_points, points_needed
from workers.accounts.worth.counts import stop_new_points
from workers.accounts.worth.facts import known_since_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.accounts.case import Case
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow


class Occasion(NamedTuple):
    """The reason why a lead is evaluated."""

    day: int
    """Day of the event, or day on which a fact became known. Days since 1970-01-01 in the policy's zone."""
    earned: bool = False
    """Whether it is a form, or an activity that gives points. It sends a lead of an owned account to its rep."""
    raised: bool = False
    """Whether the lead raises its hand."""
    moved: bool = False
    """Whether the lead was handed over or due under another key. It is due again here, whatever its points are."""
    counts: bool = True
    """Whether something was earned or a fact is new. False: a new policy, a page without points, or sales' feedback."""
    by_sales: bool = False
    """Whether sales was in contact with the person."""
    is_history: bool = False
    """Whether imported history has become complete and counts from now on."""


def expiry_reversal_reasons(*, by_sales: bool) -> tuple[Reason, ...]:
    """Return why an expiry is reversed: a touch of either side arrived late."""
    return (Reason.EXPIRY_TAKEN_BACK, *((Reason.SALES_TOUCHED,) if by_sales else ()))


class DueHandoff(NamedTuple):
    """A hand-off that is due."""

    day: int
    """Day as of which the hand-off is explained. Days since 1970-01-01 in the policy's zone."""
    reasons: tuple[Reason, ...]
    """Reasons why it is due."""
    raised: bool = False
    """Whether the lead has raised its hand."""
    claimed_by: str = ""
    """Rep who claimed the lead, by rep_id. Empty: none."""


def qualify_lead(
    case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, occasion: Occasion
) -> tuple[LeadRow, ScoreRow, DueHandoff | None]:
    """Return the lead and its score, in a new cycle if the lead comes back after the end of one, and what is due."""
    company = case.account.company
    is_owned = is_customer(company) or has_open_opportunity(company)
    if occasion.raised and (not lead.raised_hand or lead.verdict is not None):
        if lead.verdict is not None:
            lead, score = new_cycle(lead, score)
        why = (Reason.RAISED_HAND, _gate_reason(case, fit))
        return (
            replace(lead, raised_hand=True, handed=True, request_answered=False, asked_ms=case.now_ms),
            score,
            DueHandoff(occasion.day, why, raised=True),
        )
    if lead.verdict is Stage.DISQUALIFIED or restriction(case.terms, lead) is not None:
        return lead, score, None
    if is_owned:
        return _qualify_owned(case, lead, score, occasion)
    is_held_back = bool(case.account.questioned) or withholds_mqls(case.terms.policy, case.account)
    is_held_back |= case.now_ms < score.complete_ms  # more history may arrive
    if fit.state is not GateState.PASS or is_held_back or has_been_mql(lead):
        return lead, score, None
    reached = _find_mql_day(case, lead, score, fit, occasion.day)
    if reached is None:
        return lead, score, None
    day, how = reached
    history = (Reason.HISTORY_IMPORTED,) if occasion.is_history else ()
    reasons: tuple[Reason, ...] = (how, Reason.ALL_GATES_PASSED, *history)
    if lead.verdict is not None:
        lead, score = new_cycle(lead, score)
        reasons = (*reasons, Reason.NEW_POINTS_SINCE)
    due = None if lead.raised_hand or lead.claimed else DueHandoff(day, reasons)
    return replace(lead, reached_mql=True, mql_kind=MQL_KINDS[how]), score, due


def due_after_move(case: Case, lead: LeadRow, fit: Fit, day: int) -> tuple[LeadRow, DueHandoff | None]:
    """Return a lead that was handed over or due under another key, and what is due.

    If no hand-off of it is due here, it may become an MQL again.
    """
    if not is_still_due(case, lead, fit):
        return replace(lead, handed=False, reached_mql=stays_mql(lead, fit)), None
    return lead, DueHandoff(day, _moved_reasons(case, lead, fit), raised=lead.raised_hand)


def stays_mql(lead: LeadRow, fit: Fit) -> bool:
    """Whether a lead that is no longer due stays an MQL: it is one, and its gates pass.

    A missing permission or a partner withholds its hand-off. The stage of an MQL falls back only if a gate does not pass.
    """
    return lead.stage is Stage.MQL and lead.reached_mql and fit.state is GateState.PASS


def _moved_reasons(case: Case, lead: LeadRow, fit: Fit) -> tuple[Reason, ...]:
    company = case.account.company
    if lead.raised_hand:
        return (Reason.RAISED_HAND, _gate_reason(case, fit), Reason.ACCOUNT_MOVED)
    if is_customer(company):
        return (Reason.CUSTOMER_ACCOUNT, Reason.ACCOUNT_MOVED)
    if has_open_opportunity(company):
        return (Reason.OPEN_OPPORTUNITY, Reason.ACCOUNT_MOVED)
    how = () if case.terms.bar is None else (Reason.BAR_REACHED,)
    if lead.mql_kind is not None:
        how = (REASONS[lead.mql_kind],)
    return (*how, Reason.ALL_GATES_PASSED, Reason.ACCOUNT_MOVED)


def has_been_mql(lead: LeadRow) -> bool:
    """Whether the lead was handed over as an MQL in this cycle.

    A lead whose hand-off a missing permission withdrew counts as not handed over: it is due again with the permission.
    """
    return lead.reached_mql and lead.handed and not lead.verdict


def _qualify_owned(
    case: Case, lead: LeadRow, score: ScoreRow, occasion: Occasion
) -> tuple[LeadRow, ScoreRow, DueHandoff | None]:
    """Qualify a lead of an owned account: of a customer, or with an open opportunity.

    The first earning activity in a cycle makes a hand-off due, whatever the score, unless the route asks for more.
    """
    why = Reason.CUSTOMER_ACCOUNT if is_customer(case.account.company) else Reason.OPEN_OPPORTUNITY
    reasons: tuple[Reason, ...] = (why,)
    if not occasion.earned or (lead.handed and lead.verdict is None):
        return lead, score, None
    due_day = find_owned_day(case, lead, score, occasion.day)
    if due_day is None:
        return lead, score, None
    if lead.verdict is not None:
        days = [occasion.day, *event_days(score.attributed_since, occasion.day)]
        if not any(new_points(case, score, day) >= case.terms.new_points for day in days):
            return lead, score, None
        lead, score = new_cycle(lead, score)
        reasons = (why, Reason.NEW_POINTS_SINCE)
    return replace(lead, handed=True), score, DueHandoff(due_day, reasons)


def _find_mql_day(
    case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, event_day: int
) -> tuple[int, Reason] | None:
    """Return since which day the lead is an MQL, and why. None: it is not an MQL.

    The reason is the threshold: reached now, or on an earlier day while a fact was missing. Else it is a response to a
    campaign, or a rule, that needs no threshold.
    """
    day = _find_threshold_day(case, lead, score, fit, event_day)
    if day is not None:
        return day, Reason.BAR_REACHED
    if _has_reached_threshold_before(case, lead, score, fit, event_day):
        return max(event_day, _facts_known_day(case, lead, score)), Reason.BAR_REACHED_EARLIER
    is_known = bool(lead.responded_day) and not score.is_untracked_on(lead.responded_day)
    if is_known and lead.verdict is None and case.terms.campaigns.has_any:
        return max(lead.responded_day, _facts_known_day(case, lead, score)), Reason.CAMPAIGN_RESPONSE
    product_day = find_product_day(case.terms, lead, score)
    if product_day is not None:
        return max(product_day, _facts_known_day(case, lead, score)), Reason.PRODUCT_QUALIFIED
    return None


def _find_threshold_day(case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, event_day: int) -> int | None:
    """Return the first day, from the event's day on, as of which the points reach the threshold. None: they do not.

    The points are compared as of the event's day, and as of each later day on which something counted already. So the
    order in which events arrive does not matter. A day before the gates' facts were known does not count here. Between two
    events points only decay, and so do those of a negative rule. A day without an event therefore counts only if the
    threshold was reached on the last day with one, too.
    """
    if case.terms.bar is None:
        return None
    first = max(event_day, _facts_known_day(case, lead, score))
    later: Sequence[int] = event_days(score.attributed, first) if score.latest_day > first else ()
    for day in (first, *later):
        if all(
            is_threshold_reached(case, lead, score, points_needed(case, lead, fit, one), one)
            for one in (day, last_event_day(score.attributed, day))
        ):
            return day
    return None


def _has_reached_threshold_before(
    case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, event_day: int
) -> bool:
    """Whether the points reached the threshold on the day of an event before the gates' facts were known as they are.

    Such a lead is an MQL when the fact arrives, so a late fact changes nothing. Days before the end of the last cycle do
    not count, and neither do days before imported history was complete. An event of a day with known facts looks back no
    further: the lead was evaluated when the facts became known.
    """
    known_day = _facts_known_day(case, lead, score)
    if case.terms.bar is None or event_day > known_day or (lead.cycle > 1 and not lead.said_no_ms):
        return False
    after_day = case.terms.day_of(lead.said_no_ms) if lead.said_no_ms else 0
    if lead.verdict is not None:
        after_day -= 1  # an event of the same day may be dated after it; only such events count as new points
    if score.imported_ms:
        after_day = max(after_day, case.terms.day_of(score.complete_ms) - 1)
    return any(
        is_threshold_reached(case, lead, score, points_needed(case, lead, fit, day), day)
        for day in event_days(score.attributed, after_day)
        if day < known_day
    )


def _facts_known_day(case: Case, lead: LeadRow, score: ScoreRow) -> int:
    """Return the first day on which the gates' facts were known as they are, and imported history was complete."""
    known_day = case.account.facts_day
    if score.imported_ms:
        known_day = max(known_day, case.terms.day_of(score.complete_ms))
    for name in case.terms.fit_facts:
        since_ms = known_since_ms(lead.facts, name)
        if since_ms is not None:
            known_day = max(known_day, case.terms.day_of(since_ms))
    return known_day


def new_cycle(lead: LeadRow, score: ScoreRow) -> tuple[LeadRow, ScoreRow]:
    """Return the lead at the beginning of its next cycle. The verdict is removed, and it may become an MQL again."""
    fresh = replace(
        lead,
        cycle=lead.cycle + 1,
        reached_mql=False,
        mql_kind=None,
        raised_hand=False,
        request_answered=False,
        clock=None,
        asked_ms=0,
        handed=False,
        responded_day=0,
        expired_with_handoff=False,
        accepted=False,
        qualified=False,
        claimed=False,
        verdict=None,
        verdict_why=None,
        accepted_by_partner=False,
        qualified_by_partner=False,
    )
    return fresh, stop_new_points(score)


def label_of(fit: GateState, *, in_question: bool) -> Qualification:
    """Return the qualification of a raised hand: whether it is an MQL too."""
    if fit is GateState.FAIL:
        return Qualification.INQUIRY
    if fit is GateState.UNKNOWN or in_question:
        return Qualification.PENDING
    return Qualification.MQL


def current_label(case: Case, lead: LeadRow, fit: GateState) -> Qualification:
    """Return the qualification of a raised hand by the facts of now."""
    return label_of(fit, in_question=is_held_back(case, lead))


def is_held_back(case: Case, lead: LeadRow) -> bool:
    """Whether sales' objection against the account keeps the lead from becoming an MQL."""
    return case.account.questioned is not None and not lead.reached_mql


def gate_reason(fit: GateState, label: Qualification | None) -> Reason:
    """Return the reason that states the result of the gates, or that the account is in question."""
    if fit is GateState.FAIL:
        return Reason.GATE_FAILED
    if fit is GateState.UNKNOWN:
        return Reason.GATE_UNKNOWN
    return Reason.ACCOUNT_IN_QUESTION if label is Qualification.PENDING else Reason.ALL_GATES_PASSED


def is_still_due(case: Case, lead: LeadRow, fit: Fit) -> bool:
    """Whether a waiting lead may still be handed off. Facts may have changed since it became due."""
    company = case.account.company
    if lead.verdict is not None:
        return False
    if not lead.raised_hand and restriction(case.terms, lead) is not None:
        return False
    if (
        lead.raised_hand
        or lead.claimed
        or lead.accepted
        or lead.qualified
        or is_customer(company)
        or has_open_opportunity(company)
    ):
        return True
    if withholds_mqls(case.terms.policy, case.account):
        return False
    return lead.reached_mql and fit.state is GateState.PASS


def _gate_reason(case: Case, fit: Fit) -> Reason:
    return gate_reason(fit.state, label_of(fit.state, in_question=case.account.questioned is not None))
