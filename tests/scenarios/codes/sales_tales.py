"""Tales of sales activities, and of the CRM records that follow them."""

from __future__ import annotations

from tests.scenarios.keys.tales import tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story

BOB = "bob@harbor.example"


@tale("mon4 12:00")
def a_lead_becomes_a_customer_and_then_a_former_customer(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "contact_sales")
    story.sales("accepted", ANN, "tue 10:10")
    story.sales("sales_qualified", ANN, "tue 11:00")
    story.sales("opportunity_opened", ANN, "wed 10:00")
    story.sales("won", ANN, "thu 10:00")
    story.bank("harbor", "fri 10:00", relationship="customer", owner_rep_id="mia")
    story.form(BOB, "mon2 10:00")
    story.bank("harbor", "mon3 10:00", relationship="former_customer", owner_rep_id=None)


@tale("mon3 12:00")
def one_opportunity_is_lost_and_one_is_closed(story: Story) -> None:
    """Sales reports one opportunity as lost. The other one disappears from the CRM."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "pricing")
    story.sales("opportunity_opened", ANN, "wed 10:00")
    story.sales("lost", ANN, "thu 10:00")
    opened = {"opportunity_id": "o1", "owner_rep_id": "mia", "opened_at": "2026-02-01T00:00:00Z"}
    story.bank("mesa", open_opportunities=[opened])
    story.form("ann@mesa.example", "tue 10:00", "demo")
    story.bank("mesa", "mon2 10:00", open_opportunities=[])


@tale("tue 17:00")
def a_rep_claims_a_lead_and_reassigns_it(story: Story) -> None:
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "newsletter")
    story.sales("claimed", ANN, "tue 11:00")
    story.sales("reassigned", ANN, "tue 12:00", to_rep_id="tom")
    story.form(BOB, "tue 13:00", "demo")


@tale("tue 12:00")
def a_manager_credits_a_turn(story: Story) -> None:
    """Dana gives Mia's turn for the harbor lead back. The next lead is Mia's again."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    story.sales("turn_credited", "ann@harbor.example", "tue 10:05", "dana", credit_reason="bad_list")
    story.bank("mesa")
    story.form("ann@mesa.example", "tue 10:10", "demo")


@tale("tue 17:00")
def a_rep_returns_a_lead(story: Story) -> None:
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("returned", ANN, "tue 11:00")


@tale("tue 17:00")
def a_rep_reports_an_unknown_action(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("unknown", ANN, "tue 10:10")


@tale("mon2 12:00")
def an_account_in_question_has_no_mql(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 11:00", reason="not_our_market")
    story.form(BOB, "wed 10:00")
    story.much_interest(BOB, "wed 10:05")


@tale("wed 12:00")
def sales_rejects_a_lead_as_unreachable(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("touched", ANN, "tue 10:10", channel="call")
    story.sales("rejected", ANN, "tue 11:00", reason="unreachable")


@tale("mon4 12:00", {"stages.expired.days_without_touch": "10"})
def a_timely_call_arrives_after_the_lead_expired(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.late("sales.activities", ANN, "tue2 10:00", "mon3 10:00", action="touched", email=ANN, rep_id="mia")


@tale("tue 17:00")
def a_timely_call_arrives_after_the_escalation(story: Story) -> None:
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.late("sales.activities", ANN, "tue 10:15", "tue 11:10", action="touched", email=ANN, rep_id="mia")


@tale("tue 17:00")
def a_missing_fact_arrives_after_a_demo_request(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", revenue=None)
    story.form(ANN, "tue 10:00", "demo")
    story.bank("harbor", "tue 11:00", revenue={"amount": 900_000_000, "currency": "USD"})


@tale("fri5 17:00")
def a_missing_fact_arrives_weeks_after_the_activity(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", revenue=None)
    story.form(ANN, "tue 10:00")
    story.activity("webinar_attended", "tue 10:05", times=2, email=ANN)
    story.bank("harbor", "fri5 10:00", revenue={"amount": 900_000_000, "currency": "USD"})


@tale("tue 17:00", {"partners.island_dealers.gets": "sql"})
def a_partner_gets_a_qualified_lead_and_returns_it(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", region="HI")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("sales_qualified", ANN, "tue 11:00")
    story.form(BOB, "tue 12:00")
    story.much_interest(BOB, "tue 12:05")
    story.sales("returned", ANN, "tue 15:00", rep_id="island_dealers")


@tale("mon4 12:00", {"stages.expired.days_without_touch": "10"})
def sales_activities_without_an_open_hand_off(story: Story) -> None:
    """A rep claims a lead that does not exist. An activity accepts a hand-off whose lead has expired."""
    story.rep("mia")
    story.bank("harbor")
    story.sales("claimed", BOB, "tue 09:00", "mia")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("accepted", ANN, "tue3 10:00", handoff_id="domain:harbor.example#1.1")
