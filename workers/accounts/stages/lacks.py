"""The changes that would bring a lead to sales: new points, a request, a permission, a confirmed account.

In: an evaluated lead. Out: the changes that would make a hand-off due, for the explanation of a score or a stage. It
decides nothing and writes nothing. A lead that sales has lacks nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.routing.partners import withholds_mqls
from workers.accounts.routing.permission import restriction
from workers.accounts.stages.nurture_paths import is_with_sales

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.accounts.case import Case
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow


class Lack(NamedTuple):
    """One change that would lead to another decision. The fields are those of the contract's WouldChange."""

    what: str
    name: str
    needed: str


_EXCLUDED = Lack("gate", "exclusion", "a company that the policy does not exclude")
_ACCOUNT = Lack("fact", "account", "a changed or confirmed fact of the company, which sales has rejected")
_PARTNER = Lack("owner", "partner", "an account without this partner, or a lead that sales has qualified")
_PERMISSIONS = {
    Reason.DO_NOT_CONTACT: Lack("fact", "do_not_contact", "false in the CRM"),
    Reason.NO_MARKETING_CONSENT: Lack("fact", "marketing_consent", "consent to marketing"),
}


def lacks_of(
    case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, excluded: Reason | None, day: int
) -> tuple[Lack, ...]:
    """Return what would bring the lead to sales, as of ``day``. Empty for a lead in an open cycle without obstacles."""
    if excluded is not None:
        return (_EXCLUDED,)
    if is_with_sales(lead):
        return ()
    return tuple(_lacks(case, lead, score, fit, day))


def _lacks(case: Case, lead: LeadRow, score: ScoreRow, fit: Fit, day: int) -> Iterator[Lack]:
    terms = case.terms
    if lead.verdict in {Stage.RECYCLED, Stage.EXPIRED}:
        new_points = terms.rules.points(score.attributed_since, day).points
        if new_points < terms.new_points:
            yield Lack("points", "new_points", f"{terms.new_points - new_points} more")
    if lead.verdict is not None:
        requests = ", ".join(request.value for request in terms.policy.stages.mql.or_asks_for)
        yield Lack("fact", "request", f"one of {requests}")
    why = restriction(terms, lead)
    if why is not None:
        yield _PERMISSIONS[why]
    if fit.state is GateState.PASS and lead.verdict is not Stage.DISQUALIFIED:
        if case.account.questioned is not None:
            yield _ACCOUNT
        if withholds_mqls(terms.policy, case.account):
            yield _PARTNER
