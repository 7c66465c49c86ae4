"""Consent per purpose: on which days a lead may not be tracked, and whether it may be offered more than an answer.

In: consents of a person, each with its own date, in any order. Out: the days whose activity does not count, stored in
the score, and the lead's consent to marketing. The last consent of a day or before it decides whether the day is
tracked. While the last of all consents is a refusal, nothing counts, whatever its day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec.structs import replace

from schemas.lead_events import ConsentWord
from schemas.vocabulary import Purpose
from workers.accounts.evaluation import imported_history
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.evaluation.permission_change import apply_permission
from workers.accounts.handoffs import buying_signals
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.parts import Part
from workers.engine.rows import Row
from workers.identity.consent_statements import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.lead_events import LeadActivity, LeadChat, LeadConsent, LeadForm, LeadIdentified
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.score import ScoreRow

FOREVER = 10**7
"""A day that is never reached. Days since 1970-01-01."""
ALWAYS = ((0, FOREVER),)
"""All days."""
KEPT_BEYOND_COUNTS_DAYS = 7
"""Number of days for which consents are kept longer than counts."""

Days = tuple[tuple[int, int], ...]
"""Spans of days: (first, last), both inclusive. Days since 1970-01-01 in the policy's zone."""


class StatedConsent(Part, frozen=True, array_like=True):
    """A consent that a person gave or refused for one purpose."""

    day: int
    """Day of ``at_ms``. Days since 1970-01-01 in the policy's zone."""
    at_ms: int
    """Date of the statement. Milliseconds UTC."""
    given: bool
    """Whether the person agreed."""


class ConsentRow(Row, frozen=True):
    """The consents that a person stated: key (account, lead_id). Read only when another one arrives.

    Bounded: of tracking the last of each day for which counts are kept and 7 days before it, and one before.
    """

    prefix: ClassVar[str] = "consent"
    tracking: tuple[StatedConsent, ...] = ()
    """Consents to tracking, the last of each day, ascending."""
    marketing: StatedConsent | None = None
    """Latest consent to marketing. None: none was stated."""


class ConsentEffect(NamedTuple):
    """How consent affects the event that is being applied."""

    may_count: bool
    """Whether the event may count for the lead at all: it did not come with a refusal to be tracked."""
    is_tracked: bool
    """Whether the event counts now, by every consent known for its day."""
    is_news: bool
    """Whether the event's own consent changed the lead or its untracked days."""


def apply_event_consent(hand: LeadInHand, event: LeadActivity | LeadForm | LeadChat) -> ConsentEffect:
    """Apply the consent that comes with an event. Most events carry none; then no row is read."""
    terms = hand.case.terms
    held_lead, held = hand.lead, hand.score
    if event.consent is None and held.untracked is None and terms.may_track_unasked:
        return ConsentEffect(may_count=True, is_tracked=True, is_news=False)
    hand.score = with_default_consent(terms, held)
    if event.consent is not None:
        apply_consents(hand, statements_of(event.consent, event.occurred_at_ms))
    is_news = hand.lead is not held_lead or (hand.score.untracked or ()) != (held.untracked or ())
    hand.write()
    may_count = (
        event.consent is None or event.consent.tracking is not False or not terms.counts_nothing_untracked
    )
    is_tracked = may_count and not hand.score.is_untracked_on(terms.day_of(event.occurred_at_ms))
    return ConsentEffect(may_count, is_tracked, is_news)


def change_consent(hand: LeadInHand, event: LeadIdentified | LeadConsent) -> None:
    """Apply consents that came without an event that counts. The lead is evaluated again if they change something."""
    case, held, before = hand.case, hand.lead, hand.score
    apply_consents(hand, event.consents)
    if hand.lead is held and hand.score is before:
        return
    hand.write_lead()
    if event.type == "lead_identified" or hand.lead.stage is None:
        hand.write_score()
    else:
        day = case.terms.day_of(event.occurred_at_ms)
        occasion = imported_history.import_occasion(case) if event.imported else Occasion(day)
        evaluate(hand, occasion, is_news=True)


def apply_consents(hand: LeadInHand, consents: Iterable[ConsentWord]) -> None:
    """Apply consents of a person to the lead and the score in hand. Consents that are known already change nothing.

    A lead whose last activity was on a day that counts nothing leaves the account's active people.
    """
    case, lead_id, before = hand.case, hand.lead_id, hand.lead
    held = case.rows.get(ConsentRow, case.key, lead_id) or ConsentRow()
    made = held
    for consent in consents:
        made = _add_consent(case.terms, made, consent)
    if made == held:
        return
    case.rows.put(made, case.key, lead_id)
    if made.marketing is not None:
        hand.change(marketing=made.marketing.given)
    hand.score = _with_untracked_days(case.terms, hand.score, made)
    for active_id, at_ms in case.active_since():
        if active_id == lead_id and hand.score.is_untracked_on(case.terms.day_of(at_ms)):
            case.remove_active(lead_id)
    if hand.score.is_untracked_on(case.terms.day_of(case.now_ms)):
        buying_signals.withhold(case, lead_id)
    apply_permission(hand, before)


def apply_policy_days(hand: LeadInHand) -> None:
    """Set the score's untracked days by the present policy."""
    case = hand.case
    row = case.rows.get(ConsentRow, case.key, hand.lead_id) or ConsentRow()
    hand.score = _with_untracked_days(case.terms, hand.score, row)


def with_default_consent(terms: Terms, score: ScoreRow) -> ScoreRow:
    """Return the score of a lead without a stated consent: untracked on all days, if the policy requires consent."""
    if terms.may_track_unasked or score.untracked is not None:
        return score
    return replace(score, untracked=ALWAYS)


def consents_to_send(case: Case, lead_id: str) -> list[ConsentWord]:
    """Return the consents of a lead, to send them to another account key."""
    row = case.rows.get(ConsentRow, case.key, lead_id) or ConsentRow()
    stated = [(Purpose.TRACKING, one) for one in row.tracking]
    if row.marketing is not None:
        stated.append((Purpose.MARKETING, row.marketing))
    return [ConsentWord(purpose=purpose, given=one.given, at_ms=one.at_ms) for purpose, one in stated]


def untracked_days(consents: tuple[StatedConsent, ...], *, may_track_unasked: bool) -> Days:
    """Return the days that do not count. ``consents`` are the last of each day, ascending.

    ``may_track_unasked``: the policy tracks a person who has not stated a consent.
    """
    if not consents:
        return () if may_track_unasked else ALWAYS
    if not consents[-1].given:
        return ALWAYS
    spans: list[tuple[int, int]] = []
    since = None if may_track_unasked else 0
    for consent in consents:
        if consent.given and since is not None:
            if consent.day > since:
                spans.append((since, consent.day - 1))
            since = None
        elif not consent.given and since is None:
            since = consent.day
    return tuple(spans)


def _with_untracked_days(terms: Terms, score: ScoreRow, row: ConsentRow) -> ScoreRow:
    days = None
    if terms.counts_nothing_untracked:
        days = untracked_days(row.tracking, may_track_unasked=terms.may_track_unasked) or None
        if days is None and not terms.may_track_unasked:
            days = ()
    return score if days == score.untracked else replace(score, untracked=days)


def _add_consent(terms: Terms, row: ConsentRow, consent: ConsentWord) -> ConsentRow:
    day = terms.day_of(consent.at_ms)
    stated = StatedConsent(day, consent.at_ms, consent.given)
    if consent.purpose is Purpose.MARKETING:
        return (
            row
            if row.marketing is not None and not _is_later(stated, row.marketing)
            else replace(row, marketing=stated)
        )
    by_day = {one.day: one for one in row.tracking}
    held = by_day.get(day)
    if held is not None and not _is_later(stated, held):
        return row
    by_day[day] = stated
    days = sorted(by_day)
    oldest = days[-1] - terms.counts_kept_days - KEPT_BEYOND_COUNTS_DAYS
    first = max((at for at, one in enumerate(days) if one < oldest), default=0)
    return replace(row, tracking=tuple(by_day[one] for one in days[first:]))


def _is_later(stated: StatedConsent, held: StatedConsent) -> bool:
    return (stated.at_ms, not stated.given) > (held.at_ms, not held.given)
