"""One owner per account under routes that test what a lead asks for: every order of the records and messages.

Two people of one account ask for different things, and each request alone would lead to another desk. The first of the
account's log decides, and the other lead follows its holder.
"""

from __future__ import annotations

import pytest

from schemas.base import Model
from schemas.crm_reps import CrmRep, DeskMembership
from schemas.vocabulary import Request
from tests.hops.accounts.market import BANK, POLICY_TEXT, demo, facts, form, rep
from tests.property import order_search
from tests.property.order_search import explore, rows_of, start
from tests.routes import OWNED, REP, REST, desk, with_routes
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow
from workers.desks.agent import spec as desks_spec
from workers.desks.handle import DesksHop
from workers.engine.api import AgentSpec
from workers.policy.load import load_policy, to_config

TEXT = with_routes(
    POLICY_TEXT,
    (
        *OWNED,
        REP,
        "{if: {asks_for: [demo], unknown: [region]}, to: desk demos}",
        "{if: prices, to: desk prices}",
        REST,
    ),
    desk("demos") + desk("prices"),
    "conditions: {prices: {asks_for: [pricing], kinds: [raised_hand]}}\n",
)
POLICY = load_policy(TEXT)
NO_OWNER, OWNER = facts(), facts(owner_rep_id="own")
ANN, BOB = demo("ann"), form(Request.PRICING, "bob")
ANN_ASKS_A_PRICE = form(Request.PRICING, "ann")


def _rep(rep_id: str, *, at_desk: bool = True) -> CrmRep:
    """Return r1 of the desk demos, r2 of the desk prices, another of inside sales, or a rep of no desk."""
    name = {"r1": "demos", "r2": "prices", "other": "inside_sales"}.get(rep_id)
    return rep(rep_id, desks=[DeskMembership(desk=name)] if name else [], at_desk=at_desk)


@pytest.fixture
def spec(monkeypatch: pytest.MonkeyPatch) -> AgentSpec:
    """The accounts hop under this policy, with the desks hop beside it. r1 is at demos, r2 at prices."""
    monkeypatch.setattr(order_search, "CONFIG", to_config(POLICY, TEXT))
    monkeypatch.setattr(order_search, "DESKS", desks_spec(lambda _: DesksHop(POLICY)))
    monkeypatch.setattr(order_search, "rep", _rep)
    hop = AccountsHop(POLICY)
    return accounts_spec(lambda _: hop)


@pytest.mark.parametrize(
    ("events", "owners"),
    [
        pytest.param([ANN, BOB], {"r1", "r2"}, id="two people ask for different things"),
        pytest.param([ANN, ANN_ASKS_A_PRICE, BOB], {"r1", "r2"}, id="one asks for both"),
        pytest.param([ANN, BOB, facts(region="OR")], {"r1", "r2", "other"}, id="a fact arrives meanwhile"),
        pytest.param([ANN, BOB, OWNER], {"own"}, id="an owner is named meanwhile"),
    ],
)
def test_requests_of_different_desks_have_one_owner_in_every_order(
    spec: AgentSpec, events: list[Model], owners: set[str]
) -> None:
    _, final_states = explore(start(NO_OWNER, spec=spec), events, spec)
    assert final_states
    for state in final_states:
        (account,) = rows_of(state, AccountRow)
        assert account.request is None
        assert {one.lead_id for one in rows_of(state, HandoffRow, BANK)} == {"ann", "bob"}
        assert len({assignee for _, assignee in state.held}) == 1
        assert {assignee for _, assignee in state.held} <= owners
