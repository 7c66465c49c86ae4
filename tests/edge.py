"""One partition of an edge agent in memory, run by the engine's own decider: records in, facts out. And all hops together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import AgentSpec, Emit, Record
from workers.engine.control import HEADER, ConfigChange, Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Row, Rows
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

POLICY_TEXT = (Path(__file__).parents[1] / "policy" / "default.yaml").read_text(encoding="utf-8")
KEY = b"a demo key, no secret"
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
NOON = 1_772_452_800_000
"""2026-03-02 12:00 UTC."""


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


def policy_with(*changes: tuple[str, str]) -> str:
    """Return the default policy's text with pieces replaced. Each piece must occur in it."""
    text = POLICY_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def activity(event_id: str, at_ms: int = NOON, **fields: Any) -> dict[str, Any]:
    return {"event_id": event_id, "occurred_at": iso(at_ms), "activity": "page_view", **fields}


def form(event_id: str, at_ms: int = NOON, **fields: Any) -> dict[str, Any]:
    return {"event_id": event_id, "occurred_at": iso(at_ms), "form_id": "whitepaper", **fields}


def record(
    topic: str,
    value: dict[str, Any] | bytes | None,
    *,
    arrives_at: int | None = None,
    key: str | None = None,
    offset: int = 0,
    **headers: bytes,
) -> Record:
    """Return a record. Without ``arrives_at`` it arrives when its event occurred."""
    if arrives_at is None:
        occurred_at = value.get("occurred_at") if isinstance(value, dict) else None
        arrives_at = round(datetime.fromisoformat(occurred_at).timestamp() * 1000) if occurred_at else NOON
    raw = json.dumps(value).encode() if isinstance(value, dict) else value
    return Record(topic, 0, offset, arrives_at, key.encode() if key else None, raw, tuple(headers.items()))


def _dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    letter = {"reason": str(reason), "detail": detail, "topic": record.topic}
    return Emit("dead.letters", None, json.dumps(letter).encode(), timestamp_ms=now_ms)


class Partition:
    """A task without Kafka. Every batch is committed, so rows are read back as they are stored."""

    def __init__(
        self, spec: AgentSpec, partition: int = 0, partitions: int = 1, policy: str = POLICY_TEXT
    ) -> None:
        self.store = MemoryStore()
        self.emits: list[Emit] = []
        self._partitions = partitions
        self._offsets: dict[str, int] = {}
        config = to_config(load_policy(policy), policy)
        self.decider = Decider(spec, partition, partitions, self.store, config, _dead_letter)

    def send_all(self, records: Iterable[Record], batches: Sequence[int] = ()) -> list[dict[str, Any]]:
        """Decide records in batches of these sizes, the rest one by one. Return the emitted events."""
        sizes = iter(batches)
        left = next(sizes, 1)
        before = len(self.emits)
        for given in records:
            offset = self._offsets.get(given.topic, 0)
            self._offsets[given.topic] = offset + 1
            self._decide(
                Record(
                    given.topic,
                    self.decider.partition,
                    offset,
                    given.timestamp_ms,
                    given.key,
                    given.value,
                    given.headers,
                )
            )
            left -= 1
            if left <= 0:
                self._commit()
                left = next(sizes, 1)
        self._commit()
        return events_of(self.emits[before:])

    def send(self, topic: str, value: dict[str, Any] | bytes | None, **how: Any) -> list[dict[str, Any]]:
        """Decide one record. Return the emitted events."""
        return self.send_all([record(topic, value, **how)])

    def tick(self, at_ms: int, times: int = 1) -> list[dict[str, Any]]:
        """Advance the time. Several ticks continue work that runs in chunks. Return the emitted events."""
        own_log = self.decider.spec.own_log
        mark = control_emit(own_log, 0, Tick(at_ms), at_ms)
        assert mark.headers[0][0] == HEADER
        return self.send_all([Record(own_log, 0, 0, at_ms, None, mark.value, mark.headers)] * times)

    def follow(self, policy: str) -> list[dict[str, Any]]:
        """Follow a new policy, as a worker that was started with it. Return the emitted events, cursors included."""
        config = to_config(load_policy(policy), policy)
        before = self.decider
        self.decider = Decider(
            before.spec, before.partition, self._partitions, self.store, config, _dead_letter
        )
        change = ConfigChange(config.name, config.version, config.hash, config.text)
        own_log = self.decider.spec.own_log
        mark = control_emit(own_log, 0, change, NOON)
        record_of = Record(own_log, 0, 0, NOON, None, mark.value, mark.headers)
        return self.send_all([record_of]) + self.tick(NOON, times=5)

    def announce(self) -> list[Emit]:
        """Return the emits of the announcement that follows the first read of the sources."""
        before = len(self.emits)
        self.decider.announce()
        self._commit()
        return self.emits[before:]

    def rows(self, type_: type[Row]) -> list[Any]:
        """Return the rows of one type, with the parts of their keys."""
        return Rows(self.store).scan(type_, limit=100_000)

    def domain_rows(self) -> dict[bytes, bytes]:
        """Return all rows except the engine's own."""
        return {key: value for key, value in self.store.dump().items() if not key.startswith(b"~")}

    def _decide(self, given: Record) -> None:
        while not self.decider.advance(given):
            pass
        self.decider.decide(given)

    def _commit(self) -> None:
        decided = self.decider.take()
        self.emits += decided.outputs
        self.store.write(decided.changes)
        self.decider.committed()


class AllHops:
    """All hops in memory, connected by their topics, with the CRM read by NOON.

    A record with more than 300 effects fails: the hops answer each other endlessly.
    """

    def __init__(self, policy: str = POLICY_TEXT) -> None:
        self.emits: list[Emit] = []
        config = to_config(load_policy(policy), policy)
        self.replay = EdgeReplay(
            make_specs(KEY, 1), config, dead_letter, self.emits.append, results=RESULTS, most_effects=300
        )
        self.replay.open_with(directory_ready(NOON))

    def feed(self, topic: str, key: str, at_ms: int, **fields: Any) -> None:
        """Feed a record that occurs when it arrives. Its event_id is made from that time, unless ``fields`` names one."""
        value = {"event_id": f"e{at_ms}", "occurred_at": iso(at_ms), **fields}
        self.replay.feed(Input(topic, at_ms, key.encode(), json.dumps(value).encode()))

    def events(self, topic: str) -> list[dict[str, Any]]:
        """Return the events of a topic that were emitted so far."""
        return events_of(emit for emit in self.emits if emit.topic == topic and emit.value)


def events_of(emits: Iterable[Emit]) -> list[dict[str, Any]]:
    """Return the events of emits, each with its topic and key."""
    return [
        {
            "topic": emit.topic,
            "key": emit.key.decode() if emit.key else None,
            **json.loads(emit.value or b"{}"),
        }
        for emit in emits
    ]


def types(facts: Iterable[dict[str, Any]]) -> list[str]:
    """Return the types of facts, or the reasons of dead letters, in order."""
    return [fact.get("type") or fact["reason"] for fact in facts]
