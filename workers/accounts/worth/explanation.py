"""The explanation of a score: total, grade, points lines that add up, and what would change the result.

In: the gates' answers and the behaviour of a day. Out: the contract's Explanation. It evaluates nothing and writes
nothing. ``total`` = points of fit + points of behaviour; ``points_missing`` = the threshold (policy key
``stages.mql.bar``) minus ``total``, at least 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.explanation import Explanation, PointsLine, WouldChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.vocabulary import Reason
    from workers.accounts.rulebook.behaviour import Behaviour, RulePoints
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.rulebook.terms import Terms


MOST_CHANGES = 20
"""Most entries of ``would_change`` that the contract allows."""


def explain(
    terms: Terms,
    fit: Fit,
    behaviour: Behaviour,
    reasons: Sequence[Reason],
    event_id: str | None,
    would_change: Sequence[WouldChange] = (),
    *,
    is_clamped: bool = False,
) -> Explanation:
    """Return the explanation of a score. Its lines add up to ``total`` = fit + behaviour.

    ``would_change``: the changes that would have led to another decision. ``is_clamped``: the event was future-dated. Built without validation: this package makes every part, and tests compare them with the model.
    """
    total = fit.points + behaviour.points
    lines = list(fit.lines)
    lines += [_line(line) for line in behaviour.lines]
    return Explanation.model_construct(
        policy=terms.ref,
        reasons=list(reasons),
        fit=fit.points,
        behaviour=behaviour.points,
        total=total,
        grade=terms.grade(fit.points, behaviour.points),
        points=lines,
        gates=list(fit.gates),
        points_missing=terms.points_missing(total),
        would_change=list(would_change[:MOST_CHANGES]),
        triggering_event_id=event_id,
        triggering_event_clamped=is_clamped or None,
    )


def _line(line: RulePoints) -> PointsLine:
    return PointsLine.model_construct(
        rule=line.rule, points=line.points, count=line.count, event_id=line.event_id, clamped=line.clamped
    )
