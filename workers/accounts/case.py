"""One account, and one of its leads, while one record is handled.

In: the rows of the account and of the lead. Out: changed rows and the outputs to publish. No rule is applied here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Unpack

from msgspec.structs import replace

from schemas.outputs import LeadAlert, Signal
from schemas.topics import LEAD_ALERTS
from workers.accounts.state.account import AccountRow, ActiveRow
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.lead import LeadRow, PlaceRow
from workers.accounts.state.score import ScoreRow
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from schemas.lead_events import LeadEvent
    from schemas.topics import Topic
    from schemas.vocabulary import Alert
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.fields import AccountFields, AlertFields, LeadFields
    from workers.engine.api import Emit
    from workers.engine.rows import Rows

MOST_ACTIVE = 10
"""Most leads of an account that are listed as active, the latest."""


class Case:
    """The rows of one account while one record is handled, and the outputs so far.

    ``terms`` are those of the present policy. ``event_id`` is the id of the fact that is handled. ``now_ms`` is stream time,
    or a timer's due time.
    """

    __slots__ = (
        "_account_changed",
        "_all_terms",
        "_people",
        "account",
        "emits",
        "event_id",
        "is_clamped",
        "key",
        "now_ms",
        "request_needs_review",
        "rows",
        "terms",
    )

    def __init__(self, terms: Terms, rows: Rows, now_ms: int, key: str, event_id: str) -> None:
        self._all_terms = terms
        self.rows = rows
        self.now_ms = now_ms
        self.key = key
        self.event_id = event_id
        self.is_clamped = False
        """Whether the event was future-dated: its own time was after its arrival."""
        self.account = rows.get(AccountRow, key) or AccountRow()
        self.terms = terms.of_account(key, self.account.company)
        """The terms by which the account is decided: those of the present policy, or of its canary."""
        self.emits: list[Emit] = []
        self.request_needs_review = False
        """Whether a change may affect the account's open request. It is reviewed before the case is closed."""
        self._account_changed = False
        self._people: tuple[tuple[str, int], ...] | None = None

    def change(self, **fields: Unpack[AccountFields]) -> None:
        """Change fields of the account's row. The row is written when the case is closed."""
        self.account = replace(self.account, **fields)
        self._account_changed = True

    def choose_terms(self) -> bool:
        """Choose the terms by the company as it is now. Return whether they are others."""
        before, self.terms = self.terms, self._all_terms.of_account(self.key, self.account.company)
        return self.terms is not before

    def close(self) -> list[Emit]:
        """Write the account's row if it has changed, and return the outputs."""
        if self._account_changed:
            self.rows.put(self.account, self.key)
            self._account_changed = False
        return self.emits

    def publish_score(self, score: Emit) -> None:
        """Publish a score. If one record changes a lead's score several times, only the last score is published."""
        self.emits = [one for one in self.emits if one.topic != score.topic or one.key != score.key]
        self.emits.append(score)

    def publish(self, topic: Topic, event: Any) -> None:
        """Add an event to the outputs."""
        self.emits.append(emit(topic, event))

    @property
    def now(self) -> datetime:
        """Stream time as a datetime in UTC."""
        return instant(self.now_ms)

    @property
    def today(self) -> int:
        """Return the day of stream time in the policy's zone. Days since 1970-01-01."""
        return self.terms.day_of(self.now_ms)

    def lead(self, lead_id: str) -> LeadRow:
        """Return the lead's row, or an empty one."""
        return self.rows.get(LeadRow, self.key, lead_id) or LeadRow()

    def put_lead(self, lead_id: str, lead: LeadRow) -> None:
        """Write the lead's row. The first write also records the place, so that an erasure finds the lead."""
        if self.rows.get(LeadRow, self.key, lead_id) is None:
            self.rows.put(PlaceRow(), lead_id, self.key)
        self.rows.put(lead, self.key, lead_id)

    # Active leads.

    def record_activity(self, lead_id: str, at_ms: int) -> None:
        """Record that a lead of the account was active at ``at_ms``, the date of its event. Milliseconds UTC."""
        people = self._active()
        entry = (lead_id, at_ms)
        if people and people[0][0] == lead_id:
            if people[0][1] >= at_ms:
                return
            listed = (entry, *people[1:])
        else:
            others = [one for one in people if one[0] != lead_id]
            if len(others) < len(people):
                known_ms = next(at for other, at in people if other == lead_id)
                if known_ms >= at_ms:
                    return
            if not people or at_ms > people[0][1]:
                listed = (entry, *others[: MOST_ACTIVE - 1])
            else:
                listed = tuple(sorted([*others, entry], key=_latest_first)[:MOST_ACTIVE])
                if listed == people:
                    return
        self._people = listed
        self.rows.put(ActiveRow(people=listed), self.key)

    def remove_active(self, lead_id: str) -> int | None:
        """Remove a lead from the active leads. Return the date of its last activity, or None if it was not listed."""
        people = self._active()
        at_ms = next((at for who, at in people if who == lead_id), None)
        if at_ms is not None:
            self._people = tuple(one for one in people if one[0] != lead_id)
            self.rows.put(ActiveRow(people=self._people), self.key)
        return at_ms

    def active_people(self) -> list[str]:
        """Return the lead_ids of the leads that were active last, latest first. At most 10."""
        return [lead_id for lead_id, _ in self._active()]

    def active_since(self) -> tuple[tuple[str, int], ...]:
        """Return (lead_id, date of the last activity) of the leads that were active last, latest first. At most 10."""
        return self._active()

    def _active(self) -> tuple[tuple[str, int], ...]:
        """Return the active leads. Their row is read at the first call."""
        if self._people is None:
            row = self.rows.get(ActiveRow, self.key)
            self._people = () if row is None else row.people
        return self._people

    # Alerts.

    def alert_id(self, alert: Alert, subject: str) -> str:
        """Return the id of the alert about ``subject``."""
        return fact_id(alert, self.key, subject)

    def raise_alert(self, alert: Alert, subject: str, **about: Unpack[AlertFields]) -> None:
        """Raise an alert about ``subject``. An open alert with the same subject stays unchanged."""
        alert_id = self.alert_id(alert, subject)
        if self.rows.get(AlertRow, self.key, alert_id) is None:
            row = AlertRow(alert=alert, **about)
            self.rows.put(row, self.key, alert_id)
            self._publish_alert(alert_id, row, cleared=False)

    def clear_alert(self, alert: Alert, subject: str, answered_ms: int | None = None) -> None:
        """Clear the alert about ``subject``, if one is open. ``answered_ms``: the answer that ends it. Milliseconds UTC."""
        alert_id = self.alert_id(alert, subject)
        row = self.rows.get(AlertRow, self.key, alert_id)
        if row is not None:
            self.end_alert(alert_id, row, answered_ms)

    def end_alert(self, alert_id: str, row: AlertRow, answered_ms: int | None = None) -> None:
        """Clear an open alert by its id."""
        self.rows.delete(AlertRow, self.key, alert_id)
        self._publish_alert(alert_id, row, cleared=True, answered_ms=answered_ms)

    def correct_cleared_alert(
        self, alert: Alert, subject: str, answered_ms: int, **about: Unpack[AlertFields]
    ) -> None:
        """Publish a cleared alert again, because an earlier answer than the known one has arrived."""
        row = AlertRow(alert=alert, **about)
        self._publish_alert(self.alert_id(alert, subject), row, cleared=True, answered_ms=answered_ms)

    def _publish_alert(
        self, alert_id: str, row: AlertRow, *, cleared: bool, answered_ms: int | None = None
    ) -> None:
        number = self.account.alert_n + 1
        self.change(alert_n=number)
        event = LeadAlert(
            event_id=fact_id("alert", self.key, number),
            occurred_at=self.now,
            alert_id=alert_id,
            alert=row.alert,
            cleared=cleared,
            account_key=self.key,
            lead_id=row.lead_id,
            handoff_id=row.handoff_id,
            rep_id=row.rep_id,
            desk=row.desk,
            due_at=None if row.due_ms is None else instant(row.due_ms),
            answered_at=None if answered_ms is None else instant(answered_ms),
            fact=row.fact,
            why=row.why,
            told=list(row.told),
            candidates=list(row.candidates),
            crm_account_id=row.crm_account_id,
            domain=row.domain,
            domain_use=row.domain_use,
            signals=[
                Signal(lead_id=one.lead_id, rule=one.rule, count=one.count, last_at=instant(one.at_ms))
                for one in row.signals
            ]
            or None,
            topic=row.topic,
            field=row.field,
            found=row.found,
            policy=self.terms.ref,
        )
        self.publish(LEAD_ALERTS, event)


class LeadInHand:
    """One lead of a case, with the changes that are not persisted yet.

    The score's row is read when it is first used. ``write`` persists the rows that have changed. Until then ``lead`` and
    ``score`` may be newer than the stored rows, so code with a LeadInHand reads the lead from it alone.
    """

    __slots__ = ("_score", "_stored_lead", "_stored_score", "case", "lead", "lead_id")

    lead: LeadRow
    """The lead's row; an empty one if the lead is new."""

    def __init__(self, case: Case, lead_id: str, lead: LeadRow | None = None) -> None:
        """``lead`` is the stored row, if the caller has read it already."""
        self.case = case
        self.lead_id = lead_id
        self.lead = self._stored_lead = case.lead(lead_id) if lead is None else lead
        self._score: ScoreRow | None = None
        self._stored_score: ScoreRow | None = None

    @property
    def score(self) -> ScoreRow:
        """The lead's score row; an empty one if nothing was counted yet."""
        if self._score is None:
            self._score = self.case.rows.get(ScoreRow, self.case.key, self.lead_id) or ScoreRow()
            self._stored_score = self._score
        return self._score

    @score.setter
    def score(self, score: ScoreRow) -> None:
        self._score = score

    def change(self, **fields: Unpack[LeadFields]) -> None:
        """Change fields of the lead's row."""
        self.lead = replace(self.lead, **fields)

    def write(self) -> None:
        """Persist both rows, each if it has changed."""
        self.write_score()
        self.write_lead()

    def write_lead(self) -> None:
        """Persist the lead's row if it has changed."""
        if self.lead is not self._stored_lead:
            self.case.put_lead(self.lead_id, self.lead)
            self._stored_lead = self.lead

    def write_score(self) -> None:
        """Persist the score row if it has changed."""
        if self._score is not None and self._score is not self._stored_score:
            self.case.rows.put(self._score, self.case.key, self.lead_id)
            self._stored_score = self._score


def event_id_of(event: LeadEvent) -> str:
    """Return the id of the fact that an event carries. Explanations name it as the triggering event."""
    if event.type == "account_facts":
        return event.account.event_id
    if event.type == "sales_answered":
        return event.activity.event_id
    return event.request_id if event.type == "desk_answer" else event.event_id


def instant(at_ms: int) -> datetime:
    """Return milliseconds since the epoch as an aware datetime in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _latest_first(one: tuple[str, int]) -> tuple[int, str]:
    """Return the sort key of an active lead: latest activity first, then lead_id."""
    return (-one[1], one[0])
