"""Every order in which records can meet the messages between account keys, desks and the CRM's directory.

Each account key, desk and CRM record has a log of its own, read at its own pace, as if every one lay in another
partition; long work goes on by one lead at a time. From each state every next step is taken: a record that has not come
yet, the next message of a log, the next lead of long work. States that are the same are followed once, and what a place
makes of a message is decided once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar

from schemas.base import Model
from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, DESK_REQUESTS, LEAD_EVENTS, TOPICS
from tests.hops.accounts.market import POLICY, POLICY_TEXT
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
"""Of one story: about half a minute. One with more is told shorter."""
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


class Made(NamedTuple):
    """What a place makes of a message. Rows, places and messages by number."""

    rows: int
    messages: tuple[tuple[int, int], ...]
    """(place, message)."""
    said: tuple[Any, ...]


class Known(NamedTuple):
    """What the rows of a place say."""

    goes_on: bool = False
    """Long work is under way."""
    forwards: bool = False
    """The key is an alias."""
    people: tuple[str, ...] = ()
    """Who lives there."""


class State(NamedTuple):
    """Everything that the future depends on. Rows and messages by number, of the places in the order of theirs."""

    rows: tuple[int, ...] = ()
    logs: tuple[tuple[int, ...], ...] = ()
    """Without the empty ones behind the last."""
    come: tuple[int, ...] = ()
    """How many records of each source have come."""
    reader: Reader = Reader()


class Router:
    """The hops over rows that are values: what was decided once is not decided again."""

    def __init__(self, leads_at_once: int = LEADS_AT_ONCE) -> None:
        self._specs = _specs(leads_at_once)
        self._made: dict[tuple[int, int, int], Made] = {}
        self._believed: dict[tuple[Reader, int, int, int], Reader] = {}
        self._rows: dict[Rows, int] = {(): 0}
        self._all_rows: list[Rows] = [()]
        self._known: list[Known] = [Known()]
        self._messages: dict[Message, int] = {}
        self._all_messages: list[Message] = []
        self._places: dict[Place, int] = {}
        self._all_places: list[Place] = []
        self._goes_on = self._number(Message("", "", None))

    def explore(self, begin: State, sources: Sequence[Sequence[Model | Message]]) -> tuple[int, list[State]]:
        """Follow every order of ``sources`` behind ``begin``; return how many states, and those where all is quiet."""
        numbers = [[self._number(as_message(one)) for one in source] for source in sources]
        first = begin._replace(come=(0,) * len(numbers))
        seen = {first}
        waiting = [first]
        quiet: list[State] = []
        while waiting:
            state = waiting.pop()
            silent = self._silent(state, numbers)
            steps = list(self._steps(state, numbers)) if silent is None else [silent]
            if not steps:
                quiet.append(state)
            for following in steps:
                if following not in seen:
                    assert len(seen) < MOST_STATES
                    seen.add(following)
                    waiting.append(following)
        return len(seen), quiet

    def after(self, state: State, *events: Model | Message) -> State:
        """Decide events and all that follows, in one order."""
        for event in events:
            source = [self._number(as_message(event))]
            state = next(self._steps(state._replace(come=(0,)), [source]))._replace(come=())
            while following := next(self._steps(state, []), None):
                state = following
        return state

    def later(self, state: State, now_ms: int) -> tuple[State, list[Any]]:
        """Time passes everywhere and all that follows is decided; return what was said."""
        said: list[Any] = []
        tick = self._number(Message("", "", None, now_ms))
        for place, (topic, _) in enumerate(self._all_places):
            if topic in _LOGS:
                state, heard = self._step(state, place, tick)
                said += heard
        while following := next(self._waiting(state), None):
            place, number = following
            now = self._number(self._all_messages[number]._replace(now_ms=now_ms))
            state, heard = self._step(_without(state, place, number), place, now)
            said += heard
        return state, said

    def rows_of(self, state: State, key: str) -> Any:
        """Return the rows of an account key, to look into."""
        place = self._place((LEAD_EVENTS.name, key))
        return _decider(self._specs, self._all_places[place], self._all_rows[_at(state.rows, place, 0)]).rows

    def places_of(self, state: State, lead_id: str) -> list[str]:
        """Return the account keys under which a person lives."""
        return [
            self._all_places[place][1]
            for place, rows in enumerate(state.rows)
            if lead_id in self._known[rows].people
        ]

    def _steps(self, state: State, sources: Sequence[Sequence[int]]) -> Iterator[State]:
        for number, (source, come) in enumerate(zip(sources, state.come, strict=True)):
            if come < len(source):
                counted = (*state.come[:number], come + 1, *state.come[number + 1 :])
                one = source[come]
                yield self._step(state._replace(come=counted), self._place_of(one), one)[0]
        for place, number in self._waiting(state):
            yield self._step(_without(state, place, number), place, number)[0]

    def _waiting(self, state: State) -> Iterator[tuple[int, int]]:
        """The next message of each log, and the next lead of long work."""
        for place, log in enumerate(state.logs):
            if log:
                yield place, log[0]
        for place, rows in enumerate(state.rows):
            if self._known[rows].goes_on:
                yield place, self._goes_on

    def _silent(self, state: State, sources: Sequence[Sequence[int]]) -> State | None:
        """Return the state after a message that is the only next step of its place, and of which nobody hears.

        Whatever is done elsewhere before it could as well be done after it, so the other orders need no following.
        """
        to_come = {
            self._place_of(one)
            for source, come in zip(sources, state.come, strict=True)
            for one in source[come:]
        }
        for place, log in enumerate(state.logs):
            rows = _at(state.rows, place, 0)
            if not log or place in to_come or self._known[rows].goes_on:
                continue
            made = self._decide(place, rows, log[0])
            if not made.messages and not made.said:
                return self._step(_without(state, place, log[0]), place, log[0])[0]
        return None

    def _step(self, state: State, place: int, number: int) -> tuple[State, tuple[Any, ...]]:
        """Decide one message, and hold what is claimed of every prefix of the output."""
        before = _at(state.rows, place, 0)
        made = self._decide(place, before, number)
        logs = state.logs
        for to, one in made.messages:
            logs = _with(logs, to, (*_at(logs, to, ()), one), ())
        reader = state.reader
        if made.said:
            asked = (reader, place, before, number)
            if asked not in self._believed:
                self._believed[asked] = with_results(reader, made.said)
            reader = self._believed[asked]
        if self._known[made.rows].forwards:
            key = self._all_places[place][1]
            still = [one for one in reader.held if one[2] == key]
            assert not still, f"{key} is an alias by now, and these are open there: {still}"
        return State(_with(state.rows, place, made.rows, 0), logs, state.come, reader), made.said

    def _decide(self, place: int, rows: int, number: int) -> Made:
        asked = (place, rows, number)
        made = self._made.get(asked)
        if made is None:
            at, one = self._all_places[place], self._all_messages[number]
            made = self._made[asked] = self._decided(at, self._all_rows[rows], one)
        return made

    def _decided(self, place: Place, rows: Rows, one: Message) -> Made:
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
        messages, said = [], []
        for emit in taken.outputs:
            if emit.topic in _LOGS:
                to = (emit.topic, (emit.key or b"").decode())
                messages.append((self._place(to), self._number(Message(*to, emit.value))))
            else:
                event = TOPICS[emit.topic].adapter.validate_json(emit.value)
                assert emit.topic != "dead.letters", event.detail
                said.append(event)
        known = Known(decider.has_cursor())
        if place[0] == LEAD_EVENTS.name:
            account = decider.rows.get(AccountRow, place[1]) or AccountRow()
            people = tuple(lead_id for (_, lead_id), _ in decider.rows.scan(LeadRow, limit=99))
            known = Known(decider.has_cursor(), bool(account.forwards_to), people)
        return Made(self._row_number(tuple(store.dump().items()), known), tuple(messages), tuple(said))

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

    def _row_number(self, rows: Rows, known: Known) -> int:
        if rows not in self._rows:
            self._rows[rows] = len(self._all_rows)
            self._all_rows.append(rows)
            self._known.append(known)
        return self._rows[rows]


T = TypeVar("T")


def _at(values: tuple[T, ...], place: int, empty: T) -> T:
    return values[place] if place < len(values) else empty


def _with(values: tuple[T, ...], place: int, value: T, empty: T) -> tuple[T, ...]:
    """Return the values with another one at a place, and without the empty ones at their end."""
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
    """Take a message from its log; the next lead of long work stands in none."""
    log = _at(state.logs, place, ())
    return state._replace(logs=_with(state.logs, place, log[1:], ())) if log[:1] == (number,) else state
