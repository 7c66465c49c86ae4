"""The steps that an activity and a form share, in the order in which both run them.

In: an activity or a form of a lead. Out: the lead's rows, its evaluation, signals for the owner. Each step reads and
fills one ``Visit``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workers.accounts.account_keys import contact_lookup
from workers.accounts.evaluation import expiry, imported_history, support_chats
from workers.accounts.evaluation.consents import ConsentEffect, apply_event_consent
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.handoffs import buying_signals
from workers.accounts.rulebook.behaviour import NO_RULES
from workers.accounts.rulebook.campaign_responses import record_response
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.worth.chat_counts import is_for_support
from workers.accounts.worth.count_once import message_mark
from workers.accounts.worth.durations import Activity, CountResult, count_activity, with_delivery
from workers.accounts.worth.facts import latest_campaign
from workers.accounts.worth.future_dated import with_future_dated
from workers.accounts.worth.mail_scanners import click_of, delivery_of, scanned_clicks
from workers.accounts.worth.uncounting import uncount_activity

if TYPE_CHECKING:
    from schemas.lead_events import LeadActivity, LeadForm
    from workers.accounts.case import Case, LeadInHand
    from workers.accounts.rulebook.behaviour import MatchingRules
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow


@dataclass(slots=True)
class Visit:
    """An activity or a form while its steps run. A field is set by the step that its docstring names."""

    hand: LeadInHand
    event: LeadActivity | LeadForm
    lead_before: LeadRow
    """The lead as it was when the event arrived."""
    raises_hand: bool = False
    """Whether a form asks for sales."""
    is_question: bool = False
    """Whether a form asks a support question."""
    consent: ConsentEffect = field(init=False)
    """Effect of the consent that came with the event. Set by ``apply_consent``."""
    matching: MatchingRules = field(init=False)
    """The rules that the event matches. Set by ``match_rules``."""
    has_new_facts: bool = False
    """Whether a form brought a new fact, consent or campaign. Set by ``record_campaign``."""
    has_responded: bool = False
    """Whether the event responds to a campaign whose response makes an MQL. Set by ``match_rules``."""
    score_before: ScoreRow = field(init=False)
    """The score before the event counted. Set by ``count``."""
    counted: CountResult = field(init=False)
    """The result of counting the event. Set by ``count``."""
    had_raised_hand: bool = False
    """Whether the lead had already raised its hand in the open cycle. Set by ``evaluate_lead``."""
    has_new_handoff: bool = False
    """Whether the event made a hand-off due. Set by ``evaluate_lead``."""

    case: Case = field(init=False)
    """The account of the lead."""
    is_live: bool = field(init=False)
    """Whether the event happens now, not in imported history."""
    is_redated: bool = field(init=False)
    """Whether the event is a repeat with an earlier date. Its request has been handled under the later date."""
    conversation_id: str = field(init=False)
    """The chat conversation of the activity, or an empty text."""
    campaign: str | None = field(init=False)
    """The name of the campaign that brought the event."""

    def __post_init__(self) -> None:
        """Read what several steps need from the event."""
        event = self.event
        self.case = self.hand.case
        self.is_live = not event.imported
        self.is_redated = event.counted_at_ms is not None
        self.conversation_id = (event.conversation_id or "") if event.type == "lead_activity" else ""
        self.campaign = None if event.campaign is None else event.campaign.name

    @property
    def is_for_support(self) -> bool:
        """Whether the event is a support question, or part of a chat that asks one."""
        chat = self.conversation_id
        if self.is_question or not chat:
            return self.is_question
        return is_for_support(self.hand.score.chat_requests, chat, self.event.occurred_at_ms)


def apply_consent(visit: Visit) -> None:
    """Apply the consent that came with the event."""
    visit.consent = apply_event_consent(visit.hand, visit.event)


def match_rules(visit: Visit) -> None:
    """Find the policy's rules that the event matches, and whether it responds to a campaign."""
    terms, event, consent = visit.case.terms, visit.event, visit.consent
    may_respond = visit.is_live and consent.is_tracked and not (visit.is_question or visit.is_redated)
    if event.type == "lead_activity":
        visit.matching = terms.rules.for_activity(event.activity, event.url, event.asset, visit.campaign)
        activity = event.activity
    else:
        visit.matching = terms.rules.for_form(event.form_id, event.url, visit.campaign)
        activity = None
    visit.has_responded = may_respond and terms.campaigns.is_response(activity, visit.campaign)


def record_campaign(visit: Visit) -> None:
    """Record that the lead was active, and the campaign that brought it.

    A lead with a role address is never listed as active.
    """
    hand, event, case = visit.hand, visit.event, visit.case
    if visit.consent.is_tracked:
        if not hand.lead.role_address:
            case.record_activity(event.lead_id, event.occurred_at_ms)
        campaign = latest_campaign(hand.lead.campaign, event.campaign, event.occurred_at_ms)
        if campaign is not hand.lead.campaign:
            hand.change(campaign=campaign)
    hand.write_lead()
    if event.type == "lead_form" and hand.lead is not visit.lead_before:
        visit.has_new_facts = True
        case.request_needs_review |= bool(hand.lead.pending)  # a new fact may lead to another desk


def count(visit: Visit) -> None:
    """Count the event in the lead's score, by the rules that it matches."""
    hand, event, terms = visit.hand, visit.event, visit.case.terms
    is_activity = event.type == "lead_activity"
    message = ""
    if visit.matching.by_message:
        message = message_mark(event.asset if event.type == "lead_activity" else None, visit.campaign)
    stated = event.duration_seconds if event.type == "lead_activity" else None
    duration_ms = None if stated is None else int(stated * 1000)
    if not is_activity and (visit.is_question or not visit.consent.may_count):
        visit.matching = NO_RULES
    click = None
    if event.type == "lead_activity":
        record_delivery(hand, event)
        names = visit.matching.names(duration_ms or 0)
        click = click_of(terms.rules.scanners, event, names, message)
    chat = visit.conversation_id
    activity = Activity(event.occurred_at_ms, event.event_id, message, duration_ms, click, chat)
    score = hand.score
    if event.counted_at_ms is not None:
        before = activity._replace(at_ms=event.counted_at_ms)
        score = uncount_activity(terms, hand.lead, score, visit.matching, before)
    counted = count_activity(terms, hand.lead, score, visit.matching, activity)
    in_effect = terms.rules.completions.names_in_effect(
        counted.names, score.counts, counted.score.counts, terms.day_of(event.occurred_at_ms)
    )
    counted = counted._replace(names=in_effect)
    if event.clamped:
        day = terms.day_of(event.occurred_at_ms)
        counted = counted._replace(
            score=with_future_dated(counted.score, day, event.event_id, visit.matching)
        )
    visit.score_before, visit.counted = hand.score, counted
    hand.score = counted.score
    if click is not None and click.event_id in scanned_clicks(
        terms.rules.scanners, hand.score.clicks, hand.score.deliveries
    ):
        visit.has_responded = False


def record_delivery(hand: LeadInHand, event: LeadActivity) -> bool:
    """Record the delivery of a mail, if the activity reports one. Return whether it changes what clicks earn."""
    delivery = delivery_of(hand.case.terms.rules.scanners, event)
    if delivery is None:
        return False
    before = hand.score
    hand.score = with_delivery(hand.case.terms, hand.lead, before, delivery)
    return hand.score.counts != before.counts


def record_touch(visit: Visit) -> None:
    """Record the event as the buyer's touch: it postpones the lead's expiry, or reverses it.

    If the touch reverses an expiry, a response to a campaign counts in the resumed cycle. A support question is not a
    touch: it neither postpones an expiry nor reverses one.
    """
    if visit.is_for_support or not (visit.consent.is_tracked or visit.raises_hand):
        return
    hand, event = visit.hand, visit.event
    expiry.apply_touch(hand, visit.score_before, event.occurred_at_ms, is_history=event.imported)
    if visit.has_responded:
        hand.lead = record_response(hand.lead, visit.case.terms.day_of(event.occurred_at_ms))
        hand.write_lead()


def evaluate_lead(visit: Visit) -> None:
    """Evaluate the lead after the event."""
    case, hand, consent = visit.case, visit.hand, visit.consent
    occasion = _occasion(visit)
    if occasion.earned:
        contact_lookup.record_earned(case)
    is_news = consent.is_news or visit.has_new_facts or (consent.is_tracked and visit.counted.is_changed)
    if not is_news:
        hand.write_score()  # the event does not count, but its time is recorded
    visit.had_raised_hand = hand.lead.raised_hand and hand.lead.verdict is None
    handoffs_before = case.account.handoff_n
    evaluate(hand, occasion, is_news=is_news)
    visit.has_new_handoff = case.account.handoff_n != handoffs_before
    if visit.conversation_id and visit.lead_before.verdict is not None:
        support_chats.record_wake(hand, visit.lead_before, visit.conversation_id)


def notify_owner(visit: Visit) -> None:
    """Add the event to the signals for the account's owner. An event that leads to a hand-off is not a signal."""
    if not visit.is_live or visit.has_new_handoff or visit.is_redated:
        return
    case, event = visit.case, visit.event
    if visit.raises_hand and visit.had_raised_hand:
        buying_signals.add_raised_hand(case, event.lead_id, event.occurred_at_ms)
    if visit.consent.is_tracked and case.terms.signals:
        buying_signals.add_signals(case, event.lead_id, visit.counted.names, event.occurred_at_ms)


Step = Callable[[Visit], None]
SHARED_STEPS: Final[tuple[Step, ...]] = (
    apply_consent,
    match_rules,
    record_campaign,
    count,
    record_touch,
    evaluate_lead,
    notify_owner,
)
"""The steps that an activity and a form share, in order."""


def _occasion(visit: Visit) -> Occasion:
    """Return the occasion of the evaluation. Imported history makes no hand-off due."""
    if not visit.is_live:
        return imported_history.import_occasion(visit.case)
    consent, day = visit.consent, visit.counted.day
    if visit.event.type == "lead_form":
        earned = (consent.is_tracked or visit.raises_hand) and not visit.is_question
        return Occasion(day, earned=earned, raised=visit.raises_hand, counts=not visit.is_question)
    rules = visit.case.terms.rules
    earned = visit.has_responded or (consent.is_tracked and rules.earns(visit.counted.names))
    return Occasion(day, earned=earned, counts=earned or consent.is_news)
