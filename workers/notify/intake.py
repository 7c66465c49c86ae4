"""Applies records of the topics to the tables: whose message is opened, updated or closed by a record.

In: a record of lead.routing, lead.alerts or crm.reps, within the transaction that also stores its offset. Out: cards and
deliveries. A message goes to the holder, or to the people whom an alert names, never to others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import structlog
from pydantic import ValidationError

from schemas.outputs import LeadAlert, LeadRouting
from schemas.topics import CRM_REPS, LEAD_ALERTS, LEAD_ROUTING
from schemas.vocabulary import AssigneeType, Kind
from workers.engine.api import Record
from workers.notify.delivery_steps import Change
from workers.notify.delivery_tables import STATEMENTS, Card, DeliveryTables
from workers.notify.notices import NOTIFIED_ALERTS
from workers.notify.wall_clock import wall_ms
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.notify.notify_file import NotifyFile

log = structlog.get_logger(__name__)
_REP: Final = AssigneeType.REP


class _Rep(msgspec.Struct, frozen=True):
    rep_id: str
    name: object = None
    time_zone: object = None


class Deliveries:
    """The projection of the notifier: it applies records to its tables.

    Records from before the first start make the hand-offs known, but no rep is notified of them.
    """

    name = "deliveries"
    topics = frozenset({LEAD_ROUTING.name, LEAD_ALERTS.name, CRM_REPS.name})
    statements = STATEMENTS

    def __init__(self, file: NotifyFile, now_ms: Callable[[], int] = wall_ms) -> None:
        self._file = file
        self._now_ms = now_ms

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        """Apply one record. Raises msgspec.ValidationError for one that breaks the contract."""
        tables = DeliveryTables(connection)
        is_news = record.timestamp_ms >= tables.begun_ms()
        intake = _Intake(tables, self._file, self._now_ms(), is_news=is_news)
        try:
            if record.topic == CRM_REPS.name:
                intake.apply_rep(record)
            elif record.value is None:
                return
            elif record.topic == LEAD_ROUTING.name:
                intake.apply_handoff(LeadRouting.model_validate_json(record.value), record.value)
            else:
                intake.apply_alert(LeadAlert.model_validate_json(record.value), record.value)
        except ValidationError as error:
            raise msgspec.ValidationError(f"{error.error_count()} fields break the contract") from None

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        """Delete what is known of a person."""
        DeliveryTables(connection).forget(lead_id)

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        """Delete what is older than a time. Milliseconds UTC."""
        DeliveryTables(connection).prune(before_ms)


def zone_of(tables: DeliveryTables, file: NotifyFile, rep_id: str | None) -> str:
    """Return the time zone of a rep, else that of the file."""
    zone = tables.rep(rep_id)[1]
    try:
        return ZoneInfo(zone).key if zone else file.time_zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return file.time_zone


class _Intake:
    """Applies one record."""

    def __init__(self, tables: DeliveryTables, file: NotifyFile, now_ms: int, *, is_news: bool) -> None:
        self._tables = tables
        self._file = file
        self._now_ms = now_ms
        self._is_news = is_news

    def apply_rep(self, record: Record) -> None:
        """Store a rep's name and time zone."""
        if record.value is None:
            self._tables.put_rep((record.key or b"").decode(), None, None)
            return
        rep = msgspec.json.decode(record.value, type=_Rep)
        name = rep.name if isinstance(rep.name, str) and rep.name.strip() else rep.rep_id
        zone = rep.time_zone.strip() if isinstance(rep.time_zone, str) else None
        self._tables.put_rep(rep.rep_id.strip(), name.strip(), zone)

    def apply_handoff(self, handoff: LeadRouting, raw: bytes) -> None:
        """Close the cards of former holders, update those of the present one, and open those that are missing."""
        before = self._tables.handoff(handoff.handoff_id)
        if before is not None and before.value.revision >= handoff.revision:
            return
        self._tables.put_handoff(handoff, raw, self._now_ms)
        wanted = dict(self._file.places_of_holder(handoff))
        for card in self._tables.open_cards(handoff_id=handoff.handoff_id):
            is_kept = wanted.get(card.channel) == card.address and card.rep_id == _rep_of(handoff)
            if is_kept:
                del wanted[card.channel]
            self._add(card, handoff.event_id, Change.UPDATE if is_kept else Change.CLOSE)
        if not self._is_news or handoff.assignee is None:
            return
        if not self._file.places_of_holder(handoff):
            log.warning("recipient_without_place", recipient=handoff.assignee.id)
        rep_id = _rep_of(handoff)
        due_ms = self._now_ms if handoff.kind is Kind.RAISED_HAND else self._after_quiet(rep_id)
        for channel, address in wanted.items():
            card = Card(
                fact_id("notify_card", handoff.event_id, channel, address), channel, address, rep_id,
                handoff.lead_id, handoff.handoff_id, None, self._now_ms,
            )  # fmt: skip
            self._open(card, handoff.event_id, due_ms)

    def apply_alert(self, alert: LeadAlert, raw: bytes) -> None:
        if alert.alert not in NOTIFIED_ALERTS:
            return
        self._tables.put_alert(alert, raw, self._now_ms)
        missing = {} if alert.cleared or not self._is_news else self._recipients(alert)
        for card in self._tables.open_cards(alert_id=alert.alert_id):
            missing.pop((card.channel, card.address), None)
            self._add(card, alert.event_id, Change.CLOSE if alert.cleared else Change.UPDATE)
        for (channel, address), rep_id in missing.items():
            card = Card(
                fact_id("notify_card", alert.event_id, channel, address), channel, address, rep_id,
                alert.lead_id, alert.handoff_id, alert.alert_id, self._now_ms,
            )  # fmt: skip
            self._open(card, alert.event_id, self._now_ms)

    def _recipients(self, alert: LeadAlert) -> dict[tuple[str, str], str | None]:
        """Return the rep for each (channel, address) of an alert. Without named people, it goes to the desk."""
        people: Iterable[tuple[str, AssigneeType]] = [(rep_id, _REP) for rep_id in alert.told]
        if not alert.told and alert.desk is not None:
            is_partner = alert.desk.startswith("partner:")
            people = [(alert.desk, AssigneeType.PARTNER if is_partner else AssigneeType.DESK)]
        found: dict[tuple[str, str], str | None] = {}
        for name, kind in people:
            places = self._file.places_of(kind, name)
            if not places:
                log.warning("recipient_without_place", recipient=name)
            for place in places.items():
                found.setdefault(place, name if kind is _REP else None)
        return found

    def _open(self, card: Card, event_id: str, due_ms: int) -> None:
        """Add a card, with the delivery that posts it."""
        self._tables.add_card(card)
        self._tables.add_delivery(card, event_id, Change.OPEN, due_ms=due_ms, now_ms=self._now_ms)

    def _add(self, card: Card, event_id: str, change: Change) -> None:
        self._tables.add_delivery(card, event_id, change, due_ms=self._now_ms, now_ms=self._now_ms)

    def _after_quiet(self, rep_id: str | None) -> int:
        """Return when the quiet hours of the reader end, or now if it is not quiet."""
        if self._file.quiet_hours is None:
            return self._now_ms
        return end_of_quiet_ms(
            self._file.quiet_hours, zone_of(self._tables, self._file, rep_id), self._now_ms
        )


def end_of_quiet_ms(quiet: tuple[time, time], zone: str, now_ms: int) -> int:
    """Return when the quiet hours that are now end in a zone, or now if it is not quiet. Milliseconds UTC."""
    starts, ends = quiet
    here = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    clock = here.time()
    is_quiet = starts <= clock < ends if starts < ends else clock >= starts or clock < ends
    if not is_quiet:
        return now_ms
    day = here.date() + timedelta(days=starts > ends and clock >= starts)
    return int(datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


def _rep_of(handoff: LeadRouting) -> str | None:
    is_rep = handoff.assignee is not None and handoff.assignee.type is _REP
    return handoff.assignee.id if is_rep and handoff.assignee is not None else None
