"""Rules that count one event per time bucket (policy key ``once_per``) or per message: the earliest event counts.

In: a score row and an event. Out: the row with the event counted if it is the first of its bucket or message.
An earlier event that arrives later moves the count to its own day, so the order of arrival does not matter.
It computes no points.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.rulebook.behaviour import PER_MESSAGE
from workers.accounts.rulebook.tally import add_counts, count_event, move_event, note_latest
from workers.accounts.state.score import FirstEvents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.score import RuleCount, ScoreRow

MOST_KEYS = 500
"""Most buckets and messages remembered for one rule. The one with the oldest first event is dropped."""

FirstDates = dict[str, int]
"""Bucket or message to the date of its first event, in milliseconds UTC."""


def message_mark(asset: str | None, campaign: str | None) -> str:
    """Return a mark of the message: a hash of its asset, else of its campaign. Empty where neither is named."""
    named = asset or campaign
    return blake2b(named.encode(), digest_size=8).hexdigest() if named else ""


def counting_key(terms: Terms, name: str, at_ms: int, message: str) -> str:
    """Return the bucket or message within which one event of this rule counts. Empty: each event counts.

    Buckets begin at midnight of the policy's zone. An event whose message has no mark counts by itself.
    """
    bucket_ms = terms.rules.bucket_ms_by_rule.get(name)
    if bucket_ms is None:
        return ""
    return message if bucket_ms == PER_MESSAGE else str(terms.local_ms(at_ms) // bucket_ms)


def count_first(
    terms: Terms,
    score: ScoreRow,
    name: str,
    key: str,
    at_ms: int,
    event_id: str,
    said_no_ms: int,
    oldest: int,
) -> ScoreRow:
    """Return the score with an event of the bucket or message ``key``, counted if it is the first.

    Days before ``oldest`` are dropped. ``said_no_ms`` is when the last cycle ended.
    """
    day = terms.day_of(at_ms)
    keys = {k: ms for k, ms in first_dates_of(score.once, name).items() if terms.day_of(ms) >= oldest}
    held_ms = keys.get(key)
    counts, since = score.counts, score.since
    if held_ms is not None and held_ms <= at_ms:
        return replace(score, counts=note_latest(counts, name, at_ms, event_id))
    if held_ms is None:
        counts = count_event(counts, (name,), day, at_ms, event_id, oldest)
        if since is not None and at_ms > said_no_ms:
            since = count_event(since, (name,), day, at_ms, event_id, oldest)
    else:
        held_day = terms.day_of(held_ms)
        counts = note_latest(move_event(counts, name, held_day, day), name, at_ms, event_id)
        if since is not None and held_ms > said_no_ms:
            since = move_event(since, name, held_day, day if at_ms > said_no_ms else None)
    firsts = _with_first_dates(score.once, name, keys | {key: at_ms})
    return replace(score, counts=counts, since=since, once=firsts)


def add_first_events(
    terms: Terms, counts: tuple[RuleCount, ...], firsts: Iterable[FirstEvents], said_no_ms: int
) -> tuple[RuleCount, ...]:
    """Return ``counts`` with one event for each bucket or message whose first event is dated after ``said_no_ms``."""
    for one in firsts:
        for _, at_ms in one.keys:
            if at_ms > said_no_ms:
                counts = count_event(counts, (one.rule,), terms.day_of(at_ms), at_ms, "", 0)
    return counts


def first_dates_of(firsts: Iterable[FirstEvents], name: str) -> FirstDates:
    """Return the first events of a rule: bucket or message to date in milliseconds UTC."""
    return next((dict(one.keys) for one in firsts if one.rule == name), {})


def without_first(firsts: tuple[FirstEvents, ...], name: str, key: str) -> tuple[FirstEvents, ...]:
    """Return the first events of all rules without that of one bucket or message of a rule."""
    keys = first_dates_of(firsts, name)
    keys.pop(key, None)
    if keys:
        return _with_first_dates(firsts, name, keys)
    return tuple(one for one in firsts if one.rule != name)


def join_rule(terms: Terms, score: ScoreRow, sent: RuleCount, sent_keys: FirstDates) -> ScoreRow:
    """Return the score with a rule's counts from another account key.

    A bucket or message that both keys counted counts once, on the day of its first event.
    """
    name, keys = sent.rule, first_dates_of(score.once, sent.rule)
    counts = add_counts(score.counts, (sent,))
    for key in sorted(keys.keys() & sent_keys.keys()):
        counts = move_event(counts, name, terms.day_of(max(keys[key], sent_keys[key])), None)
    if not sent_keys:
        return replace(score, counts=counts)
    both = {key: min(keys.get(key, ms), ms) for key, ms in sent_keys.items()}
    return replace(score, counts=counts, once=_with_first_dates(score.once, name, keys | both))


def _with_first_dates(
    firsts: tuple[FirstEvents, ...], name: str, keys: FirstDates
) -> tuple[FirstEvents, ...]:
    if len(keys) > MOST_KEYS:
        keys = dict(sorted(keys.items(), key=lambda one: (one[1], one[0]))[-MOST_KEYS:])
    made = FirstEvents(name, tuple(sorted(keys.items())))
    return tuple(sorted([made, *(one for one in firsts if one.rule != name)], key=lambda one: one.rule))
