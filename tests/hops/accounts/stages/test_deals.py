"""What sales says of deals counts until the CRM says it; in whatever order they come, both agree."""

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
from workers.accounts.stages.deals import MOST_DEALS, forecast_percent, settled, with_deals, with_word
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


# Pure: words, and the company that they make.


@pytest.mark.parametrize("order", list(permutations([deal(OPENED, 1), deal(LOST, 2), deal(OPENED, 3)])))
def test_of_sales_words_the_one_with_the_latest_date_holds_in_any_order(order: tuple[Deal, ...]) -> None:
    deals: tuple[Deal, ...] = ()
    for word in order:
        deals = with_word(deals, word)
    assert deals == (deal(OPENED, 3),)


def test_a_word_that_is_said_twice_or_comes_too_late_changes_nothing() -> None:
    deals = with_word((), deal(WON, 5))
    assert with_word(deals, deal(WON, 5)) is deals
    assert with_word(deals, deal(LOST, 4)) is deals


def test_only_so_many_deals_are_kept_the_latest() -> None:
    deals: tuple[Deal, ...] = ()
    for number in range(MOST_DEALS + 5):
        deals = with_word(deals, deal(OPENED, number, f"lead-{number}"))
    assert [one.at_ms for one in deals] == list(range(5, MOST_DEALS + 5))
    assert with_word(deals, deal(OPENED, 1, "late")) is deals


@pytest.mark.parametrize(
    ("record", "word", "relationship", "owner", "open_count"),
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
def test_what_the_account_is_by_both_words(
    record: Company | None, word: Deal, relationship: str, owner: str | None, open_count: int
) -> None:
    then = record.relationship if record else Relationship.PROSPECT
    word = Deal(word.lead_id, word.rep_id, word.state, word.at_ms, relationship_then=then)
    company = with_deals(record, settled((word,), record))
    assert company is not None
    assert (company.relationship, company.owner_rep_id) == (relationship, owner)
    assert len(company.opportunities) == open_count


def test_the_crm_takes_over_when_it_says_the_same_or_something_else_since() -> None:
    assert settled((deal(OPENED),), IN_CRM)[0].is_settled
    assert settled((deal(OPENED),), BUYER)[0].is_settled
    assert settled((deal(WON),), BUYER)[0].is_settled
    assert settled((deal(WON),), Company("x", relationship=Relationship.FORMER_CUSTOMER))[0].is_settled
    for record in (PROSPECT, None):
        deals = (deal(OPENED), deal(WON, lead_id="bob"))
        assert settled(deals, record) is deals


def test_the_forecast_is_the_policys_while_an_opportunity_is_open_and_nobody_is_a_customer() -> None:
    buyer = Company("x", relationship=Relationship.CUSTOMER, opportunities=IN_CRM.opportunities)
    found = [forecast_percent(POLICY, AccountRow(company=one)) for one in (IN_CRM, PROSPECT, None, buyer)]
    assert found == [15, None, None, None]


# In the market.


def handed_off() -> Market:
    market = Market()
    market.reps(rep("r1"), rep("r2"), rep("own", at_desk=False))
    market.send(facts(), identified(), *reach_bar())
    assert story(market.outputs) == ["assigned mql r1"]
    return market


def test_from_sal_to_customer_step_by_step_and_each_word_twice_says_nothing_more() -> None:
    market = handed_off()
    for number, (word, stage) in enumerate(
        [
            ("accepted", "sal"),
            ("sales_qualified", "sql"),
            ("opportunity_opened", "opportunity"),
            ("won", "customer"),
        ]
    ):
        said = sales(word, FIRST, at_ms=MONDAY + (number + 1) * HOUR_MS)
        assert steps(market.send(said)) == [stage]
        assert market.send(said) == []


def test_an_opportunity_is_announced_with_its_probability_and_amount() -> None:
    market = handed_off()
    outputs = market.send(sales("opportunity_opened", FIRST, amount="180000"))
    step = next(one for one in outputs if hasattr(one, "to_stage"))
    assert (step.to_stage, step.forecast_probability_percent) == ("opportunity", 15)
    assert (str(step.amount), step.currency) == ("180000", "USD")
    assert step.explanation.reasons == ["opportunity_opened"]
    assert story(outputs) == ["relabelled mql r1"]
    assert routings(outputs)[0].forecast_probability_percent == 15


def test_colleagues_follow_the_opportunity_below_the_bar_to_the_rep_who_opened_it() -> None:
    market = handed_off()
    market.send(sales("opportunity_opened", FIRST))
    outputs = market.send(form(lead_id="bob"))
    assert story(outputs) == ["assigned in_cycle r1"]
    assert (steps(outputs, "bob"), routings(outputs)[0].forecast_probability_percent) == (
        ["known", "opportunity"],
        15,
    )


def test_what_is_lost_is_recycled_and_its_hand_off_is_withdrawn() -> None:
    market = handed_off()
    market.send(sales("opportunity_opened", FIRST))
    outputs = market.send(sales("lost", FIRST, at_ms=MONDAY + 2 * HOUR_MS))
    assert (steps(outputs), story(outputs)) == (["recycled"], ["withdrawn mql -"])
    assert routings(outputs)[0].explanation.reasons == ["opportunity_lost"]


def test_an_opportunity_that_was_lost_later_than_it_was_opened_stays_lost_in_any_order() -> None:
    opened = sales("opportunity_opened", FIRST, at_ms=MONDAY + HOUR_MS)
    lost = sales("lost", FIRST, at_ms=MONDAY + 2 * HOUR_MS)
    for words in ((opened, lost), (lost, opened)):
        market = handed_off()
        market.send(*words)
        assert market.stage() is Stage.RECYCLED
        assert market.account().open_handoffs == 0


def test_an_opportunity_opened_after_a_no_begins_a_new_cycle() -> None:
    market = handed_off()
    market.send(sales("rejected", FIRST, reason="not_now"))
    outputs = market.send(sales("opportunity_opened", FIRST, at_ms=MONDAY + 3 * HOUR_MS))
    step = next(one for one in outputs if hasattr(one, "to_stage"))
    assert (step.to_stage, step.cycle) == ("opportunity", 2)


IN_CRM_OPEN = facts(open_opportunities=[opportunity("r1")])
CLOSED_IN_CRM = facts()
CUSTOMER_IN_CRM = facts(relationship=CUSTOMER, owner_rep_id="own")


@pytest.mark.parametrize(
    ("crm", "words", "stage"),
    [
        ([IN_CRM_OPEN], ["opportunity_opened"], Stage.OPPORTUNITY),
        ([IN_CRM_OPEN, CLOSED_IN_CRM], ["opportunity_opened", "lost"], Stage.RECYCLED),
        ([CUSTOMER_IN_CRM], ["won"], Stage.CUSTOMER),
        ([CUSTOMER_IN_CRM], ["opportunity_opened", "won"], Stage.CUSTOMER),
        ([IN_CRM_OPEN, CUSTOMER_IN_CRM], ["opportunity_opened", "won"], Stage.CUSTOMER),
    ],
)
def test_sales_and_the_crm_agree_in_whatever_order_their_words_come(
    crm: list[object], words: list[str], stage: Stage
) -> None:
    said = [sales(word, FIRST, at_ms=MONDAY + (at + 1) * HOUR_MS) for at, word in enumerate(words)]
    for mixed in interleaved(crm, said):
        market = handed_off()
        market.send(*mixed)
        assert market.stage() is stage, mixed


def interleaved(left: list[object], right: list[object]) -> list[list[object]]:
    if not left or not right:
        return [left + right]
    return [
        *([left[0], *rest] for rest in interleaved(left[1:], right)),
        *([right[0], *rest] for rest in interleaved(left, right[1:])),
    ]


def test_the_crm_may_take_its_time_and_other_news_of_it_change_nothing() -> None:
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
    outputs = market.send(facts(relationship="former_customer"), at_ms=MONDAY + DAY_MS)
    assert (steps(outputs), story(outputs)) == (["nurture"], ["withdrawn expansion -"])
    assert routings(outputs)[0].explanation.reasons == ["customer_no_more"]
    outputs = market.send(*reach_bar(at_ms=MONDAY + DAY_MS), at_ms=MONDAY + DAY_MS)
    assert steps(outputs) == ["mql"]
    assert next(one for one in outputs if hasattr(one, "to_stage")).cycle == 2


def test_a_word_of_a_deal_with_somebody_whom_nobody_knows_is_about_nobody() -> None:
    assert handed_off().send(sales("won", lead_id="stranger")) == []


# Given back.


def test_what_is_returned_is_due_again_for_the_next_in_turn_and_is_no_no() -> None:
    market = handed_off()
    outputs = market.send(sales("returned", FIRST))
    assert (steps(outputs), story(outputs)) == (["recycled", "mql"], ["withdrawn mql -", "assigned mql r2"])
    assert routings(outputs)[0].explanation.reasons == ["sales_returned"]
    assert routings(outputs)[1].route == "otherwise"


def test_a_raised_hand_that_is_returned_is_a_raised_hand_still() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(country="DE"), form("demo"))  # type: ignore[arg-type]
    outputs = market.send(sales("returned", FIRST))
    assert story(outputs) == ["withdrawn inquiry -", "assigned inquiry desk:inside_sales"]
