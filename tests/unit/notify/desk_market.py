"""Hand-offs and alerts of a small market, as records of the topics, applied to a store."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from schemas.topics import CRM_REPS, LEAD_ALERTS, LEAD_ROUTING
from tests.unit.house.pages import ROOT
from workers.engine.api import Record
from workers.notify.delivery_tables import DeliveryTables, open_tables
from workers.notify.intake import Deliveries
from workers.notify.notifier import NotifyStore
from workers.notify.notify_file import NotifyFile, parse_notify_file

FILE = """
time_zone: America/New_York
channels:
  slack: {kind: slack, token: "env:TEST_SLACK_TOKEN", signing_secret: "env:TEST_KEY"}
  hook: {kind: webhook, url: "https://crm.example/hook", secret: "env:TEST_KEY"}
reps:
  rep-dana: {slack: UDANA}
  rep-luis: {slack: ULUIS, hook: luis}
  rep-mona: {slack: UMONA}
desks:
  service: {slack: CSERVICE}
partners:
  acme: {hook: acme}
answers: {public_url: "https://answers.example", key: "env:TEST_KEY"}
"""
NOW = 1_772_612_760_000
"""4 March 2026, 08:26 UTC. Milliseconds."""


def example(topic: str, line: int = 0) -> dict[str, Any]:
    """Return the value of an example record of the contract."""
    text = (ROOT / "schemas" / "examples" / f"{topic}.jsonl").read_text("utf-8").splitlines()[line]
    value: dict[str, Any] = json.loads(text)["value"]
    return value


class DeskMarket:
    """A store, and the records that fill it."""

    def __init__(self, folder: Path, text: str = FILE) -> None:
        self.file: NotifyFile = parse_notify_file(text)
        self.now_ms = NOW
        self.path = folder / "notify.sqlite"
        self.store = NotifyStore(self.path, self.file, lambda: self.now_ms)
        self.tables: DeliveryTables = open_tables(self.path)
        self.tables.begin(NOW)
        self._offsets = itertools.count()
        self.store.begin({}, {(topic, 0): (0, 1 << 40) for topic in Deliveries.topics})

    def close(self) -> None:
        self.tables.close()
        self.store.close()

    def handoff(self, revision: int, rep: str | None = "rep-dana", **changes: Any) -> dict[str, Any]:
        """Apply a revision of the example's hand-off. Without a rep it is withdrawn."""
        value = example("lead.routing") | {"event_id": f"route-{revision}", "revision": revision}
        value |= {"action": "assigned" if revision == 1 else "reassigned"}
        if rep is None:
            value |= {"action": "withdrawn"}
            for name in ("assignee", "person", "first_response_due_at"):
                del value[name]
            value["explanation"] = value["explanation"] | {"reasons": ["sales_rejected"]}
        else:
            value["assignee"] = {"type": "rep", "id": rep, "name": rep.removeprefix("rep-").title()}
        value |= changes
        self.apply(LEAD_ROUTING.name, value["handoff_id"], value)
        return value

    def alert(self, number: int, *, line: int = 0, **changes: Any) -> dict[str, Any]:
        """Apply a record of the example's overdue alert, for Dana and her manager Mona."""
        value = example("lead.alerts", line) | {"event_id": f"alert-{number}"} | changes
        self.apply(LEAD_ALERTS.name, value["alert_id"], value)
        return value

    def rep(self, rep_id: str, **changes: Any) -> None:
        """Apply the record of a rep."""
        self.apply(
            CRM_REPS.name, rep_id, {"rep_id": rep_id, "name": rep_id.removeprefix("rep-").title()} | changes
        )

    def apply(self, topic: str, key: str, value: dict[str, Any] | None, at_ms: int | None = None) -> None:
        """Apply one record."""
        raw = None if value is None else json.dumps(value).encode()
        at_ms = self.now_ms if at_ms is None else at_ms
        self.store.apply([Record(topic, 0, next(self._offsets), at_ms, key.encode(), raw, ())])

    def waiting(self) -> list[tuple[str, str, str]]:
        """Return (channel, address, change) of each open delivery."""
        found = []
        for channel in self.file.channels:
            for card_id in self.tables.due_cards(channel, 1 << 60, 1_000):
                card = self.tables.card(card_id)
                assert card is not None
                found += [
                    (card.channel, card.address, one.change.value)
                    for one in self.tables.open_deliveries(card_id)
                ]
        return sorted(found)
