"""The case in hand: one account while one record is decided. Rows in, rows and outputs out; decides nothing itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from schemas.outputs import LeadAlert, Signal
from schemas.topics import LEAD_ALERTS
from workers.accounts.state.account import AccountRow, ActiveRow
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.lead import LeadRow, PlaceRow
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from schemas.lead_events import LeadEvent
    from schemas.topics import Topic
    from schemas.vocabulary import Alert
    from workers.accounts.rulebook.terms import Terms
    from workers.engine.api import Emit
    from workers.engine.rows import Rows

MOST_ACTIVE = 10


class Case:
    """An account's rows as one decision sees and changes them.

    ``event_id`` names the fact that is being decided; ``now_ms`` is stream time, or a timer's due time.
    """

    __slots__ = (
        "_account_changed",
        "_people",
        "account",
        "emits",
        "event_id",
        "is_clamped",
        "key",
        "now_ms",
        "owner_question",
        "rows",
        "terms",
    )

    def __init__(self, terms: Terms, rows: Rows, now_ms: int, key: str, event_id: str) -> None:
        self.terms = terms
        self.rows = rows
        self.now_ms = now_ms
        self.key = key
        self.event_id = event_id
        self.is_clamped = False
        """Whether that fact was dated ahead of its arrival."""
        self.account = rows.get(AccountRow, key) or AccountRow()
        self.emits: list[Emit] = []
        self.owner_question = False
        """Whether something changed that may concern who gets what: requests are looked at before the case ends."""
        self._account_changed = False
        self._people: tuple[tuple[str, int], ...] | None = None

    def change(self, **fields: Any) -> None:
        """Change the account's row; written when the case is closed."""
        self.account = replace(self.account, **fields)
        self._account_changed = True

    def close(self) -> list[Emit]:
        """Write the account's row and return what is to be said."""
        if self._account_changed:
            self.rows.put(self.account, self.key)
            self._account_changed = False
        return self.emits

    def say_score(self, score: Emit) -> None:
        """Emit a score; of several that one record makes of a lead the last is said."""
        self.emits = [one for one in self.emits if one.topic != score.topic or one.key != score.key]
        self.emits.append(score)

    def say(self, topic: Topic, event: Any) -> None:
        """Emit an event."""
        self.emits.append(emit(topic, event))

    @property
    def now(self) -> datetime:
        """Stream time as an instant."""
        return instant(self.now_ms)

    def lead(self, lead_id: str) -> LeadRow:
        """Return the lead's row; a new one where there is none."""
        return self.rows.get(LeadRow, self.key, lead_id) or LeadRow()

    def put_lead(self, lead_id: str, lead: LeadRow) -> None:
        """Write the lead's row; where it is the first, an erasure will find the lead here."""
        if self.rows.get(LeadRow, self.key, lead_id) is None:
            self.rows.put(PlaceRow(), lead_id, self.key)
        self.rows.put(lead, self.key, lead_id)

    # People.

    def was_active(self, lead_id: str, at_ms: int) -> None:
        """Remember that a person of the account was active at ``at_ms`` (its own date)."""
        people = self._active()
        mine = (lead_id, at_ms)
        if people and people[0][0] == lead_id:
            if people[0][1] >= at_ms:
                return
            made = (mine, *people[1:])
        else:
            others = [one for one in people if one[0] != lead_id]
            if len(others) < len(people):
                held = next(at for who, at in people if who == lead_id)
                if held >= at_ms:
                    return
            if not people or at_ms > people[0][1]:
                made = (mine, *others[: MOST_ACTIVE - 1])
            else:
                made = tuple(sorted([*others, mine], key=_latest_first)[:MOST_ACTIVE])
                if made == people:
                    return
        self._people = made
        self.rows.put(ActiveRow(people=made), self.key)

    def forget_active(self, lead_id: str) -> int | None:
        """Take a person from those who were active last; return when that was, None for one who is none of them."""
        people = self._active()
        at_ms = next((at for who, at in people if who == lead_id), None)
        if at_ms is not None:
            self._people = tuple(one for one in people if one[0] != lead_id)
            self.rows.put(ActiveRow(people=self._people), self.key)
        return at_ms

    def active_people(self) -> list[str]:
        """Return the lead_ids of the account's people who were active last, latest first; at most 10."""
        return [lead_id for lead_id, _ in self._active()]

    def active_since(self) -> tuple[tuple[str, int], ...]:
        """Return (lead_id, at_ms) of the same people."""
        return self._active()

    def _active(self) -> tuple[tuple[str, int], ...]:
        if self._people is None:
            row = self.rows.get(ActiveRow, self.key)
            self._people = () if row is None else row.people
        return self._people

    # Alerts.

    def raise_alert(self, alert: Alert, subject: str, **about: Any) -> None:
        """Put an alert up; one that is up already stays as it is. ``about`` are fields of AlertRow."""
        alert_id = fact_id(alert, self.key, subject)
        if self.rows.get(AlertRow, self.key, alert_id) is None:
            row = AlertRow(alert=alert, **about)
            self.rows.put(row, self.key, alert_id)
            self._say_alert(alert_id, row, cleared=False)

    def clear_alert(self, alert: Alert, subject: str) -> None:
        """Take an alert back; where none is up, nothing is said."""
        alert_id = fact_id(alert, self.key, subject)
        row = self.rows.get(AlertRow, self.key, alert_id)
        if row is not None:
            self.end_alert(alert_id, row)

    def end_alert(self, alert_id: str, row: AlertRow) -> None:
        """Take back an alert that is up."""
        self.rows.delete(AlertRow, self.key, alert_id)
        self._say_alert(alert_id, row, cleared=True)

    def _say_alert(self, alert_id: str, row: AlertRow, *, cleared: bool) -> None:
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
            fact=row.fact,
            why=row.why,
            told=list(row.told),
            candidates=list(row.candidates),
            signals=[
                Signal(lead_id=one.lead_id, rule=one.rule, count=one.count, last_at=instant(one.at_ms))
                for one in row.signals
            ]
            or None,
            policy=self.terms.ref,
        )
        self.say(LEAD_ALERTS, event)


def event_id_of(event: LeadEvent) -> str:
    """The id of the fact that is decided: an explanation names it."""
    if event.type == "account_facts":
        return event.account.event_id
    if event.type == "sales_answered":
        return event.activity.event_id
    return event.request_id if event.type == "desk_answer" else event.event_id


def instant(at_ms: int) -> datetime:
    """Return milliseconds UTC as an aware instant."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _latest_first(one: tuple[str, int]) -> tuple[int, str]:
    return (-one[1], one[0])
