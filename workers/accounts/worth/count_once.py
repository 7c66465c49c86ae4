"""Of several events one counts: of those in one bucket of time, of those about one message. It is the earliest.

In: a score row and an event. Out: the row with the event counted, where it is the first of its bucket or message. As
the earliest date is the same in any order, so are the counts: an earlier event that comes later moves the day.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.rulebook.behaviour import PER_MESSAGE
from workers.accounts.rulebook.tally import added, counted, moved, noted
from workers.accounts.state.score import OnceCount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.score import RuleCount, ScoreRow

MOST_KEYS = 500
"""Buckets and messages remembered for one rule; the oldest goes."""

Keys = dict[str, int]


def message_mark(asset: str | None, campaign: str | None) -> str:
    """Return what tells a message from others: its asset, else its campaign; '' where neither is named."""
    named = asset or campaign
    return blake2b(named.encode(), digest_size=8).hexdigest() if named else ""


def key_of(terms: Terms, name: str, at_ms: int, message: str) -> str:
    """Return the bucket or message of which one event counts for this rule; '' where each counts.

    Buckets are fixed, counted from midnight in the policy's zone. A message that nothing names is like no other.
    """
    bucket_ms = terms.rules.once.get(name)
    if bucket_ms is None:
        return ""
    return message if bucket_ms == PER_MESSAGE else str(terms.local_ms(at_ms) // bucket_ms)


def with_first(
    terms: Terms,
    score: ScoreRow,
    name: str,
    key: str,
    at_ms: int,
    event_id: str,
    said_no_ms: int,
    oldest: int,
) -> ScoreRow:
    """Return the score with an event of which one in ``key`` counts; days before ``oldest`` are dropped."""
    day = terms.day_of(at_ms)
    keys = {k: ms for k, ms in keys_of(score.once, name).items() if terms.day_of(ms) >= oldest}
    held_ms = keys.get(key)
    counts, since = score.counts, score.since
    if held_ms is not None and held_ms <= at_ms:
        return replace(score, counts=noted(counts, name, at_ms, event_id))
    if held_ms is None:
        counts = counted(counts, (name,), day, at_ms, event_id, oldest)
        if since is not None and at_ms > said_no_ms:
            since = counted(since, (name,), day, at_ms, event_id, oldest)
    else:
        held_day = terms.day_of(held_ms)
        counts = noted(moved(counts, name, held_day, day), name, at_ms, event_id)
        if since is not None and held_ms > said_no_ms:
            since = moved(since, name, held_day, day if at_ms > said_no_ms else None)
    once = _with_keys(score.once, name, keys | {key: at_ms})
    return replace(score, counts=counts, since=since, once=once)


def since_no(
    terms: Terms, counts: tuple[RuleCount, ...], once: Iterable[OnceCount], said_no_ms: int
) -> tuple[RuleCount, ...]:
    """Return ``counts`` with those buckets and messages whose first event is dated after a no of sales."""
    for one in once:
        for _, at_ms in one.keys:
            if at_ms > said_no_ms:
                counts = counted(counts, (one.rule,), terms.day_of(at_ms), at_ms, "", 0)
    return counts


def keys_of(once: Iterable[OnceCount], name: str) -> Keys:
    """Return the buckets or messages of a rule, each with the date of its first event."""
    return next((dict(one.keys) for one in once if one.rule == name), {})


def joined(terms: Terms, score: ScoreRow, sent: RuleCount, sent_keys: Keys) -> ScoreRow:
    """Return the score with what was counted for a rule under another key: what both have counts once."""
    name, keys = sent.rule, keys_of(score.once, sent.rule)
    counts = added(score.counts, (sent,))
    for key in sorted(keys.keys() & sent_keys.keys()):
        counts = moved(counts, name, terms.day_of(max(keys[key], sent_keys[key])), None)
    if not sent_keys:
        return replace(score, counts=counts)
    both = {key: min(keys.get(key, ms), ms) for key, ms in sent_keys.items()}
    return replace(score, counts=counts, once=_with_keys(score.once, name, keys | both))


def _with_keys(once: tuple[OnceCount, ...], name: str, keys: Keys) -> tuple[OnceCount, ...]:
    if len(keys) > MOST_KEYS:
        keys = dict(sorted(keys.items(), key=lambda one: (one[1], one[0]))[-MOST_KEYS:])
    made = OnceCount(name, tuple(sorted(keys.items())))
    return tuple(sorted([made, *(one for one in once if one.rule != name)], key=lambda one: one.rule))
