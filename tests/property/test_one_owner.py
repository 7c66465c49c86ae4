"""One owner per account: every order in which up to six records can meet the messages between accounts and desks.

From each state every next step is taken: one of the records that have not come yet, the next message on its way to the
desks, the next one on its way to the account. States that are the same are followed once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from schemas.base import Model
from schemas.desk_requests import RepFacts
from schemas.erasure import PersonErased
from schemas.outputs import LeadRouting, LedgerEntry
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS, TOPICS
from schemas.vocabulary import Action, HowChosen
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    POLICY,
    POLICY_TEXT,
    demo,
    facts,
    opportunity,
    reach_bar,
    rep,
    sales,
)
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow
from workers.deadletters import dead_letter
from workers.desks.agent import spec as desks_spec
from workers.desks.handle import DesksHop
from workers.desks.rows import RotationRow
from workers.engine.api import AgentSpec, Record
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.policy.load import to_config

CONFIG = to_config(POLICY, POLICY_TEXT)
ACCOUNTS_HOP, DESKS_HOP = AccountsHop(POLICY), DesksHop(POLICY)
ONE_BY_ONE_HOP = AccountsHop(POLICY, most_at_once=1)
CHUNK = (LEAD_EVENTS.name, b"", b"")
"""A tick of the accounts' log: it does a chunk of what is under way."""
ACCOUNTS = accounts_spec(lambda _: ACCOUNTS_HOP)
ONE_BY_ONE = accounts_spec(lambda _: ONE_BY_ONE_HOP)
"""Two open hand-offs make a large account: they move in chunks of one."""
DESKS = desks_spec(lambda _: DESKS_HOP)
Message = tuple[str, bytes, bytes]
"""Topic, key, value."""
Rows = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class State:
    """Everything that the future depends on, and what a reader of lead.routing believes."""

    accounts: Rows
    desks: Rows
    to_accounts: tuple[Message, ...]
    to_desks: tuple[Message, ...]
    to_come: tuple[int, ...]
    held: tuple[tuple[str, str], ...]
    """(handoff_id, assignee) of what is open, by the output."""
    turns: tuple[str, ...]
    """Requests that used a turn of the rotation and did not give it back, by the ledger."""
    rotated: bool = False
    """Whether the output ever named somebody whose turn it was."""


def run(spec: AgentSpec, rows: Rows, message: Message) -> tuple[Rows, list[Any]]:
    """Decide one record over these rows, the way the engine does."""
    store = MemoryStore()
    store.write(dict(rows))
    decider = Decider(spec, 0, 1, store, CONFIG, dead_letter)
    if message == CHUNK:
        decider._continue_cursor(clock=_clock(decider))
        decider.rows.keep()
    else:
        topic, key, value = message
        record = Record(topic, 0, decider.next_offset(topic) or 0, MONDAY + HOUR_MS, key, value)
        while not decider.advance(record):
            pass
        decider.decide(record)
    while spec is not ONE_BY_ONE and decider.has_cursor():
        decider._continue_cursor(clock=_clock(decider))
    made = decider.take()
    store.write(made.changes)
    return tuple(store.dump().items()), made.outputs


def has_chunk(state: State) -> bool:
    """Whether the account has something under way that is done in chunks."""
    return any(key.startswith(b"~cursor\x00") for key, _ in state.accounts)


def _clock(decider: Decider) -> Any:
    from workers.engine.api import Clock  # noqa: PLC0415

    return Clock(decider.now_ms)


def step(state: State, choice: str, events: list[Model], spec: AgentSpec = ACCOUNTS) -> State:
    """Take one step and hold the claim at every prefix of what it says."""
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
        is_for_desks = isinstance(event, RepFacts)
        topic = DESK_REQUESTS if is_for_desks else LEAD_EVENTS
        assert topic.key is not None
        key = "" if isinstance(event, PersonErased) else topic.key(event)
        message = (topic.name, key.encode(), event.model_dump_json(exclude_none=True).encode())
        if is_for_desks:
            desks, emits = run(DESKS, desks, message)
        else:
            accounts, emits = run(spec, accounts, message)
    held = dict(state.held)
    turns, rotated = set(state.turns), state.rotated
    for emit in emits:
        if emit.topic == LEAD_EVENTS.name:
            to_accounts.append((emit.topic, emit.key, emit.value))
        elif emit.topic == DESK_REQUESTS.name:
            to_desks.append((emit.topic, emit.key, emit.value))
        elif emit.value is not None:  # else the tombstone of somebody erased
            said = TOPICS[emit.topic].adapter.validate_json(emit.value)
            assert emit.topic != "dead.letters", said.detail
            _count_turn(turns, said)
            if isinstance(said, LeadRouting):
                _hold(held, said)
                rotated |= said.how_chosen is HowChosen.ROTATION
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


def _hold(held: dict[str, str], said: LeadRouting) -> None:
    if said.action is Action.WITHDRAWN:
        held.pop(said.handoff_id, None)  # one on its way is withdrawn again when it is over
        return
    assert said.assignee is not None
    held[said.handoff_id] = said.assignee.id
    assert len(set(held.values())) == 1, f"two owners at once: {held}"


def _count_turn(turns: set[str], said: Any) -> None:
    if isinstance(said, LedgerEntry) and said.desk.startswith("desk:"):
        if said.entry in {"turn", "released"}:
            turns.add(said.request_id)
        elif said.entry == "return":
            turns.discard(said.request_id)


def start(*events: Model, spec: AgentSpec = ACCOUNTS) -> State:
    """The reps are seated, then ``events`` are decided and all that follows."""
    state = State((), (), (), (), (), (), ())
    seated = [rep("r1"), rep("r2"), rep("own", at_desk=False), rep("other", at_desk=False)]
    first: list[Model] = [
        RepFacts(event_id=one.event_id, desk=desk, rep_id=one.rep_id, rep=one)
        for one in seated
        for desk in [f"rep:{one.rep_id}", *(f"desk:{seat.desk}" for seat in one.desks)]
    ]
    for event in [*first, *events]:
        state = State(**(vars(state) | {"to_come": (0,)}))
        state = step(state, "0", [event], spec)
        while state.to_accounts or state.to_desks or has_chunk(state):
            choice = "answer" if state.to_accounts else "request" if state.to_desks else "chunk"
            state = step(state, choice, [], spec)
    return state


def explore(begin: State, events: list[Model], spec: AgentSpec = ACCOUNTS) -> tuple[int, list[State]]:
    """Follow every order; return how many states there are, and those in which all is quiet."""
    first = State(**(vars(begin) | {"to_come": tuple(range(len(events)))}))
    seen = {first}
    waiting = deque([first])
    quiet: list[State] = []
    while waiting:
        state = waiting.pop()
        choices = [str(number) for number in state.to_come]
        choices += ["answer"] if state.to_accounts else []
        choices += ["request"] if state.to_desks else []
        choices += ["chunk"] if has_chunk(state) else []
        if not choices:
            quiet.append(state)
        for choice in choices:
            following = step(state, choice, events, spec)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return len(seen), quiet


def rows_of(state: State, type_: type[Any], *parts: str) -> list[Any]:
    store = MemoryStore()
    store.write(dict(state.desks if type_ is RotationRow else state.accounts))
    spec = DESKS if type_ is RotationRow else ACCOUNTS
    return [
        row for _, row in Decider(spec, 0, 1, store, CONFIG, dead_letter).rows.scan(type_, *parts, limit=99)
    ]


ANN, BOB, CID = demo("ann"), demo("bob"), demo("cid")
OWNER, NO_OWNER = facts(owner_rep_id="own"), facts()
OTHER_OWNER = facts(owner_rep_id="other")
CUSTOMER = facts(owner_rep_id="own", relationship="customer")
OPPORTUNITY = facts(open_opportunities=[opportunity("other")])
OPPORTUNITY_OWNED = facts(open_opportunities=[opportunity("other")], owner_rep_id="own")
LEFT = rep("own", at_desk=False, active=False)
OWNER_LEFT = RepFacts(event_id="left", desk="rep:own", rep_id="own", rep=LEFT)
R1_LEFT = RepFacts(event_id="left-1", desk="rep:r1", rep_id="r1", rep=rep("r1", active=False))
R1_LEFT_DESK = RepFacts(event_id="left-1", desk="desk:inside_sales", rep_id="r1", rep=rep("r1", active=False))
BY_HAND = sales("reassigned", lead_id="ann", to_rep_id="r2")
NO = sales("rejected", lead_id="ann", reason="not_now")


@pytest.mark.parametrize(
    ("before", "events", "owners", "turns"),
    [
        pytest.param([NO_OWNER], [ANN, BOB, CID], {"r1"}, {1}, id="leads in the same instant"),
        pytest.param([NO_OWNER], [ANN, BOB, OWNER], {"own"}, {0, 1}, id="an owner is named meanwhile"),
        pytest.param([NO_OWNER], [ANN, BOB, CUSTOMER], {"own"}, {0, 1}, id="the account is won meanwhile"),
        pytest.param(
            [NO_OWNER],
            [ANN, BOB, OPPORTUNITY, OPPORTUNITY_OWNED],
            {"other"},
            {0, 1},
            id="opportunity and owner",
        ),
        pytest.param(
            [NO_OWNER], [ANN, OWNER, OTHER_OWNER, BOB], {"own", "other"}, {0, 1}, id="the owner changes"
        ),
        pytest.param([OWNER], [ANN, BOB, NO_OWNER], {"own", "r1"}, {0, 1}, id="the owner is taken away"),
        pytest.param([OWNER], [ANN, BOB, OWNER_LEFT], {"r1"}, {1}, id="the owner leaves us"),
        pytest.param(
            [OWNER], [ANN, OWNER_LEFT, OTHER_OWNER, BOB], {"other"}, {0, 1}, id="a successor is named"
        ),
        pytest.param([NO_OWNER], [ANN, BOB, BY_HAND], {"r1", "r2"}, {0, 1}, id="sales gives it away by hand"),
        pytest.param([NO_OWNER, ANN], [BOB, BY_HAND, OWNER], {"own", "r2"}, {1}, id="by hand and an owner"),
        pytest.param([NO_OWNER, ANN], [BOB, NO, OWNER], {"own"}, {0, 1}, id="sales says no"),
        pytest.param([NO_OWNER, ANN], [BOB, R1_LEFT_DESK, R1_LEFT], {"r2"}, {2}, id="the rep leaves us"),
        pytest.param(
            [NO_OWNER, ANN],
            [BOB, OWNER, BY_HAND, NO],
            {"own", "r1", "r2"},
            {0, 1},
            id="no, by hand and an owner",
        ),
        pytest.param(
            [NO_OWNER],
            [ANN, BOB, OWNER, BY_HAND, NO, OTHER_OWNER],
            {"own", "other", "r1", "r2"},
            {0, 1},
            id="six: two leads, owners named, by hand, a no",
        ),
    ],
)
def test_in_every_order_one_owner_at_every_prefix_and_in_the_end_one_turn(
    before: list[Model], events: list[Model], owners: set[str], turns: set[int]
) -> None:
    _, quiet = explore(start(*before), events)
    assert quiet
    for state in quiet:
        (account,) = rows_of(state, AccountRow)
        assert account.request is None
        people = {one.lead_id for one in rows_of(state, HandoffRow, BANK)}
        expected = {one.lead_id for one in [*before, *events] if hasattr(one, "form_id")}
        said_no = any(one is NO for one in events)
        assert people | ({"ann"} if said_no else set()) >= expected
        assert {assignee for _, assignee in state.held} <= owners
        assert len({assignee for _, assignee in state.held}) == 1
        assert len(state.turns) in turns
        assert state.rotated or not state.turns, "a turn was used that nobody was given"


def test_a_turn_that_came_back_leaves_the_rotation_as_it_was() -> None:
    begin = start(NO_OWNER)
    (before,) = rows_of(begin, RotationRow)
    _, quiet = explore(begin, [ANN, OWNER])
    unused = [state for state in quiet if not state.turns]
    assert unused
    for state in unused:
        (after,) = rows_of(state, RotationRow)
        assert after.credits == before.credits
        assert not any(after.taken.values())


def test_an_mql_and_a_raised_hand_of_one_person_have_one_owner_in_every_order() -> None:
    papers: Callable[[], list[Model]] = lambda: reach_bar("bob")[1:]  # noqa: E731
    begin = start(NO_OWNER, reach_bar("bob")[0], *papers()[:2])
    _, quiet = explore(begin, [papers()[2], demo("bob"), OWNER])
    for state in quiet:
        assert {assignee for _, assignee in state.held} == {"own"}
        assert 1 <= len(state.held) <= 2
