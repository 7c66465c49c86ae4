"""The changes that would lead to another decision about a lead: facts, points, a request, a permission, a confirmed account.

In: an evaluated lead. Out: the changes to list in the explanation of a score or a stage. Each of them changes the stage
or a hand-off, by itself or together with others that are listed. It decides nothing and writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.explanation import WouldChange
from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.routing.partners import is_with_partner, withholds_mqls
from workers.accounts.routing.permission import restriction
from workers.accounts.rulebook.behaviour import event_days
from workers.accounts.rulebook.fit import PERSON_GATES
from workers.accounts.stages.nurture_paths import is_with_sales
from workers.accounts.stages.product_qualified import find_product_day
from workers.accounts.stages.qualifying import has_been_mql
from workers.accounts.stages.thresholds import is_threshold_reached, new_points, owned_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.accounts.case import Case
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow
    from workers.policy.routes import Route as Line


class Lack(NamedTuple):
    """One change that would lead to another decision. The fields are those of the contract's WouldChange."""

    what: str
    name: str
    needed: str


class Lacks(NamedTuple):
    """The changes that would lead to another decision about a lead."""

    gates: bool = False
    """Whether another fact for a gate that fails or is unknown is one of them."""
    total: bool = False
    """Whether the points that are missing to the threshold are one of them."""
    others: tuple[Lack, ...] = ()


NOTHING = Lacks()
"""No single change that can be named leads to another decision."""
_EXCLUDED = Lack("gate", "exclusion", "a company that the policy does not exclude")
_ACCOUNT = Lack("fact", "account", "a changed or confirmed fact of the company, which sales has rejected")
_PARTNER = Lack("owner", "partner", "an account without this partner, or a lead that sales has qualified")
_ACTIVITY = Lack("fact", "activity", "a form, or an activity that earns points")
_PERMISSIONS = {
    Reason.DO_NOT_CONTACT: Lack("fact", "do_not_contact", "false in the CRM"),
    Reason.NO_MARKETING_CONSENT: Lack("fact", "marketing_consent", "consent to marketing"),
}


def lacks_of(
    case: Case,
    lead: LeadRow,
    score: ScoreRow,
    fit: Fit,
    behaviour: Behaviour,
    excluded: Reason | None,
    day: int,
    *,
    is_due: bool,
) -> Lacks:
    """Return what would lead to another decision about the lead, as of ``day``. ``is_due``: a hand-off is due now."""
    company = case.account.company
    is_owned = is_customer(company) or has_open_opportunity(company)
    is_short = case.terms.points_missing(fit.points + behaviour.points) > 0
    if excluded is not None:
        return Lacks(others=(_EXCLUDED,))
    if lead.verdict is Stage.DISQUALIFIED:
        return Lacks(others=(_request(case),))
    if is_due or is_with_sales(lead):
        return _of_sales(case, lead, is_owned=is_owned, is_short=is_short)
    if is_owned:
        return Lacks(others=tuple(_of_owned(case, lead, score, day)))
    if lead.verdict is None and (lead.accepted or lead.qualified or lead.raised_hand):
        return Lacks(gates=not (lead.accepted or lead.qualified))
    is_held = has_been_mql(lead) or case.now_ms < score.complete_ms  # more history may arrive
    is_short &= not is_held and not _reaches_threshold_with_facts(case, lead, score, fit, day)
    others = () if is_held else tuple(_others(case, lead, score, fit, day))
    return Lacks(gates=lead.verdict is None or not is_held, total=is_short, others=others)


def list_changes(terms: Terms, fit: Fit, behaviour: Behaviour, lacks: Lacks) -> list[WouldChange]:
    """Return the lacks of a lead as the contract's models: facts of gates, points, then the others."""
    found = list(fit.would_change) if lacks.gates else []
    if lacks.total:
        missing = terms.points_missing(fit.points + behaviour.points)
        found.append(WouldChange.model_construct(what="points", name="total", needed=f"{missing} more"))
    return found + [WouldChange.model_construct(**lack._asdict()) for lack in lacks.others]


def _reaches_threshold_with_facts(case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, day: int) -> bool:
    """Whether the facts for the gates that do not pass are all that a lead below the threshold needs to become an MQL.

    The points of those facts are counted with the fewest that the policy gives. A fact that arrives now counts for the
    days of all earlier events (qualifying.py).
    """
    is_known = bool(lead.responded_day) and not score.is_untracked_on(lead.responded_day)
    if is_known and lead.verdict is None and case.terms.campaigns.has_any:
        return True
    if find_product_day(case.terms, lead, score) is not None:
        return True
    if case.terms.bar is None:
        return False
    needed = case.terms.bar - fit.points - fit.least_gain
    if fit.state is GateState.PASS or case.terms.rules.most_points(score.attributed) < needed:
        return False
    after_day = case.terms.day_of(lead.said_no_ms) if lead.said_no_ms else 0
    days = (*event_days(score.attributed, after_day), day)
    return any(is_threshold_reached(case, lead, score, needed, one) for one in reversed(days))


def _of_sales(case: Case, lead: LeadRow, *, is_owned: bool, is_short: bool) -> Lacks:
    """Return what would change the stage of a lead with a hand-off, or the qualification of its raised hand."""
    is_worked = lead.accepted or lead.qualified or is_with_partner(case.account)
    may_become_mql = not (is_owned or is_worked or lead.reached_mql or lead.raised_hand)
    may_become_mql &= case.account.questioned is None and restriction(case.terms, lead) is None
    return Lacks(
        gates=lead.raised_hand or not (is_owned or is_worked),
        total=is_short and may_become_mql,
    )


def _of_owned(case: Case, lead: LeadRow, score: ScoreRow, day: int) -> Iterator[Lack]:
    """Yield what would hand a lead of a customer or of an open opportunity to the account's owner."""
    if lead.verdict is not None:
        yield from _new_points(case, score, day)
        yield _request(case)
    elif lead.handed:
        return
    line = owned_line(case)
    if line is None:
        yield _ACTIVITY
    else:
        yield from _of_owned_line(case, score, line, day)
        if lead.verdict is None:
            yield _request(case)
    yield from _permission(case, lead)


def _of_owned_line(case: Case, score: ScoreRow, line: Line, day: int) -> Iterator[Lack]:
    """Yield the points and the signals with which a route of an owned account hands the lead over."""
    if line.points is not None:
        missing = line.points - case.terms.rules.points(score.attributed, day).points
        yield Lack("points", "behaviour", f"{missing} more") if missing > 0 else _ACTIVITY
    if line.signals:
        yield Lack("fact", "signals", ", ".join(line.signals))


def _others(case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, day: int) -> Iterator[Lack]:
    if lead.verdict is not None:
        yield from _new_points(case, score, day)
        yield _request(case)
    elif case.terms.bar is None and not _reaches_threshold_with_facts(case, lead, score, fit, day):
        yield from _ways_without_threshold(case)
    yield from _permission(case, lead)
    is_company_right = all(gate.state is GateState.PASS or gate.gate in PERSON_GATES for gate in fit.gates)
    if (
        case.account.questioned is not None and is_company_right
    ):  # another fact of the company would answer it too
        yield _ACCOUNT
    if withholds_mqls(case.terms.policy, case.account):
        yield _PARTNER


def _ways_without_threshold(case: Case) -> Iterator[Lack]:
    """Yield what makes an MQL under a policy without a threshold, beside a request for sales."""
    mql = case.terms.policy.stages.mql
    if mql.or_responds_to is not None:
        activities = ", ".join(mql.or_responds_to.by)
        what = f"a form or one of {activities}" if activities else "a form"
        yield Lack(
            "fact", "campaign_response", f"{what}, in a campaign {', '.join(mql.or_responds_to.campaigns)}"
        )
    if mql.or_does:
        yield Lack("fact", "rule", f"one of {', '.join(mql.or_does)}")


def _new_points(case: Case, score: ScoreRow, day: int) -> Iterator[Lack]:
    points = new_points(case, score, day)
    if points < case.terms.new_points:
        yield Lack("points", "new_points", f"{case.terms.new_points - points} more")


def _permission(case: Case, lead: LeadRow) -> Iterator[Lack]:
    why = restriction(case.terms, lead)
    if why is not None:
        yield _PERMISSIONS[why]


def _request(case: Case) -> Lack:
    requests = ", ".join(request.value for request in case.terms.policy.stages.mql.or_asks_for)
    return Lack("fact", "request", f"one of {requests}")
