"""One owner across account keys: domains that move and names that match, in random orders of all messages.

Each account key and each desk has its own log, read at its own pace. The CRM's records for each key keep their order. Each
step decides the next record of one log. In any order:

- at every prefix of the output the open hand-offs of a lead have one key and one rep,
- at every prefix the open hand-offs of a key have one rep,
- at the end each lead is under its expected key.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.base import Model
from schemas.outputs import LeadRouting
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS, TOPICS
from schemas.vocabulary import Action
from tests.hops.accounts.market import (
    BANK,
    MONDAY,
    POLICY_TEXT,
    Market,
    demo,
    facts,
    papers,
    reach_bar,
    released,
    rep,
    sales,
)
from tests.property.open_index_checks import assert_open_index
from workers.accounts.rulebook.terms import MOST_AT_ONCE
from workers.accounts.state.account import AccountRow
from workers.accounts.state.lead import LeadRow
from workers.engine.api import Record
from workers.engine.control import Tick

OTHER, THIRD = "domain:other.example", "domain:third.example"
FOURTH = "domain:fourth.example"
ANN, NAME = "lead:ann", "name:first bank"
COMPANY = {"company": "First Bank"}


class Logs:
    """The two hops, with a log for each account key and each desk between them.

    ``before`` is decided first, with all that follows. The records of each source keep their order.
    """

    def __init__(
        self, before: list[Model], sources: list[list[Model]], most_at_once: int = MOST_AT_ONCE
    ) -> None:
        self.is_in_chunks = most_at_once < MOST_AT_ONCE
        self.market = Market(POLICY_TEXT, is_manual=True, most_at_once=most_at_once)
        self.market.reps(rep("r1"), rep("r2"), rep("olga", at_desk=False))
        self.logs: dict[str, deque[Any]] = {}
        self.held: dict[str, tuple[str, str, str]] = {}
        """(lead_id, account_key, assignee) of each open hand-off, by handoff_id."""
        self.sources: list[deque[Model]] = []
        for event in before:
            self.decide(event)
            self.run([])
        self.sources = [deque(events) for events in sources]

    def run(self, choices: list[int]) -> None:
        """Take steps until no record is left. Each choice picks a log; after the last choice the first log is picked."""
        for number in range(3_000):
            choice = choices[number] if number < len(choices) else 0
            waiting: list[deque[Any]] = [source for source in self.sources if source]
            waiting += [self.logs[key] for key in sorted(self.logs) if self.logs[key]]
            if self.market.accounts.decider.has_cursor():
                waiting.append(deque([_tick()]))
            if not waiting:
                return
            chosen = waiting[choice % len(waiting)]
            self.decide(chosen.popleft())
        pytest.fail("3,000 steps, and records are left")

    def decide(self, one: Any) -> None:
        """Decide a tick, an event of an account, or a message between the hops."""
        if isinstance(one, Tick):
            self.collect(self.market.accounts.control(one, MONDAY))
        elif isinstance(one, Model):
            self.collect(self.market.accounts.send(one, MONDAY))
        else:
            hop = self.market.desks if one.topic == DESK_REQUESTS.name else self.market.accounts
            record = Record(one.topic, 0, hop.offset, MONDAY, one.key, one.value, one.headers)
            self.collect(hop.decide(record))
        decider = self.market.accounts.decider
        while decider.has_cursor() and not self.is_in_chunks:
            self.collect(self.market.accounts.control(_tick(), MONDAY))

    def collect(self, emits: list[Any]) -> None:
        """Add messages to their logs, and apply routing records to the open hand-offs."""
        for emit in emits:
            if emit.topic in {LEAD_EVENTS.name, DESK_REQUESTS.name}:
                self.logs.setdefault(f"{emit.topic} {emit.key.decode()}", deque()).append(emit)
                continue
            output = TOPICS[emit.topic].adapter.validate_json(emit.value)
            assert emit.topic != "dead.letters", output.detail
            if isinstance(output, LeadRouting):
                self.apply_routing(output)

    def apply_routing(self, routing: LeadRouting) -> None:
        """Apply a routing record to the open hand-offs. Assert that its lead and its account have one owner."""
        if routing.action is Action.WITHDRAWN:
            # A hand-off that ends in transit is withdrawn a second time.
            self.held.pop(routing.handoff_id, None)
            return
        assert routing.assignee is not None
        self.held[routing.handoff_id] = (routing.lead_id, routing.account_key, routing.assignee.id)
        mine = {(key, who) for lead_id, key, who in self.held.values() if lead_id == routing.lead_id}
        assert len(mine) == 1, f"{routing.lead_id} has two owners or two accounts: {mine}"
        reps = {who for _, key, who in self.held.values() if key == routing.account_key}
        assert len(reps) == 1, f"{routing.account_key} has two owners: {reps}"

    def keys_of(self, lead_id: str) -> list[str]:
        """Return the account keys under which a lead is stored."""
        found = self.market.accounts.decider.rows.scan(LeadRow, limit=99)
        return [key for (key, one), _ in found if one == lead_id]

    def account(self, key: str) -> AccountRow:
        return self.market.account(key)


def _tick() -> Tick:
    return Tick(MONDAY)


MOVES = {
    "a domain becomes an alias": (
        [facts(OTHER, crm_account_id="old"), demo(account_key=OTHER), facts(BANK), demo("bob")],
        [
            [released("old", OTHER), facts(OTHER, BANK)],
            [*papers(1, account_key=OTHER), demo("cid", account_key=OTHER)],
            [demo("dan")],
        ],
        {"ann": BANK, "bob": BANK, "cid": BANK, "dan": BANK},
    ),
    "an alias moves to another account": (
        [facts(BANK), facts(THIRD, crm_account_id="t", owner_rep_id="olga"), facts(OTHER, BANK)],
        [
            [demo(account_key=OTHER), demo("cid", account_key=OTHER), *papers(1, account_key=OTHER)],
            [facts(OTHER, THIRD, crm_account_id="t"), released("acc-1", OTHER)],
            [demo("bob")],
        ],
        {"ann": THIRD, "cid": THIRD, "bob": BANK},
    ),
    "a domain moves to an account, back, and to it again": (
        [facts(BANK, owner_rep_id="olga"), facts(OTHER, crm_account_id="own"), demo(account_key=OTHER)],
        [
            [
                released("own", OTHER),
                facts(OTHER, BANK, owner_rep_id="olga"),
                released("acc-1", OTHER),
                facts(OTHER, crm_account_id="own"),
                released("own", OTHER),
                facts(OTHER, BANK, owner_rep_id="olga"),
            ],
            [demo("cid", account_key=OTHER), sales("accepted", lead_id="ann", account_key=OTHER)],
        ],
        {"ann": BANK, "cid": BANK},
    ),
    "a domain becomes an account of its own again": (
        [facts(BANK), facts(OTHER, BANK), *reach_bar(account_key=OTHER), demo("bob")],
        [
            [facts(OTHER, crm_account_id="acc-1")],
            [demo("cid", account_key=OTHER), demo(account_key=OTHER)],
            [facts(BANK, owner_rep_id="olga")],
        ],
        {"ann": OTHER, "cid": OTHER, "bob": BANK},
    ),
    "a company name matches an account that the CRM gets meanwhile": (
        [],
        [
            [facts(BANK, owner_rep_id="olga")],
            [facts(NAME, BANK, owner_rep_id="olga")],
            [demo(account_key=ANN, **COMPANY), *papers(1, account_key=ANN)],
            [demo("bob")],
        ],
        {"ann": BANK, "bob": BANK},
    ),
    "an account matched by name changes its first domain": (
        [facts(BANK), facts(NAME, BANK), demo(account_key=ANN, **COMPANY)],
        [
            [facts(BANK, THIRD)],
            [facts(THIRD, THIRD)],
            [facts(NAME, THIRD)],
            [*papers(1, account_key=ANN), demo("bob")],
        ],
        {"ann": THIRD, "bob": THIRD},
    ),
    "an alias moves to another account while its account becomes an alias": (
        [facts(BANK), facts(THIRD, crm_account_id="t"), facts(OTHER, BANK), demo(account_key=OTHER)],
        [
            [demo("cid", account_key=OTHER), *papers(1, account_key=OTHER)],
            [facts(OTHER, THIRD, crm_account_id="t"), released("acc-1", OTHER)],
            [facts(BANK, FOURTH)],
            [facts(FOURTH, FOURTH)],
            [demo("bob")],
        ],
        {"ann": THIRD, "cid": THIRD, "bob": FOURTH},
    ),
    "an alias becomes an account of its own again while its account becomes an alias": (
        [facts(BANK), facts(OTHER, BANK), demo(account_key=OTHER)],
        [
            [demo("cid", account_key=OTHER), *papers(1, account_key=OTHER)],
            [facts(OTHER, crm_account_id="t"), released("acc-1", OTHER)],
            [facts(BANK, FOURTH), facts(BANK), facts(BANK, FOURTH)],
            [facts(FOURTH, FOURTH)],
            [demo("bob")],
        ],
        {"ann": OTHER, "cid": OTHER, "bob": FOURTH},
    ),
    "an account with an alias moves to one account and then to another": (
        [facts(BANK), facts(OTHER, BANK), facts(THIRD, crm_account_id="t"), demo(account_key=OTHER)],
        [
            [facts(BANK, FOURTH), facts(BANK, THIRD)],
            [facts(FOURTH, FOURTH)],
            [demo("cid", account_key=OTHER), *papers(1, account_key=OTHER)],
            [demo("bob")],
            [facts(OTHER, FOURTH)],
        ],
        {"ann": FOURTH, "cid": FOURTH, "bob": THIRD},
    ),
    "an account becomes an alias of its alias": (
        [facts(BANK), facts(OTHER, BANK), demo(account_key=OTHER)],
        [
            [demo("cid", account_key=OTHER), *papers(1, account_key=OTHER)],
            [facts(OTHER, OTHER)],
            [facts(BANK, OTHER)],
            [demo("bob")],
        ],
        {"ann": OTHER, "cid": OTHER, "bob": OTHER},
    ),
    "a company name is released while its leads arrive": (
        [facts(BANK), facts(NAME, BANK)],
        [
            [demo(account_key=ANN, **COMPANY), *papers(1, account_key=ANN)],
            [released("acc-1", NAME)],
            [demo("bob")],
        ],
        {"ann": ANN, "bob": BANK},
    ),
}


@pytest.mark.parametrize("most_at_once", [MOST_AT_ONCE, 1])
@pytest.mark.parametrize("move", MOVES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices=st.lists(st.integers(0, 7), max_size=60))
def test_in_any_order_an_account_has_one_owner_at_every_prefix_and_each_lead_its_expected_key(
    move: str, most_at_once: int, choices: list[int]
) -> None:
    before, sources, keys = MOVES[move]
    logs = Logs(before, sources, most_at_once)
    logs.run(choices)
    assert_open_index(logs.market.accounts.decider.rows)
    for lead_id, key in keys.items():
        assert logs.keys_of(lead_id) == [key], lead_id
        owned = [(at, who) for one, at, who in logs.held.values() if one == lead_id]
        assert owned, f"{lead_id} has no open hand-off"
        assert {at for at, _ in owned} == {key}
    for key in {*keys.values()}:
        assert logs.account(key).request is None
        assert (logs.account(key).on_way, logs.account(key).leaving) == (0, 0)
        assert logs.account(key).moving_to is None
