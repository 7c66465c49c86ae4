"""One owner of a large account while it moves in chunks: every order of records, messages and chunks.

An account with two open hand-offs is large here. A chunk withdraws or assigns one hand-off, and other records may come
between two chunks.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.erasure import PersonErased
from tests.hops.accounts.market import BANK, MONDAY, demo, facts
from tests.property.open_index_checks import assert_open_index
from tests.property.order_search import CONFIG, ONE_BY_ONE, State, explore, start
from tests.property.test_one_owner import (
    ANN,
    BOB,
    CID,
    NO_OWNER,
    OTHER_OWNER,
    OWNER,
    OWNER_LEFT,
    R1_LEFT,
    R1_LEFT_DESK,
    REASSIGNED,
    REJECTED,
)
from tests.property.test_one_owner_absence import OWNER_AWAY, OWNER_BACK, R1_AWAY, R1_AWAY_DESK, TOUCHED
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.deadletters import dead_letter
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows

DAN = demo("dan")
COMPETITOR = facts(owner_rep_id="own", relationship="competitor")
ERASED = PersonErased(event_id="erased", lead_id="ann", occurred_at_ms=MONDAY + 1)


def rows_after(state: State) -> Rows:
    store = MemoryStore()
    store.write(dict(state.accounts))
    return Decider(ONE_BY_ONE, 0, 1, store, CONFIG, dead_letter).rows


def found(rows: Rows, type_: type[Any]) -> list[Any]:
    return [row for _, row in rows.scan(type_, BANK, limit=99)]


@pytest.mark.parametrize(
    ("before", "events", "owners", "people"),
    [
        pytest.param([OWNER, ANN, BOB], [OTHER_OWNER, CID], {"other"}, "ann bob cid", id="the owner changes"),
        pytest.param(
            [OWNER, ANN, BOB, CID],
            [OTHER_OWNER, OWNER_LEFT, NO_OWNER],
            {"other", "r1"},
            "ann bob cid",
            id="the owner changes, leaves, and none is named",
        ),
        pytest.param(
            [NO_OWNER, ANN, BOB],
            [OWNER, REASSIGNED, OTHER_OWNER],
            {"r2", "own", "other"},
            "ann bob",
            id="two owners are named and sales reassigns",
        ),
        pytest.param(
            [NO_OWNER, ANN, BOB],
            [OWNER, DAN, REJECTED],
            {"own"},
            "bob dan",
            id="in transit a lead arrives and another is rejected",
        ),
        pytest.param(
            [OWNER, ANN, BOB],
            [OTHER_OWNER, OWNER],
            {"own", "other"},
            "ann bob",
            id="the owner changes and changes back",
        ),
        pytest.param(
            [NO_OWNER, ANN, BOB],
            [OWNER, REASSIGNED],
            {"r2", "own"},
            "ann bob",
            id="an owner is named and sales reassigns",
        ),
        pytest.param([NO_OWNER, ANN, BOB], [OWNER, REJECTED], {"own"}, "bob", id="sales rejects in transit"),
        pytest.param([NO_OWNER, ANN, BOB], [OWNER, TOUCHED], {"own"}, "ann bob", id="touched in transit"),
        pytest.param(
            [OWNER, ANN, BOB], [OWNER_LEFT, OTHER_OWNER], {"other"}, "ann bob", id="a successor is named"
        ),
        pytest.param([OWNER, ANN, BOB], [OTHER_OWNER, COMPETITOR], {"other"}, None, id="excluded or not"),
        pytest.param([OWNER, ANN, BOB], [OTHER_OWNER, ERASED], {"other"}, "bob", id="erased in transit"),
        pytest.param(
            [OWNER, ANN, BOB],
            [OWNER_AWAY, OWNER_BACK],
            {"own", "other"},
            "ann bob",
            id="the owner is absent and returns",
        ),
        pytest.param(
            [NO_OWNER, ANN, BOB],
            [R1_AWAY_DESK, R1_AWAY, OWNER],
            {"own"},
            "ann bob",
            id="the rep is absent and an owner is named",
        ),
        pytest.param(
            [NO_OWNER, ANN, BOB, TOUCHED],
            [R1_LEFT_DESK, R1_LEFT],
            {"r2"},
            "ann bob",
            id="the rep who touched the lead leaves",
        ),
    ],
)
def test_in_every_order_of_chunks_an_account_has_one_owner_and_no_hand_off_stays_in_transit(
    before: list[Model], events: list[Model], owners: set[str], people: str | None
) -> None:
    _, final_states = explore(start(*before, spec=ONE_BY_ONE), events, ONE_BY_ONE)
    assert final_states
    for state in final_states:
        rows = rows_after(state)
        assert_open_index(rows)
        account = rows.get(AccountRow, BANK)
        assert account is not None
        assert account.company is not None
        is_excluded = account.company.relationship == "competitor"
        assert (account.on_way and not is_excluded, account.leaving) == (0, 0)
        if people is None:
            assert {assignee for _, assignee in state.held} <= (set() if is_excluded else owners)
            continue
        assert (account.request, account.move, found(rows, PendingRow)) == (None, None, [])
        handoffs = found(rows, HandoffRow)
        assert {one.lead_id for one in handoffs} == set(people.split())
        assert {assignee for _, assignee in state.held} == {one.holder.id for one in handoffs}
        assert {assignee for _, assignee in state.held} <= owners
        assert len({assignee for _, assignee in state.held}) == 1
