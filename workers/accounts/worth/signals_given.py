"""The buying signals of a lead: rules of ``behaviour.signals`` that it matched within the horizon of decay.

In: counts. Out: names of rules, for the conditions of routes and nurture paths. It stores nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.state.score import ScoreRow

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.terms import Terms

_NO_SIGNALS = frozenset[str]()


def signals_of(terms: Terms, behaviour: Behaviour) -> frozenset[str]:
    """Return the buying signals among the rules of a lead's behaviour."""
    return frozenset(line.rule for line in behaviour.lines if line.rule in terms.signals)


def signals_for_routes(case: Case, lead_id: str) -> frozenset[str]:
    """Return a lead's buying signals as of now. Empty unless a route of the policy tests signals."""
    if not case.terms.routes_ask_signals:
        return _NO_SIGNALS
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    day = max(case.terms.day_of(case.now_ms), score.latest_day)
    return signals_of(case.terms, case.terms.rules.points(score.attributed, day))
