"""The counts of a lead: of all events, of those since the last cycle ended, and the recent ones before a rejection.

In: a score row and an event with its matching rules. Out: the row with the event counted on its own day. It computes no
points: rulebook/behaviour.py does, when a score is read. There each event gives ``points * (N - age) / N`` with
N = ``behaviour.fade.to_zero_after_days`` (decay, whole days of the policy's zone), rounded once per rule. Then the caps
apply.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.rulebook.tally import count_event
from workers.accounts.state.score import SettledScore
from workers.accounts.worth.count_once import (
    add_first_events,
    count_first,
    counting_key,
    first_dates_of,
    join_rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import FirstEvents, RuleCount, ScoreRow
    from workers.accounts.worth.count_once import FirstDates

Firsts = tuple[tuple[int, str, int], ...]
"""(day, rule, date of the first event in milliseconds UTC), ascending."""
MOST_FIRSTS = 24
"""Most days of rules whose first event is kept, the latest by day: enough for the longest list of touches."""
MOST_RECENT = 50
"""Most events kept in ``recent``, the latest by date."""


def with_event(
    terms: Terms,
    lead: LeadRow,
    score: ScoreRow,
    names: tuple[str, ...],
    at_ms: int,
    event_id: str,
    message: str = "",
) -> ScoreRow:
    """Return the score with one event more for each rule of ``names``, on the event's own day.

    ``message`` marks the message that the event is about, for rules that count one event per message. An event dated
    before the oldest day that is kept changes nothing.
    """
    day = terms.day_of(at_ms)
    latest = max(score.latest_day, day)
    oldest = oldest_day(terms, latest)
    if day < oldest:
        return score
    buckets = terms.rules.bucket_ms_by_rule
    if buckets and any(name in buckets for name in names):
        keys = {name: counting_key(terms, name, at_ms, message) for name in names}
        for name, key in keys.items():
            if key:
                score = count_first(terms, score, name, key, at_ms, event_id, lead.said_no_ms, oldest)
        names = tuple(name for name, key in keys.items() if not key)
    firsts = with_firsts(score.firsts, names, day, at_ms) if names else score.firsts
    since = score.since
    if since is not None and at_ms > lead.said_no_ms:
        since = count_event(since, names, day, at_ms, event_id, oldest)
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
        counts=count_event(score.counts, names, day, at_ms, event_id, oldest),
        latest_day=latest,
        since=since,
        recent=recent,
        firsts=firsts,
    )


def with_firsts(firsts: Firsts, names: Iterable[str], day: int, at_ms: int) -> Firsts:
    """Return the dates of each rule's first event per day, with an event of ``names``. The same in any order."""
    for name in names:
        at = bisect_left(firsts, (day, name))
        if at < len(firsts) and firsts[at][:2] == (day, name):
            if at_ms < firsts[at][2]:
                firsts = (*firsts[:at], (day, name, at_ms), *firsts[at + 1 :])
        elif at or len(firsts) < MOST_FIRSTS:
            firsts = (*firsts[:at], (day, name, at_ms), *firsts[at:])[-MOST_FIRSTS:]
    return firsts


def merge_firsts(held: Firsts, sent: Firsts) -> Firsts:
    """Return the dates of each rule's first event per day under two account keys."""
    for day, name, at_ms in sent:
        held = with_firsts(held, (name,), day, at_ms)
    return held


def oldest_day(terms: Terms, latest_day: int) -> int:
    """Return the first day whose counts are kept, if ``latest_day`` is the latest with an event."""
    return latest_day - terms.counts_kept_days


def start_new_points(terms: Terms, score: ScoreRow, said_no_ms: int) -> ScoreRow:
    """Return the score with a new count since ``said_no_ms``, when the cycle ended.

    Events that are dated later but arrived earlier count in it. The lead comes back when the points of
    this count reach the policy key ``stages.again.new_points``.
    """
    settled = score.settled
    if settled is not None:
        since = _counts_since(terms, settled.recent, settled.once, said_no_ms)
        settled = SettledScore(settled.counts, since, settled.once, firsts=settled.firsts)
    since = _counts_since(terms, score.recent, score.once, said_no_ms)
    return replace(score, since=since, recent=(), settled=settled)


def stop_new_points(score: ScoreRow) -> ScoreRow:
    """Return the score of an open cycle: without a count of new points."""
    if score.since is None:
        return score
    settled = score.settled
    return replace(score, since=None, settled=None if settled is None else replace(settled, since=None))


def add_sent_counts(terms: Terms, score: ScoreRow, sent: list[tuple[RuleCount, FirstDates]]) -> ScoreRow:
    """Return the score with the counts of the same lead under another account key."""
    made = score
    for count, keys in sent:
        made = join_rule(terms, made, count, keys)
    days = [day for count, _ in sent for day, _ in count.days]
    made = replace(made, latest_day=max([score.latest_day, *days]))
    if score.settled is None:
        return made
    held = replace(score, counts=score.settled.counts, once=score.settled.once)
    for count, keys in sent:
        held = join_rule(terms, held, count, keys)
    return replace(made, settled=replace(score.settled, counts=held.counts, once=held.once))


def keys_by_rule(score: ScoreRow) -> dict[str, FirstDates]:
    """Return the first events of each rule that counts one event per bucket or message, for another account key."""
    return {one.rule: first_dates_of(score.once, one.rule) for one in score.once}


def _counts_since(
    terms: Terms, recent: tuple[tuple[int, str, str], ...], firsts: tuple[FirstEvents, ...], said_no_ms: int
) -> tuple[RuleCount, ...]:
    """Return the counts of the known events dated after ``said_no_ms``."""
    since: tuple[RuleCount, ...] = ()
    for at_ms, name, event_id in recent:
        if at_ms > said_no_ms:
            since = count_event(since, (name,), terms.day_of(at_ms), at_ms, event_id, 0)
    return add_first_events(terms, since, firsts, said_no_ms)
