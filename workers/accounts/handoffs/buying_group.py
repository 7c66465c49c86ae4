"""The colleagues of a lead with their roles, and whether the active people of the account are a buying group.

In: the people of the account who were active last, at most ten, and the policy's size and period of a group. Out: parts
of a hand-off. Nothing is written here. Each colleague follows the account's owner, as every lead of the account does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.outputs import BuyingGroup, Colleague
from schemas.vocabulary import GateState
from workers.accounts.case import LeadInHand, instant
from workers.accounts.worth.facts import fit_of, value_of

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow


def colleagues_of(case: Case, lead_id: str) -> list[Colleague]:
    """Return the other people of the account who were active last, latest first, with their roles."""
    return [
        _colleague(LeadInHand(case, other_id), at_ms)
        for other_id, at_ms in case.active_since()
        if other_id != lead_id
    ]


def group_of(case: Case, lead_id: str) -> BuyingGroup | None:
    """Return the buying group to which the lead belongs. None: it belongs to none, or the policy defines none.

    A person who fails a gate of the person (a student, a wrong function) does not count.
    """
    rule = case.terms.policy.stages.buying_group
    if rule is None:
        return None
    today = case.terms.day_of(case.now_ms)
    active = [
        active_id
        for active_id, at_ms in case.active_since()
        if today - case.terms.day_of(at_ms) < rule.within_days
    ]
    people = [active_id for active_id in active if _may_buy(case, case.lead(active_id))]
    if len(people) < rule.people or lead_id not in people:
        return None
    return BuyingGroup(people=len(people), within_days=rule.within_days)


def _may_buy(case: Case, lead: LeadRow) -> bool:
    """Whether no gate of the person excludes the lead."""
    fit = fit_of(case.terms, case.account.company, lead, case.today)
    return all(gate.state is not GateState.FAIL for gate in fit.gates if gate.gate in {"function", "title"})


def _colleague(hand: LeadInHand, at_ms: int) -> Colleague:
    lead = hand.lead
    title, stated = value_of(lead.facts, "job_title"), value_of(lead.facts, "job_function")
    function, level = hand.case.terms.gates.role(title, stated)
    return Colleague(
        lead_id=hand.lead_id,
        function=function,
        title_level=level,
        stage=lead.stage,
        last_active_at=instant(at_ms),
    )
