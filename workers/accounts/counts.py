"""A lead's counts as they grow: all of them, those since the last no of sales, and the latest while sales may say no.

In: a score row and an event. Out: the row with the event counted. Points are made of it in behaviour.py.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.behaviour import KEPT_BEYOND_HORIZON_DAYS, counted

if TYPE_CHECKING:
    from workers.accounts.rows import LeadRow, RuleCount, ScoreRow
    from workers.accounts.terms import Terms

MOST_RECENT = 50


def with_event(
    terms: Terms, lead: LeadRow, score: ScoreRow, names: tuple[str, ...], at_ms: int, event_id: str
) -> ScoreRow:
    """Return the score with one event more for each rule of ``names``, by the event's own day."""
    day = terms.day_of(at_ms)
    latest = max(score.latest_day, day)
    oldest = latest - terms.rules.horizon_days - KEPT_BEYOND_HORIZON_DAYS
    if day < oldest:
        return score
    since = score.since
    if since is not None and at_ms > lead.said_no_ms:
        since = counted(since, names, day, at_ms, event_id, oldest)
    recent = score.recent
    if lead.handoffs:
        kept = list(recent)
        for name in names:
            insort(kept, (at_ms, name, event_id))
        recent = tuple(kept[-MOST_RECENT:])
    elif recent:
        recent = ()
    return replace(
        score,
        counts=counted(score.counts, names, day, at_ms, event_id, oldest),
        latest_day=latest,
        since=since,
        recent=recent,
    )


def after_no(terms: Terms, score: ScoreRow, said_no_ms: int) -> ScoreRow:
    """Return the score as sales says no: events that are dated later, but came first, count as new."""
    since: tuple[RuleCount, ...] = ()
    for at_ms, name, event_id in score.recent:
        if at_ms > said_no_ms:
            since = counted(since, (name,), terms.day_of(at_ms), at_ms, event_id, 0)
    return replace(score, since=since, recent=())


def after_return(score: ScoreRow) -> ScoreRow:
    """Return the score in a new cycle: the no is over."""
    return score if score.since is None else replace(score, since=None)
