"""Points that a lead must reach: the threshold of an MQL, and what the routes of owned accounts ask for.

In: a lead and its counts. Out: whether enough points count as of a day, and the first such day. It changes no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Route
from workers.accounts.routing.ownership import is_customer
from workers.accounts.rulebook.behaviour import event_days, last_event_day
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.signals_given import signals_of

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow
    from workers.policy.routes import Route as Line


def is_threshold_reached(case: Case, lead: LeadRow, score: ScoreRow, needed: int, day: int) -> bool:
    """Whether behaviour gives ``needed`` points on a day. After the end of a cycle, enough of them must be new."""
    if case.terms.rules.points(score.attributed, day).points < needed:
        return False
    return lead.verdict is None or new_points(case, score, day) >= case.terms.new_points


def points_needed(case: Case, lead: LeadRow, fit: Fit, day: int) -> int:
    """Return the points of behaviour that a lead needs as of a day. ``fit``: its fit as of now.

    Only the age of a company changes without a new fact: it counts as of the day.
    """
    if case.terms.gates.facts.asks_age:
        fit = fit_of(case.terms, case.account.company, lead, day)
    return (case.terms.bar or 0) - fit.points


def new_points(case: Case, score: ScoreRow, day: int) -> int:
    """Return the points of behaviour since the end of the last cycle, as of a day."""
    return case.terms.rules.points(score.attributed_since, day).points


def owned_line(case: Case) -> Line | None:
    """Return the route line of a customer, or else of an open opportunity, if it asks for more than an activity."""
    name = Route.CUSTOMER if is_customer(case.account.company) else Route.OPEN_OPPORTUNITY
    line = case.terms.policy.route(name)
    return line if line is not None and line.asks_for_more else None


def find_owned_day(case: Case, lead: LeadRow, score: ScoreRow, event_day: int) -> int | None:
    """Return as of which day an activity of an owned account makes a hand-off due. None: the route asks for more.

    A route that asks for nothing more gives the day of the event. Else it is the first day from the event's on, of those
    on which something counted, as of which the points or a signal suffice. So the order of arrival does not matter.
    """
    line = owned_line(case)
    if line is None:
        return event_day
    later = event_days(score.attributed, event_day) if score.latest_day > event_day else ()
    return next((day for day in (event_day, *later) if _meets(case, lead, score, line, day)), None)


def _meets(case: Case, lead: LeadRow, score: ScoreRow, line: Line, day: int) -> bool:
    """Whether the points or a signal as of a day suffice for the route."""
    if line.points is not None and all(
        is_threshold_reached(case, lead, score, line.points, one)
        for one in (day, last_event_day(score.attributed, day))
    ):
        return True
    if not line.signals:
        return False
    counted = score.attributed if lead.verdict is None else score.attributed_since
    given = signals_of(case.terms, case.terms.rules.points(counted, day))
    return not given.isdisjoint(line.signals) and is_threshold_reached(case, lead, score, 0, day)
