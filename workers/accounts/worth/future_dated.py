"""Future-dated events: their own date was later than their arrival, so they count as of arrival plus five minutes.

In: a score row and such an event. Out: the row that remembers it, and the points lines and days marked as depending on
one. It changes no date and no count. Events with an ordinary date cost nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.state.score import FutureDated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.behaviour import Behaviour, MatchingRules
    from workers.accounts.state.score import ScoreRow

MOST_FUTURE_DATED = 20
"""Most events that a lead remembers, the latest by day. Enough to notice a source whose clock is wrong."""


def with_future_dated(score: ScoreRow, day: int, event_id: str, matching: MatchingRules) -> ScoreRow:
    """Return the score that remembers an event, with every rule that it may count for at any duration."""
    rules = tuple(sorted({name for _, names in matching.steps for name in names}))
    return replace(score, ahead=keep_latest((*score.ahead, FutureDated(day, event_id, rules))))


def keep_latest(found: Iterable[FutureDated]) -> tuple[FutureDated, ...]:
    """Return the latest events, without repeats, at most MOST_FUTURE_DATED. The same in any order."""
    return tuple(
        sorted({(one.day, one.event_id): one for one in found}.values(), key=_by_day)[-MOST_FUTURE_DATED:]
    )


def flag_future_dated(behaviour: Behaviour, score: ScoreRow, day: int, horizon_days: int) -> Behaviour:
    """Return the points of ``day`` with the lines marked in which a future-dated event counts."""
    rules = {rule for one in score.ahead if 0 <= day - one.day < horizon_days for rule in one.rules}
    if not rules:
        return behaviour
    lines = (replace(line, clamped=True) if line.rule in rules else line for line in behaviour.lines)
    return behaviour._replace(lines=tuple(lines))


def future_dated_days(score: ScoreRow) -> set[tuple[str, int]]:
    """Return each (rule, day) where a future-dated event counts."""
    return {(rule, one.day) for one in score.ahead for rule in one.rules}


def is_future_dated(score: ScoreRow, event_id: str | None) -> bool:
    """Whether an event is remembered as future-dated."""
    return any(one.event_id == event_id for one in score.ahead)


def _by_day(one: FutureDated) -> tuple[int, str]:
    return (one.day, one.event_id)
