"""Scenarios: a story of events, run through the replay of the real hops with the real policy.

Times read "mon 10:00", in the policy's zone, in the week of Monday 2026-03-02. "mon2" is the Monday after.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS, RESULTS, directory_ready

EAST = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 3, 2, tzinfo=EAST)
DAYS = {day: number for number, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
ESCALATION = re.compile(r",\s*then: next, after: 2x, times: 2")
"""The part of a deadline in the policy's text that escalates unanswered leads."""
POLICY = Path(__file__).parents[2] / "policy" / "default.yaml"


def moment(when: str) -> datetime:
    """Return a text as a time. "tue2 09:30" is Tuesday of the second week, "tue0" is in the week before the first."""
    day, clock = when.split()
    week = int(day[3:] or 1)
    hours, minutes = map(int, clock.split(":"))
    date = MONDAY.date() + timedelta(days=DAYS[day[:3]] + 7 * (week - 1))
    return datetime(date.year, date.month, date.day, hours, minutes, tzinfo=EAST)


class Story:
    """The events of a scenario, and their replay. Each method under "Given" and "When" adds events to the story."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "story.jsonl"
        self._policy = POLICY
        self._lines: list[str] = []
        self._events = 0
        self._accounts: dict[str, dict[str, Any]] = {}
        self._reps: dict[str, dict[str, Any]] = {}
        self.escalates = False
        """Whether unanswered hand-offs escalate to another rep, as in the real policy."""

    # Given.

    def policy(self, text: str) -> None:
        """Use this policy text instead of the default policy."""
        self._policy = self._file.with_name("policy.yaml")
        self._policy.write_text(text, "utf-8")

    def rep(
        self, rep_id: str, when: str = "mon 00:00", *, at_desk: bool = True, weight: int = 1, **facts: Any
    ) -> None:
        """Add a version of a rep's CRM record, with the facts of the last version."""
        desks = [{"desk": "inside_sales", "weight": weight}] if at_desk else []
        record = self._reps.get(rep_id, {"rep_id": rep_id, "name": rep_id.title(), "desks": desks}) | facts
        if "away" in record:
            begins, ends = record.pop("away")
            record["absences"] = [
                {"starts_at": moment(begins).isoformat(), "ends_at": moment(ends).isoformat()}
            ]
        self._reps[rep_id] = record
        self.add_event("crm.reps", rep_id, when, record)

    def bank(self, name: str, /, when: str = "mon 00:00", **facts: Any) -> None:
        """Add a version of a bank's CRM record. It is in the served market, unless the facts differ."""
        served = {
            "crm_account_id": f"ACC-{name}",
            "name": name.title(),
            "domains": [f"{name}.example"],
            "sic": ["6021"],
            "revenue": {"amount": 900_000_000, "currency": "USD"},
            "country": "US",
        }
        record = self._accounts.get(name, served) | facts
        self._accounts[name] = record
        self.add_event(
            "crm.accounts", record["crm_account_id"], when, {k: v for k, v in record.items() if v is not None}
        )

    def contact(self, email: str, when: str = "mon 00:00", **facts: Any) -> None:
        """Add a CRM contact."""
        self.add_event("crm.contacts", email, when, {"email": email} | facts)

    def deleted(self, topic: str, key: str, when: str) -> None:
        """Add the deletion of a CRM record."""
        stamp = int(moment(when).timestamp() * 1_000)
        self._lines.append(json.dumps({"topic": topic, "key": key, "timestamp": stamp, "value": None}))

    # When.

    def form(
        self, email: str, when: str, request: str = "content", *, title: str | None = "CIO", **more: Any
    ) -> None:
        """Add a form."""
        fields = {
            "form_id": "contact",
            "email": email,
            "request": request,
            "job_title": title,
            "job_function": "it",
        } | more
        self.add_event("form.fills", email, when, {k: v for k, v in fields.items() if v is not None})

    def activity(self, kind: str, when: str, *, times: int = 1, **more: Any) -> None:
        """Add an activity of the site, or several of them a second apart."""
        key = more.get("anonymous_id") or more.get("email")
        for number in range(times):
            self.add_event("web.activity", key, when, {"activity": kind} | more, number)

    def chat(self, turn: str, when: str, conversation: str = "c1", **more: Any) -> None:
        """Add a turn of a chat."""
        key = more.get("anonymous_id") or conversation
        self.add_event(
            "chat.conversations", key, when, {"conversation_id": conversation, "turn": turn} | more
        )

    def sales(self, action: str, email: str, when: str, rep_id: str = "mia", **more: Any) -> None:
        """Add a sales activity."""
        self.add_event(
            "sales.activities", email, when, {"action": action, "email": email, "rep_id": rep_id} | more
        )

    def erasure(self, email: str, when: str) -> None:
        """Add a person's request for erasure."""
        self.add_event("privacy.requests", email, when, {"email": email, "request": "erasure"})

    def late(self, topic: str, key: str, happened: str, arrived: str, **value: Any) -> None:
        """Add an event that arrives later than it happened."""
        self.add_event(topic, key, arrived, {"occurred_at": moment(happened).isoformat()} | value)

    def imported(self, topic: str, key: str, happened: str, arrived: str, **value: Any) -> None:
        """Add an imported event of the past. "mon-3" is the Monday four weeks before the first."""
        then = moment(happened)
        header = ("imported", str(int(then.timestamp() * 1_000)))
        self.add_event(topic, key, arrived, {"occurred_at": then.isoformat()} | value, headers=[header])

    def consent(self, email: str, when: str, **purposes: bool) -> None:
        """Add a consent that a person gives or refuses apart from any event, as in newsletter settings."""
        request = {"email": email, "request": "consent", "consent": purposes}
        self.add_event("privacy.requests", email, when, request)

    def much_interest(self, email: str, when: str) -> None:
        """Add activities that give all points that behaviour can give: price pages, papers and webinars."""
        self.activity("page_view", when, times=3, email=email, url="https://x.example/pricing")
        self.activity("download", when, times=2, email=email)
        self.activity("webinar_attended", when, times=2, email=email)

    def line(self, text: str) -> None:
        """Add a line of the history file as it is, for events that no other method can write."""
        self._lines.append(text)

    # Then.

    def history(self) -> Path:
        """Write the story as a history file, and return the file."""
        self._file.write_text("\n".join(self._lines) + "\n", "utf-8")
        return self._file

    def replay(self, until: str | None = None) -> Results:
        """Replay the story in the order of time. ``until``: let time pass up to then."""
        text = self.policy_file().read_text("utf-8")
        emits: list[Emit] = []
        replay = EdgeReplay(
            make_specs(b"a key for tests only", 1),
            to_config(load_policy(text), text),
            dead_letter,
            emits.append,
            results=RESULTS,
        )
        history = History([self.history()], INPUT_RANKS)
        assert history.first_ms is not None
        assert history.last_ms is not None
        replay.open_with(directory_ready(history.first_ms))
        for record in history.in_order():
            replay.feed(record)
        replay.run_timers(history.last_ms if until is None else int(moment(until).timestamp() * 1_000))
        return Results([emit for emit in emits if emit.topic in RESULTS])

    def policy_file(self) -> Path:
        """Return the policy's file. Unless the story ``escalates``, unanswered hand-offs are not escalated in it."""
        if self.escalates:
            return self._policy
        file = self._file.with_name("agreed.yaml")
        file.write_text(ESCALATION.sub("", self._policy.read_text("utf-8")), "utf-8")
        return file

    def add_event(
        self,
        topic: str,
        key: str | None,
        when: str,
        value: dict[str, Any],
        seconds: int = 0,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        """Add a record of a topic. ``seconds`` are added to its time."""
        self._events += 1
        at = moment(when) + timedelta(seconds=seconds)
        event = {"event_id": f"e{self._events}", "occurred_at": at.isoformat()} | value
        line = {"topic": topic, "key": key, "timestamp": int(at.timestamp() * 1_000), "value": event}
        if headers:
            line["headers"] = headers
        self._lines.append(json.dumps(line))


class Results:
    """The outputs of a replay, in order."""

    def __init__(self, emits: list[Emit]) -> None:
        self.emits = emits

    def of(self, topic: str) -> list[dict[str, Any]]:
        """Return the events of a topic, without tombstones."""
        return [
            json.loads(emit.value) for emit in self.emits if emit.topic == topic and emit.value is not None
        ]

    @property
    def handoffs(self) -> list[tuple[str, str, str | None]]:
        """Each routing record as (action, kind, assignee)."""
        return [
            (e["action"], e["kind"], (e.get("assignee") or {}).get("id")) for e in self.of("lead.routing")
        ]

    @property
    def holders(self) -> dict[str, list[set[str]]]:
        """The holders of each account's open hand-offs after each routing record. More than one is a fault."""
        open_now: dict[str, dict[str, str]] = {}
        after: dict[str, list[set[str]]] = {}
        for event in self.of("lead.routing"):
            held = open_now.setdefault(event["account_key"], {})
            if event.get("assignee"):
                held[event["handoff_id"]] = event["assignee"]["id"]
            else:
                held.pop(event["handoff_id"], None)
            after.setdefault(event["account_key"], []).append(set(held.values()))
        return after

    @property
    def stages(self) -> list[str]:
        """The stage of each stage change."""
        return [e["to_stage"] for e in self.of("lead.stages")]

    @property
    def alerts(self) -> list[tuple[str, bool]]:
        """Each alert record as (alert, whether it clears)."""
        return [(e["alert"], e.get("cleared", False)) for e in self.of("lead.alerts")]

    @property
    def dead_letter_reasons(self) -> list[str]:
        """The reason of each dead letter."""
        return [e["reason"] for e in self.of("dead.letters")]
