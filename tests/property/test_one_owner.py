"""One owner per account: every order of up to five records (six with HYPOTHESIS_PROFILE=explore), and the messages between accounts and desks.

From each state the search takes every possible next step: one of the records that have not arrived, the next message to
the desks, the next message to the account, the next chunk. Equal states are followed once.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from schemas.base import Model
from schemas.desk_requests import RepFacts
from tests.hops.accounts.market import (
    BANK,
    demo,
    facts,
    opportunity,
    reach_bar,
    rep,
    sales,
)
from tests.property.order_search import (
    explore,
    rows_of,
    start,
)
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow
from workers.desks.rows import RotationRow

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
REASSIGNED = sales("reassigned", lead_id="ann", to_rep_id="r2")
REJECTED = sales("rejected", lead_id="ann", reason="not_now")
SIX = pytest.param(
    [NO_OWNER],
    [ANN, BOB, OWNER, REASSIGNED, REJECTED, OTHER_OWNER],
    {"own", "other", "r1", "r2"},
    {0, 1},
    id="six: two leads, two owners, sales reassigns and rejects",
)
LONG = [SIX] if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else []
"""Minutes of search. `make test` has every order of five records."""


@pytest.mark.parametrize(
    ("before", "events", "owners", "turns"),
    [
        pytest.param([NO_OWNER], [ANN, BOB, CID], {"r1"}, {1}, id="leads at the same time"),
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
        pytest.param([OWNER], [ANN, BOB, NO_OWNER], {"own", "r1"}, {0, 1}, id="the owner is removed"),
        pytest.param([OWNER], [ANN, BOB, OWNER_LEFT], {"r1"}, {1}, id="the owner leaves"),
        pytest.param(
            [OWNER], [ANN, OWNER_LEFT, OTHER_OWNER, BOB], {"other"}, {0, 1}, id="a successor is named"
        ),
        pytest.param([NO_OWNER], [ANN, BOB, REASSIGNED], {"r1", "r2"}, {0, 1}, id="sales reassigns"),
        pytest.param(
            [NO_OWNER, ANN],
            [BOB, REASSIGNED, OWNER],
            {"own", "r2"},
            {1},
            id="sales reassigns and an owner is named",
        ),
        pytest.param([NO_OWNER, ANN], [BOB, REJECTED, OWNER], {"own"}, {0, 1}, id="sales rejects"),
        pytest.param([NO_OWNER, ANN], [BOB, R1_LEFT_DESK, R1_LEFT], {"r2"}, {2}, id="the rep leaves"),
        pytest.param(
            [NO_OWNER, ANN],
            [BOB, OWNER, REASSIGNED, REJECTED],
            {"own", "r1", "r2"},
            {0, 1},
            id="sales rejects and reassigns, and an owner is named",
        ),
        pytest.param(
            [NO_OWNER],
            [ANN, BOB, OWNER, REASSIGNED, REJECTED],
            {"own", "r1", "r2"},
            {0, 1},
            id="two leads and an owner, and sales reassigns and rejects",
        ),
        *LONG,
    ],
)
def test_in_every_order_an_account_has_one_owner_at_every_prefix_and_uses_the_expected_turns(
    before: list[Model], events: list[Model], owners: set[str], turns: set[int]
) -> None:
    _, final_states = explore(start(*before), events)
    assert final_states
    for state in final_states:
        (account,) = rows_of(state, AccountRow)
        assert account.request is None
        people = {one.lead_id for one in rows_of(state, HandoffRow, BANK)}
        expected = {one.lead_id for one in [*before, *events] if hasattr(one, "form_id")}
        is_rejected = any(one is REJECTED for one in events)
        assert people | ({"ann"} if is_rejected else set()) >= expected
        assert {assignee for _, assignee in state.held} <= owners
        assert len({assignee for _, assignee in state.held}) == 1
        assert len(state.turns) in turns
        assert state.rotated or not state.turns, "a turn was used without an assignment by rotation"


def test_a_returned_turn_leaves_the_rotation_as_it_was() -> None:
    begin = start(NO_OWNER)
    (before,) = rows_of(begin, RotationRow)
    _, final_states = explore(begin, [ANN, OWNER])
    unused = [state for state in final_states if not state.turns]
    assert unused
    for state in unused:
        (after,) = rows_of(state, RotationRow)
        assert after.credits == before.credits
        assert not any(after.taken.values())


def test_an_mql_and_a_raised_hand_of_one_lead_have_one_owner_in_every_order() -> None:
    papers: Callable[[], list[Model]] = lambda: reach_bar("bob")[1:]  # noqa: E731
    begin = start(NO_OWNER, reach_bar("bob")[0], *papers()[:2])
    _, final_states = explore(begin, [papers()[2], demo("bob"), OWNER])
    for state in final_states:
        assert {assignee for _, assignee in state.held} == {"own"}
        assert 1 <= len(state.held) <= 2
