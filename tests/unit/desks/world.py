"""Desks in memory: events in, outputs out, decided by the engine's own decider."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.base import Model
from schemas.crm_reps import Absence, CrmRep, DeskMembership
from schemas.desk_requests import DeskRequest, DeskReturn, LookAgain, RepFacts, RequestMode
from schemas.lead_alerts import LeadAlert
from schemas.lead_events import LEAD_EVENT, DeskAnswer
from schemas.outputs import LedgerEntry
from schemas.topics import DEAD_LETTERS, DESK_LEDGER, DESK_REQUESTS, LEAD_ALERTS, LEAD_EVENTS
from schemas.vocabulary import Kind
from workers.desks.agent import spec
from workers.desks.handle import DesksHop
from workers.desks.rows import RotationRow
from workers.engine.api import Config, Emit, Record
from workers.engine.control import HEADER, ConfigChange, Control, Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.policy.load import load_policy, to_config
from workers.policy.model import Policy

POLICY_TEXT = (Path(__file__).parents[3] / "policy" / "default.yaml").read_text(encoding="utf-8")
DESK = "desk:inside_sales"


def at(text: str) -> int:
    """Return a time in New York, as '2026-03-02 09:00', in milliseconds UTC."""
    from workers.policy.hours import zone  # noqa: PLC0415 - the only place that needs it

    wall = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone("America/New_York"))
    return int(wall.timestamp()) * 1000


def utc(text: str) -> int:
    """Return a time in UTC, as '2026-03-02 09:00', in milliseconds UTC."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()) * 1_000


MONDAY = at("2026-03-02 09:00")


def policy_with(*changes: tuple[str, str]) -> str:
    """Return the default policy's text with pieces replaced. Each old piece must be in it."""
    text = POLICY_TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def rep(
    rep_id: str,
    *,
    weight: int | None = None,
    capacity: int | None = None,
    away: tuple[tuple[int, int], ...] = (),
    desks: tuple[str, ...] = ("inside_sales",),
    **rest: Any,
) -> CrmRep:
    """Return a rep's CRM record."""
    return CrmRep(
        event_id=f"crm-{rep_id}",
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        rep_id=rep_id,
        name=rep_id.title(),
        desks=[DeskMembership(desk=name, weight=weight, capacity=capacity) for name in desks],
        absences=[Absence(starts_at=_instant(start), ends_at=_instant(end)) for start, end in away],
        **rest,
    )


def facts(record: CrmRep | None, desk: str = DESK, rep_id: str = "", event_id: str = "facts") -> RepFacts:
    """Return a rep's record as sent to one desk. ``record`` None: the rep left the desk, or was deleted."""
    return RepFacts(event_id=event_id, desk=desk, rep_id=record.rep_id if record else rep_id, rep=record)


def ask(number: int | str, **changes: Any) -> DeskRequest:
    """Return an MQL's request for a turn at the default desk, with fields changed."""
    base: dict[str, Any] = {
        "request_id": f"request-{number}",
        "desk": DESK,
        "account_key": f"domain:bank{number}.example",
        "lead_id": f"lead-{number}",
        "handoff_id": f"domain:bank{number}.example#1.1",
        "mode": RequestMode.TURN,
        "kind": Kind.MQL,
        "total": 140,
        "since_ms": MONDAY,
    }
    return DeskRequest(**(base | changes))


def raise_hand(number: int | str, **changes: Any) -> DeskRequest:
    """Return a raised hand's request for a turn."""
    return ask(number, kind=Kind.RAISED_HAND, raised_hand=True, **changes)


def give_back(number: int | str, **changes: Any) -> DeskReturn:
    """Return the return of a request."""
    base: dict[str, Any] = {
        "request_id": f"request-{number}",
        "desk": DESK,
        "account_key": f"domain:bank{number}.example",
    }
    return DeskReturn(**(base | changes))


class World:
    """One partition of the desks.

    What a desk sends to another desk comes back as a record, as in the log. With ``loops`` False it does not.
    """

    def __init__(self, policy_text: str = POLICY_TEXT, *, loops: bool = True) -> None:
        self.store = MemoryStore()
        self.loops = loops
        self.offset = 0
        self.outputs: list[Emit] = []
        self.use_policy(policy_text)

    def use_policy(self, policy_text: str) -> None:
        """Load a policy and decide by it from now on."""
        policy = load_policy(policy_text)
        policies: dict[str, Policy] = {policy.hash: policy}
        known = getattr(self, "_policies", {})
        self._policies = known | policies
        self.decider = Decider(
            spec(lambda config: DesksHop(self._policies[config.hash])),
            0,
            1,
            self.store,
            to_config(policy, policy_text),
            _dead_letter,
        )

    def change_policy(self, policy_text: str, at_ms: int) -> list[Model]:
        """Change the policy by a record in the log."""
        self.commit()
        self.use_policy(policy_text)
        config: Config = to_config(load_policy(policy_text), policy_text)
        return self.control(ConfigChange(config.name, config.version, config.hash, config.text), at_ms)

    def send(self, *events: Model, at_ms: int = MONDAY) -> list[Model]:
        """Decide events that arrive at ``at_ms``; return the outputs in order."""
        queue = list(events)
        outputs: list[Model] = []
        while queue:
            event = queue.pop(0)
            emitted = self.decide(self.record(event, at_ms))
            if self.loops:
                queue += [one for one in emitted if hasattr(one, "desk") and _is_request(one)]
            outputs += emitted
        return outputs

    def record(self, event: Model, at_ms: int) -> Record:
        self.offset += 1
        key = event.desk.encode()  # type: ignore[attr-defined]
        value = event.model_dump_json(exclude_none=True).encode()
        return Record(DESK_REQUESTS.name, 0, self.offset, at_ms, key, value)

    def tick(self, at_ms: int) -> list[Model]:
        """Let time pass until ``at_ms`` without an event."""
        return self.control(Tick(at_ms), at_ms)

    def control(self, control: Control, at_ms: int) -> list[Model]:
        emitted = control_emit(DESK_REQUESTS.name, 0, control, at_ms)
        assert emitted.headers[0][0] == HEADER
        self.offset += 1
        return self.decide(
            Record(DESK_REQUESTS.name, 0, self.offset, at_ms, None, emitted.value, emitted.headers)
        )

    def decide(self, record: Record) -> list[Model]:
        """Decide a record and all timers due before it; return the outputs."""
        before = self.decider.output_count
        while not self.decider.advance(record):
            pass
        self.decider.decide(record)
        emits = self.decider.take().outputs[before:]
        return [decoded(emit) for emit in emits]

    def commit(self) -> None:
        """Write the rows and forget the outputs of this batch."""
        decided = self.decider.take()
        self.outputs += decided.outputs
        self.store.write(decided.changes)
        self.decider.committed()

    def rotation(self, desk: str = DESK) -> RotationRow:
        return self.decider.rows.get(RotationRow, desk) or RotationRow()


def team(*records: CrmRep, policy: str | None = None) -> World:
    """Return a world in which the default desk knows these reps. ``policy`` None: the default policy."""
    world = World(policy or POLICY_TEXT)
    world.send(*[facts(record) for record in records])
    return world


def tick_and_deliver(world: World, at_ms: int, *events: Model) -> list[Model]:
    """Let time pass until ``at_ms``, send events, and deliver what the desks then send each other."""
    outputs = world.tick(at_ms)
    onward = [one for one in outputs if _is_request(one)]
    return [*outputs, *world.send(*events, *onward, at_ms=at_ms)]


def answers(outputs: list[Model]) -> list[DeskAnswer]:
    """Return the answers to accounts."""
    return [one for one in outputs if isinstance(one, DeskAnswer)]


def lines(outputs: list[Model]) -> list[LedgerEntry]:
    """Return the ledger lines."""
    return [one for one in outputs if isinstance(one, LedgerEntry)]


def takers(outputs: list[Model]) -> str:
    """Return the reps of the assigned answers, in order."""
    return " ".join(one.rep_id or "-" for one in answers(outputs) if one.outcome == "assigned")


def decoded(emit: Emit) -> Model:
    """Return the event of an output."""
    value = emit.value or b""
    if emit.topic == LEAD_EVENTS.name:
        event: Model = LEAD_EVENT.validate_json(value)
        return event
    if emit.topic == DESK_REQUESTS.name:
        request: Model = DESK_REQUESTS.adapter.validate_json(value)
        return request
    if emit.topic == DESK_LEDGER.name:
        return LedgerEntry.model_validate_json(value)
    if emit.topic == LEAD_ALERTS.name:
        return LeadAlert.model_validate_json(value)
    msg = f"{emit.topic}: {value.decode()}"
    raise AssertionError(msg)


def _is_request(event: Model) -> bool:
    return isinstance(event, DeskRequest | DeskReturn | LookAgain)


def _dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
    return Emit(topic=DEAD_LETTERS.name, key=None, value=f"{reason}: {detail}".encode())


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
