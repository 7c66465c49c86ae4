"""Events dated ahead of their arrival: they count as of their arrival plus five minutes, and results say which they are.

In: a score row and such an event. Out: the row that remembers it; the points lines and the days that rest on one. An
event that is dated as it came costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.state.score import Ahead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.behaviour import Behaviour, Fitting
    from workers.accounts.state.score import ScoreRow

MOST_AHEAD = 20
"""Events that a lead remembers: the latest by day. A source whose clock is wrong is seen all the same."""


def with_ahead(score: ScoreRow, day: int, event_id: str, fitting: Fitting) -> ScoreRow:
    """Return the score that remembers an event: it may count by any of the rules that fit, as its duration is told."""
    rules = tuple(sorted({name for _, names in fitting.steps for name in names}))
    return replace(score, ahead=latest((*score.ahead, Ahead(day, event_id, rules))))


def latest(found: Iterable[Ahead]) -> tuple[Ahead, ...]:
    """Return the latest, each once; the same in any order."""
    return tuple(sorted({(one.day, one.event_id): one for one in found}.values(), key=_by_day)[-MOST_AHEAD:])


def flagged(behaviour: Behaviour, score: ScoreRow, day: int, horizon_days: int) -> Behaviour:
    """Return the points of ``day`` with those lines marked in which such an event counts."""
    rules = {rule for one in score.ahead if 0 <= day - one.day < horizon_days for rule in one.rules}
    if not rules:
        return behaviour
    lines = (replace(line, clamped=True) if line.rule in rules else line for line in behaviour.lines)
    return behaviour._replace(lines=tuple(lines))


def days_ahead(score: ScoreRow) -> set[tuple[str, int]]:
    """Return (rule, day) where such an event counts."""
    return {(rule, one.day) for one in score.ahead for rule in one.rules}


def is_ahead(score: ScoreRow, event_id: str | None) -> bool:
    """Whether an event is one of them."""
    return any(one.event_id == event_id for one in score.ahead)


def _by_day(one: Ahead) -> tuple[int, str]:
    return (one.day, one.event_id)
