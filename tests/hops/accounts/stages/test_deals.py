"""Deals that sales reports count until the CRM reports them. In any order of arrival the result is the same."""

from __future__ import annotations

from itertools import permutations

import pytest

from schemas.vocabulary import Relationship, SalesAction, Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY,
    Market,
    facts,
    form,
    identified,
    opportunity,
    reach_bar,
    rep,
    routings,
    sales,
    steps,
    story,
)
from workers.accounts.stages.deals import (
    MOST_DEALS,
    company_with_deals,
    forecast_percent,
    mark_settled,
    merge_deal,
)
from workers.accounts.state.account import AccountRow
from workers.accounts.state.facts import Company, Opportunity
from workers.accounts.state.sales import Deal

OPENED, WON, LOST = SalesAction.OPPORTUNITY_OPENED, SalesAction.WON, SalesAction.LOST
PROSPECT = Company("acc-1")
BUYER = Company("acc-1", relationship=Relationship.CUSTOMER, owner_rep_id="own")
IN_CRM = Company("acc-1", opportunities=(Opportunity("opp-1", "own", 5),))
FIRST = f"{BANK}#1.1"


def deal(state: SalesAction, at_ms: int = 10, lead_id: str = "ann", **more: object) -> Deal:
    return Deal(lead_id, "r1", state, at_ms, **more)  # type: ignore[arg-type]


# Pure: reports of sales, and the company that follows from them.


@pytest.mark.parametrize("order", list(permutations([deal(OPENED, 1), deal(LOST, 2), deal(OPENED, 3)])))
def test_the_report_with_the_latest_date_holds_in_any_order(order: tuple[Deal, ...]) -> None:
    deals: tuple[Deal, ...] = ()
    for report in order:
        deals = merge_deal(deals, report)
    assert deals == (deal(OPENED, 3),)


def test_a_repeated_or_older_report_changes_nothing() -> None:
    deals = merge_deal((), deal(WON, 5))
    assert merge_deal(deals, deal(WON, 5)) is deals
    assert merge_deal(deals, deal(LOST, 4)) is deals


def test_only_the_latest_deals_are_kept() -> None:
    deals: tuple[Deal, ...] = ()
    for number in range(MOST_DEALS + 5):
        deals = merge_deal(deals, deal(OPENED, number, f"lead-{number}"))
    assert [one.at_ms for one in deals] == list(range(5, MOST_DEALS + 5))
    assert merge_deal(deals, deal(OPENED, 1, "late")) is deals


@pytest.mark.parametrize(
    ("record", "report", "relationship", "owner", "open_count"),
    [
        (PROSPECT, deal(OPENED), "prospect", None, 1),
        (PROSPECT, deal(WON), "customer", "r1", 0),
        (PROSPECT, deal(LOST), "prospect", None, 0),
        (None, deal(WON), "customer", "r1", 0),
        (IN_CRM, deal(OPENED), "prospect", None, 1),
        (BUYER, deal(WON), "customer", "own", 0),
        (Company("x", relationship=Relationship.COMPETITOR), deal(WON), "competitor", None, 0),
        (Company("x", relationship=Relationship.FORMER_CUSTOMER), deal(WON), "customer", "r1", 0),
    ],
)
def test_the_company_follows_from_the_crm_record_and_the_reports_of_sales(
    record: Company | None, report: Deal, relationship: str, owner: str | None, open_count: int
) -> None:
    then = record.relationship if record else Relationship.PROSPECT
    report = Deal(report.lead_id, report.rep_id, report.state, report.at_ms, relationship_then=then)
    company = company_with_deals(record, mark_settled((report,), record))
    assert company is not None
    assert (company.relationship, company.owner_rep_id) == (relationship, owner)
    assert len(company.opportunities) == open_count


def test_the_crm_record_takes_over_when_it_confirms_or_changes_the_deal() -> None:
    assert mark_settled((deal(OPENED),), IN_CRM)[0].is_settled
    assert mark_settled((deal(OPENED),), BUYER)[0].is_settled
    assert mark_settled((deal(WON),), BUYER)[0].is_settled
    assert mark_settled((deal(WON),), Company("x", relationship=Relationship.FORMER_CUSTOMER))[0].is_settled
    for record in (PROSPECT, None):
        deals = (deal(OPENED), deal(WON, lead_id="bob"))
        assert mark_settled(deals, record) is deals


def test_a_forecast_needs_an_open_opportunity_of_an_account_that_is_not_a_customer() -> None:
    buyer = Company("x", relationship=Relationship.CUSTOMER, opportunities=IN_CRM.opportunities)
    found = [forecast_percent(POLICY, AccountRow(company=one)) for one in (IN_CRM, PROSPECT, None, buyer)]
    assert found == [15, None, None, None]


# Through the hops.


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("own", at_desk=False))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def test_a_lead_goes_from_sal_to_customer_and_repeated_reports_publish_nothing() -> None:
    market = handed_off()
    for number, (action, stage) in enumerate(
        [
            ("accepted", "sal"),
            ("sales_qualified", "sql"),
            ("opportunity_opened", "opportunity"),
            ("won", "customer"),
        ]
    ):
        feedback = sales(action, FIRST, at_ms=MONDAY + (number + 1) * HOUR_MS)
        assert steps(market.send(feedback)) == [stage]
        assert market.send(feedback) == []


def test_an_opportunity_is_announced_with_its_probability_and_amount() -> None:
    market = handed_off()
    results = market.send(sales("opportunity_opened", FIRST, amount="180000"))
    step = next(one for one in results if hasattr(one, "to_stage"))
    assert (step.to_stage, step.forecast_probability_percent) == ("opportunity", 15)
    assert (str(step.amount), step.currency) == ("180000", "USD")
    assert step.explanation.reasons == ["opportunity_opened"]
    assert story(results) == ["relabelled mql r1"]
    assert routings(results)[0].forecast_probability_percent == 15


def test_colleagues_below_the_threshold_go_to_the_rep_who_opened_the_opportunity() -> None:
    market = handed_off()
    market.send(sales("opportunity_opened", FIRST))
    results = market.send(form(lead_id="bob"))
    assert story(results) == ["assigned in_cycle r1"]
    assert (steps(results, "bob"), routings(results)[0].forecast_probability_percent) == (
        ["known", "opportunity"],
        15,
    )


def test_a_lost_lead_is_recycled_and_its_hand_off_is_withdrawn() -> None:
    market = handed_off()
    market.send(sales("opportunity_opened", FIRST))
    results = market.send(sales("lost", FIRST, at_ms=MONDAY + 2 * HOUR_MS))
    assert (steps(results), story(results)) == (["recycled"], ["withdrawn mql -"])
    assert routings(results)[0].explanation.reasons == ["opportunity_lost"]


def test_an_opportunity_that_was_lost_later_than_it_was_opened_stays_lost_in_any_order() -> None:
    opened = sales("opportunity_opened", FIRST, at_ms=MONDAY + HOUR_MS)
    lost = sales("lost", FIRST, at_ms=MONDAY + 2 * HOUR_MS)
    for reports in ((opened, lost), (lost, opened)):
        market = handed_off()
        market.send(*reports)
        assert market.stage() is Stage.RECYCLED
        assert market.account().open_handoffs == 0


def test_an_opportunity_opened_after_a_rejection_begins_a_new_cycle() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_now"))
    results = market.send(sales("opportunity_opened", FIRST, at_ms=MONDAY + 3 * HOUR_MS))
    step = next(one for one in results if hasattr(one, "to_stage"))
    assert (step.to_stage, step.cycle) == ("opportunity", 2)


IN_CRM_OPEN = facts(open_opportunities=[opportunity("r1")])
CLOSED_IN_CRM = facts()
CUSTOMER_IN_CRM = facts(relationship=CUSTOMER, owner_rep_id="own")


@pytest.mark.parametrize(
    ("crm", "actions", "stage"),
    [
        ([IN_CRM_OPEN], ["opportunity_opened"], Stage.OPPORTUNITY),
        ([IN_CRM_OPEN, CLOSED_IN_CRM], ["opportunity_opened", "lost"], Stage.RECYCLED),
        ([CUSTOMER_IN_CRM], ["won"], Stage.CUSTOMER),
        ([CUSTOMER_IN_CRM], ["opportunity_opened", "won"], Stage.CUSTOMER),
        ([IN_CRM_OPEN, CUSTOMER_IN_CRM], ["opportunity_opened", "won"], Stage.CUSTOMER),
    ],
)
def test_the_stage_is_the_same_in_whatever_order_sales_and_the_crm_report(
    crm: list[object], actions: list[str], stage: Stage
) -> None:
    reports = [sales(action, FIRST, at_ms=MONDAY + (at + 1) * HOUR_MS) for at, action in enumerate(actions)]
    for mixed in interleave(crm, reports):
        market = handed_off()
        market.send(*mixed)
        assert market.stage() is stage, mixed


def interleave(left: list[object], right: list[object]) -> list[list[object]]:
    if not left or not right:
        return [left + right]
    return [
        *([left[0], *rest] for rest in interleave(left[1:], right)),
        *([right[0], *rest] for rest in interleave(left, right[1:])),
    ]


def test_other_changes_of_the_crm_record_do_not_end_a_deal_that_it_does_not_report_yet() -> None:
    market = handed_off()
    market.send(sales("opportunity_opened", FIRST), facts(name="Renamed"))
    assert market.stage() is Stage.OPPORTUNITY
    market.send(sales("won", FIRST, at_ms=MONDAY + 2 * HOUR_MS), facts(name="Again"))
    assert market.stage() is Stage.CUSTOMER
    assert story(market.send(form(lead_id="bob"))) == ["assigned expansion r1"]


def test_a_former_customer_is_a_prospect_again_in_a_new_cycle() -> None:
    market = Market()
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts(relationship=CUSTOMER, owner_rep_id="own"), form())
    assert story(market.outputs) == ["assigned expansion own"]
    results = market.send(facts(relationship="former_customer"), at_ms=MONDAY + DAY_MS)
    assert (steps(results), story(results)) == (["nurture"], ["withdrawn expansion -"])
    assert routings(results)[0].explanation.reasons == ["customer_no_more"]
    results = market.send(*reach_bar(at_ms=MONDAY + DAY_MS), at_ms=MONDAY + DAY_MS)
    assert steps(results) == ["mql"]
    assert next(one for one in results if hasattr(one, "to_stage")).cycle == 2


def test_a_deal_with_an_unknown_person_changes_nothing() -> None:
    assert handed_off().send(sales("won", lead_id="stranger")) == []


# Returned.


def test_a_returned_lead_is_due_again_for_the_next_in_turn_and_is_not_rejected() -> None:
    market = handed_off()
    results = market.send(sales("returned", FIRST))
    assert (steps(results), story(results)) == (["recycled", "mql"], ["withdrawn mql -", "assigned mql r2"])
    assert routings(results)[0].explanation.reasons == ["sales_returned"]
    assert routings(results)[1].route == "otherwise"


def test_a_returned_raised_hand_stays_a_raised_hand() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(country="DE"), form("demo"))  # type: ignore[arg-type]
    results = market.send(sales("returned", FIRST))
    assert story(results) == ["withdrawn inquiry -", "assigned inquiry desk:inside_sales"]
