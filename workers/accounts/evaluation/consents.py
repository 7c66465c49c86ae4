"""Consent per purpose: on which days a lead may not be tracked, and whether more than an answer may be offered.

In: words of a person, each with its own time, in any order. Out: the days whose activity counts nothing, kept at the
score, and the lead's word on marketing. A day is tracked by the last word of that day or before it; while the last of
all words is a no, nothing counts, whatever day it is of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec.structs import replace

from schemas.lead_events import ConsentWord
from schemas.vocabulary import Purpose
from workers.accounts.evaluation import imported_history
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.evaluation.permission_change import withheld_or_given
from workers.accounts.handoffs import buying_signals
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.parts import Part
from workers.accounts.state.score import ScoreRow
from workers.engine.rows import Row
from workers.identity.consent_statements import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import LeadActivity, LeadChat, LeadConsent, LeadForm, LeadIdentified
    from workers.accounts.case import Case
    from workers.accounts.rulebook.terms import Terms

FOREVER = 10**7
"""A day that never comes."""
ALWAYS = ((0, FOREVER),)
KEPT_BEYOND_HORIZON_DAYS = 14

Days = tuple[tuple[int, int], ...]
"""Spans of days, first and last inclusive."""


class Said(Part, frozen=True, array_like=True):
    """A word of a person on one purpose; ``day`` is that of ``at_ms``."""

    day: int
    at_ms: int
    given: bool


class ConsentRow(Row, frozen=True):
    """What a person said of consent: key (account, lead_id). Read only with another word of theirs.

    Bounded: of tracking the last word of each day inside the policy's horizon, and one before.
    """

    prefix: ClassVar[str] = "consent"
    tracking: tuple[Said, ...] = ()
    marketing: Said | None = None


class Heard(NamedTuple):
    """A lead and its score after what an event says of consent."""

    lead: LeadRow
    score: ScoreRow
    may_count: bool
    """Whether the event may count for the lead at all: it did not come with a no."""
    is_tracked: bool
    """Whether it counts now, by all that is known of its day."""
    is_news: bool


def heard(case: Case, lead: LeadRow, score: ScoreRow, event: LeadActivity | LeadForm | LeadChat) -> Heard:
    """Take what comes with an event. Of most events nothing does, and no row is read."""
    terms = case.terms
    if event.consent is None and score.untracked is None and terms.may_track_unasked:
        return Heard(lead, score, may_count=True, is_tracked=True, is_news=False)
    held_lead, held = lead, score
    score = first_seen(terms, score)
    if event.consent is not None:
        said = statements_of(event.consent, event.occurred_at_ms)
        lead, score = consent_said(case, event.lead_id, lead, score, said)
    if lead is not held_lead:
        case.put_lead(event.lead_id, lead)
    if score is not held:
        case.rows.put(score, case.key, event.lead_id)
    may_count = (
        event.consent is None or event.consent.tracking is not False or not terms.counts_nothing_untracked
    )
    is_tracked = may_count and not score.is_untracked_on(terms.day_of(event.occurred_at_ms))
    is_news = lead is not held_lead or (score.untracked or ()) != (held.untracked or ())
    return Heard(lead, score, may_count, is_tracked, is_news)


def consent_changed(case: Case, held: LeadRow, event: LeadIdentified | LeadConsent) -> None:
    """Take words that came without anything that counts; the lead is judged again where they change something."""
    before = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
    lead, score = consent_said(case, event.lead_id, held, before, event.consents)
    if lead is held and score is before:
        return
    case.put_lead(event.lead_id, lead)
    if event.type == "lead_identified" or lead.stage is None:
        case.rows.put(score, case.key, event.lead_id)
    else:
        day = case.terms.day_of(event.occurred_at_ms)
        occasion = imported_history.occasion(case) if event.imported else Occasion(day)
        judge(case, event.lead_id, lead, score, occasion, say=True)


def consent_said(
    case: Case, lead_id: str, lead: LeadRow, score: ScoreRow, said: Iterable[ConsentWord]
) -> tuple[LeadRow, ScoreRow]:
    """Return lead and score after words of a person; the same objects where they say nothing new.

    Who was active on a day that counts nothing is none of the account's active people any more.
    """
    held = case.rows.get(ConsentRow, case.key, lead_id) or ConsentRow()
    made = held
    for word in said:
        made = _with_word(case.terms, made, word)
    if made == held:
        return lead, score
    case.rows.put(made, case.key, lead_id)
    before = lead
    if made.marketing is not None:
        lead = replace(lead, marketing=made.marketing.given)
    score = _with_days(case.terms, score, made)
    for who, at_ms in case.active_since():
        if who == lead_id and score.is_untracked_on(case.terms.day_of(at_ms)):
            case.forget_active(lead_id)
    if score.is_untracked_on(case.terms.day_of(case.now_ms)):
        buying_signals.withhold(case, lead_id)
    return withheld_or_given(case, lead_id, before, lead), score


def under_policy(case: Case, lead_id: str, score: ScoreRow) -> ScoreRow:
    """Return the score with the days on which the policy lets it count nothing."""
    return _with_days(case.terms, score, case.rows.get(ConsentRow, case.key, lead_id) or ConsentRow())


def first_seen(terms: Terms, score: ScoreRow) -> ScoreRow:
    """Return the score of a lead that may be new: where the policy asks for consent, none is none."""
    if terms.may_track_unasked or score.untracked is not None:
        return score
    return replace(score, untracked=ALWAYS)


def words_to_send(case: Case, lead_id: str) -> list[ConsentWord]:
    """Return what the lead has said, for another account key."""
    row = case.rows.get(ConsentRow, case.key, lead_id) or ConsentRow()
    said = [(Purpose.TRACKING, one) for one in row.tracking]
    if row.marketing is not None:
        said.append((Purpose.MARKETING, row.marketing))
    return [ConsentWord(purpose=purpose, given=one.given, at_ms=one.at_ms) for purpose, one in said]


def untracked_days(words: tuple[Said, ...], *, may_unasked: bool) -> Days:
    """Return the days that count nothing; ``words`` are the last of each day, ascending."""
    if not words:
        return () if may_unasked else ALWAYS
    if not words[-1].given:
        return ALWAYS
    spans: list[tuple[int, int]] = []
    since = None if may_unasked else 0
    for word in words:
        if word.given and since is not None:
            if word.day > since:
                spans.append((since, word.day - 1))
            since = None
        elif not word.given and since is None:
            since = word.day
    return tuple(spans)


def _with_days(terms: Terms, score: ScoreRow, row: ConsentRow) -> ScoreRow:
    days = None
    if terms.counts_nothing_untracked:
        days = untracked_days(row.tracking, may_unasked=terms.may_track_unasked) or None
        if days is None and not terms.may_track_unasked:
            days = ()
    return score if days == score.untracked else replace(score, untracked=days)


def _with_word(terms: Terms, row: ConsentRow, word: ConsentWord) -> ConsentRow:
    day = terms.day_of(word.at_ms)
    said = Said(day, word.at_ms, word.given)
    if word.purpose is Purpose.MARKETING:
        return (
            row
            if row.marketing is not None and not _is_later(said, row.marketing)
            else replace(row, marketing=said)
        )
    by_day = {one.day: one for one in row.tracking}
    held = by_day.get(day)
    if held is not None and not _is_later(said, held):
        return row
    by_day[day] = said
    days = sorted(by_day)
    oldest = days[-1] - terms.rules.horizon_days - KEPT_BEYOND_HORIZON_DAYS
    first = max((at for at, one in enumerate(days) if one < oldest), default=0)
    return replace(row, tracking=tuple(by_day[one] for one in days[first:]))


def _is_later(said: Said, held: Said) -> bool:
    return (said.at_ms, not said.given) > (held.at_ms, not held.given)
