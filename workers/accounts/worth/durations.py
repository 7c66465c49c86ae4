"""How long did it last? An activity that states no duration lasts until the person's next one within a session gap.

In: a score row and an event. Out: the row with the event counted, and with those before it that it tells the duration
of; what counts is the same in any order. An event that comes late, between two others, shortens the first of them
again. A person's browsers are one visitor here: whoever looks elsewhere watches no more.

Bounded: the latest 64 moments of a lead, and its latest 24 activities of unknown duration that a rule asks it of.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from workers.accounts.rulebook.behaviour import names_of
from workers.accounts.state.score import Dwell, Settled
from workers.accounts.worth.counts import oldest_day, with_event

if TYPE_CHECKING:
    from workers.accounts.rulebook.behaviour import Fitting
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow

MOST_MOMENTS = 64
MOST_DWELLS = 24
_WIDTH = 6
"""Bytes of a moment: milliseconds up to the year 10889, most significant byte first, so they sort as numbers do."""


class Activity(NamedTuple):
    """What of an event decides its counting."""

    at_ms: int
    event_id: str
    message: str = ""
    duration_ms: int | None = None


class Counted(NamedTuple):
    """A score with an event in it."""

    score: ScoreRow
    names: tuple[str, ...]
    """The rules that count now and did not before: the event's own, and those whose points come with it."""
    day: int
    """The earliest day on which one of them counts; the event's own where there is none."""
    is_changed: bool
    """Whether the counts are others than before."""


def with_activity(terms: Terms, lead: LeadRow, score: ScoreRow, fitting: Fitting, event: Activity) -> Counted:
    """Return the score with the event, and with what it tells of those before it."""
    moments = score.moments
    if terms.rules.asks_durations:
        moments = with_moment(moments, event.at_ms)
        if score.dwells or (event.duration_ms is None and len(fitting.steps) > 1):
            return _with_dwells(terms, lead, score, fitting, event, moments)
    names = fitting.names(event.duration_ms or 0)
    made = _with_names(terms, lead, score, names, event) if names else score
    is_changed = made is not score
    if moments is not score.moments:
        made = replace(made, moments=moments)
    return Counted(made, names, terms.day_of(event.at_ms), is_changed)


def with_moment(moments: bytes, at_ms: int) -> bytes:
    """Return the moments with one more, ascending, each once; the same object where nothing changed."""
    packed = at_ms.to_bytes(_WIDTH)
    if packed > moments[-_WIDTH:]:
        return (moments + packed)[-MOST_MOMENTS * _WIDTH :]
    held = [moments[at : at + _WIDTH] for at in range(0, len(moments), _WIDTH)]
    at = bisect_right(held, packed)
    if (at and held[at - 1] == packed) or (not at and len(held) == MOST_MOMENTS):
        return moments
    return b"".join([*held[:at], packed, *held[at:]])[-MOST_MOMENTS * _WIDTH :]


def next_moment(moments: bytes, at_ms: int) -> int | None:
    """Return the first moment after ``at_ms``, or None."""
    packed = at_ms.to_bytes(_WIDTH)
    for at in range(0, len(moments), _WIDTH):
        if moments[at : at + _WIDTH] > packed:
            return int.from_bytes(moments[at : at + _WIDTH])
    return None


def _with_names(
    terms: Terms, lead: LeadRow, score: ScoreRow, names: tuple[str, ...], event: Activity
) -> ScoreRow:
    return with_event(terms, lead, score, names, event.at_ms, event.event_id, event.message)


def _with_dwells(
    terms: Terms, lead: LeadRow, score: ScoreRow, fitting: Fitting, event: Activity, moments: bytes
) -> Counted:
    """Activities of unknown duration lie over the settled counts, and are counted anew when one of them changes."""
    gap_ms = terms.rules.session_gap_ms
    base = _settled(score)
    dwells = [_hears(dwell, event.at_ms, gap_ms) for dwell in score.dwells]
    fresh: tuple[str, ...] = ()
    if event.duration_ms is None and len(fitting.steps) > 1:
        after_ms = next_moment(moments, event.at_ms)
        lasted_ms = 0 if after_ms is None or after_ms - event.at_ms > gap_ms else after_ms - event.at_ms
        dwells.append(Dwell(event.at_ms, event.event_id, event.message, lasted_ms, fitting.steps))
        dwells.sort(key=_by_date)
    else:
        fresh = fitting.names(event.duration_ms or 0)
        if fresh:
            base = _with_names(terms, lead, base, fresh, event)
    oldest = oldest_day(terms, max(score.latest_day, terms.day_of(event.at_ms)))
    while dwells and (len(dwells) > MOST_DWELLS or terms.day_of(dwells[0].at_ms) < oldest):
        base = _with_dwell(terms, lead, base, dwells.pop(0))
    made = base
    for dwell in dwells:
        made = _with_dwell(terms, lead, made, dwell)
    settled = Settled(base.counts, base.since, base.once, base.recent) if dwells else None
    made = replace(made, settled=settled, dwells=tuple(dwells), moments=moments)
    return _told(terms, score, made, fresh, event)


def _told(terms: Terms, before: ScoreRow, made: ScoreRow, fresh: tuple[str, ...], event: Activity) -> Counted:
    held = {dwell.event_id: set(names_of(dwell.steps, dwell.lasted_ms)) for dwell in before.dwells}
    names, days = dict.fromkeys(fresh), [terms.day_of(event.at_ms)]
    for dwell in made.dwells:
        gained = [
            name
            for name in names_of(dwell.steps, dwell.lasted_ms)
            if name not in held.get(dwell.event_id, ())
        ]
        if gained:
            names |= dict.fromkeys(gained)
            days.append(terms.day_of(dwell.at_ms))
    return Counted(made, tuple(names), min(days), made.counts != before.counts)


def _settled(score: ScoreRow) -> ScoreRow:
    held = score.settled
    if held is None:
        return score
    return replace(score, counts=held.counts, since=held.since, once=held.once, recent=held.recent)


def _with_dwell(terms: Terms, lead: LeadRow, score: ScoreRow, dwell: Dwell) -> ScoreRow:
    names = names_of(dwell.steps, dwell.lasted_ms)
    if not names:
        return score
    return with_event(terms, lead, score, names, dwell.at_ms, dwell.event_id, dwell.message)


def _hears(dwell: Dwell, at_ms: int, gap_ms: int) -> Dwell:
    """It lasted until the first activity after it; 0: none is known within the gap."""
    after_ms = at_ms - dwell.at_ms
    if after_ms <= 0 or after_ms > gap_ms or 0 < dwell.lasted_ms <= after_ms:
        return dwell
    return replace(dwell, lasted_ms=after_ms)


def _by_date(dwell: Dwell) -> tuple[int, str]:
    return (dwell.at_ms, dwell.event_id)
