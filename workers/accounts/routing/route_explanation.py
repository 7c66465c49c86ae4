"""Why this route: the lines of the policy before it, and what would have made one of them hold.

In: what the plan noted. Out: the contract's lists. Built without validating, as explanation.py does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.explanation import WouldChange
from schemas.outputs import EarlierRoute
from schemas.vocabulary import Reason, Relationship, Route, RouteMiss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.state.parts import Earlier

_NEEDED = {
    RouteMiss.NO_OWNER: ("owner", "a person named in the CRM"),
    RouteMiss.OWNER_IS_NO_PERSON: ("owner", "a person named in the CRM"),
    RouteMiss.OWNER_NOT_ACTIVE: ("owner", "an active rep"),
    RouteMiss.REP_NOT_ACTIVE: ("owner", "an active rep"),
    RouteMiss.NOT_A_CUSTOMER: ("fact", Relationship.CUSTOMER.value),
    RouteMiss.NOT_A_FORMER_CUSTOMER: ("fact", Relationship.FORMER_CUSTOMER.value),
    RouteMiss.NO_OPEN_OPPORTUNITY: ("fact", "an open opportunity"),
}
"""What would have led to a line that did not hold; territories say it themselves, by their fact."""


REASONS = {
    Route.CUSTOMER: Reason.CUSTOMER_ACCOUNT,
    Route.OPEN_OPPORTUNITY: Reason.OPEN_OPPORTUNITY,
    Route.ACCOUNT_HAS_OWNER: Reason.OWNER_IN_CRM,
    Route.ACCOUNT_HAS_REP: Reason.ACCOUNT_ALREADY_HAS_REP,
    Route.FORMER_CUSTOMER: Reason.FORMER_CUSTOMER,
    Route.PARTNER_COVERS: Reason.PARTNER_COVERS,
    Route.TERRITORY: Reason.IN_TERRITORY,
    Route.BY_HAND: Reason.SALES_REASSIGNED,
    Route.CLAIMED: Reason.SALES_CLAIMED,
    Route.OTHERWISE: Reason.NEXT_IN_ROTATION,
}
"""What each route says of who has the account."""


def earlier_routes(earlier: Iterable[Earlier]) -> list[EarlierRoute]:
    """Return the lines before the one taken."""
    return [
        EarlierRoute.model_construct(
            route=one.route, why=one.why, to=one.to, fact=one.fact, needed=one.needed, rep_id=one.rep_id
        )
        for one in earlier
    ]


def would_lead_elsewhere(earlier: Iterable[Earlier]) -> list[WouldChange]:
    """Return what would have made one of the earlier lines hold, as far as a fact could have."""
    found: dict[tuple[str, str], WouldChange] = {}
    for one in earlier:
        if one.fact is not None and one.needed is not None:
            what, name, needed = "fact", one.fact, f"{one.needed} for {one.to}"
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
