"""Scenarios: given, when, then, in the words of sales, run through the replay of the real hops and the real policy.

Times read "mon 10:00", in the policy's zone, in the week of Monday 2026-03-02; "mon2" is the Monday after.
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
POLICY = Path(__file__).parents[2] / "policy" / "default.yaml"


def moment(when: str) -> datetime:
    """Return "tue2 09:30" as a time: Tuesday of the second week; "tue0" is the week before the first."""
    day, clock = when.split()
    week = int(day[3:] or 1)
    hours, minutes = map(int, clock.split(":"))
    date = MONDAY.date() + timedelta(days=DAYS[day[:3]] + 7 * (week - 1))
    return datetime(date.year, date.month, date.day, hours, minutes, tzinfo=EAST)


class Story:
    """What happens, and then what the router said of it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "story.jsonl"
        self._policy = POLICY
        self._lines: list[str] = []
        self._events = 0
        self._accounts: dict[str, dict[str, Any]] = {}
        self._reps: dict[str, dict[str, Any]] = {}
        self.escalates = False
        """Whether accounts that nobody answers go on to somebody else, as in the real policy."""

    # Given.

    def policy(self, text: str) -> None:
        """Another agreement than the default one."""
        self._policy = self._file.with_name("policy.yaml")
        self._policy.write_text(text, "utf-8")

    def rep(
        self, rep_id: str, when: str = "mon 00:00", *, at_desk: bool = True, weight: int = 1, **facts: Any
    ) -> None:
        desks = [{"desk": "inside_sales", "weight": weight}] if at_desk else []
        record = self._reps.get(rep_id, {"rep_id": rep_id, "name": rep_id.title(), "desks": desks}) | facts
        if "away" in record:
            begins, ends = record.pop("away")
            record["absences"] = [
                {"starts_at": moment(begins).isoformat(), "ends_at": moment(ends).isoformat()}
            ]
        self._reps[rep_id] = record
        self._say("crm.reps", rep_id, when, record)

    def bank(self, name: str, /, when: str = "mon 00:00", **facts: Any) -> None:
        """A bank of the served market, unless the facts say otherwise; again: a later version of its record."""
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
        self._say(
            "crm.accounts", record["crm_account_id"], when, {k: v for k, v in record.items() if v is not None}
        )

    def contact(self, email: str, when: str = "mon 00:00", **facts: Any) -> None:
        """What the CRM says of a person."""
        self._say("crm.contacts", email, when, {"email": email} | facts)

    def deleted(self, topic: str, key: str, when: str) -> None:
        """A record that the CRM deletes."""
        stamp = int(moment(when).timestamp() * 1_000)
        self._lines.append(json.dumps({"topic": topic, "key": key, "timestamp": stamp, "value": None}))

    # When.

    def form(
        self, email: str, when: str, request: str = "content", *, title: str | None = "CIO", **more: Any
    ) -> None:
        said = {
            "form_id": "contact",
            "email": email,
            "request": request,
            "job_title": title,
            "job_function": "it",
        } | more
        self._say("form.fills", email, when, {k: v for k, v in said.items() if v is not None})

    def activity(self, word: str, when: str, *, times: int = 1, **more: Any) -> None:
        key = more.get("anonymous_id") or more.get("email")
        for number in range(times):
            self._say("web.activity", key, when, {"activity": word} | more, number)

    def chat(self, turn: str, when: str, conversation: str = "c1", **more: Any) -> None:
        """A turn of a chat."""
        key = more.get("anonymous_id") or conversation
        self._say("chat.conversations", key, when, {"conversation_id": conversation, "turn": turn} | more)

    def sales(self, action: str, email: str, when: str, rep_id: str = "mia", **more: Any) -> None:
        self._say(
            "sales.activities", email, when, {"action": action, "email": email, "rep_id": rep_id} | more
        )

    def erasure(self, email: str, when: str) -> None:
        """The person asks to be forgotten."""
        self._say("privacy.requests", email, when, {"email": email, "request": "erasure"})

    def late(self, topic: str, key: str, happened: str, came: str, **value: Any) -> None:
        """Something that happened then, and came only now."""
        self._say(topic, key, came, {"occurred_at": moment(happened).isoformat()} | value)

    def imported(self, topic: str, key: str, happened: str, came: str, **value: Any) -> None:
        """Something that happened long ago ("mon-3": so many weeks before), and is imported only now."""
        then = moment(happened)
        header = ("imported", str(int(then.timestamp() * 1_000)))
        self._say(topic, key, came, {"occurred_at": then.isoformat()} | value, headers=[header])

    def consent(self, email: str, when: str, **purposes: bool) -> None:
        """The person tells us by letter, or in the settings of a newsletter, what we may do."""
        said = {"email": email, "request": "consent", "consent": purposes}
        self._say("privacy.requests", email, when, said)

    def much_interest(self, email: str, when: str) -> None:
        """All that behaviour can give: pages of prices, papers, webinars."""
        self.activity("page_view", when, times=3, email=email, url="https://x.example/pricing")
        self.activity("download", when, times=2, email=email)
        self.activity("webinar_attended", when, times=2, email=email)

    def line(self, text: str) -> None:
        """A line as it is, for what no builder would write."""
        self._lines.append(text)

    # Then.

    def replay(self, until: str | None = None) -> Results:
        """Replay it all, in the order of time."""
        self._file.write_text("\n".join(self._lines) + "\n", "utf-8")
        text = self.policy_file().read_text("utf-8")
        said: list[Emit] = []
        replay = EdgeReplay(
            make_specs(b"a key for tests only", 1),
            to_config(load_policy(text), text),
            dead_letter,
            said.append,
            results=RESULTS,
        )
        history = History([self._file], INPUT_RANKS)
        assert history.first_ms is not None
        assert history.last_ms is not None
        replay.open_with(directory_ready(history.first_ms))
        for record in history.in_order():
            replay.feed(record)
        replay.run_timers(history.last_ms if until is None else int(moment(until).timestamp() * 1_000))
        return Results([emit for emit in said if emit.topic in RESULTS])

    def policy_file(self) -> Path:
        """The policy; where a story is not about unanswered leads, nobody loses an account for want of an answer."""
        if self.escalates:
            return self._policy
        file = self._file.with_name("agreed.yaml")
        file.write_text(ESCALATION.sub("", self._policy.read_text("utf-8")), "utf-8")
        return file

    def _say(
        self,
        topic: str,
        key: str | None,
        when: str,
        value: dict[str, Any],
        seconds: int = 0,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        self._events += 1
        at = moment(when) + timedelta(seconds=seconds)
        event = {"event_id": f"e{self._events}", "occurred_at": at.isoformat()} | value
        line = {"topic": topic, "key": key, "timestamp": int(at.timestamp() * 1_000), "value": event}
        if headers:
            line["headers"] = headers
        self._lines.append(json.dumps(line))


class Results:
    """What the router said, in order."""

    def __init__(self, emits: list[Emit]) -> None:
        self.emits = emits

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [
            json.loads(emit.value) for emit in self.emits if emit.topic == topic and emit.value is not None
        ]

    @property
    def handoffs(self) -> list[tuple[str, str, str | None]]:
        """Each routing record as (action, kind, who)."""
        return [
            (e["action"], e["kind"], (e.get("assignee") or {}).get("id")) for e in self.of("lead.routing")
        ]

    @property
    def holders(self) -> dict[str, list[set[str]]]:
        """Who holds an account's open hand-offs after each routing record: never two, not even for a moment."""
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
        return [e["to_stage"] for e in self.of("lead.stages")]

    @property
    def alerts(self) -> list[tuple[str, bool]]:
        return [(e["alert"], e.get("cleared", False)) for e in self.of("lead.alerts")]

    @property
    def dead_letter_reasons(self) -> list[str]:
        return [e["reason"] for e in self.of("dead.letters")]
