"""Durations: an activity without a stated duration lasts until the lead's next one within the session gap.

In: a score row and an event. Out: the row with the event counted, and with earlier activities whose duration it
reveals. A late event between two others shortens the first of them again, so the order of arrival does not matter.
All browsers of a lead are one visitor. The policy keys are ``at_least`` of a rule and ``behaviour.session_gap``.

Bounds: the latest 64 dates of a lead's activities, and its latest 24 activities of unknown duration that such a rule
matches. It computes no points.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from workers.accounts.rulebook.behaviour import rules_for_duration
from workers.accounts.state.score import ChatEvent, Dwell, SettledScore
from workers.accounts.worth.chat_counts import (
    MOST_CHAT_EVENTS,
    add_chat_event,
    add_chat_request,
    is_for_support,
)
from workers.accounts.worth.counts import oldest_day, with_event
from workers.accounts.worth.mail_scanners import MOST_CLICKS, add_click, add_delivery, scanned_clicks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.behaviour import MatchingRules
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ChatRequest, MailClick, MailDelivery, ScoreRow

MOST_MOMENTS = 64
"""Most dates of activities kept for a lead."""
MOST_DWELLS = 24
"""Most activities of unknown duration kept for a lead."""
_WIDTH = 6
"""Bytes of one date in milliseconds, up to the year 10889. Big-endian, so that bytes sort as numbers do."""


class Activity(NamedTuple):
    """The values of an event that decide what it counts."""

    at_ms: int
    """Date of the event. Milliseconds UTC."""
    event_id: str
    message: str = ""
    """Mark of the message that it is about. Empty: none."""
    duration_ms: int | None = None
    """Stated duration in milliseconds. None: not stated."""
    click: MailClick | None = None
    """The click in a mail, if the policy tests scanners. None: another activity."""
    chat: str = ""
    """The chat conversation of the activity. Empty: it did not happen in a chat."""


class CountResult(NamedTuple):
    """The result of counting an event."""

    score: ScoreRow
    """The score with the event."""
    names: tuple[str, ...]
    """Rules that count now and did not before: for the event, and for earlier activities whose duration it revealed."""
    day: int
    """Earliest day on which one of ``names`` counts. Without any, the event's own day."""
    is_changed: bool
    """Whether the counts differ from before."""


def count_activity(
    terms: Terms, lead: LeadRow, score: ScoreRow, matching: MatchingRules, event: Activity
) -> CountResult:
    """Return the score with the event counted, and with earlier activities whose duration it reveals."""
    moments = score.moments
    if terms.rules.has_duration_rules:
        moments = with_moment(moments, event.at_ms)
        if score.dwells or (event.duration_ms is None and len(matching.steps) > 1):
            return _with_open_events(terms, lead, score, matching, event, moments)
    if event.click is not None or (event.chat and matching.names(0)):
        return _with_open_events(terms, lead, score, matching, event, moments)
    names = matching.names(event.duration_ms or 0)
    made = _with_names(terms, lead, score, names, event) if names else score
    if names and score.settled is not None:
        base = _with_names(terms, lead, settled_score(score), names, event)
        made = replace(made, settled=_settled_counts(base))
    is_changed = made is not score
    if moments is not score.moments:
        made = replace(made, moments=moments)
    return CountResult(made, names, terms.day_of(event.at_ms), is_changed)


def with_moment(moments: bytes, at_ms: int) -> bytes:
    """Return the dates with one more, ascending and without repeats. The same object if nothing changed."""
    packed = at_ms.to_bytes(_WIDTH)
    if packed > moments[-_WIDTH:]:
        return (moments + packed)[-MOST_MOMENTS * _WIDTH :]
    held = [moments[at : at + _WIDTH] for at in range(0, len(moments), _WIDTH)]
    at = bisect_right(held, packed)
    if (at and held[at - 1] == packed) or (not at and len(held) == MOST_MOMENTS):
        return moments
    return b"".join([*held[:at], packed, *held[at:]])[-MOST_MOMENTS * _WIDTH :]


def without_moment(moments: bytes, at_ms: int) -> bytes:
    """Return the dates without one."""
    packed = at_ms.to_bytes(_WIDTH)
    held = [moments[at : at + _WIDTH] for at in range(0, len(moments), _WIDTH)]
    return b"".join(one for one in held if one != packed)


def next_moment(moments: bytes, at_ms: int) -> int | None:
    """Return the first date after ``at_ms`` in milliseconds UTC, or None."""
    packed = at_ms.to_bytes(_WIDTH)
    for at in range(0, len(moments), _WIDTH):
        if moments[at : at + _WIDTH] > packed:
            return int.from_bytes(moments[at : at + _WIDTH])
    return None


def _with_names(
    terms: Terms, lead: LeadRow, score: ScoreRow, names: tuple[str, ...], event: Activity
) -> ScoreRow:
    return with_event(terms, lead, score, names, event.at_ms, event.event_id, event.message)


def _with_open_events(
    terms: Terms, lead: LeadRow, score: ScoreRow, matching: MatchingRules, event: Activity, moments: bytes
) -> CountResult:
    """Return the score with the event, where activities of unknown duration or clicks in mails are kept.

    They are counted on top of the settled counts, and again whenever the worth of one changes.
    """
    gap_ms = terms.rules.session_gap_ms
    base = settled_score(score)
    dwells = [_with_next_moment(dwell, event.at_ms, gap_ms) for dwell in score.dwells]
    fresh: tuple[str, ...] = ()
    clicks = score.clicks
    if event.click is not None:
        clicks = add_click(clicks, event.click)
        if event.event_id not in scanned_clicks(terms.rules.scanners, clicks, score.deliveries):
            fresh = event.click.rules
    elif event.chat:
        said = ChatEvent(event.at_ms, event.event_id, event.chat, matching.names(0))
        base = replace(base, chats=add_chat_event(base.chats, said))
        if not is_for_support(base.chat_requests, event.chat, event.at_ms):
            fresh = said.rules
    elif event.duration_ms is None and len(matching.steps) > 1:
        lasted_ms = known_duration(moments, event.at_ms, gap_ms)
        dwells.append(Dwell(event.at_ms, event.event_id, event.message, lasted_ms, matching.steps))
        dwells.sort(key=_by_date)
    else:
        fresh = matching.names(event.duration_ms or 0)
        if fresh:
            base = _with_names(terms, lead, base, fresh, event)
    oldest = oldest_day(terms, max(score.latest_day, terms.day_of(event.at_ms)))
    while dwells and (len(dwells) > MOST_DWELLS or terms.day_of(dwells[0].at_ms) < oldest):
        base = _with_dwell(terms, lead, base, dwells.pop(0))
    base, clicks = _settle_clicks(terms, lead, base, clicks, oldest)
    base = _settle_chats(terms, lead, base, oldest)
    made = replace(with_open_events(terms, lead, base, tuple(dwells), clicks), moments=moments)
    return _count_result(terms, score, made, fresh, event)


def known_duration(moments: bytes, at_ms: int, gap_ms: int) -> int:
    """Return the time until the next activity within the session gap. Milliseconds. 0: not known."""
    after_ms = next_moment(moments, at_ms)
    return 0 if after_ms is None or after_ms - at_ms > gap_ms else after_ms - at_ms


def with_open_events(
    terms: Terms, lead: LeadRow, base: ScoreRow, dwells: tuple[Dwell, ...], clicks: tuple[MailClick, ...]
) -> ScoreRow:
    """Return the score of settled counts, with open events counted on top of them.

    Open events are activities of unknown duration, the clicks in mails that are not a scanner's, and the activities in
    chats that are not for support.
    """
    made = base
    scanned = scanned_clicks(terms.rules.scanners, clicks, base.deliveries) if clicks else frozenset()
    for click in clicks:
        if click.event_id not in scanned:
            made = _with_click(terms, lead, made, click)
    for dwell in dwells:
        made = _with_dwell(terms, lead, made, dwell)
    for chat in base.chats:
        made = _with_chat(terms, lead, made, chat)
    settled = _settled_counts(base) if dwells or clicks or base.chats else None
    return replace(made, settled=settled, dwells=dwells, clicks=clicks)


def with_delivery(terms: Terms, lead: LeadRow, score: ScoreRow, delivery: MailDelivery) -> ScoreRow:
    """Return the score that remembers the delivery of a mail. Clicks that it shows to be a scanner's count no more."""
    made = replace(score, deliveries=add_delivery(score.deliveries, delivery))
    if not score.clicks:
        return made
    return with_open_events(terms, lead, settled_score(made), score.dwells, score.clicks)


def with_chat_request(terms: Terms, lead: LeadRow, score: ScoreRow, request: ChatRequest) -> ScoreRow:
    """Return the score that remembers a request in a chat. What belongs to a support question counts no more."""
    made = replace(score, chat_requests=add_chat_request(score.chat_requests, request))
    if not score.chats:
        return made
    return with_open_events(terms, lead, settled_score(made), score.dwells, score.clicks)


def with_chats(
    terms: Terms, lead: LeadRow, score: ScoreRow, chats: Iterable[ChatEvent], requests: Iterable[ChatRequest]
) -> ScoreRow:
    """Return the score with the activities and requests of the lead's chats under another account key."""
    made = settled_score(score)
    for chat in chats:
        made = replace(made, chats=add_chat_event(made.chats, chat))
    made = replace(made, chat_requests=add_chat_request(made.chat_requests, *requests))
    if (made.chats, made.chat_requests) == (score.chats, score.chat_requests):
        return score
    return with_open_events(terms, lead, made, score.dwells, score.clicks)


def without_chats(terms: Terms, lead: LeadRow, score: ScoreRow) -> ScoreRow:
    """Return the score without the activities in chats."""
    if not score.chats:
        return score
    base = replace(settled_score(score), chats=())
    return with_open_events(terms, lead, base, score.dwells, score.clicks)


def _settle_chats(terms: Terms, lead: LeadRow, base: ScoreRow, oldest: int) -> ScoreRow:
    """Return the settled counts with the oldest activities in chats beyond the bound, as they are judged now."""
    chats = base.chats
    gone = max(len(chats) - MOST_CHAT_EVENTS, sum(terms.day_of(one.at_ms) < oldest for one in chats), 0)
    for chat in chats[:gone]:
        base = _with_chat(terms, lead, base, chat)
    return replace(base, chats=chats[gone:]) if gone else base


def _with_chat(terms: Terms, lead: LeadRow, score: ScoreRow, chat: ChatEvent) -> ScoreRow:
    if is_for_support(score.chat_requests, chat.conversation_id, chat.at_ms):
        return score
    return with_event(terms, lead, score, chat.rules, chat.at_ms, chat.event_id)


def _settle_clicks(
    terms: Terms, lead: LeadRow, base: ScoreRow, clicks: tuple[MailClick, ...], oldest: int
) -> tuple[ScoreRow, tuple[MailClick, ...]]:
    """Return the settled counts with the oldest clicks beyond the bound, as they are judged now, and the others."""
    gone = max(len(clicks) - MOST_CLICKS, sum(terms.day_of(one.at_ms) < oldest for one in clicks))
    if gone <= 0:
        return base, clicks
    scanned = scanned_clicks(terms.rules.scanners, clicks, base.deliveries)
    for click in clicks[:gone]:
        if click.event_id not in scanned:
            base = _with_click(terms, lead, base, click)
    return base, clicks[gone:]


def _with_click(terms: Terms, lead: LeadRow, score: ScoreRow, click: MailClick) -> ScoreRow:
    if not click.rules:
        return score
    return with_event(terms, lead, score, click.rules, click.at_ms, click.event_id, click.message)


def _settled_counts(base: ScoreRow) -> SettledScore:
    return SettledScore(base.counts, base.since, base.once, base.recent, base.firsts)


def _count_result(
    terms: Terms, before: ScoreRow, made: ScoreRow, fresh: tuple[str, ...], event: Activity
) -> CountResult:
    """Return the rules and the day that count in ``made`` and did not in ``before``. ``fresh``: the event's rules."""
    held = {dwell.event_id: set(rules_for_duration(dwell.steps, dwell.lasted_ms)) for dwell in before.dwells}
    names, days = dict.fromkeys(fresh), [terms.day_of(event.at_ms)]
    for dwell in made.dwells:
        gained = [
            name
            for name in rules_for_duration(dwell.steps, dwell.lasted_ms)
            if name not in held.get(dwell.event_id, ())
        ]
        if gained:
            names |= dict.fromkeys(gained)
            days.append(terms.day_of(dwell.at_ms))
    is_changed = made.counts != before.counts or made.clicks != before.clicks
    return CountResult(made, tuple(names), min(days), is_changed)


def settled_score(score: ScoreRow) -> ScoreRow:
    """Return the score without the counts of its open events."""
    held = score.settled
    if held is None:
        return score
    return replace(
        score,
        counts=held.counts,
        since=held.since,
        once=held.once,
        recent=held.recent,
        firsts=held.firsts,
    )


def _with_dwell(terms: Terms, lead: LeadRow, score: ScoreRow, dwell: Dwell) -> ScoreRow:
    names = rules_for_duration(dwell.steps, dwell.lasted_ms)
    if not names:
        return score
    return with_event(terms, lead, score, names, dwell.at_ms, dwell.event_id, dwell.message)


def _with_next_moment(dwell: Dwell, at_ms: int, gap_ms: int) -> Dwell:
    """Return the activity, lasting until the one at ``at_ms`` if that is the next within the session gap."""
    after_ms = at_ms - dwell.at_ms
    if after_ms <= 0 or after_ms > gap_ms or 0 < dwell.lasted_ms <= after_ms:
        return dwell
    return replace(dwell, lasted_ms=after_ms)


def _by_date(dwell: Dwell) -> tuple[int, str]:
    return (dwell.at_ms, dwell.event_id)
