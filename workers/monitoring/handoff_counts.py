"""Counts of one partition of the accounts hop: its open hand-offs by kind and state, and what it publishes about them.

In: committed rows of hand-offs and outputs on lead.routing. Out: counters and gauges of lead_metrics.py. It reads no
names, addresses or ids of people.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
from sortedcontainers import SortedList

from schemas.vocabulary import Action, Kind, Reason
from workers.accounts.handoffs.queue import due_since_ms
from workers.accounts.state.handoff import HandoffRow, PendingRow, ServiceRow
from workers.engine.rows import SEP, decode, row_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engine.row_watch import CommitView
    from workers.monitoring.lead_metrics import LeadMetrics

IN_TRANSIT, ANSWERED, PAUSED, NO_DEADLINE = "in_transit", "answered", "paused", "no_deadline"
DUE, OVERDUE = "due", "overdue"
MATCHES: Final = ("account", "name", "company", "none")
"""How a lead was matched to an account of the CRM."""
STATES: Final = (DUE, OVERDUE, PAUSED, NO_DEADLINE, ANSWERED, IN_TRANSIT)


class _Reasons(msgspec.Struct, frozen=True, gc=False):
    reasons: tuple[str, ...] = ()


class _Ages(msgspec.Struct, frozen=True, gc=False):
    """Present if the lead waited at a desk."""


class Revision(msgspec.Struct, frozen=True, gc=False):
    """The fields of a record of lead.routing that are counted. The others are not decoded."""

    handoff_id: str
    account_key: str
    lead_id: str
    action: str
    kind: str
    route: str
    crm_account_id: str | None = None
    ages: _Ages | None = None
    explanation: _Reasons = _Reasons()

    @property
    def match(self) -> str:
        """How the lead was matched to an account of the CRM: one of MATCHES."""
        if self.crm_account_id is not None:
            return "name" if Reason.MATCHED_BY_NAME in self.explanation.reasons else "account"
        return "company" if self.account_key.startswith("domain:") else "none"


_decode_revision = msgspec.json.Decoder(Revision).decode


class HandoffCounts:
    """The observer of one partition of the accounts hop."""

    prefixes: tuple[str, ...] = (HandoffRow.prefix,)

    def __init__(self, metrics: LeadMetrics, routing_topic: str, now_ms: Callable[[], int]) -> None:
        """``now_ms`` returns the present time, milliseconds UTC."""
        self._metrics = metrics
        self._topic = routing_topic
        self._now_ms = now_ms
        self._lock = threading.Lock()
        """The page of the metrics reads in a thread of its own."""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._deadlines: dict[str, SortedList[int]] = {kind: SortedList() for kind in Kind}
        """Deadlines of unanswered hand-offs by kind. Milliseconds UTC."""

    def count(self, key: bytes, before: bytes | None, after: bytes | None) -> None:
        """Count a hand-off that was ``before`` and is ``after``."""
        del key
        was, becomes = (None if raw is None else decode(HandoffRow, raw) for raw in (before, after))
        with self._lock:
            if was is not None:
                self._remove(was)
            if becomes is not None:
                self._add(becomes)

    def _add(self, row: HandoffRow) -> None:
        state = _state_of(row)
        if state == DUE:
            self._deadlines[row.kind].add(row.due_ms)
        else:
            self._counts[row.kind, state] += 1

    def _remove(self, row: HandoffRow) -> None:
        state = _state_of(row)
        if state == DUE:
            self._deadlines[row.kind].discard(row.due_ms)
        else:
            self._counts[row.kind, state] -= 1

    def open_by_state(self, now_ms: int) -> dict[tuple[str, str], int]:
        """Return the open hand-offs by (kind, state) at ``now_ms``. Milliseconds UTC."""
        with self._lock:
            found = {(kind.value, state): self._counts[kind, state] for kind in Kind for state in STATES}
            for kind, deadlines in self._deadlines.items():
                overdue = deadlines.bisect_right(now_ms)
                found[kind, OVERDUE] = overdue
                found[kind, DUE] = len(deadlines) - overdue
        return found

    def published(self, view: CommitView) -> None:
        """Count the revisions that a transaction has published, and how long the leads of new hand-offs took."""
        values = [emit.value for emit in view.outputs if emit.topic == self._topic and emit.value]
        if not values:
            return
        since_ms: dict[tuple[str, str], int] | None = None
        for value in values:
            one = _decode_revision(value)
            self._metrics.handoffs.labels(one.kind, one.route, one.action).inc()
            if one.action != Action.ASSIGNED:
                continue
            self._metrics.matches.labels(one.match).inc()
            if since_ms is None:
                since_ms = _since(view)
            began_ms = since_ms.get((one.account_key, one.lead_id)) or _question_since(view, one)
            if began_ms:
                seconds = max(0, self._now_ms() - began_ms) / 1_000
                waited = "no" if one.ages is None else "yes"
                self._metrics.latency.labels(one.kind, waited).observe(seconds)

    def complete(self) -> None:
        """Show the open hand-offs: all are counted."""
        self._metrics.accounts.add(self)

    def close(self) -> None:
        """Hide the open hand-offs: the partition is closed."""
        self._metrics.accounts.discard(self)


def _state_of(row: HandoffRow) -> str:
    """Return the state of an open hand-off. It is ``due`` whether or not its deadline has passed."""
    if row.withdrawn_for:
        return IN_TRANSIT
    if row.touched_ms is not None:
        return ANSWERED
    if row.frozen_ms is not None:
        return PAUSED
    return NO_DEADLINE if row.due_ms is None else DUE


def _since(view: CommitView) -> dict[tuple[str, str], int]:
    """Return when each lead that left the queue of its account became due, by (account_key, lead_id). Milliseconds UTC."""
    found: dict[tuple[str, str], int] = {}
    for key, row in view.changed(PendingRow.prefix):
        if row is None:
            _, account_key, order, lead_id = (part.decode() for part in key.split(SEP))
            found[account_key, lead_id] = max(due_since_ms(order), found.get((account_key, lead_id), 0))
    return found


def _question_since(view: CommitView, one: Revision) -> int:
    """Return when the desk was asked about a support question that is now a hand-off. 0: it was not. Milliseconds UTC."""
    if one.kind != Kind.SERVICE:
        return 0
    raw = view.before(row_key(ServiceRow, (one.account_key, one.handoff_id)))
    return 0 if raw is None else decode(ServiceRow, raw).since_ms
