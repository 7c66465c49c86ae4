"""A search through every order of input records and of the messages between account keys, desks and the directory.

Each account key, desk and CRM record has its own log and is read at its own pace, as if each were in another partition.
Work in chunks continues with one lead a step. From each state the search takes every possible next step:

- the next record of a source,
- the next message of a log,
- the next chunk of unfinished work.

Equal states are followed once. A message is decided once for the same place and rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from schemas.base import Model
from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, DESK_REQUESTS, LEAD_EVENTS, TOPICS
from tests.hops.accounts.market import POLICY, POLICY_TEXT
from tests.property.interleaving_state import Decision, RowFacts, State
from tests.property.messages import Message, Place, as_message
from tests.property.reader import Reader, with_results
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.accounts.rulebook.terms import LEADS_AT_ONCE
from workers.accounts.state.account import AccountRow
from workers.accounts.state.lead import LeadRow
from workers.deadletters import dead_letter
from workers.desks.agent import spec as desks_spec
from workers.desks.handle import DesksHop
from workers.directory.agent import spec as directory_spec
from workers.directory.handle import DirectoryHop
from workers.engine.api import AgentSpec, Hop, Record
from workers.engine.batch import OffsetRow
from workers.engine.control import Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import row_key
from workers.policy.load import to_config

MOST_STATES: Final = 120_000
"""Most states of one case, about half a minute. A case with more states needs fewer records."""
LEAD_ID_KEY: Final = b"a key for tests only"
_CONFIG: Final = to_config(POLICY, POLICY_TEXT)
_OFFSETS: Final = row_key(OffsetRow, ())


_LOGS: Final = frozenset({LEAD_EVENTS.name, DESK_REQUESTS.name})


def _one(spec: AgentSpec, hop: Hop[Any]) -> AgentSpec:
    return replace(spec, make_hop=lambda _: hop)


_DIRECTORY: Final = _one(directory_spec(LEAD_ID_KEY), DirectoryHop(POLICY, LEAD_ID_KEY))


def _specs(leads_at_once: int) -> dict[str, AgentSpec]:
    accounts = AccountsHop(POLICY, leads_at_once=leads_at_once)
    return {
        LEAD_EVENTS.name: _one(accounts_spec(lambda _: accounts), accounts),
        DESK_REQUESTS.name: _one(desks_spec(lambda _: DesksHop(POLICY)), DesksHop(POLICY)),
        CRM_ACCOUNTS.name: _DIRECTORY,
        CRM_CONTACTS.name: _DIRECTORY,
    }


Rows = tuple[tuple[bytes, bytes], ...]


class Router:
    """The hops as functions over immutable rows, with a cache of all decisions."""

    def __init__(self, leads_at_once: int = LEADS_AT_ONCE) -> None:
        self._specs = _specs(leads_at_once)
        self._decisions: dict[tuple[int, int, int], Decision] = {}
        self._readers: dict[tuple[Reader, int, int, int], Reader] = {}
        self._rows: dict[Rows, int] = {(): 0}
        self._all_rows: list[Rows] = [()]
        self._row_facts: list[RowFacts] = [RowFacts()]
        self._messages: dict[Message, int] = {}
        self._all_messages: list[Message] = []
        self._places: dict[Place, int] = {}
        self._all_places: list[Place] = []
        self._chunk = self._number(Message("", "", None))

    def explore(self, begin: State, sources: Sequence[Sequence[Model | Message]]) -> tuple[int, list[State]]:
        """Follow every order of ``sources`` from ``begin``. Return the count of states, and the final states.

        A final state has no next step. Fails with more than ``MOST_STATES`` states.
        """
        numbers = [[self._number(as_message(one)) for one in source] for source in sources]
        first = begin._replace(arrived=(0,) * len(numbers))
        seen = {first}
        waiting = [first]
        final: list[State] = []
        while waiting:
            state = waiting.pop()
            silent = self._silent_step(state, numbers)
            steps = list(self._steps(state, numbers)) if silent is None else [silent]
            if not steps:
                final.append(state)
            for following in steps:
                if following not in seen:
                    assert len(seen) < MOST_STATES
                    seen.add(following)
                    waiting.append(following)
        return len(seen), final

    def after(self, state: State, *events: Model | Message) -> State:
        """Return the state after these events and all messages and chunks that follow, in one order."""
        for event in events:
            source = [self._number(as_message(event))]
            state = next(self._steps(state._replace(arrived=(0,)), [source]))._replace(arrived=())
            while following := next(self._steps(state, []), None):
                state = following
        return state

    def advance_time(self, state: State, now_ms: int) -> tuple[State, list[Any]]:
        """Advance the time of all accounts and desks, and decide all that follows. Return the state and the outputs."""
        outputs: list[Any] = []
        tick = self._number(Message("", "", None, now_ms))
        for place, (topic, _) in enumerate(self._all_places):
            if topic in _LOGS:
                state, results = self._step(state, place, tick)
                outputs += results
        while following := next(self._waiting(state), None):
            place, number = following
            now = self._number(self._all_messages[number]._replace(now_ms=now_ms))
            state, results = self._step(_without(state, place, number), place, now)
            outputs += results
        return state, outputs

    def rows_of(self, state: State, key: str) -> Any:
        """Return the rows of an account key."""
        place = self._place((LEAD_EVENTS.name, key))
        return _decider(self._specs, self._all_places[place], self._all_rows[_at(state.rows, place, 0)]).rows

    def keys_of(self, state: State, lead_id: str) -> list[str]:
        """Return the account keys under which a lead is stored."""
        return [
            self._all_places[place][1]
            for place, rows in enumerate(state.rows)
            if lead_id in self._row_facts[rows].leads
        ]

    def _steps(self, state: State, sources: Sequence[Sequence[int]]) -> Iterator[State]:
        """Yield the state after each possible next step."""
        for number, (source, count) in enumerate(zip(sources, state.arrived, strict=True)):
            if count < len(source):
                arrived = (*state.arrived[:number], count + 1, *state.arrived[number + 1 :])
                one = source[count]
                yield self._step(state._replace(arrived=arrived), self._place_of(one), one)[0]
        for place, number in self._waiting(state):
            yield self._step(_without(state, place, number), place, number)[0]

    def _waiting(self, state: State) -> Iterator[tuple[int, int]]:
        """Yield (place, message) of the next message of each log and of each next chunk."""
        for place, log in enumerate(state.logs):
            if log:
                yield place, log[0]
        for place, rows in enumerate(state.rows):
            if self._row_facts[rows].has_chunk:
                yield place, self._chunk

    def _silent_step(self, state: State, sources: Sequence[Sequence[int]]) -> State | None:
        """Return the state after a message without outputs that is the only next step of its place.

        Returns None if no place has such a message.
        Steps of other places commute with such a message, so no other order has to be followed.
        """
        awaited = {
            self._place_of(one)
            for source, count in zip(sources, state.arrived, strict=True)
            for one in source[count:]
        }
        for place, log in enumerate(state.logs):
            rows = _at(state.rows, place, 0)
            if not log or place in awaited or self._row_facts[rows].has_chunk:
                continue
            decision = self._decide(place, rows, log[0])
            if not decision.messages and not decision.results:
                return self._step(_without(state, place, log[0]), place, log[0])[0]
        return None

    def _step(self, state: State, place: int, number: int) -> tuple[State, tuple[Any, ...]]:
        """Decide one message. Return the state after it and its results.

        Asserts what must hold at every prefix of the output: the assertions of the reader, and that an alias has no
        open hand-offs.
        """
        before = _at(state.rows, place, 0)
        decision = self._decide(place, before, number)
        logs = state.logs
        for to, one in decision.messages:
            logs = _with(logs, to, (*_at(logs, to, ()), one), ())
        reader = state.reader
        if decision.results:
            cached = (reader, place, before, number)
            if cached not in self._readers:
                self._readers[cached] = with_results(reader, decision.results)
            reader = self._readers[cached]
        if self._row_facts[decision.rows].is_alias:
            key = self._all_places[place][1]
            still = [one for one in reader.held if one[2] == key]
            assert not still, f"{key} is an alias but has open hand-offs: {still}"
        return State(
            _with(state.rows, place, decision.rows, 0), logs, state.arrived, reader
        ), decision.results

    def _decide(self, place: int, rows: int, number: int) -> Decision:
        """Return the decision from the cache, or decide the message."""
        cached = (place, rows, number)
        decision = self._decisions.get(cached)
        if decision is None:
            at, one = self._all_places[place], self._all_messages[number]
            decision = self._decisions[cached] = self._decide_uncached(at, self._all_rows[rows], one)
        return decision

    def _decide_uncached(self, place: Place, rows: Rows, one: Message) -> Decision:
        spec = self._specs[place[0]]
        decider = _decider(self._specs, place, rows)
        record = Record(one.topic, 0, 0, one.now_ms, one.key.encode(), one.value)
        if not one.topic:
            tick = control_emit(spec.own_log, 0, Tick(one.now_ms), one.now_ms)
            record = Record(spec.own_log, 0, 0, one.now_ms, None, tick.value, tick.headers)
        while not decider.advance(record):
            pass
        decider.decide(record)
        taken = decider.take()
        store = MemoryStore()
        store.write(dict(rows))
        store.write({key: value for key, value in taken.changes.items() if not key.startswith(_OFFSETS)})
        messages, results = [], []
        for emit in taken.outputs:
            if emit.topic in _LOGS:
                to = (emit.topic, (emit.key or b"").decode())
                messages.append((self._place(to), self._number(Message(*to, emit.value))))
            else:
                event = TOPICS[emit.topic].adapter.validate_json(emit.value)
                assert emit.topic != "dead.letters", event.detail
                results.append(event)
        row_facts = RowFacts(decider.has_cursor())
        if place[0] == LEAD_EVENTS.name:
            account = decider.rows.get(AccountRow, place[1]) or AccountRow()
            leads = tuple(lead_id for (_, lead_id), _ in decider.rows.scan(LeadRow, limit=99))
            row_facts = RowFacts(decider.has_cursor(), bool(account.forwards_to), leads)
        return Decision(
            self._row_number(tuple(store.dump().items()), row_facts), tuple(messages), tuple(results)
        )

    def _place_of(self, number: int) -> int:
        one = self._all_messages[number]
        return self._place((one.topic, one.key))

    def _place(self, place: Place) -> int:
        if place not in self._places:
            self._places[place] = len(self._all_places)
            self._all_places.append(place)
        return self._places[place]

    def _number(self, one: Message) -> int:
        if one not in self._messages:
            self._messages[one] = len(self._all_messages)
            self._all_messages.append(one)
        return self._messages[one]

    def _row_number(self, rows: Rows, row_facts: RowFacts) -> int:
        if rows not in self._rows:
            self._rows[rows] = len(self._all_rows)
            self._all_rows.append(rows)
            self._row_facts.append(row_facts)
        return self._rows[rows]


T = TypeVar("T")


def _at(values: tuple[T, ...], place: int, empty: T) -> T:
    return values[place] if place < len(values) else empty


def _with(values: tuple[T, ...], place: int, value: T, empty: T) -> tuple[T, ...]:
    """Return the values with a new one at a place, and without empty values at the end."""
    made = [*values, *[empty] * (place + 1 - len(values))]
    made[place] = value
    while made and made[-1] == empty:
        made.pop()
    return tuple(made)


def _decider(specs: dict[str, AgentSpec], place: Place, rows: Rows) -> Decider:
    store = MemoryStore()
    store.write(dict(rows))
    return Decider(specs[place[0]], 0, 1, store, _CONFIG, dead_letter)


def _without(state: State, place: int, number: int) -> State:
    """Return the state without this message at the head of its log. A chunk is in no log."""
    log = _at(state.logs, place, ())
    return state._replace(logs=_with(state.logs, place, log[1:], ())) if log[:1] == (number,) else state
