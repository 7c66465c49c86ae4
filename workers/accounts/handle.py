"""The accounts hop: scores, stages and assignments of leads. The tables from events, timers and cursors to handlers.

In: ``lead.events``, the one ordered log per account: activities of leads, CRM facts, feedback of sales, answers of
desks. Out: scores, stages, hand-offs, alerts, requests to desks. It never imports Kafka, reads the clock or reads the
environment: stream time comes with each call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from schemas.parsing import ContractError, parse_json
from schemas.topics import LEAD_EVENTS
from workers.accounts.account_keys import aliases, crm_claims, name_index, parents, placements
from workers.accounts.account_keys.name_index import KEYS_AT_ONCE
from workers.accounts.case import Case, event_id_of
from workers.accounts.events import (
    account_apart,
    account_facts,
    account_joins,
    account_leaves,
    account_left,
    account_released,
    bulk_cursor,
    chat_of_nobody,
    desk_answer,
    lead_activity,
    lead_adopted,
    lead_chat,
    lead_consent,
    lead_contact,
    lead_form,
    lead_identified,
    lead_recalled,
    name_answered,
    name_asked,
    name_dropped,
    parent_facts,
    partner_return,
    person_erased,
    reevaluate_all,
    rep_changed,
    sales_answered,
    subsidiary_named,
    timer_due,
)
from workers.accounts.events.reevaluate_all import close_case
from workers.accounts.handoffs import alias_members, bulk_transfer, support_questions
from workers.accounts.routing.canary_accounts import Trial, members_of
from workers.accounts.rulebook.terms import LEADS_AT_ONCE, MOST_AT_ONCE, Split, Terms
from workers.engine.api import BaseHop, Clock, Cursor, Emit, Record, RefusedError, Timer
from workers.engine.timers import start_cursor
from workers.identity.erasure_marks import FORGET_MARK, mark_kept_ms
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.lead_events import LeadEvent
    from workers.engine.api import Canary
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

EVENTS: Final[Mapping[str, Callable[[Case, Any], None]]] = {
    "lead_identified": lead_identified.handle,
    "lead_activity": lead_activity.handle,
    "lead_form": lead_form.handle,
    "lead_chat": lead_chat.handle,
    "lead_consent": lead_consent.handle,
    "lead_contact": lead_contact.handle,
    "lead_adopted": lead_adopted.handle,
    "sales_answered": sales_answered.handle,
    "desk_answer": desk_answer.handle,
    "rep_changed": rep_changed.handle,
    "chat_of_nobody": chat_of_nobody.handle,
    "account_facts": account_facts.handle,
    "account_released": account_released.handle,
    "account_joins": account_joins.handle,
    "account_leaves": account_leaves.handle,
    "account_left": account_left.handle,
    "account_apart": account_apart.handle,
    "lead_recalled": lead_recalled.handle,
    "name_asked": name_asked.handle,
    "name_dropped": name_dropped.handle,
    "name_answered": name_answered.handle,
    "subsidiary_named": subsidiary_named.handle,
    "parent_facts": parent_facts.handle,
}
"""The handler of each event type of one account. ``person_erased`` is not listed: it concerns all accounts."""

CURSORS: Final[Mapping[str, Callable[[Case, str], str | None]]] = {
    aliases.LEADS: reevaluate_all.evaluate_next,
    crm_claims.CHANGED_SIDE: reevaluate_all.evaluate_next_of_side,
    bulk_transfer.HANDOFFS: bulk_cursor.transfer_next,
    partner_return.TAKE_BACK: partner_return.take_back_next,
    support_questions.QUESTIONS: support_questions.withdraw_next,
    parents.SUBSIDIARIES: partial(parents.notify_next, limit=KEYS_AT_ONCE),
    placements.PLACEMENTS: partial(placements.recall_next, limit=KEYS_AT_ONCE),
    name_index.NAMES: partial(name_index.answer_next, limit=KEYS_AT_ONCE),
}
"""The handler of each cursor over one account, by kind. It does one chunk and returns where to continue, or None."""


class TriedPolicy(NamedTuple):
    """A newer policy that is tried on a part of the accounts."""

    policy: Policy
    share: str
    """The accounts, in the words of workers/policy/canary.py. Empty: none."""


class AccountsHop(BaseHop):
    """Decides the records of one partition of ``lead.events`` by one policy."""

    def __init__(
        self,
        policy: Policy,
        partitions: int = 1,
        most_at_once: int = MOST_AT_ONCE,
        leads_at_once: int = LEADS_AT_ONCE,
        tried: TriedPolicy | None = None,
    ) -> None:
        """``partitions`` is the number of partitions of every topic: an erasure is sent to each of ``desk.requests``.

        ``most_at_once`` bounds the open hand-offs, ``leads_at_once`` the leads, that one step of a cursor handles.
        ``tried``: the policy of a canary. Raises ShareError if its accounts cannot be read.
        """
        self.terms = Terms(policy, most_at_once, leads_at_once)
        self._trial = Trial()
        if tried is not None:
            tried_terms = Terms(tried.policy, most_at_once, leads_at_once)
            self.terms.split = Split(tried_terms, members_of(tried.share, policy))
            self._trial = Trial(tried.policy.ref.hash, tried.share)
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
        """Return the account key; None for an event that every partition gets."""
        return None if event.type == "person_erased" else event.account_key

    def handle(self, event: LeadEvent, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        """Apply one event and return its outputs. Raises RefusedError: unknown_handoff, handoff_over."""
        del record
        if event.type == "person_erased":
            return person_erased.erase(
                self.terms, rows, clock.now_ms, event, self._partitions, self._mark_kept_ms
            )
        case = Case(self.terms, rows, clock.now_ms, event.account_key, event_id_of(event))
        case.is_clamped = getattr(event, "clamped", False)
        EVENTS[event.type](case, event)
        return close_case(case)

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        """Apply a timer that is due and return its outputs."""
        if timer.kind == FORGET_MARK:
            person_erased.end_mark(rows, timer.key)
            return []
        key = timer.key.rpartition("#")[0] or timer.key
        case = Case(self.terms, rows, clock.now_ms, key, fact_id(timer.kind, timer.key, timer.due_ms))
        timer_due.handle(case, timer.kind, timer.key)
        return close_case(case)

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        """Do one chunk of a cursor's task. Return the outputs and where to continue, or None at the end."""
        if cursor.kind == reevaluate_all.POLICY:
            return reevaluate_all.evaluate_next_of_all(self.terms, rows, clock.now_ms, cursor)
        if cursor.kind == reevaluate_all.CANARY:
            return reevaluate_all.evaluate_next_on_other_side(
                self.terms, rows, clock.now_ms, cursor, self._trial
            )
        if cursor.kind == person_erased.ERASE:
            return person_erased.continue_erasure(self.terms, rows, clock.now_ms, cursor)
        if cursor.kind == name_index.ALL_NAMES:
            return name_index.answer_next_of_all(self.terms, rows, clock.now_ms, cursor, KEYS_AT_ONCE)
        key, _, origin = (
            cursor.key.partition(" ") if cursor.kind == alias_members.LEAVING else (cursor.key, "", "")
        )
        case = Case(self.terms, rows, clock.now_ms, key, fact_id(cursor.kind, cursor.key, clock.now_ms))
        if cursor.kind == alias_members.LEAVING:
            following = aliases.detach_next(case, origin, cursor.position, self.terms.leads_at_once)
            crm_claims.refresh_account(case)
        else:
            following = CURSORS[cursor.kind](case, cursor.position)
        return close_case(case), following

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        """Start to evaluate every lead and answer every company-name lookup by the new policy, in chunks."""
        del clock
        start_cursor(rows, reevaluate_all.POLICY, "all")
        name_index.start_answering_all(rows)
        return []

    def on_canary_changed(self, before: Canary | None, rows: Rows, clock: Clock) -> list[Emit]:
        """Start to evaluate the leads of the accounts that another policy decides from now on, in chunks."""
        del clock
        start_cursor(rows, reevaluate_all.CANARY, reevaluate_all.canary_cursor_key(self.terms, before))
        return []
