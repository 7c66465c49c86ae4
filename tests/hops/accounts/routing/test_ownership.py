"""The account's owner by the routes in their order, and the desk that is asked for a lead."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, GateState, HowChosen, Kind, Relationship, Route
from tests.hops.accounts.market import DAY_MS, MONDAY, POLICY
from workers.accounts.routing.ownership import kind_of, owner_of
from workers.accounts.routing.routes import plan_for
from workers.accounts.state.account import AccountRow, Holder, LastRep, ManualAssignment
from workers.accounts.state.facts import Company, Opportunity

DESK = "desk:inside_sales"
OWNED = Company("acc", owner_rep_id="own")
CUSTOMER = replace(OWNED, relationship=Relationship.CUSTOMER)
IN_CYCLE = replace(OWNED, opportunities=(Opportunity("a", "early", 1), Opportunity("b", "late", 2)))
HELD = Holder(AssigneeType.REP, "r1", stands_for="r1", desk=DESK)
HELD_BY_OWNER = Holder(AssigneeType.REP, "x", stands_for="x", desk="rep:x")
LAST = LastRep("r2", DESK, MONDAY)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (AccountRow(), None),
        (AccountRow(company=Company("acc")), None),
        (AccountRow(company=OWNED), ("own", Route.ACCOUNT_HAS_OWNER)),
        (AccountRow(company=CUSTOMER), ("own", Route.CUSTOMER)),
        (AccountRow(company=IN_CYCLE), ("late", Route.OPEN_OPPORTUNITY)),
        (AccountRow(company=replace(IN_CYCLE, relationship=Relationship.CUSTOMER)), ("own", Route.CUSTOMER)),
        (AccountRow(company=replace(CUSTOMER, owner_rep_id=None)), None),
        (AccountRow(company=IN_CYCLE, gone=("late",)), ("own", Route.ACCOUNT_HAS_OWNER)),
        (AccountRow(company=IN_CYCLE, gone=("late", "own")), None),
        (AccountRow(company=CUSTOMER, by_hand=ManualAssignment("hand", 1)), ("hand", Route.BY_HAND)),
        (
            AccountRow(company=CUSTOMER, by_hand=ManualAssignment("hand", 1), gone=("hand",)),
            ("own", Route.CUSTOMER),
        ),
    ],
)
def test_the_accounts_owner(account: AccountRow, expected: tuple[str, Route] | None) -> None:
    owner = owner_of(POLICY, account)
    assert (None if owner is None else (owner.rep_id, owner.route)) == expected


@pytest.mark.parametrize(
    ("account", "kind", "desk", "mode", "rep_id", "route"),
    [
        ({}, Kind.MQL, DESK, RequestMode.TURN, None, Route.OTHERWISE),
        ({}, Kind.INQUIRY, DESK, RequestMode.TURN, None, Route.OTHERWISE),
        ({"company": OWNED}, Kind.MQL, "rep:own", RequestMode.OWNER, "own", Route.ACCOUNT_HAS_OWNER),
        (
            {"company": OWNED, "holder": HELD},
            Kind.MQL,
            "rep:own",
            RequestMode.OWNER,
            "own",
            Route.ACCOUNT_HAS_OWNER,
        ),
        ({"holder": HELD}, Kind.MQL, DESK, RequestMode.FOLLOW, "r1", Route.ACCOUNT_HAS_REP),
        ({"holder": HELD}, Kind.INQUIRY, "rep:r1", RequestMode.OWNER, "r1", Route.ACCOUNT_HAS_REP),
        ({"holder": HELD_BY_OWNER}, Kind.MQL, "rep:x", RequestMode.OWNER, "x", Route.ACCOUNT_HAS_REP),
        ({"holder": HELD, "gone": ("r1",)}, Kind.MQL, DESK, RequestMode.TURN, None, Route.OTHERWISE),
        ({"last_rep": LAST}, Kind.RAISED_HAND, DESK, RequestMode.FOLLOW, "r2", Route.ACCOUNT_HAS_REP),
        ({"last_rep": LAST}, Kind.INQUIRY, DESK, RequestMode.TURN, None, Route.OTHERWISE),
        ({"last_rep": LAST, "gone": ("r2",)}, Kind.MQL, DESK, RequestMode.TURN, None, Route.OTHERWISE),
        (
            {"holder": Holder(AssigneeType.DESK, DESK, desk=DESK)},
            Kind.MQL,
            DESK,
            RequestMode.TURN,
            None,
            Route.OTHERWISE,
        ),
    ],
)
def test_the_desk_to_ask(
    account: dict[str, Any], kind: Kind, desk: str, mode: RequestMode, rep_id: str | None, route: Route
) -> None:
    plan = plan_for(POLICY, AccountRow(**account), kind, MONDAY)
    assert plan[:4] == (desk, mode, rep_id, route)


@pytest.mark.parametrize(
    ("days", "mode"), [(0, RequestMode.FOLLOW), (179, RequestMode.FOLLOW), (180, RequestMode.TURN)]
)
def test_the_last_rep_has_the_account_for_the_policys_time(days: int, mode: RequestMode) -> None:
    plan = plan_for(POLICY, AccountRow(last_rep=LAST), Kind.MQL, MONDAY + days * DAY_MS)
    assert plan.mode is mode


@pytest.mark.parametrize(
    ("company", "fit", "raised", "expected"),
    [
        (None, GateState.PASS, False, Kind.MQL),
        (None, GateState.PASS, True, Kind.RAISED_HAND),
        (None, GateState.UNKNOWN, True, Kind.RAISED_HAND),
        (None, GateState.FAIL, True, Kind.INQUIRY),
        (OWNED, GateState.FAIL, True, Kind.INQUIRY),
        (CUSTOMER, GateState.FAIL, True, Kind.EXPANSION),
        (CUSTOMER, GateState.FAIL, False, Kind.EXPANSION),
        (IN_CYCLE, GateState.UNKNOWN, False, Kind.IN_CYCLE),
    ],
)
def test_the_kind_of_a_hand_off(
    company: Company | None, fit: GateState, raised: bool, expected: Kind
) -> None:
    assert kind_of(AccountRow(company=company), fit, raised=raised) is expected


def test_a_manual_assignment_is_named_as_how_the_owner_was_chosen() -> None:
    owner = owner_of(POLICY, AccountRow(by_hand=ManualAssignment("hand", 1)))
    assert owner is not None
    assert owner.how is HowChosen.BY_HAND


def test_a_queue_that_sales_assigns_manually_owns_nothing() -> None:
    account = AccountRow(company=Company("acc", owner_rep_id="own"), by_hand=ManualAssignment("queue_7", 1))
    owner = owner_of(POLICY, account)
    assert owner is not None
    assert (owner.rep_id, owner.route) == ("own", "account_has_owner")
