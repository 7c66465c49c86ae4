"""Random histories of desks: requests, repeats, returns, reps' records and time, in any order.

The records can be cut into batches anywhere.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from schemas.base import Model
from schemas.crm_reps import CrmRep
from schemas.desk_requests import DeskRequest, DeskReturn, LookAgain, RequestMode
from schemas.topics import DESK_REQUESTS
from schemas.vocabulary import Kind
from tests.unit.desks.world import (
    DESK,
    MONDAY,
    World,
    ask,
    decoded,
    facts,
    give_back,
    policy_with,
    rep,
)
from workers.engine.api import Record
from workers.engine.control import Tick, control_emit

HOUR_MS = 3_600_000
REPS = ("a", "b", "c", "dana")
POLICIES = [
    policy_with(("most: 8", "most: 2")),
    policy_with(("most: 8", "most: 1"), ("when_away: skip", "when_away: hold")),
    policy_with(("most: 8", "most: 2"), ("mql: hold", "mql: dana")),
    policy_with(("most: 8, per: week", "most: 1, per: day"), ("it: anyone", "it: dana")),
]

Op = tuple[Any, ...]
asks = st.tuples(
    st.just("ask"),
    st.integers(0, 25),
    st.sampled_from([Kind.MQL, Kind.MQL, Kind.MQL, Kind.RAISED_HAND, Kind.EXPANSION, Kind.INQUIRY]),
    st.sampled_from(["turn", "turn", "turn", "follow", "owner"]),
    st.sampled_from(REPS),
    st.integers(130, 150),
    st.sampled_from([None, None, "es"]),
)
backs = st.tuples(st.just("return"), st.integers(0, 25))
records = st.tuples(
    st.just("rep"),
    st.sampled_from(REPS),
    st.booleans(),
    st.one_of(st.none(), st.tuples(st.integers(-20, 60), st.integers(1, 120))),
    st.sampled_from([None, 0, 1, 3]),
    st.sampled_from([None, 1, 5]),
    st.sampled_from([(), (), ("es",)]),
)
leaves = st.tuples(st.just("leave"), st.sampled_from(REPS))
laters = st.tuples(st.just("later"), st.integers(0, 100))
histories = st.lists(st.one_of(asks, asks, asks, backs, records, laters, leaves), min_size=5, max_size=45)


class DeskRun:
    """One run of a history: each output with the reps' records at its moment, and the rows at the end."""

    def __init__(self, policy: int, batch: int) -> None:
        self.outputs: list[tuple[Model, dict[str, CrmRep]]] = []
        self.raw: list[str] = []
        self.known: dict[str, CrmRep] = {}
        self.world = World(POLICIES[policy])
        self.batch = batch
        self.decided = 0
        self.collected = 0

    def decide(self, record: Record, changed: dict[str, CrmRep | None]) -> list[Model]:
        """Decide a record; return the records that it sends to other desks, which are still to be decided."""
        already = len(self.outputs)
        while not self.world.decider.advance(record):
            pass
        self.collect()  # timers run with the reps' records of before
        self.known |= {who: one for who, one in changed.items() if one is not None}
        for who in [who for who, one in changed.items() if one is None]:
            self.known.pop(who, None)
        self.world.decider.decide(record)
        self.collect()
        self.decided += 1
        if self.decided % self.batch == 0:
            self.commit()
        fresh = [event for event, _ in self.outputs[already:]]
        return [event for event in fresh if isinstance(event, DeskRequest | DeskReturn | LookAgain)]

    def collect(self) -> None:
        """Store the outputs since the last call, with the reps' records of now."""
        outputs = self.world.decider.take().outputs
        for emit in outputs[self.collected :]:
            self.raw.append(repr((emit.topic, emit.key, emit.value, emit.timestamp_ms)))
            self.outputs.append((decoded(emit), dict(self.known)))
        self.collected = len(outputs)

    def commit(self) -> None:
        self.world.commit()
        self.collected = 0

    def tick(self, now_ms: int) -> list[Model]:
        emitted = control_emit(DESK_REQUESTS.name, 0, Tick(now_ms), now_ms)
        self.world.offset += 1
        return self.decide(
            Record(DESK_REQUESTS.name, 0, self.world.offset, now_ms, None, emitted.value, emitted.headers), {}
        )

    @property
    def rows(self) -> dict[bytes, bytes]:
        return self.world.store.dump()


def request_of(op: Op, made: dict[int, DeskRequest]) -> DeskRequest:
    """Return the request of an operation. The same number is the same request, whatever else the operation holds."""
    _, number, kind, mode, who, total, language = op
    if number not in made:
        changes: dict[str, Any] = {
            "kind": kind,
            "total": total,
            "raised_hand": kind is Kind.RAISED_HAND,
            "language": language,
        }
        if kind is not Kind.INQUIRY and mode != "turn":
            changes |= {"mode": RequestMode(mode), "rep_id": who}
            if mode == "owner":
                changes["desk"] = f"rep:{who}"
        made[number] = ask(number, **changes)
    return made[number]


def events_of(
    op: Op, now_ms: int, number: int, made: dict[int, DeskRequest]
) -> tuple[list[Model], dict[str, CrmRep | None]]:
    """Return the events of an operation, and the reps' records that they change."""
    if op[0] == "ask":
        return [request_of(op, made)], {}
    if op[0] == "return":
        desk = made[op[1]].desk if op[1] in made else DESK
        return [give_back(op[1], desk=desk)], {}
    if op[0] == "leave":
        gone = [facts(None, desk=desk, rep_id=op[1], event_id=str(number)) for desk in (DESK, f"rep:{op[1]}")]
        return list(gone), {op[1]: None}
    _, who, active, away, capacity, weight, languages = op
    span = ((now_ms + away[0] * HOUR_MS, now_ms + (away[0] + away[1]) * HOUR_MS),) if away else ()
    record = rep(
        who,
        active=active,
        away=span,
        capacity=capacity,
        weight=weight,
        deputy_rep_id="a",
        languages=languages,
    )
    return [facts(record, desk=desk, event_id=str(number)) for desk in (DESK, f"rep:{who}")], {who: record}


def play(history: list[Op], policy: int, batch: int = 10_000) -> DeskRun:
    """Decide a history, and then two weeks without events. Commit after every ``batch`` records."""
    run = DeskRun(policy, batch)
    now_ms = MONDAY
    made: dict[int, DeskRequest] = {}
    for number, op in enumerate([*history, ("later", 24 * 14)]):
        loops: list[Model] = []
        if op[0] == "later":
            now_ms += op[1] * HOUR_MS
            loops += run.tick(now_ms)
        else:
            events, changed = events_of(op, now_ms, number, made)
            for event in events:
                loops += run.decide(run.world.record(event, now_ms), changed)
        while loops:
            loops += run.decide(run.world.record(loops.pop(0), now_ms), {})
    run.commit()
    return run
