"""From MQL to customer: sales activities, CRM records, and the stages that follow from both."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def mql(story: Story) -> Story:
    """Ann of Harbor is an MQL on Tuesday, and Mia has her."""
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00")
    story.much_interest("ann@harbor.example", "tue 10:00")
    return story


def test_sales_activities_move_a_lead_from_mql_to_customer(mql: Story) -> None:
    mql.sales("accepted", "ann@harbor.example", "tue 11:00")
    mql.sales("sales_qualified", "ann@harbor.example", "wed 11:00")
    mql.sales("opportunity_opened", "ann@harbor.example", "thu 11:00", amount=180000)
    mql.sales("won", "ann@harbor.example", "thu3 11:00", amount=165000)

    assert mql.replay().stages[-5:] == ["mql", "sal", "sql", "opportunity", "customer"]


def test_a_new_opportunity_has_the_amount_and_the_probability_of_the_policy(mql: Story) -> None:
    mql.sales("opportunity_opened", "ann@harbor.example", "thu 11:00", amount=180000)

    results = mql.replay()

    opened = results.of("lead.stages")[-1]
    assert (opened["to_stage"], opened["forecast_probability_percent"]) == ("opportunity", 15)
    assert (opened["amount"], opened["currency"]) == ("180000", "USD")
    assert results.of("lead.routing")[-1]["forecast_probability_percent"] == 15


def test_a_colleague_of_a_lead_with_an_opportunity_goes_to_its_rep_at_any_score(mql: Story) -> None:
    mql.sales("opportunity_opened", "ann@harbor.example", "thu 11:00")
    mql.form("bob@harbor.example", "fri 10:00", title="Student")

    assert mql.replay().handoffs[-1] == ("assigned", "in_cycle", "mia")


def test_a_lost_deal_is_recycled_and_returns_to_its_rep_with_new_points(
    mql: Story,
) -> None:
    mql.sales("opportunity_opened", "ann@harbor.example", "thu 11:00")
    mql.sales("lost", "ann@harbor.example", "fri 11:00")
    mql.activity("download", "mon2 10:00", times=2, email="ann@harbor.example")

    results = mql.replay()

    assert results.stages[-3:] == ["opportunity", "recycled", "mql"]
    assert results.handoffs[-1] == ("assigned", "mql", "mia")


def test_a_won_deal_that_the_crm_confirms_makes_one_stage_change(mql: Story) -> None:
    mql.sales("won", "ann@harbor.example", "thu 11:00")
    mql.bank("harbor", "fri 09:00", relationship="customer", owner_rep_id="mia")

    assert mql.replay().stages.count("customer") == 1


def test_a_former_customer_starts_a_second_cycle_as_a_prospect(story: Story) -> None:
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00")
    story.bank("harbor", "wed 09:00", relationship="former_customer", owner_rep_id=None)
    story.much_interest("ann@harbor.example", "thu 10:00")

    results = story.replay()

    assert results.stages == ["known", "customer", "nurture", "mql"]
    assert results.of("lead.stages")[-1]["cycle"] == 2


def test_a_returned_lead_goes_to_the_next_in_turn_and_stays_an_mql(mql: Story) -> None:
    mql.rep("tom", "tue 00:00")
    mql.sales("returned", "ann@harbor.example", "tue 11:00", "mia")

    results = mql.replay()

    assert [who for _, _, who in results.handoffs] == ["mia", None, "tom"]
    assert results.stages[-1] == "mql"
