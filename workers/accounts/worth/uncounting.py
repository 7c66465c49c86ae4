"""Removal of an event that has counted: a repeat of it arrived with an earlier date, under which it counts from now on.

In: a score row, and an event as it was counted. Out: the row without that event. The caller counts the event again
under its new date. It computes no points.

Of a time bucket, only the first event is known. So if a bucket loses its first event, the bucket is empty again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.rulebook.tally import move_event
from workers.accounts.worth.count_once import counting_key, first_dates_of, without_first
from workers.accounts.worth.durations import known_duration, settled_score, with_open_events, without_moment

if TYPE_CHECKING:
    from workers.accounts.rulebook.behaviour import MatchingRules
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import RuleCount, ScoreRow
    from workers.accounts.worth.durations import Activity


def uncount_activity(
    terms: Terms, lead: LeadRow, score: ScoreRow, matching: MatchingRules, event: Activity
) -> ScoreRow:
    """Return the score without an event that has counted under the date of ``event``."""
    dwells = tuple(one for one in score.dwells if one.event_id != event.event_id)
    clicks = tuple(one for one in score.clicks if one.event_id != event.event_id)
    chats = tuple(one for one in score.chats if one.event_id != event.event_id)
    base = replace(settled_score(score), chats=chats)
    kept = (len(dwells), len(clicks), len(chats))
    if kept == (len(score.dwells), len(score.clicks), len(score.chats)):
        for name in matching.names(event.duration_ms or 0):
            base = _without_rule(terms, lead, base, name, event)
    moments = without_moment(score.moments, event.at_ms)
    gap_ms = terms.rules.session_gap_ms
    dwells = tuple(replace(one, lasted_ms=known_duration(moments, one.at_ms, gap_ms)) for one in dwells)
    day = terms.day_of(event.at_ms)
    ahead = tuple(one for one in score.ahead if (one.day, one.event_id) != (day, event.event_id))
    return replace(with_open_events(terms, lead, base, dwells, clicks), moments=moments, ahead=ahead)


def _without_rule(terms: Terms, lead: LeadRow, score: ScoreRow, name: str, event: Activity) -> ScoreRow:
    """Return the score without one event of a rule. Unchanged if another event of its bucket or message counts."""
    key = counting_key(terms, name, event.at_ms, event.message)
    if key and first_dates_of(score.once, name).get(key) != event.at_ms:
        return score
    since = score.since
    if since is not None and event.at_ms > lead.said_no_ms:
        since = _without_event(terms, since, name, event)
    return replace(
        score,
        counts=_without_event(terms, score.counts, name, event),
        since=since,
        once=without_first(score.once, name, key) if key else score.once,
        recent=tuple(one for one in score.recent if one != (event.at_ms, name, event.event_id)),
    )


def _without_event(
    terms: Terms, counts: tuple[RuleCount, ...], name: str, event: Activity
) -> tuple[RuleCount, ...]:
    """Return the counts without one event of a rule, which is then no longer named as the rule's latest."""
    left = move_event(counts, name, terms.day_of(event.at_ms), None)
    return tuple(
        replace(one, at_ms=0) if one.rule == name and one.event_id == event.event_id else one for one in left
    )
