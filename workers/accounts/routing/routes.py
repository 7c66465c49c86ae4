"""The route of a lead: the first of the policy's ``routes`` that applies, and why each line before it did not.

In: the CRM record, the account's holder and last rep, the lead. Out: a plan of which desk to ask. It assigns nothing:
every assignment is a desk's answer, because desks know which reps are present. The account's owner comes first. While
hand-offs are open, the next one goes to their holder, whatever the lines between: an account has one owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.desk_requests import RequestMode
from schemas.partner_load import PARTNERS_DESK
from schemas.vocabulary import AssigneeType, HowChosen, Kind, Route, RouteMiss
from workers.accounts.routing.ownership import (
    crm_owners,
    has_former_rep,
    has_relationship,
    is_customer,
    is_holder_inactive,
    owner_of,
)
from workers.accounts.routing.partners import (
    PARTNER_PREFIX,
    NamedPartner,
    miss_of_partner,
    partner_of,
    partners_or_miss,
)
from workers.accounts.routing.territories import LeadProfile, UnmetCondition, find_unmet
from workers.accounts.routing.territory_tables import find_line
from workers.accounts.state.parts import SkippedRoute

if TYPE_CHECKING:
    from workers.accounts.routing.ownership import AccountOwner
    from workers.accounts.state.account import AccountRow
    from workers.policy.model import Policy
    from workers.policy.routes import Route as Line

UNKNOWN_LEAD = LeadProfile()
"""A lead without known facts or points."""
_OWNER_ROUTES = frozenset({Route.CUSTOMER, Route.OPEN_OPPORTUNITY, Route.ACCOUNT_HAS_OWNER})
"""Routes that name the account's own owner."""
_BEFORE_HOLDER = _OWNER_ROUTES | {Route.NEVER, Route.SUPPORT_QUESTION}
"""Routes that go before the holder of the open hand-offs."""
_NO_OWNER = frozenset({RouteMiss.OWNER_IS_NO_PERSON, RouteMiss.OWNER_NOT_ACTIVE})
_NO_ACTIVE_OWNER = {
    Route.CUSTOMER: _NO_OWNER | {RouteMiss.NO_OWNER},
    Route.OPEN_OPPORTUNITY: _NO_OWNER,
    Route.ACCOUNT_HAS_OWNER: _NO_OWNER,
}
"""Misses for which the line's fallback desk replaces the owner. Only ``customer`` has one for a missing owner."""
_DESK = "desk:"


class Plan(NamedTuple):
    """The desk to ask for a lead, and how."""

    desk: str
    """``desk:<name>``, ``rep:<rep_id>``, ``partner:<name>`` or the desk of all partners."""
    mode: RequestMode
    rep_id: str | None
    """Rep for whom the desk is asked. None: the desk chooses."""
    route: Route
    how: HowChosen | None
    """How the rep was chosen. None: the desk chooses."""
    earlier: tuple[SkippedRoute, ...] = ()
    """Lines evaluated before, and why each did not apply."""
    terms: str | None = None
    """Desk whose deadlines apply to the account's owner. None: the rep's own desk."""
    partners: tuple[str, ...] = ()
    """Partners of whom the desk of all partners chooses one, by name in the order of their levels. Empty: another desk."""


def plan_for(
    policy: Policy, account: AccountRow, kind: Kind, now_ms: int, lead: LeadProfile = UNKNOWN_LEAD
) -> Plan:
    """Return the desk to ask for a lead of this kind.

    An owner whom a later line names comes before the fallback desk of an earlier one: it is the account's own rep. An
    inquiry uses neither a turn nor capacity: it goes to the account's holder, else to the desk as a whole.
    """
    owner = owner_of(policy, account)
    if owner is not None and owner.route is Route.BY_HAND:
        return _owner_plan(owner, (), None)
    held = _holder_plan(policy, account, kind)
    earlier: list[SkippedRoute] = []
    for line in policy.routes:
        if owner is not None and line.name == owner.route:
            return _owner_plan(owner, tuple(earlier), line.fallback)
        step = _evaluate_line(policy, account, kind, now_ms, lead, line)
        if held is not None and (line.name not in _BEFORE_HOLDER or line.is_desk_of_owned):
            if line.name in {held.route, Route.OTHERWISE}:
                return held._replace(earlier=tuple(earlier))
            if not (isinstance(step, Plan) and _forwards_to_partner(step, held, lead)):
                step = _skip(line, RouteMiss.ACCOUNT_IS_HELD) if isinstance(step, Plan) else step
        if isinstance(step, Plan):
            return step._replace(earlier=tuple(earlier))
        earlier.append(step)
        if owner is not None or held is not None or line.fallback is None:
            continue
        if step.why in _NO_ACTIVE_OWNER[Route(line.name)]:
            desk = f"{_DESK}{line.fallback}"
            return Plan(desk, RequestMode.TURN, None, Route(line.name), None, tuple(earlier))
    raise AssertionError("the policy's last route is otherwise, and it always holds")


def _owner_plan(owner: AccountOwner, earlier: tuple[SkippedRoute, ...], fallback: str | None) -> Plan:
    """Return the plan to ask the account's owner, with the deadlines of the fallback desk if there is one."""
    terms = None if fallback is None else _DESK + fallback
    return Plan(
        f"rep:{owner.rep_id}", RequestMode.OWNER, owner.rep_id, owner.route, owner.how, earlier, terms
    )


def _forwards_to_partner(step: Plan, held: Plan, lead: LeadProfile) -> bool:
    """Whether an account that a rep has is forwarded to its partner, because sales has qualified this lead."""
    return step.route is Route.PARTNER_COVERS and held.route is not Route.PARTNER_COVERS and lead.is_sql


def _holder_plan(policy: Policy, account: AccountRow, kind: Kind) -> Plan | None:
    """Return the plan to ask the rep or partner who has the account's open hand-offs, or None."""
    holder = account.holder
    if partner_of(policy, account) is not None and holder is not None:
        return Plan(holder.id, RequestMode.TURN, None, Route.PARTNER_COVERS, None)
    if holder is None or holder.type is not AssigneeType.REP or holder.id in account.gone:
        return None
    return _rep_plan(holder.id, holder.desk, kind)


def _evaluate_line(  # noqa: PLR0911 - one line per route
    policy: Policy, account: AccountRow, kind: Kind, now_ms: int, lead: LeadProfile, line: Line
) -> Plan | SkippedRoute:
    """Return the plan of a route line, or why it does not apply."""
    if line.name in _OWNER_ROUTES:
        is_at_desk = line.is_desk_of_owned and has_relationship(line, account.company)
        return (
            _desk_plan(policy, account, kind, now_ms, line)
            if is_at_desk
            else _skip_owner_line(policy, account, line)
        )
    match line.name:
        case Route.TERRITORY:
            return _territory_plan(policy, account, lead, line)
        case Route.PARTNER_COVERS:
            return _partner_plan(policy, account, lead, line)
        case Route.ACCOUNT_HAS_REP:
            return _last_rep_plan(policy, account, kind, now_ms, line)
        case Route.FORMER_CUSTOMER:
            return _former_rep_plan(policy, account, line)
        case Route.CONTACT_HAS_OWNER:
            return _contact_owner_plan(policy, account, lead, line)
        case Route.OTHERWISE:
            return Plan(f"{_DESK}{line.desk}", RequestMode.TURN, None, Route.OTHERWISE, None)
        case Route.NEVER:
            return _skip(line, RouteMiss.NOT_EXCLUDED)
        case _:
            return _skip(line, RouteMiss.NO_SUPPORT_QUESTION)


def _desk_plan(policy: Policy, account: AccountRow, kind: Kind, now_ms: int, line: Line) -> Plan:
    """Return the plan to ask the desk of a customer or of an open opportunity: for its rep who has worked the account.

    Without such a rep, or after the days of ``account_has_rep``, the desk chooses.
    """
    again = _last_rep_plan(policy, account, kind, now_ms, line)
    desk = f"{_DESK}{line.desk}"
    if isinstance(again, Plan) and again.desk == desk:
        return again
    return Plan(desk, RequestMode.TURN, None, Route(line.name), None)


def _territory_plan(
    policy: Policy, account: AccountRow, lead: LeadProfile, line: Line
) -> Plan | SkippedRoute:
    """Return the plan to ask the desk of a territory, or whom a table of territories names, or why neither applies."""
    if line.table is not None:
        return _table_plan(policy, account, lead, line.table, line)
    assert line.territory is not None, "a territory line tests one or names a table"  # noqa: S101 - an invariant
    why = find_unmet(line.territory, account.company, lead, policy.currency, policy.conditions)
    if why is not None:
        return _skip(line, why.why, fact=why.fact, needed=why.needed)
    return Plan(f"{_DESK}{line.desk}", RequestMode.TURN, None, Route.TERRITORY, None)


def _table_plan(
    policy: Policy, account: AccountRow, lead: LeadProfile, table: str, line: Line
) -> Plan | SkippedRoute:
    """Return the plan to ask the desk, rep or partner whom a table of territories names, or why it names none."""
    found = find_line(policy, table, account.company, lead)
    if isinstance(found, UnmetCondition):
        return _skip(line, found.why, fact=found.fact, needed=found.needed)
    if found.target == "desk":
        return Plan(f"{_DESK}{found.name}", RequestMode.TURN, None, Route.TERRITORY, None)
    if found.target == "rep":
        if found.name in account.gone:
            return _skip(line, RouteMiss.REP_NOT_ACTIVE, rep_id=found.name)
        how = HowChosen.TERRITORY_REP
        return Plan(f"rep:{found.name}", RequestMode.OWNER, found.name, Route.TERRITORY, how)
    miss = miss_of_partner(
        NamedPartner(found.name, policy.partners[found.name]), account, is_mql=lead.is_mql, is_sql=lead.is_sql
    )
    if miss is not None:
        return _skip(line, miss)
    return _plan_for_partners(policy, (found.name,))


def _plan_for_partners(policy: Policy, names: tuple[str, ...]) -> Plan:
    """Return the plan to ask one of these partners: the first, or the one that the desk of all partners chooses."""
    if policy.partner_order.take_turns:
        return Plan(PARTNERS_DESK, RequestMode.TURN, None, Route.PARTNER_COVERS, None, partners=names)
    return Plan(PARTNER_PREFIX + names[0], RequestMode.TURN, None, Route.PARTNER_COVERS, None)


def _skip_owner_line(policy: Policy, account: AccountRow, line: Line) -> SkippedRoute:
    """Return why a line that names the account's owner does not apply: no active owner is named."""
    company = account.company
    if line.name == Route.CUSTOMER and not is_customer(company):
        return _skip(line, RouteMiss.NOT_A_CUSTOMER)
    if line.name == Route.OPEN_OPPORTUNITY:
        if company is None or not company.opportunities:
            return _skip(line, RouteMiss.NO_OPEN_OPPORTUNITY)
        return _skip_owner(policy, line, company.opportunities[-1].owner_rep_id)
    named = company.owner_rep_id if company is not None else None
    if company is not None and not named and policy.owners.subsidiaries == "parents_owner":
        named = company.parent_owner_rep_id
    if line.name == Route.ACCOUNT_HAS_OWNER and named and company and has_former_rep(policy, company):
        return _skip(line, RouteMiss.OWNER_OF_FORMER_CUSTOMER, rep_id=named)
    return _skip_owner(policy, line, named)


def _skip_owner(policy: Policy, line: Line, named: str | None) -> SkippedRoute:
    """Return why the rep whom a line names is passed over."""
    if not named:
        return _skip(line, RouteMiss.NO_OWNER)
    if not policy.owners.is_person(named):
        return _skip(line, RouteMiss.OWNER_IS_NO_PERSON, rep_id=named)
    return _skip(line, RouteMiss.OWNER_NOT_ACTIVE, rep_id=named)


def _partner_plan(policy: Policy, account: AccountRow, lead: LeadProfile, line: Line) -> Plan | SkippedRoute:
    """Return the plan to ask the partner that covers the account, or why none gets the lead."""
    found = partners_or_miss(policy, account, is_mql=lead.is_mql, is_sql=lead.is_sql, facts=lead.facts)
    if isinstance(found, RouteMiss):
        return _skip(line, found)
    return _plan_for_partners(policy, found)


def _last_rep_plan(
    policy: Policy, account: AccountRow, kind: Kind, now_ms: int, line: Line
) -> Plan | SkippedRoute:
    """Return the plan to ask the rep who worked the account last, or why that rep does not get the lead."""
    last = account.last_rep
    if last is None:
        holder = account.holder
        if holder is not None and is_holder_inactive(account):
            return _skip(line, RouteMiss.REP_NOT_ACTIVE, rep_id=holder.id)
        return _skip(line, RouteMiss.NOBODY_WORKED_IT)
    if kind is Kind.INQUIRY:
        return _skip(line, RouteMiss.INQUIRY)
    if last.rep_id in account.gone:
        return _skip(line, RouteMiss.REP_NOT_ACTIVE, rep_id=last.rep_id)
    if policy.days_between(last.at_ms, now_ms) >= policy.account_rep_for_days:
        return _skip(line, RouteMiss.WORKED_TOO_LONG_AGO, rep_id=last.rep_id)
    return _rep_plan(last.rep_id, last.desk, kind)


def _former_rep_plan(policy: Policy, account: AccountRow, line: Line) -> Plan | SkippedRoute:
    """Return the plan to ask the former rep of a former customer, or why the line does not apply."""
    company = account.company
    if company is None or not has_former_rep(policy, company):
        return _skip(line, RouteMiss.NOT_A_FORMER_CUSTOMER)
    own = [rep_id for rep_id, how in crm_owners(policy, company) if how is HowChosen.ACCOUNT_OWNER]
    owner = own[0] if own else None
    if owner is None or owner in account.gone:
        return _skip_owner(policy, line, company.owner_rep_id)
    return Plan(f"rep:{owner}", RequestMode.OWNER, owner, Route.FORMER_CUSTOMER, HowChosen.FORMER_REP)


def _contact_owner_plan(
    policy: Policy, account: AccountRow, lead: LeadProfile, line: Line
) -> Plan | SkippedRoute:
    """Return the plan to ask the owner of the person's record, or why the line does not apply."""
    owner = lead.contact_owner
    if not owner or owner in account.gone or not policy.owners.is_person(owner):
        return _skip_owner(policy, line, owner)
    return Plan(f"rep:{owner}", RequestMode.OWNER, owner, Route.CONTACT_HAS_OWNER, HowChosen.CONTACT_OWNER)


def _rep_plan(rep_id: str, desk: str, kind: Kind) -> Plan:
    """Return the plan to ask a rep for another lead of the account, at the desk that assigned it if possible."""
    if desk.startswith(_DESK) and kind is not Kind.INQUIRY:
        return Plan(desk, RequestMode.FOLLOW, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)
    return Plan(f"rep:{rep_id}", RequestMode.OWNER, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)


def _skip(
    line: Line,
    why: RouteMiss,
    *,
    fact: str | None = None,
    needed: str | None = None,
    rep_id: str | None = None,
) -> SkippedRoute:
    to = None if line.desk is None else _DESK + line.desk
    return SkippedRoute(Route(line.name), why, to=to, fact=fact, needed=needed, rep_id=rep_id)
