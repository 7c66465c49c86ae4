"""The explanation of a route: the route lines before it, and the facts with which one of them would have applied.

In: the skipped routes of a plan. Out: lists of the contract's models, built without validation as in
worth/explanation.py. It decides no route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.explanation import WouldChange
from schemas.outputs import EarlierRoute
from schemas.vocabulary import Reason, Relationship, Route, RouteMiss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.state.parts import SkippedRoute

_NEEDED = {
    RouteMiss.NO_OWNER: ("owner", "a person named in the CRM"),
    RouteMiss.OWNER_IS_NO_PERSON: ("owner", "a person named in the CRM"),
    RouteMiss.OWNER_NOT_ACTIVE: ("owner", "an active rep"),
    RouteMiss.REP_NOT_ACTIVE: ("owner", "an active rep"),
    RouteMiss.NOT_A_CUSTOMER: ("fact", Relationship.CUSTOMER.value),
    RouteMiss.NOT_A_FORMER_CUSTOMER: ("fact", Relationship.FORMER_CUSTOMER.value),
    RouteMiss.NO_OPEN_OPPORTUNITY: ("fact", "an open opportunity"),
}
"""Fact and value with which a skipped line would have applied. A territory names its own fact instead."""


REASONS = {
    Route.CUSTOMER: Reason.CUSTOMER_ACCOUNT,
    Route.OPEN_OPPORTUNITY: Reason.OPEN_OPPORTUNITY,
    Route.ACCOUNT_HAS_OWNER: Reason.OWNER_IN_CRM,
    Route.ACCOUNT_HAS_REP: Reason.ACCOUNT_ALREADY_HAS_REP,
    Route.FORMER_CUSTOMER: Reason.FORMER_CUSTOMER,
    Route.CONTACT_HAS_OWNER: Reason.OWNER_OF_CONTACT,
    Route.PARTNER_COVERS: Reason.PARTNER_COVERS,
    Route.TERRITORY: Reason.IN_TERRITORY,
    Route.BY_HAND: Reason.SALES_REASSIGNED,
    Route.CLAIMED: Reason.SALES_CLAIMED,
    Route.OTHERWISE: Reason.NEXT_IN_ROTATION,
}
"""Reason that each route gives for its holder."""


def earlier_routes(earlier: Iterable[SkippedRoute]) -> list[EarlierRoute]:
    """Return the skipped routes as the contract's models."""
    return [
        EarlierRoute.model_construct(
            route=one.route, why=one.why, to=one.to, fact=one.fact, needed=one.needed, rep_id=one.rep_id
        )
        for one in earlier
    ]


def would_lead_elsewhere(earlier: Iterable[SkippedRoute]) -> list[WouldChange]:
    """Return the facts with which one of the skipped lines would have applied, without repeats."""
    found: dict[tuple[str, str], WouldChange] = {}
    for one in earlier:
        if one.fact is not None and one.needed is not None:
            what, name, needed = "fact", one.fact, f"{one.needed} for {one.to}" if one.to else one.needed
        elif one.why in _NEEDED:
            what, needed = _NEEDED[one.why]
            name = "owner" if what == "owner" else _fact_of(one.why)
        else:
            continue
        made = WouldChange.model_construct(what=what, name=name, needed=needed)  # type: ignore[arg-type]
        found.setdefault((name, needed), made)
    return list(found.values())


def _fact_of(why: RouteMiss) -> str:
    return "open_opportunities" if why is RouteMiss.NO_OPEN_OPPORTUNITY else "relationship"
