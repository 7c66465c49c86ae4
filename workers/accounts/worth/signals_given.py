"""Which buying signals has a lead given? Those of its counts that the policy calls signals and that have not faded.

In: counts. Out: names of rules. Routes and paths test them; nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.state.score import ScoreRow

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.terms import Terms

_NONE = frozenset[str]()


def signals_of(terms: Terms, behaviour: Behaviour) -> frozenset[str]:
    """Return the buying signals among what the lead did."""
    return frozenset(line.rule for line in behaviour.lines if line.rule in terms.signals)


def asked_signals(case: Case, lead_id: str) -> frozenset[str]:
    """Return the signals that a lead has given by now, where a route of the policy asks for any."""
    if not case.terms.routes_ask_signals:
        return _NONE
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    day = max(case.terms.day_of(case.now_ms), score.latest_day)
    return signals_of(case.terms, case.terms.rules.points(score.attributed, day))
