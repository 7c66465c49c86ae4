"""From MQL to customer: what sales says, what the CRM says, and what the router makes of both."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def won_over(story: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday, and Mia has her."""
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00")
    story.much_interest("ann@harbor.example", "tue 10:00")
    return story


def test_a_lead_goes_all_the_way_from_mql_to_customer_by_the_words_of_sales(won_over: Story) -> None:
    won_over.sales("accepted", "ann@harbor.example", "tue 11:00")
    won_over.sales("sales_qualified", "ann@harbor.example", "wed 11:00")
    won_over.sales("opportunity_opened", "ann@harbor.example", "thu 11:00", amount=180000)
    won_over.sales("won", "ann@harbor.example", "thu3 11:00", amount=165000)

    assert won_over.replay().stages[-5:] == ["mql", "sal", "sql", "opportunity", "customer"]


def test_a_new_opportunity_stands_in_the_forecast_with_the_agreed_probability(won_over: Story) -> None:
    won_over.sales("opportunity_opened", "ann@harbor.example", "thu 11:00", amount=180000)

    results = won_over.replay()

    announced = results.of("lead.stages")[-1]
    assert (announced["to_stage"], announced["forecast_probability_percent"]) == ("opportunity", 15)
    assert (announced["amount"], announced["currency"]) == ("180000", "USD")
    assert results.of("lead.routing")[-1]["forecast_probability_percent"] == 15


def test_a_colleague_of_an_opportunity_goes_to_its_rep_whatever_the_score(won_over: Story) -> None:
    won_over.sales("opportunity_opened", "ann@harbor.example", "thu 11:00")
    won_over.form("bob@harbor.example", "fri 10:00", title="Student")

    assert won_over.replay().handoffs[-1] == ("assigned", "in_cycle", "mia")


def test_a_lost_deal_is_recycled_and_comes_back_by_new_interest_to_the_rep_who_had_it(
    won_over: Story,
) -> None:
    won_over.sales("opportunity_opened", "ann@harbor.example", "thu 11:00")
    won_over.sales("lost", "ann@harbor.example", "fri 11:00")
    won_over.activity("download", "mon2 10:00", times=2, email="ann@harbor.example")

    results = won_over.replay()

    assert results.stages[-3:] == ["opportunity", "recycled", "mql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_the_crm_confirms_a_deal_that_sales_won_and_nothing_is_said_twice(won_over: Story) -> None:
    won_over.sales("won", "ann@harbor.example", "thu 11:00")
    won_over.bank("harbor", "fri 09:00", relationship="customer", owner_rep_id="mia")

    assert won_over.replay().stages.count("customer") == 1


def test_a_former_customer_is_won_anew_as_a_prospect(story: Story) -> None:
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00")
    story.bank("harbor", "wed 09:00", relationship="former_customer", owner_rep_id=None)
    story.much_interest("ann@harbor.example", "thu 10:00")

    results = story.replay()

    assert results.stages == ["known", "customer", "nurture", "mql"]
    assert results.of("lead.stages")[-1]["cycle"] == 2


def test_what_a_rep_returns_goes_to_the_next_in_turn_without_a_no(won_over: Story) -> None:
    won_over.rep("tom", "tue 00:00")
    won_over.sales("returned", "ann@harbor.example", "tue 11:00", "mia")

    results = won_over.replay()

    assert [who for _, _, who in results.handoffs] == ["mia", None, "tom"]
    assert results.stages[-1] == "mql"
