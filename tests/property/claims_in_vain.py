"""Which claims of an account's leads cannot be had now, as their alerts name them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hops.accounts.market import Market
from workers.accounts.case import Case, LeadInHand
from workers.accounts.evaluation.rep_claims import find_obstacle
from workers.accounts.rulebook.terms import Terms


def claims_in_vain(market: Market, key: str, terms: Terms, now_ms: int) -> Iterator[str]:
    """Those that were made and that something is in the way of: lead, who claimed, why, who has it."""
    case = Case(terms, market.accounts.decider.rows, now_ms, key, "")
    for claim in case.account.refused:
        way = find_obstacle(LeadInHand(case, claim.lead_id), claim.rep_id, claim.at_ms)
        if way is not None:
            yield f"{claim.lead_id} {[claim.rep_id]} {way.why} {way.rep_id or way.desk}"
