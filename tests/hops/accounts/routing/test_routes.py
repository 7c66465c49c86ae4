"""Evaluation of the routes: the line that applies, and why each line before it did not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.desk_requests import RequestMode
from schemas.vocabulary import AssigneeType, HowChosen, Kind, Relationship, Route, RouteMiss
from tests.hops.accounts.market import DAY_MS, MONDAY, POLICY_TEXT
from tests.routes import CUSTOMER, FORMER, NEVER, OPEN, OWNER, REP, REST, WEST, desk, with_routes
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.routes import plan_for
from workers.accounts.state.account import AccountRow, Holder, LastRep, ManualAssignment
from workers.accounts.state.facts import Company, Opportunity
from workers.accounts.state.parts import SkippedRoute
from workers.policy.load import load_policy

ALL = load_policy(
    with_routes(
        POLICY_TEXT,
        (
            NEVER,
            CUSTOMER.replace("}", ", without_owner: desk west}"),
            OPEN,
            OWNER,
            REP,
            FORMER,
            WEST,
            REST,
        ),
        desk("west", calendar="west"),
        'owners: {not_people: ["queue_*"]}\n',
    )
)
DESK, WEST_DESK = "desk:inside_sales", "desk:west"
BANK = Company("acc", region="CA")
OWNED = replace(BANK, owner_rep_id="own")
CUSTOMER_BANK = replace(OWNED, relationship=Relationship.CUSTOMER)
FORMER_BANK = replace(OWNED, relationship=Relationship.FORMER_CUSTOMER)
QUEUE = replace(BANK, owner_rep_id="queue_7")
HELD = Holder(AssigneeType.REP, "r1", stands_for="r1", desk=DESK)
LAST = LastRep("r2", DESK, MONDAY)
OWNER_MODE, TURN, FOLLOW = RequestMode.OWNER, RequestMode.TURN, RequestMode.FOLLOW


@pytest.mark.parametrize(
    ("account", "desk", "mode", "rep_id", "route"),
    [
        ({"company": BANK}, WEST_DESK, TURN, None, Route.TERRITORY),
        ({"company": Company("acc", region="NY")}, DESK, TURN, None, Route.OTHERWISE),
        ({"company": Company("acc")}, DESK, TURN, None, Route.OTHERWISE),
        ({}, DESK, TURN, None, Route.OTHERWISE),
        ({"company": OWNED}, "rep:own", OWNER_MODE, "own", Route.ACCOUNT_HAS_OWNER),
        ({"company": QUEUE}, WEST_DESK, TURN, None, Route.TERRITORY),
        ({"company": replace(QUEUE, relationship=Relationship.CUSTOMER)}, WEST_DESK, TURN, None, Route.CUSTOMER),
        ({"company": CUSTOMER_BANK, "gone": ("own",)}, WEST_DESK, TURN, None, Route.CUSTOMER),
        ({"company": replace(CUSTOMER_BANK, owner_rep_id=None)}, WEST_DESK, TURN, None, Route.CUSTOMER),
        ({"company": CUSTOMER_BANK, "gone": ("own",), "holder": HELD}, DESK, FOLLOW, "r1", Route.ACCOUNT_HAS_REP),
        ({"company": BANK, "holder": HELD}, DESK, FOLLOW, "r1", Route.ACCOUNT_HAS_REP),
        ({"company": BANK, "last_rep": LAST}, DESK, FOLLOW, "r2", Route.ACCOUNT_HAS_REP),
        ({"company": FORMER_BANK}, "rep:own", OWNER_MODE, "own", Route.FORMER_CUSTOMER),
        ({"company": FORMER_BANK, "last_rep": LAST}, DESK, FOLLOW, "r2", Route.ACCOUNT_HAS_REP),
        ({"company": FORMER_BANK, "gone": ("own",)}, WEST_DESK, TURN, None, Route.TERRITORY),
        ({"company": OWNED, "gone": ("own",)}, WEST_DESK, TURN, None, Route.TERRITORY),
        ({"company": CUSTOMER_BANK, "by_hand": ManualAssignment("hand", 1)}, "rep:hand", OWNER_MODE, "hand", Route.BY_HAND),
    ],
)  # fmt: skip
def test_the_first_route_that_applies(
    account: dict[str, Any], desk: str, mode: RequestMode, rep_id: str | None, route: Route
) -> None:
    plan = plan_for(ALL, AccountRow(**account), Kind.MQL, MONDAY)
    assert plan[:4] == (desk, mode, rep_id, route)


@pytest.mark.parametrize(
    ("account", "kind", "why"),
    [
        (
            {"company": Company("acc", region="NY")},
            Kind.MQL,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "no_owner",
                "nobody_worked_it",
                "not_a_former_customer",
                "elsewhere",
            ],
        ),
        ({"company": OWNED}, Kind.MQL, ["not_excluded", "not_a_customer", "no_open_opportunity"]),
        ({"company": CUSTOMER_BANK}, Kind.MQL, ["not_excluded"]),
        ({"company": CUSTOMER_BANK, "gone": ("own",)}, Kind.MQL, ["not_excluded", "owner_not_active"]),
        (
            {"company": QUEUE},
            Kind.MQL,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "owner_is_no_person",
                "nobody_worked_it",
                "not_a_former_customer",
            ],
        ),
        (
            {"company": FORMER_BANK},
            Kind.MQL,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "owner_of_former_customer",
                "nobody_worked_it",
            ],
        ),
        (
            {"last_rep": replace(LAST, at_ms=MONDAY - 181 * DAY_MS)},
            Kind.MQL,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "no_owner",
                "worked_too_long_ago",
                "not_a_former_customer",
                "fact_unknown",
            ],
        ),
        (
            {"last_rep": LAST},
            Kind.INQUIRY,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "no_owner",
                "inquiry",
                "not_a_former_customer",
                "fact_unknown",
            ],
        ),
        (
            {"last_rep": LAST, "gone": ("r2",)},
            Kind.MQL,
            [
                "not_excluded",
                "not_a_customer",
                "no_open_opportunity",
                "no_owner",
                "rep_not_active",
                "not_a_former_customer",
                "fact_unknown",
            ],
        ),
        (
            {"holder": HELD},
            Kind.MQL,
            ["not_excluded", "not_a_customer", "no_open_opportunity", "no_owner"],
        ),
        ({"company": OWNED, "by_hand": ManualAssignment("hand", 1)}, Kind.MQL, []),
    ],
)
def test_why_the_lines_before_did_not_apply(account: dict[str, Any], kind: Kind, why: list[str]) -> None:
    assert [one.why for one in plan_for(ALL, AccountRow(**account), kind, MONDAY).earlier] == why


def test_an_account_with_open_leads_skips_the_territories_before_its_holder() -> None:
    text = with_routes(
        POLICY_TEXT, (NEVER, CUSTOMER, OPEN, OWNER, WEST, REP, REST), desk("west", calendar="west")
    )
    plan = plan_for(load_policy(text), AccountRow(company=BANK, holder=HELD), Kind.MQL, MONDAY)
    assert (plan.rep_id, plan.route) == ("r1", Route.ACCOUNT_HAS_REP)
    assert plan.earlier[-1] == SkippedRoute(Route.TERRITORY, RouteMiss.ACCOUNT_IS_HELD, to=WEST_DESK)


def test_without_a_route_for_it_the_last_rep_is_not_asked_but_the_holder_is() -> None:
    policy = load_policy(with_routes(POLICY_TEXT, (NEVER, CUSTOMER, OPEN, REST)))
    assert plan_for(policy, AccountRow(last_rep=LAST), Kind.MQL, MONDAY).route is Route.OTHERWISE
    assert plan_for(policy, AccountRow(holder=HELD, company=OWNED), Kind.MQL, MONDAY).rep_id == "r1"


def test_the_owner_who_was_passed_over_is_named() -> None:
    plan = plan_for(ALL, AccountRow(company=CUSTOMER_BANK, gone=("own",)), Kind.EXPANSION, MONDAY)
    assert plan.earlier[-1] == SkippedRoute(Route.CUSTOMER, RouteMiss.OWNER_NOT_ACTIVE, rep_id="own")


def test_the_deadlines_of_the_fallback_desk_apply_to_the_owner_too() -> None:
    plan = plan_for(ALL, AccountRow(company=CUSTOMER_BANK), Kind.EXPANSION, MONDAY)
    assert (plan.rep_id, plan.terms) == ("own", WEST_DESK)


def test_a_former_customer_has_no_owner_and_goes_to_its_former_rep() -> None:
    account = AccountRow(company=FORMER_BANK)
    assert owner_of(ALL, account) is None
    assert plan_for(ALL, account, Kind.MQL, MONDAY).how is HowChosen.FORMER_REP


def test_without_a_route_for_former_reps_the_crms_owner_is_the_owner() -> None:
    policy = load_policy(with_routes(POLICY_TEXT, (NEVER, CUSTOMER, OPEN, OWNER, REST)))
    assert plan_for(policy, AccountRow(company=FORMER_BANK), Kind.MQL, MONDAY).rep_id == "own"


def test_an_opportunity_of_a_queue_is_passed_over() -> None:
    company = replace(OWNED, opportunities=(Opportunity("o", "queue_1", 1),))
    plan = plan_for(ALL, AccountRow(company=company), Kind.IN_CYCLE, MONDAY)
    assert (plan.rep_id, plan.route) == ("own", Route.ACCOUNT_HAS_OWNER)
    assert plan.earlier[-1].why is RouteMiss.OWNER_IS_NO_PERSON
