"""One owner per account while reps are absent and return: every order of their records and the messages between hops."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.base import Model
from schemas.desk_requests import RepFacts
from tests.hops.accounts.market import BANK, HOUR_MS, MONDAY, rep, sales
from tests.property.order_search import explore, rows_of, start
from tests.property.test_one_owner import ANN, BOB, NO_OWNER, OWNER
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow

AWAY = ((MONDAY, MONDAY + 9 * HOUR_MS),)


def rep_facts(rep_id: str, desk: str, **changes: Any) -> RepFacts:
    is_at_desk = rep_id in {"r1", "r2"}
    made = rep(rep_id, event_id=f"{rep_id} {sorted(changes)}", at_desk=is_at_desk, **changes)
    return RepFacts(event_id=made.event_id, desk=desk, rep_id=rep_id, rep=made)


R1_AWAY = rep_facts("r1", "rep:r1", away=AWAY, deputy_rep_id="other")
R1_AWAY_DESK = rep_facts("r1", "desk:inside_sales", away=AWAY, deputy_rep_id="other")
OWNER_AWAY = rep_facts("own", "rep:own", away=AWAY, deputy_rep_id="other")
OWNER_BACK = rep_facts("own", "rep:own", deputy_rep_id="other")
TOUCHED = sales("touched", lead_id="ann")


@pytest.mark.parametrize(
    ("before", "events", "owners", "turns"),
    [
        pytest.param(
            [NO_OWNER, ANN], [BOB, R1_AWAY_DESK, R1_AWAY], {"r2", "other"}, {1, 2}, id="the rep is absent"
        ),
        pytest.param(
            [NO_OWNER],
            [ANN, BOB, R1_AWAY_DESK, R1_AWAY],
            {"r2", "other"},
            {1, 2},
            id="the rep is absent before any lead arrives",
        ),
        pytest.param(
            [NO_OWNER, ANN, TOUCHED],
            [BOB, R1_AWAY_DESK, R1_AWAY],
            {"other"},
            {1},
            id="the rep who touched the lead is absent",
        ),
        pytest.param(
            [NO_OWNER, ANN],
            [BOB, TOUCHED, R1_AWAY_DESK, R1_AWAY],
            {"other", "r2"},
            {1, 2},
            id="the rep is absent and touches the lead",
        ),
        pytest.param(
            [OWNER, ANN],
            [BOB, OWNER_AWAY, OWNER_BACK],
            {"own", "other"},
            {0},
            id="the owner is absent and returns",
        ),
        pytest.param(
            [NO_OWNER, ANN],
            [R1_AWAY_DESK, R1_AWAY, OWNER],
            {"own"},
            {1, 2},
            id="the rep is absent and an owner is named",
        ),
    ],
)
def test_in_every_order_an_account_has_one_present_owner_and_every_lead_a_hand_off(
    before: list[Model], events: list[Model], owners: set[str], turns: set[int]
) -> None:
    _, final_states = explore(start(*before), events)
    assert final_states
    for state in final_states:
        (account,) = rows_of(state, AccountRow)
        assert (account.request, account.move) == (None, None)
        people = {one.lead_id for one in rows_of(state, HandoffRow, BANK)}
        assert people == {one.lead_id for one in [*before, *events] if hasattr(one, "form_id")}
        assert len({assignee for _, assignee in state.held}) == 1
        assert {assignee for _, assignee in state.held} <= owners
        assert len(state.turns) in turns
