"""Whose is it? The first route that is true, and the desk that has to be asked.

In: what the CRM says, who holds the account, who had it. Out: a plan, never an assignment: every assignment is a
desk's answer, because desks know who is there. Reps known to have left are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, GateState, HowChosen, Kind, Relationship, Route

if TYPE_CHECKING:
    from workers.accounts.rows import AccountRow, Company
    from workers.policy.model import Policy


class Right(NamedTuple):
    """The owner by right."""

    rep_id: str
    route: Route
    how: HowChosen


class Plan(NamedTuple):
    """Which desk to ask, and how."""

    desk: str
    mode: RequestMode
    rep_id: str | None
    route: Route
    how: HowChosen | None


def is_customer(company: Company | None) -> bool:
    """Whether the CRM calls the account a customer."""
    return company is not None and company.relationship is Relationship.CUSTOMER


def has_open_opportunity(company: Company | None) -> bool:
    """Whether an opportunity is open."""
    return company is not None and bool(company.opportunities)


def named_by_crm(policy: Policy, company: Company | None) -> tuple[Right, ...]:
    """Return everybody whom the CRM names, in the order of the policy's routes."""
    if company is None:
        return ()
    named: list[Right] = []
    owner = company.owner_rep_id
    for route in policy.routes:
        if route.name == Route.CUSTOMER and owner and is_customer(company):
            named.append(Right(owner, Route.CUSTOMER, HowChosen.ACCOUNT_OWNER))
        elif route.name == Route.OPEN_OPPORTUNITY and company.opportunities:
            latest = company.opportunities[-1]
            named.append(Right(latest.owner_rep_id, Route.OPEN_OPPORTUNITY, HowChosen.OPPORTUNITY_OWNER))
        elif route.name == Route.ACCOUNT_HAS_OWNER and owner:
            named.append(Right(owner, Route.ACCOUNT_HAS_OWNER, HowChosen.ACCOUNT_OWNER))
    return tuple(named)


def right_of(policy: Policy, account: AccountRow) -> Right | None:
    """Return the owner by right: named by hand, else by the CRM; reps who are gone are passed over."""
    away = account.gone
    if account.by_hand is not None and account.by_hand.rep_id not in away:
        return Right(account.by_hand.rep_id, Route.BY_HAND, HowChosen.BY_HAND)
    return next((right for right in named_by_crm(policy, account.company) if right.rep_id not in away), None)


def kind_of(account: AccountRow, fit: GateState, *, raised: bool) -> Kind:
    """Return why a hand-off is made: the CRM's word first, then the raised hand, then the bar."""
    if is_customer(account.company):
        return Kind.EXPANSION
    if has_open_opportunity(account.company):
        return Kind.IN_CYCLE
    if not raised:
        return Kind.MQL
    return Kind.INQUIRY if fit is GateState.FAIL else Kind.RAISED_HAND


def plan_for(policy: Policy, account: AccountRow, kind: Kind, now_ms: int) -> Plan:
    """Return whom to ask for a lead of this kind.

    While hand-offs are open a new one follows them, unless somebody else owns the account by right. An inquiry takes
    neither turn nor room: it goes to whoever holds the account, else to the desk itself.
    """
    right = right_of(policy, account)
    if right is not None:
        return Plan(f"rep:{right.rep_id}", RequestMode.OWNER, right.rep_id, right.route, right.how)
    away = account.gone
    holder = account.holder
    if holder is not None and holder.type is AssigneeType.REP and holder.id not in away:
        return _follow(holder.id, holder.desk, kind)
    last = account.last_rep
    if (
        last is not None
        and kind is not Kind.INQUIRY
        and last.rep_id not in away
        and now_ms - last.at_ms <= policy.account_rep_for_ms
    ):
        return _follow(last.rep_id, last.desk, kind)
    return Plan(f"desk:{policy.default_desk}", RequestMode.TURN, None, Route.OTHERWISE, None)


def _follow(rep_id: str, desk: str, kind: Kind) -> Plan:
    if desk.startswith("desk:") and kind is not Kind.INQUIRY:
        return Plan(desk, RequestMode.FOLLOW, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)
    return Plan(f"rep:{rep_id}", RequestMode.OWNER, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)
