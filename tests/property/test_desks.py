"""Desks under any order of requests, repeats, returns, reps' records and time, however the records are cut into batches."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Model
from schemas.crm_reps import CrmRep
from schemas.desk_requests import DeskRequest, DeskReturn, RequestMode
from schemas.lead_events import DeskAnswer
from schemas.outputs import LedgerEntry
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
from workers.desks.calendar import Per
from workers.desks.fairness import audit
from workers.desks.rotation import FULL_TURN
from workers.desks.terms import Terms
from workers.engine.api import Record
from workers.engine.control import Tick, control_emit
from workers.policy.load import load_policy

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


class Told:
    """One run: what was said, each with the reps' records of its moment, and the rows left."""

    def __init__(self, policy: int, batch: int) -> None:
        self.said: list[tuple[Model, dict[str, CrmRep]]] = []
        self.raw: list[str] = []
        self.known: dict[str, CrmRep] = {}
        self.world = World(POLICIES[policy])
        self.batch = batch
        self.decided = 0
        self.heard = 0

    def run(self, record: Record, changed: dict[str, CrmRep | None]) -> list[Model]:
        """Decide a record, and what it sends on to other desks is returned to be run too."""
        already = len(self.said)
        while not self.world.decider.advance(record):
            pass
        self.hear()  # timers run under what was known before
        self.known |= {who: one for who, one in changed.items() if one is not None}
        for who in [who for who, one in changed.items() if one is None]:
            self.known.pop(who, None)
        self.world.decider.decide(record)
        self.hear()
        self.decided += 1
        if self.decided % self.batch == 0:
            self.commit()
        fresh = [event for event, _ in self.said[already:]]
        return [event for event in fresh if isinstance(event, DeskRequest | DeskReturn)]

    def hear(self) -> None:
        outputs = self.world.decider.take().outputs
        for emit in outputs[self.heard :]:
            self.raw.append(repr((emit.topic, emit.key, emit.value, emit.timestamp_ms)))
            self.said.append((decoded(emit), dict(self.known)))
        self.heard = len(outputs)

    def commit(self) -> None:
        self.world.commit()
        self.heard = 0

    def tick(self, now_ms: int) -> list[Model]:
        emitted = control_emit(DESK_REQUESTS.name, 0, Tick(now_ms), now_ms)
        self.world.offset += 1
        return self.run(
            Record(DESK_REQUESTS.name, 0, self.world.offset, now_ms, None, emitted.value, emitted.headers), {}
        )

    @property
    def rows(self) -> dict[bytes, bytes]:
        return self.world.store.dump()


def request_of(op: Op, made: dict[int, DeskRequest]) -> DeskRequest:
    """The same number is the same request, whatever else the operation says."""
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
    """The events of an operation, and the records of reps that they change."""
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


def play(history: list[Op], policy: int, batch: int = 10_000) -> Told:
    """Decide a history and a fortnight after it, committed after every ``batch`` records."""
    told = Told(policy, batch)
    now_ms = MONDAY
    made: dict[int, DeskRequest] = {}
    for number, op in enumerate([*history, ("later", 24 * 14)]):
        loops: list[Model] = []
        if op[0] == "later":
            now_ms += op[1] * HOUR_MS
            loops += told.tick(now_ms)
        else:
            events, changed = events_of(op, now_ms, number, made)
            for event in events:
                loops += told.run(told.world.record(event, now_ms), changed)
        while loops:
            loops += told.run(told.world.record(loops.pop(0), now_ms), {})
    told.commit()
    return told


def decided_ms(line: LedgerEntry) -> int:
    return int(line.occurred_at.timestamp() * 1_000)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_nobody_absent_or_inactive_gets_a_lead(history: list[Op], policy: int) -> None:
    for event, known in play(history, policy).said:
        if isinstance(event, LedgerEntry) and event.entry in {"turn", "released", "follow", "owner"}:
            record = known[event.rep_id or ""]
            assert record.active
            assert not any(away.starts_at <= event.occurred_at < away.ends_at for away in record.absences)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_capacity_is_passed_by_raised_hands_and_by_leads_that_follow_only(
    history: list[Op], policy: int
) -> None:
    loaded = load_policy(POLICIES[policy])
    calendar = Terms(loaded).calendar_of(loaded.desks["inside_sales"])
    room = loaded.desks["inside_sales"].mqls_per_rep
    made: dict[int, DeskRequest] = {}
    for op in history:
        if op[0] == "ask":
            request_of(op, made)
    asked = {request.request_id: request for request in made.values()}
    got: dict[str, tuple[str, str]] = {}
    for event, known in play(history, policy).said:
        if not isinstance(event, LedgerEntry) or event.desk != DESK:
            continue
        period = calendar.period(decided_ms(event), Per(room.per)).name
        if event.entry == "return":
            got.pop(event.request_id)
        elif event.entry in {"turn", "released", "follow"} and event.rep_id is not None:
            request = asked[event.request_id]
            if event.entry != "follow" and request.kind is Kind.MQL:
                own = known[event.rep_id].desks[0].capacity
                used = Counter(got.values())[event.rep_id, period]
                assert used < (room.most if own is None else own)
            got[event.request_id] = (event.rep_id, period)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_the_ledger_proves_that_nobody_eligible_is_a_whole_turn_off(history: list[Op], policy: int) -> None:
    told = play(history, policy)
    desks = audit(event for event, _ in told.said if isinstance(event, LedgerEntry))
    assert [problem for desk in desks.values() for problem in desk.problems] == []
    for desk in desks.values():
        if not desk.given_back:
            assert all(share.most_off < FULL_TURN for share in desk.reps.values())


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_who_lacks_the_skill_gets_no_turn_unless_nobody_who_has_it_could(
    history: list[Op], policy: int
) -> None:
    made: dict[int, DeskRequest] = {}
    for op in history:
        if op[0] == "ask":
            request_of(op, made)
    asked = {request.request_id: request for request in made.values()}
    told = play(history, policy)
    answers = {event.request_id: event for event, _ in told.said if isinstance(event, DeskAnswer)}
    for event, known in told.said:
        if (
            not isinstance(event, LedgerEntry)
            or event.entry not in {"turn", "released"}
            or event.desk != DESK
        ):
            continue
        if asked[event.request_id].language == "es" and "es" not in known[event.rep_id or ""].languages:
            assert answers[event.request_id].skill_missing
            has_it = [who for who, record in known.items() if record.active and "es" in record.languages]
            is_bound = asked[event.request_id].kind is Kind.MQL
            at_desk = [one.rep_id for one in event.candidates if one.rep_id in has_it]
            assert not (is_bound and at_desk)


@settings(max_examples=100, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_a_request_has_one_answer_that_stands_and_every_repeat_repeats_it(
    history: list[Op], policy: int
) -> None:
    told = play(history, policy)
    stands: dict[str, DeskAnswer] = {}
    lines: Counter[str] = Counter()
    for event, _ in told.said:
        if isinstance(event, DeskAnswer):
            before = stands.get(event.request_id)
            assert before is None or before == event or before.outcome == "waiting"
            stands[event.request_id] = event
        elif isinstance(event, LedgerEntry):
            lines[event.event_id] += 1
    assert set(lines.values()) <= {1}


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))), st.integers(1, 7))
def test_batches_cut_elsewhere_leave_the_same_rows_and_say_the_same_to_the_byte(
    history: list[Op], policy: int, batch: int
) -> None:
    one, other = play(history, policy), play(history, policy, batch)
    assert one.raw == other.raw
    assert one.rows == other.rows


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))), st.lists(st.integers(0, 44), max_size=10))
def test_repeated_requests_and_returns_leave_the_desks_as_they_were(
    history: list[Op], policy: int, repeated: list[int]
) -> None:
    twice: list[Op] = []
    for number, op in enumerate(history):
        twice += [op, op] if number in repeated and op[0] in {"ask", "return"} else [op]
    assert desks_in(play(twice, policy)) == desks_in(play(history, policy))


def desks_in(told: Told) -> dict[bytes, bytes]:
    """The rows without the engine's own (offsets) and the reps' (they name the event that said so)."""
    kinds = (b"rotation\x00", b"waiting\x00", b"answer\x00")
    return {key: value for key, value in told.rows.items() if key.startswith(kinds)}


def test_the_histories_do_reach_what_they_are_to_test() -> None:
    assert datetime.fromtimestamp(MONDAY / 1_000, UTC).weekday() == 0
    calm = [("rep", who, True, None, 1, None, ()) for who in "ab"]
    asked = [("ask", number, Kind.MQL, "turn", "a", 140, None) for number in range(4)]
    entries = [event.entry for event, _ in play([*calm, *asked], 0, 1).said if isinstance(event, LedgerEntry)]
    assert entries == ["turn", "turn", "waiting", "waiting", "released", "released"]
