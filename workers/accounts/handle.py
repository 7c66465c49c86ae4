"""The accounts hop: what is a lead worth, and whose is it? Dispatches the records of ``lead.events``.

In: the one ordered log per account: people's activity, CRM facts, answers of sales and of desks. Out: scores, stages,
hand-offs, alerts, requests to desks. Knows no Kafka, no clock and no machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from schemas.lead_events import (
    LeadActivity,
    LeadAdopted,
    LeadChat,
    LeadConsent,
    LeadContact,
    LeadEvent,
    LeadForm,
    LeadIdentified,
)
from schemas.parsing import ContractError, parse_json
from schemas.topics import LEAD_EVENTS
from workers.accounts.account_keys import aliases, crm_claims, name_index, name_lookup, parents
from workers.accounts.account_keys.lead_transfer import take_in
from workers.accounts.case import Case, event_id_of
from workers.accounts.evaluation import imported_history
from workers.accounts.evaluation.consents import consent_changed, heard
from workers.accounts.evaluation.evaluate import enter, judge
from workers.accounts.evaluation.lead_locations import is_forgotten
from workers.accounts.events import bulk_cursor, desk_answer, lead_chat, partner_return, person_erased, timers
from workers.accounts.events.lead_activity import came_by, judge_counted, met, touched
from workers.accounts.events.lead_contact import contact_said
from workers.accounts.events.reevaluate_all import CHUNK, POLICY, all_leads, closed, leads_of
from workers.accounts.events.sales_answered import sales_answered
from workers.accounts.handoffs import alias_members, bulk_transfer, buying_signals, support_questions
from workers.accounts.rulebook.behaviour import NOTHING
from workers.accounts.rulebook.terms import MOST_AT_ONCE, Terms
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.count_once import message_mark
from workers.accounts.worth.durations import Activity, with_activity
from workers.accounts.worth.facts import with_form
from workers.accounts.worth.future_dated import with_ahead
from workers.engine.api import Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.timers import start_cursor
from workers.identity.erasure_marks import FORGET_MARK, mark_kept_ms
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.rulebook.behaviour import Fitting
    from workers.accounts.worth.durations import Counted
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_LeadFact = LeadIdentified | LeadActivity | LeadForm | LeadChat | LeadConsent | LeadContact | LeadAdopted
_OF_THE_ACCOUNT: Mapping[str, Callable[[Case, Any], None]] = {
    "account_facts": crm_claims.claimed,
    "account_released": crm_claims.released,
    "account_joins": crm_claims.joined,
    "account_leaves": crm_claims.leaves,
    "account_left": crm_claims.left,
    "name_asked": name_index.asked,
    "name_dropped": name_index.dropped,
    "name_answered": crm_claims.name_answered,
    "subsidiary_named": parents.subsidiary_named,
    "parent_facts": crm_claims.parent_told,
    "desk_answer": desk_answer.answered,
    "rep_changed": desk_answer.rep_changed,
    "chat_of_nobody": lead_chat.asked_by_nobody,
}
"""What is about the account and none of its people, by the record's type."""

_CURSORS: Mapping[str, Callable[[Case, str], str | None]] = {
    aliases.LEADS: leads_of,
    bulk_transfer.PASSAGE: bulk_cursor.go_on,
    partner_return.TAKE_BACK: partner_return.go_on,
    support_questions.QUESTIONS: support_questions.go_on,
    parents.SUBSIDIARIES: partial(parents.tell_some, limit=CHUNK),
    name_index.NAMES: partial(name_index.tell_some, limit=CHUNK),
}
"""What concerns much of one account, by the kind of its cursor: from a position it returns where it goes on."""


class AccountsHop:
    """Decides the records of one partition of ``lead.events`` by one policy."""

    def __init__(self, policy: Policy, partitions: int = 1, most_at_once: int = MOST_AT_ONCE) -> None:
        """``partitions`` is that of every topic: so many tasks of desks are told of an erasure.

        ``most_at_once`` is of the open hand-offs of one account that change hands in one step.
        """
        self.terms = Terms(policy, most_at_once)
        self._partitions = partitions
        self._mark_kept_ms = mark_kept_ms(policy)

    def parse(self, record: Record) -> LeadEvent:
        """Type a record. Raises RefusedError: empty, too_large, too_deep, not_json, breaks_contract."""
        try:
            event: LeadEvent = parse_json(LEAD_EVENTS, record.value)
        except ContractError as error:
            raise RefusedError(error.reason, error.detail) from None
        return event

    def key_of(self, event: LeadEvent) -> str | None:
        """The account; None where every partition is told."""
        return None if event.type == "person_erased" else event.account_key

    def handle(self, event: LeadEvent, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide one record. Raises RefusedError: unknown_handoff."""
        del record
        if event.type == "person_erased":
            return person_erased.erase(
                self.terms, rows, clock.now_ms, event, self._partitions, self._mark_kept_ms
            )
        case = Case(self.terms, rows, clock.now_ms, event.account_key, event_id_of(event))
        case.is_clamped = getattr(event, "clamped", False)
        # By the tag: asking a pydantic model for its class takes microseconds, and this is asked for every event.
        decides = _OF_THE_ACCOUNT.get(event.type)
        if decides is not None:
            decides(case, event)
        elif event.type == "sales_answered":
            if not aliases.answer_elsewhere(case, event):
                sales_answered(case, event)
                buying_signals.answered(case)
        else:
            fact = cast("_LeadFact", event)  # the table above has all others
            to = aliases.where_to(case, fact)
            if to:
                if fact.type == "lead_contact":
                    crm_claims.contact_named(
                        case, None if fact.record is None else fact.record.crm_account_id
                    )
                aliases.forward(case, fact, to)
            else:
                self._lead_fact(case, fact)
        return closed(case)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Decide a timer."""
        if timer.kind == FORGET_MARK:
            person_erased.forget(rows, timer.key)
            return []
        key = timer.key.rpartition("#")[0] or timer.key
        case = Case(self.terms, rows, clock.now_ms, key, fact_id(timer.kind, timer.key, timer.due_ms))
        timers.due(case, timer.kind, timer.key)
        return closed(case)

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Do one chunk of what concerns many: of one account, or of all after a new policy."""
        if cursor.kind == POLICY:
            return all_leads(self.terms, rows, clock.now_ms, cursor)
        if cursor.kind == person_erased.ERASE:
            return person_erased.go_on(self.terms, rows, clock.now_ms, cursor)
        if cursor.kind == name_index.ALL_NAMES:
            return name_index.go_on(self.terms, rows, clock.now_ms, cursor, CHUNK)
        key, origin = cursor.key, ""
        if cursor.kind == alias_members.LEAVING:
            key, _, origin = cursor.key.partition(" ")
        case = Case(self.terms, rows, clock.now_ms, key, fact_id(cursor.kind, cursor.key, clock.now_ms))
        if cursor.kind == alias_members.LEAVING:
            following = aliases.send_some(case, origin, cursor.position, CHUNK)
            crm_claims.follow(case)
        else:
            following = _CURSORS[cursor.kind](case, cursor.position)
        return closed(case), following

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """A new policy decides: every lead is judged by it, in chunks."""
        del clock
        start_cursor(rows, POLICY, "all")
        name_index.look_again_at_all(rows)
        return []

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        """Nothing waits for this hop."""
        del partition, partitions, rows, clock
        return []

    def is_ready(self, rows: Rows) -> bool:
        """Always: it reads its own log only."""
        del rows
        return True

    def _lead_fact(self, case: Case, event: _LeadFact) -> None:
        held = case.lead(event.lead_id)
        if is_forgotten(case, held, event):
            return
        if event.origin_account_key is not None and event.type != "lead_adopted":
            aliases.mark_home(case, event.lead_id, event.origin_account_key)
        if event.type == "lead_contact":
            contact_said(case, event)
            return
        if event.type == "lead_adopted":
            self._adopted(case, event)
            return
        lead = met(case, event)
        if event.imported:
            imported_history.came(case, event.lead_id)
        if lead.stage is not None and lead.contact is not None:
            crm_claims.contact_named(case, lead.contact.account_id)
        self._said(case, lead, event)

    def _said(
        self,
        case: Case,
        lead: LeadRow,
        event: LeadIdentified | LeadActivity | LeadForm | LeadChat | LeadConsent,
    ) -> None:
        if event.type == "lead_activity":
            self._activity(case, lead, event)
        elif event.type == "lead_form":
            self._form(case, lead, event)
        elif event.type == "lead_chat":
            takes = lead_chat.turn_imported if event.imported else lead_chat.turn_said
            takes(case, lead, event)
        elif event.consents:
            consent_changed(case, lead, event)

    def _adopted(self, case: Case, event: LeadAdopted) -> None:
        if event.deal is not None:
            crm_claims.deal_came(case, event.deal)
        known = case.rows.get(LeadRow, case.key, event.lead_id)
        held = known or LeadRow()
        lead = enter(case, event.lead_id, held) if event.is_lead else held
        take_in(case, event, lead, is_new=known is None)

    def _activity(self, case: Case, lead: LeadRow, event: LeadActivity) -> None:
        terms = self.terms
        campaign = None if event.campaign is None else event.campaign.name
        score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
        made, score, _, is_tracked, is_news = heard(case, lead, score, event)
        is_live = not event.imported
        if event.activity in terms.no_touch:  # a mail that we send is nothing that they did
            occasion = Occasion(terms.day_of(event.occurred_at_ms), counts=is_news and is_live)
            judge(case, event.lead_id, made, score, occasion, say=is_news)
            return
        fitting = terms.rules.for_activity(event.activity, event.url, event.asset, campaign)
        has_responded = is_live and is_tracked and terms.campaigns.is_response(event.activity, campaign)
        if is_tracked:
            made = came_by(case, made, event)
        message = message_mark(event.asset, campaign) if fitting.by_message else ""
        stated = event.duration_seconds
        duration_ms = None if stated is None else int(stated * 1000)
        seen = Activity(event.occurred_at_ms, event.event_id, message, duration_ms)
        counted = _counted(case, with_activity(terms, made, score, fitting, seen), event, fitting)
        earned = has_responded or (is_tracked and terms.rules.earns(counted.names))
        occasion = imported_history.occasion(case)
        if is_live:
            occasion = Occasion(counted.day, earned=earned, counts=earned or is_news)
        say = is_news or (is_tracked and counted.is_changed)
        if is_tracked:
            made, counted = touched(case, event, made, score, counted, has_responded=has_responded)
        handoffs_before = case.account.handoff_n
        judge_counted(case, event.lead_id, made, score, counted, occasion, say=say)
        if is_live and is_tracked and terms.signals and case.account.handoff_n == handoffs_before:
            buying_signals.noticed(case, event.lead_id, counted.names, event.occurred_at_ms)

    def _form(self, case: Case, lead: LeadRow, event: LeadForm) -> None:
        name_lookup.form_names(case, event)
        terms = self.terms
        campaign = None if event.campaign is None else event.campaign.name
        is_question = support_questions.is_question(case, event.request)
        fitting = terms.rules.for_form(event.form_id, event.url, campaign)
        score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
        facts = with_form(lead.facts, event)
        made = lead if facts is lead.facts else replace(lead, facts=facts)
        made, score, may_count, is_tracked, is_news = heard(case, made, score, event)
        is_live = not event.imported
        may_respond = is_live and is_tracked and not is_question
        has_responded = may_respond and terms.campaigns.is_response(None, campaign)
        if is_tracked:
            made = came_by(case, made, event)
        if made is not lead:
            case.put_lead(event.lead_id, made)
            case.owner_question |= bool(made.pending)  # a fact may lead to another desk
        message = message_mark(None, campaign) if fitting.by_message else ""
        seen = Activity(event.occurred_at_ms, event.event_id, message)
        fitting = fitting if may_count and not is_question else NOTHING
        counted = _counted(case, with_activity(terms, made, score, fitting, seen), event, fitting)
        raised = event.request in terms.asks_for
        occasion = imported_history.occasion(case)
        if is_live:
            earned = (is_tracked or raised) and not is_question
            occasion = Occasion(counted.day, earned=earned, raised=raised, counts=not is_question)
        say = is_news or made is not lead or (is_tracked and counted.is_changed)
        if is_tracked or raised:
            made, counted = touched(case, event, made, score, counted, has_responded=has_responded)
        handoffs_before = case.account.handoff_n
        judge_counted(case, event.lead_id, made, score, counted, occasion, say=say)
        if is_live and case.account.handoff_n == handoffs_before:
            if raised and made.raised_hand and made.verdict is None:
                buying_signals.raised_again(case, event.lead_id, event.occurred_at_ms)
            if is_tracked and terms.signals:
                buying_signals.noticed(case, event.lead_id, counted.names, event.occurred_at_ms)
        if is_live and is_question:
            support_questions.ask(case, event.lead_id, event.occurred_at_ms)


def _counted(case: Case, counted: Counted, event: LeadActivity | LeadForm, fitting: Fitting) -> Counted:
    """Return what an event counts, remembered where it was dated ahead of its arrival."""
    if not event.clamped:
        return counted
    day = case.terms.day_of(event.occurred_at_ms)
    return counted._replace(score=with_ahead(counted.score, day, event.event_id, fitting))
