"""Whose is it? The policy's routes one after the other: the first that is true, and why those before it were not.

In: what the CRM says, who holds the account, who had it, the lead that asks. Out: a plan, never an assignment: every
assignment is a desk's answer, because desks know who is there. Owners by right come first; while hand-offs are open,
the next one follows them, whatever the lines between say: one owner per account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, HowChosen, Kind, Route, RouteMiss
from workers.accounts.routing.ownership import has_former_rep, is_customer, owners_of, right_of
from workers.accounts.routing.partners import PREFIX, partner_of, why_not
from workers.accounts.routing.territories import Asker, missed
from workers.accounts.state.parts import Earlier

if TYPE_CHECKING:
    from workers.accounts.routing.ownership import Right
    from workers.accounts.state.account import AccountRow
    from workers.policy.model import Policy
    from workers.policy.routes import Route as Line

NOBODY = Asker()
_BY_RIGHT = frozenset({Route.CUSTOMER, Route.OPEN_OPPORTUNITY, Route.ACCOUNT_HAS_OWNER})
_BEFORE_WHO_HOLDS_IT = _BY_RIGHT | {Route.NEVER, Route.SUPPORT_QUESTION}
_NO_OWNER = frozenset({RouteMiss.OWNER_IS_NO_PERSON, RouteMiss.OWNER_NOT_ACTIVE})
_NO_ACTIVE_OWNER = {
    Route.CUSTOMER: _NO_OWNER | {RouteMiss.NO_OWNER},
    Route.OPEN_OPPORTUNITY: _NO_OWNER,
    Route.ACCOUNT_HAS_OWNER: _NO_OWNER,
}
"""Where a line's desk stands in for its owner: a customer without one too, while no owner is no ``account_has_owner``."""
_DESK = "desk:"


class Plan(NamedTuple):
    """Which desk to ask, and how."""

    desk: str
    mode: RequestMode
    rep_id: str | None
    route: Route
    how: HowChosen | None
    earlier: tuple[Earlier, ...] = ()
    """The lines before, and why each did not hold."""
    terms: str | None = None
    """The desk whose deadlines hold for an owner by right; None: the rep's own desk."""


def plan_for(policy: Policy, account: AccountRow, kind: Kind, now_ms: int, asker: Asker = NOBODY) -> Plan:
    """Return whom to ask for a lead of this kind.

    An inquiry takes neither turn nor room: it goes to whoever holds the account, else to the desk itself.
    """
    right = right_of(policy, account)
    if right is not None and right.route is Route.BY_HAND:
        return _owner(right, (), None)
    held = _held(policy, account, kind)
    earlier: list[Earlier] = []
    for line in policy.routes:
        if right is not None and line.name == right.route:
            return _owner(right, tuple(earlier), line.fallback)
        step = _step(policy, account, kind, now_ms, asker, line)
        if held is not None and line.name not in _BEFORE_WHO_HOLDS_IT:
            if line.name in {held.route, Route.OTHERWISE}:
                return held._replace(earlier=tuple(earlier))
            if not (isinstance(step, Plan) and _moves_on(step, held, asker)):
                step = _earlier(line, RouteMiss.ACCOUNT_IS_HELD) if isinstance(step, Plan) else step
        if isinstance(step, Plan):
            return step._replace(earlier=tuple(earlier))
        earlier.append(step)
        if held is None and line.fallback is not None and step.why in _NO_ACTIVE_OWNER[Route(line.name)]:
            desk = f"{_DESK}{line.fallback}"
            return Plan(desk, RequestMode.TURN, None, Route(line.name), None, tuple(earlier))
    raise AssertionError("the policy's last route is otherwise, and it always holds")


def _owner(right: Right, earlier: tuple[Earlier, ...], fallback: str | None) -> Plan:
    terms = None if fallback is None else _DESK + fallback
    return Plan(
        f"rep:{right.rep_id}", RequestMode.OWNER, right.rep_id, right.route, right.how, earlier, terms
    )


def _moves_on(step: Plan, held: Plan, asker: Asker) -> bool:
    """Whether an account that a rep of ours works goes on to its partner: sales has qualified this lead for it."""
    return step.route is Route.PARTNER_COVERS and held.route is not Route.PARTNER_COVERS and asker.is_sql


def _held(policy: Policy, account: AccountRow, kind: Kind) -> Plan | None:
    """The rep or partner who has the account's open hand-offs, or None."""
    holder = account.holder
    if partner_of(policy, account) is not None and holder is not None:
        return Plan(holder.id, RequestMode.TURN, None, Route.PARTNER_COVERS, None)
    if holder is None or holder.type is not AssigneeType.REP or holder.id in account.gone:
        return None
    return _follow(holder.id, holder.desk, kind)


def _step(  # noqa: PLR0911 - one line per route
    policy: Policy, account: AccountRow, kind: Kind, now_ms: int, asker: Asker, line: Line
) -> Plan | Earlier:
    """Return where this line leads, or why it does not hold."""
    if line.name in _BY_RIGHT:
        return _by_right(policy, account, line)
    if line.territory is not None:
        why = missed(line.territory, account.company, asker, policy.currency)
        if why is not None:
            return _earlier(line, why.why, fact=why.fact, needed=why.needed)
        return Plan(f"{_DESK}{line.desk}", RequestMode.TURN, None, Route.TERRITORY, None)
    match line.name:
        case Route.PARTNER_COVERS:
            return _partner(policy, account, asker, line)
        case Route.ACCOUNT_HAS_REP:
            return _last_rep(policy, account, kind, now_ms, line)
        case Route.FORMER_CUSTOMER:
            return _former_rep(policy, account, line)
        case Route.OTHERWISE:
            return Plan(f"{_DESK}{line.desk}", RequestMode.TURN, None, Route.OTHERWISE, None)
        case Route.NEVER:
            return _earlier(line, RouteMiss.NOT_EXCLUDED)
        case _:
            return _earlier(line, RouteMiss.NO_SUPPORT_QUESTION)


def _by_right(policy: Policy, account: AccountRow, line: Line) -> Earlier:
    """Why a line of owners by right has no active owner."""
    company = account.company
    if line.name == Route.CUSTOMER and not is_customer(company):
        return _earlier(line, RouteMiss.NOT_A_CUSTOMER)
    if line.name == Route.OPEN_OPPORTUNITY:
        if company is None or not company.opportunities:
            return _earlier(line, RouteMiss.NO_OPEN_OPPORTUNITY)
        return _passed_over(policy, line, company.opportunities[-1].owner_rep_id)
    named = company.owner_rep_id if company is not None else None
    if company is not None and not named and policy.owners.subsidiaries == "parents_owner":
        named = company.parent_owner_rep_id
    if line.name == Route.ACCOUNT_HAS_OWNER and named and company and has_former_rep(policy, company):
        return _earlier(line, RouteMiss.OWNER_OF_FORMER_CUSTOMER, rep_id=named)
    return _passed_over(policy, line, named)


def _passed_over(policy: Policy, line: Line, named: str | None) -> Earlier:
    if not named:
        return _earlier(line, RouteMiss.NO_OWNER)
    if not policy.owners.is_person(named):
        return _earlier(line, RouteMiss.OWNER_IS_NO_PERSON, rep_id=named)
    return _earlier(line, RouteMiss.OWNER_NOT_ACTIVE, rep_id=named)


def _partner(policy: Policy, account: AccountRow, asker: Asker, line: Line) -> Plan | Earlier:
    found = why_not(policy, account, is_mql=asker.is_mql, is_sql=asker.is_sql)
    if isinstance(found, RouteMiss):
        return _earlier(line, found)
    return Plan(PREFIX + found.name, RequestMode.TURN, None, Route.PARTNER_COVERS, None)


def _last_rep(policy: Policy, account: AccountRow, kind: Kind, now_ms: int, line: Line) -> Plan | Earlier:
    last = account.last_rep
    if last is None:
        holder = account.holder
        if holder is not None and holder.id in account.gone:
            return _earlier(line, RouteMiss.REP_NOT_ACTIVE, rep_id=holder.id)
        return _earlier(line, RouteMiss.NOBODY_WORKED_IT)
    if kind is Kind.INQUIRY:
        return _earlier(line, RouteMiss.INQUIRY)
    if last.rep_id in account.gone:
        return _earlier(line, RouteMiss.REP_NOT_ACTIVE, rep_id=last.rep_id)
    if now_ms - last.at_ms > (policy.account_rep_for_ms or 0):
        return _earlier(line, RouteMiss.WORKED_TOO_LONG_AGO, rep_id=last.rep_id)
    return _follow(last.rep_id, last.desk, kind)


def _former_rep(policy: Policy, account: AccountRow, line: Line) -> Plan | Earlier:
    company = account.company
    if company is None or not has_former_rep(policy, company):
        return _earlier(line, RouteMiss.NOT_A_FORMER_CUSTOMER)
    own = [rep_id for rep_id, how in owners_of(policy, company) if how is HowChosen.ACCOUNT_OWNER]
    owner = own[0] if own else None
    if owner is None or owner in account.gone:
        return _passed_over(policy, line, company.owner_rep_id)
    return Plan(f"rep:{owner}", RequestMode.OWNER, owner, Route.FORMER_CUSTOMER, HowChosen.FORMER_REP)


def _follow(rep_id: str, desk: str, kind: Kind) -> Plan:
    if desk.startswith(_DESK) and kind is not Kind.INQUIRY:
        return Plan(desk, RequestMode.FOLLOW, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)
    return Plan(f"rep:{rep_id}", RequestMode.OWNER, rep_id, Route.ACCOUNT_HAS_REP, HowChosen.ACCOUNT_REP)


def _earlier(
    line: Line,
    why: RouteMiss,
    *,
    fact: str | None = None,
    needed: str | None = None,
    rep_id: str | None = None,
) -> Earlier:
    to = None if line.desk is None else _DESK + line.desk
    return Earlier(Route(line.name), why, to=to, fact=fact, needed=needed, rep_id=rep_id)
