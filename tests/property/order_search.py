"""A search through every order of records and messages between accounts and desks, for the tests of one owner.

From each state it takes every possible next step. Equal states are followed once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.base import Model
from schemas.desk_requests import RepFacts
from schemas.erasure import PersonErased
from schemas.outputs import LeadRouting, LedgerEntry
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS, TOPICS
from schemas.vocabulary import Action, HowChosen
from tests.hops.accounts.market import (
    HOUR_MS,
    MONDAY,
    POLICY,
    POLICY_TEXT,
    rep,
)
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.deadletters import dead_letter
from workers.desks.agent import spec as desks_spec
from workers.desks.handle import DesksHop
from workers.desks.rows import RotationRow
from workers.engine.api import AgentSpec, Headers, Record
from workers.engine.control import CanaryChange, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.policy.load import to_config

CONFIG = to_config(POLICY, POLICY_TEXT)
ACCOUNTS_HOP, DESKS_HOP = AccountsHop(POLICY), DesksHop(POLICY)
ONE_BY_ONE_HOP = AccountsHop(POLICY, most_at_once=1)
CHUNK = (LEAD_EVENTS.name, b"", b"")
"""A tick of the accounts' log. It does one chunk of the unfinished work."""
ACCOUNTS = accounts_spec(lambda _: ACCOUNTS_HOP)
ONE_BY_ONE = accounts_spec(lambda _: ONE_BY_ONE_HOP)
"""The accounts hop with a limit of one: an account with two open hand-offs is large and moves in chunks of one."""
DESKS = desks_spec(lambda _: DESKS_HOP)
Message = tuple[str, bytes, bytes]
"""Topic, key, value."""
Events = Sequence[Model | CanaryChange]
Rows = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class State:
    """Everything that later steps depend on, and the view of a reader of lead.routing and desk.ledger."""

    accounts: Rows
    desks: Rows
    to_accounts: tuple[Message, ...]
    to_desks: tuple[Message, ...]
    to_come: tuple[int, ...]
    """The numbers of the records that have not arrived."""
    held: tuple[tuple[str, str], ...]
    """(handoff_id, assignee) of each open hand-off, from lead.routing."""
    turns: tuple[str, ...]
    """The request_ids that used a turn of the rotation and did not return it, from the ledger."""
    rotated: bool = False
    """Whether a hand-off was ever assigned by rotation."""


def run(spec: AgentSpec, rows: Rows, message: Message, headers: Headers = ()) -> tuple[Rows, list[Any]]:
    """Decide one record over these rows, as the engine does. Return the new rows and the outputs."""
    store = MemoryStore()
    store.write(dict(rows))
    decider = Decider(spec, 0, 1, store, CONFIG, dead_letter)
    if message == CHUNK:
        decider._continue_cursor(clock=_clock(decider))
        decider.rows.keep()
    else:
        topic, key, value = message
        record = Record(topic, 0, decider.next_offset(topic) or 0, MONDAY + HOUR_MS, key, value, headers)
        while not decider.advance(record):
            pass
        decider.decide(record)
    while spec is not ONE_BY_ONE and decider.has_cursor():
        decider._continue_cursor(clock=_clock(decider))
    made = decider.take()
    store.write(made.changes)
    return tuple(store.dump().items()), made.outputs


def has_chunk(state: State) -> bool:
    """Whether the account has unfinished work in chunks."""
    return any(key.startswith(b"~cursor\x00") for key, _ in state.accounts)


def _clock(decider: Decider) -> Any:
    from workers.engine.api import Clock  # noqa: PLC0415

    return Clock(decider.now_ms)


def step(state: State, choice: str, events: Events, spec: AgentSpec = ACCOUNTS) -> State:
    """Return the state after one step. Assert after each routing record that the account has one owner.

    ``choice`` is "answer", "request" or "chunk", or the number of a record in ``events``.
    """
    accounts, desks = state.accounts, state.desks
    to_accounts, to_desks = list(state.to_accounts), list(state.to_desks)
    to_come = state.to_come
    if choice == "answer":
        accounts, emits = run(spec, accounts, to_accounts.pop(0))
    elif choice == "chunk":
        accounts, emits = run(spec, accounts, CHUNK)
    elif choice == "request":
        desks, emits = run(DESKS, desks, to_desks.pop(0))
    else:
        number = int(choice)
        to_come = tuple(one for one in to_come if one != number)
        event = events[number]
        if isinstance(event, CanaryChange):
            sent = control_emit(LEAD_EVENTS.name, 0, event, MONDAY)
            accounts, emits = run(spec, accounts, (sent.topic, b"", sent.value or b""), sent.headers)
            return _after(state, accounts, desks, to_accounts, to_desks, to_come, emits)
        is_for_desks = isinstance(event, RepFacts)
        topic = DESK_REQUESTS if is_for_desks else LEAD_EVENTS
        assert topic.key is not None
        key = "" if isinstance(event, PersonErased) else topic.key(event)
        message = (topic.name, key.encode(), event.model_dump_json(exclude_none=True).encode())
        if is_for_desks:
            desks, emits = run(DESKS, desks, message)
        else:
            accounts, emits = run(spec, accounts, message)
    return _after(state, accounts, desks, to_accounts, to_desks, to_come, emits)


def _after(
    state: State,
    accounts: Rows,
    desks: Rows,
    to_accounts: list[Message],
    to_desks: list[Message],
    to_come: tuple[int, ...],
    emits: list[Any],
) -> State:
    """Return the state after the outputs of a record. Assert after each routing record that the account has one owner."""
    held = dict(state.held)
    turns, rotated = set(state.turns), state.rotated
    for emit in emits:
        if emit.topic == LEAD_EVENTS.name:
            to_accounts.append((emit.topic, emit.key, emit.value))
        elif emit.topic == DESK_REQUESTS.name:
            to_desks.append((emit.topic, emit.key, emit.value))
        elif emit.value is not None:  # else the tombstone of an erased lead
            output = TOPICS[emit.topic].adapter.validate_json(emit.value)
            assert emit.topic != "dead.letters", output.detail
            _count_turn(turns, output)
            if isinstance(output, LeadRouting):
                _apply_routing(held, output)
                rotated |= output.how_chosen is HowChosen.ROTATION
    return State(
        accounts,
        desks,
        tuple(to_accounts),
        tuple(to_desks),
        to_come,
        tuple(sorted(held.items())),
        tuple(sorted(turns)),
        rotated,
    )


def _apply_routing(held: dict[str, str], routing: LeadRouting) -> None:
    """Apply a routing record to the open hand-offs, and assert that they have one owner."""
    if routing.action is Action.WITHDRAWN:
        # A hand-off that ends in transit is withdrawn a second time.
        held.pop(routing.handoff_id, None)
        return
    assert routing.assignee is not None
    held[routing.handoff_id] = routing.assignee.id
    assert len(set(held.values())) == 1, f"two owners at the same time: {held}"


def _count_turn(turns: set[str], output: Any) -> None:
    """Apply a ledger entry of a team's desk to the used turns."""
    if isinstance(output, LedgerEntry) and output.desk.startswith("desk:"):
        if output.entry in {"turn", "released"}:
            turns.add(output.request_id)
        elif output.entry == "return":
            turns.discard(output.request_id)


def start(*events: Model, spec: AgentSpec = ACCOUNTS) -> State:
    """Return the state after the records of four reps and ``events``, with all messages and chunks that follow."""
    state = State((), (), (), (), (), (), ())
    reps = [rep("r1"), rep("r2"), rep("own", at_desk=False), rep("other", at_desk=False)]
    first: list[Model] = [
        RepFacts(event_id=one.event_id, desk=desk, rep_id=one.rep_id, rep=one)
        for one in reps
        for desk in [f"rep:{one.rep_id}", *(f"desk:{seat.desk}" for seat in one.desks)]
    ]
    for event in [*first, *events]:
        state = State(**(vars(state) | {"to_come": (0,)}))
        state = step(state, "0", [event], spec)
        while state.to_accounts or state.to_desks or has_chunk(state):
            choice = "answer" if state.to_accounts else "request" if state.to_desks else "chunk"
            state = step(state, choice, [], spec)
    return state


def explore(begin: State, events: Events, spec: AgentSpec = ACCOUNTS) -> tuple[int, list[State]]:
    """Follow every order of ``events`` from ``begin``. Return the count of states, and the final states.

    A final state has no next step.
    """
    first = State(**(vars(begin) | {"to_come": tuple(range(len(events)))}))
    seen = {first}
    waiting = deque([first])
    final: list[State] = []
    while waiting:
        state = waiting.pop()
        choices = [str(number) for number in state.to_come]
        choices += ["answer"] if state.to_accounts else []
        choices += ["request"] if state.to_desks else []
        choices += ["chunk"] if has_chunk(state) else []
        if not choices:
            final.append(state)
        for choice in choices:
            following = step(state, choice, events, spec)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return len(seen), final


def rows_of(state: State, type_: type[Any], *parts: str) -> list[Any]:
    store = MemoryStore()
    store.write(dict(state.desks if type_ is RotationRow else state.accounts))
    spec = DESKS if type_ is RotationRow else ACCOUNTS
    return [
        row for _, row in Decider(spec, 0, 1, store, CONFIG, dead_letter).rows.scan(type_, *parts, limit=99)
    ]
