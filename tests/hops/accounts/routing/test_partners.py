"""The partner that covers an account, the leads that it gets, and the fields that it sees."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.desk_answers import PassedOverRep
from schemas.explanation import Explanation, GateResult, PointsLine, WouldChange
from schemas.outputs import Assignee, EarlierRoute, LeadRouting, Person
from schemas.vocabulary import (
    Action,
    AssigneeType,
    GateState,
    Kind,
    PassedOver,
    Reason,
    Relationship,
    Route,
    RouteMiss,
    Stage,
)
from tests.hops.accounts.market import MONDAY, POLICY_TEXT, instant
from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, PARTNER, REP, REST, with_routes
from workers.accounts.handoffs.partner_view import cut_for_partner, stage_for_partner
from workers.accounts.routing.partners import (
    agreement_with,
    covering_partners,
    is_with_partner,
    partners_or_miss,
    withholds_mqls,
)
from workers.accounts.state.account import AccountRow, Holder
from workers.accounts.state.facts import Company, Fact
from workers.accounts.state.lead import LeadRow
from workers.policy.load import load_policy

PARTNERS = """partners:
  islands: {regions: [HI], gets: mql, answer_within: 16h, then: return, sees: [name, request]}
  chosen: {accounts: [acc-7], gets: mql, answer_within: 16h, then: return, sees: [points, crm_ids]}
  south: {countries: [PR], relationship: [distributor], gets: mql, answer_within: 16h, then: report, sees: [name]}
"""
ROUTES = (NEVER, CUSTOMER, OPEN, OWNER, PARTNER, REP, REST)
TEXT = with_routes(POLICY_TEXT, ROUTES, before=PARTNERS)
POLICY = load_policy(TEXT)
SQL = load_policy(
    TEXT.replace("HI], gets: mql", "HI], gets: sql")
    if "\n  sql: " in TEXT
    else TEXT.replace("HI], gets: mql", "HI], gets: sql").replace(
        "definitions:\n", 'definitions:\n  sql: "Need."\n'
    )
)
HELD = Holder(AssigneeType.PARTNER, "partner:islands", desk="partner:islands", route=Route.PARTNER_COVERS)


@pytest.mark.parametrize(
    ("company", "name"),
    [
        (None, None),
        ({}, None),
        ({"region": "HI"}, "islands"),
        ({"region": "HI", "country": "PR"}, "islands"),
        ({"country": "PR"}, "south"),
        ({"relationship": Relationship.DISTRIBUTOR}, "south"),
        ({"relationship": Relationship.PARTNER}, None),
    ],
)
def test_the_first_partner_of_whom_any_condition_holds_covers_the_account(
    company: dict[str, Any] | None, name: str | None
) -> None:
    found = covering_partners(POLICY, None if company is None else Company("acc", **company))
    assert next((one.name for one in found), None) == name


@pytest.mark.parametrize(
    ("company", "stated", "name"),
    [
        (None, "PR", "south"),
        ({}, "PR", "south"),
        ({}, "US", None),
        ({"country": "US"}, "PR", None),
        ({"country": "PR"}, "US", "south"),
        ({"region": "HI"}, "PR", "islands"),
    ],
)
def test_the_country_of_the_person_counts_if_that_of_the_company_is_unknown(
    company: dict[str, Any] | None, stated: str, name: str | None
) -> None:
    facts = (Fact("country", stated, 1),)
    found = covering_partners(POLICY, None if company is None else Company("acc", **company), facts)
    assert next((one.name for one in found), None) == name


def test_a_partner_may_name_an_account_by_its_id() -> None:
    found = covering_partners(POLICY, Company("acc-7"))
    assert [one.name for one in found] == ["chosen"]


@pytest.mark.parametrize(
    ("policy", "account", "is_mql", "is_sql", "expected"),
    [
        (POLICY, {}, True, True, RouteMiss.NOT_COVERED),
        (POLICY, {"company": Company("a", region="HI")}, False, False, RouteMiss.NOT_YET_QUALIFIED),
        (POLICY, {"company": Company("a", region="HI")}, True, False, "islands"),
        (SQL, {"company": Company("a", region="HI")}, True, False, RouteMiss.NOT_YET_QUALIFIED),
        (SQL, {"company": Company("a", region="HI")}, True, True, "islands"),
        (
            POLICY,
            {"company": Company("a", region="HI"), "returned_by": "islands"},
            True,
            True,
            RouteMiss.RETURNED_BY_PARTNER,
        ),
        (
            POLICY,
            {"company": Company("a", region="HI"), "returned_by": "islands", "is_partner_silent": True},
            True,
            True,
            RouteMiss.PARTNER_DID_NOT_ANSWER,
        ),
        (POLICY, {"company": Company("a", region="HI"), "returned_by": "south"}, True, True, "islands"),
    ],
)
def test_the_stage_from_which_a_partner_gets_leads(
    policy: Any, account: dict[str, Any], *, is_mql: bool, is_sql: bool, expected: str
) -> None:
    found = partners_or_miss(policy, AccountRow(**account), is_mql=is_mql, is_sql=is_sql)
    assert (found if isinstance(found, RouteMiss) else found[0]) == expected


LEVELS = load_policy(
    with_routes(
        POLICY_TEXT
        if "\n  sql: " in POLICY_TEXT
        else POLICY_TEXT.replace("definitions:\n", 'definitions:\n  sql: "S."\n'),
        ROUTES,
        before="""partners:
  silver: {regions: [HI], level: silver, most_open: 5, gets: mql, answer_within: 2d, then: return, sees: [name]}
  gold_a: {regions: [HI], level: gold, gets: mql, answer_within: 2d, then: next_partner, sees: [name]}
  gold_b: {regions: [HI], level: gold, gets: mql, answer_within: 2d, then: next_partner, sees: [name]}
  bronze: {regions: [HI], level: bronze, gets: sql, answer_within: 2d, then: return, sees: [name]}
  silver_b: {regions: [HI], level: silver, gets: mql, answer_within: 2d, then: next_partner, sees: [name]}
""",
    )
)


@pytest.mark.parametrize(
    ("account", "is_sql", "expected"),
    [
        ({}, False, ("silver", "silver_b", "gold_a", "gold_b")),
        ({}, True, ("silver", "silver_b", "gold_a", "gold_b", "bronze")),
        ({"full_partners": ("silver", "gold_b")}, False, ("silver_b", "gold_a")),
        ({"returned_by": "silver_b"}, False, ("silver", "gold_a", "gold_b")),
        ({"returned_by": "silver"}, False, RouteMiss.RETURNED_BY_PARTNER),
        ({"returned_by": "silver_b", "returned_before": ("gold_a",)}, False, ("silver", "gold_b")),
        (
            {"returned_by": "silver", "returned_before": ("silver_b",), "is_partner_silent": True},
            False,
            RouteMiss.PARTNER_DID_NOT_ANSWER,
        ),
        (
            {"full_partners": ("silver", "silver_b", "gold_a", "gold_b")},
            False,
            RouteMiss.PARTNERS_FULL,
        ),
    ],
)
def test_levels_are_asked_in_their_order_and_never_a_partner_who_had_the_account(
    account: dict[str, Any], *, is_sql: bool, expected: Any
) -> None:
    row = AccountRow(company=Company("a", region="HI"), **account)
    assert partners_or_miss(LEVELS, row, is_mql=True, is_sql=is_sql) == expected


@pytest.mark.parametrize(
    ("policy", "holder", "is_with", "withholds"),
    [
        (POLICY, None, False, False),
        (POLICY, Holder(AssigneeType.REP, "r1"), False, False),
        (POLICY, HELD, True, False),
        (SQL, HELD, True, True),
        (SQL, Holder(AssigneeType.PARTNER, "partner:gone"), True, True),
    ],
)
def test_while_an_sql_partner_has_the_account_no_lead_becomes_an_mql(
    policy: Any, holder: Holder | None, *, is_with: bool, withholds: bool
) -> None:
    account = AccountRow(holder=holder)
    assert is_with_partner(account) is is_with
    assert withholds_mqls(policy, account) is withholds


def message() -> LeadRouting:
    return LeadRouting(
        event_id="e",
        occurred_at=instant(MONDAY),
        handoff_id="h",
        revision=1,
        account_key="domain:bank.example",
        crm_lead_id="L-1",
        crm_contact_id="C-1",
        lead_id="ann",
        action=Action.ASSIGNED,
        kind=Kind.PARTNER,
        assignee=Assignee(type=AssigneeType.PARTNER, id="partner:islands"),
        route=Route.PARTNER_COVERS,
        earlier_routes=[
            EarlierRoute(route=Route.ACCOUNT_HAS_OWNER, why=RouteMiss.OWNER_NOT_ACTIVE, rep_id="own")
        ],
        passed_over=[PassedOverRep(rep_id="partner:south", why=PassedOver.FULL)],
        colleagues=["bob"],
        request="demo",
        person=Person(email="ann@bank.example", first_name="Ann", job_title="CIO", phone="1"),
        explanation=Explanation(
            policy=POLICY.ref,
            reasons=[Reason.PARTNER_COVERS],
            fit=20,
            behaviour=5,
            total=25,
            grade="D4",
            points=[
                PointsLine(rule="fit:title", points=20),
                PointsLine(rule="page", points=5, count=5, event_id="seen"),
            ],
            gates=[GateResult(gate="title", state=GateState.PASS, found="CIO", points=20)],
            points_missing=110,
            would_change=[WouldChange(what="points", name="total", needed="110 more")],
            triggering_event_id="seen",
        ),
    )


def message_for(name: str) -> LeadRouting:
    agreement = agreement_with(POLICY, Holder(AssigneeType.PARTNER, f"partner:{name}"))
    return cut_for_partner(agreement, message())


def test_a_partner_sees_what_the_agreement_lists_and_nothing_else() -> None:
    event = message_for("islands")
    assert event.person == Person(first_name="Ann")
    assert (event.request, event.colleagues, event.crm_lead_id, event.crm_contact_id) == (
        "demo",
        [],
        None,
        None,
    )
    assert event.explanation.points == [
        PointsLine(rule="fit", points=20),
        PointsLine(rule="behaviour", points=5),
    ]
    assert event.explanation.gates[0].found is None
    assert event.explanation.would_change == []
    assert event.explanation.triggering_event_id is None
    assert event.earlier_routes[0].rep_id is None
    assert event.passed_over == []


def test_a_partner_who_may_see_points_sees_the_leads_activity() -> None:
    event = message_for("chosen")
    assert [line.rule for line in event.explanation.points] == ["fit:title", "page"]
    assert event.person == Person()
    assert (event.request, event.crm_lead_id) == (None, "L-1")


def test_after_the_agreement_has_ended_the_partner_sees_nothing() -> None:
    event = message_for("gone")
    assert event.person == Person()
    assert event.request is None


@pytest.mark.parametrize(
    ("lead", "fit", "stage"),
    [
        (LeadRow(qualified=True, accepted=True, reached_mql=True), GateState.PASS, Stage.SQL),
        (LeadRow(reached_mql=True, stage=Stage.WITH_PARTNER), GateState.PASS, Stage.MQL),
        (LeadRow(raised_hand=True), GateState.UNKNOWN, Stage.WAITING_FOR_FACTS),
    ],
)
def test_the_message_states_the_leads_own_stage(lead: LeadRow, fit: GateState, stage: Stage) -> None:
    assert stage_for_partner(lead, fit) is stage
