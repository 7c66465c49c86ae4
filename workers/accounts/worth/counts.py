"""A lead's counts as they grow: all of them, those since the last no of sales, and the latest while sales may say no.

In: a score row and an event. Out: the row with the event counted. Points are made of it in behaviour.py.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.rulebook.tally import counted
from workers.accounts.state.score import Settled
from workers.accounts.worth.count_once import joined, key_of, keys_of, since_no, with_first

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import OnceCount, RuleCount, ScoreRow
    from workers.accounts.worth.count_once import Keys

MOST_RECENT = 50
KEPT_BEYOND_HORIZON_DAYS = 7
"""Counts stay a little longer than they give points: a lead that waited is explained as of the day it was due."""


def with_event(
    terms: Terms,
    lead: LeadRow,
    score: ScoreRow,
    names: tuple[str, ...],
    at_ms: int,
    event_id: str,
    message: str = "",
) -> ScoreRow:
    """Return the score with one event more for each rule of ``names``, by the event's own day.

    ``message`` tells the message that it is about from others, for rules of which one event a message counts.
    """
    day = terms.day_of(at_ms)
    latest = max(score.latest_day, day)
    oldest = oldest_day(terms, latest)
    if day < oldest:
        return score
    once = terms.rules.once
    if once and any(name in once for name in names):
        keys = {name: key_of(terms, name, at_ms, message) for name in names}
        for name, key in keys.items():
            if key:
                score = with_first(terms, score, name, key, at_ms, event_id, lead.said_no_ms, oldest)
        names = tuple(name for name, key in keys.items() if not key)
    since = score.since
    if since is not None and at_ms > lead.said_no_ms:
        since = counted(since, names, day, at_ms, event_id, oldest)
    recent = score.recent
    if lead.handoffs or lead.expired_with_handoff:
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


def oldest_day(terms: Terms, latest_day: int) -> int:
    """Return the first day of which counts are kept while ``latest_day`` is the last on which something counted."""
    return latest_day - terms.rules.horizon_days - KEPT_BEYOND_HORIZON_DAYS


def after_no(terms: Terms, score: ScoreRow, said_no_ms: int) -> ScoreRow:
    """Return the score as sales says no: events that are dated later, but came first, count as new."""
    settled = score.settled
    if settled is not None:
        since = _since(terms, settled.recent, settled.once, said_no_ms)
        settled = Settled(settled.counts, since, settled.once)
    since = _since(terms, score.recent, score.once, said_no_ms)
    return replace(score, since=since, recent=(), settled=settled)


def after_return(score: ScoreRow) -> ScoreRow:
    """Return the score in a new cycle: the no is over."""
    if score.since is None:
        return score
    settled = score.settled
    return replace(score, since=None, settled=None if settled is None else replace(settled, since=None))


def with_sent(terms: Terms, score: ScoreRow, sent: list[tuple[RuleCount, Keys]]) -> ScoreRow:
    """Return the score with what was counted under another account key."""
    made = score
    for count, keys in sent:
        made = joined(terms, made, count, keys)
    days = [day for count, _ in sent for day, _ in count.days]
    made = replace(made, latest_day=max([score.latest_day, *days]))
    if score.settled is None:
        return made
    held = replace(score, counts=score.settled.counts, once=score.settled.once)
    for count, keys in sent:
        held = joined(terms, held, count, keys)
    return replace(made, settled=replace(score.settled, counts=held.counts, once=held.once))


def keys_by_rule(score: ScoreRow) -> dict[str, Keys]:
    """Return the buckets and messages of each rule that counts once in them, for another account key."""
    return {one.rule: keys_of(score.once, one.rule) for one in score.once}


def _since(
    terms: Terms, recent: tuple[tuple[int, str, str], ...], once: tuple[OnceCount, ...], said_no_ms: int
) -> tuple[RuleCount, ...]:
    since: tuple[RuleCount, ...] = ()
    for at_ms, name, event_id in recent:
        if at_ms > said_no_ms:
            since = counted(since, (name,), terms.day_of(at_ms), at_ms, event_id, 0)
    return since_no(terms, since, once, said_no_ms)
