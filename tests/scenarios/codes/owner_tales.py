"""Tales of owners who are absent, inactive or queues, and of accounts that are matched, excluded or erased."""

from __future__ import annotations

from tests.scenarios.codes.sales_tales import BOB
from tests.scenarios.keys.tales import tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story


@tale("fri 12:00")
def an_owner_is_absent_and_then_leaves(story: Story) -> None:
    """Olga becomes the owner, is absent, and leaves. Pavel is her deputy. Then Otto and Pavel become the owner."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False, deputy_rep_id="pavel")
    for rep_id in ("pavel", "otto"):
        story.rep(rep_id, at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 08:40", "demo")
    story.bank("harbor", "tue 08:50", owner_rep_id="olga")
    story.rep("olga", "tue 09:00", away=("tue 09:00", "wed 00:00"))
    story.form("cy@harbor.example", "tue 10:00", "demo")
    story.rep("olga", "wed 09:00", active=False, absences=[])
    story.form(BOB, "wed 10:00", "demo")
    story.bank("harbor", "thu 10:00", owner_rep_id="otto")
    story.bank("harbor", "thu 11:00", owner_rep_id="pavel")


@tale("thu 13:00")
def no_rep_is_present_until_the_owner_returns(story: Story) -> None:
    """The desk has no rep. Olga, the owner, is absent from Tuesday to Thursday."""
    story.rep("olga", at_desk=False)
    story.bank("harbor", owner_rep_id="olga")
    story.form(ANN, "tue 10:00", "demo")
    story.rep("olga", "tue 10:10", away=("tue 10:10", "thu 12:00"))


@tale("mon2 12:00")
def the_account_rep_has_left_and_a_queue_owns_the_account(story: Story) -> None:
    """Zoe is an inactive member of the desk. Mia gets Ann and leaves, and then Bob of the same bank asks."""
    story.rep("mia")
    story.rep("tom")
    story.rep("zoe", active=False)
    story.bank("harbor", owner_rep_id="queue_east")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 10:10", reason="not_now")
    story.rep("mia", "wed 10:00", active=False)
    story.form(BOB, "thu 10:00", "demo")


@tale("tue 17:00")
def a_former_customer_asks_for_a_demo(story: Story) -> None:
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="former_customer", owner_rep_id="olga")
    story.form(ANN, "tue 10:00", "demo")


@tale("mon2 12:00", {"routes[7].for_days": "1"})
def an_outside_lead_and_a_late_colleague_ask(story: Story) -> None:
    """An account rep keeps an account for one day.

    Mia gets Ann and rejects her. A student of the bank asks within the hour, Bob six days later.
    """
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 10:10", reason="not_now")
    story.form("sue@harbor.example", "tue 11:00", "demo", title="Student")
    story.form(BOB, "mon2 10:00", "demo")


@tale("tue 17:00", {"partners.island_dealers.gets": "mql", "partners.island_dealers.most_open": "1"})
def a_partner_with_one_open_lead_gets_no_second_account(story: Story) -> None:
    story.rep("mia")
    for bank, person in (("harbor", ANN), ("pier", "ann@pier.example")):
        story.bank(bank, region="HI")
        story.form(person, "tue 10:00", "demo")


@tale("tue 17:00", {"partners.island_dealers.gets": "mql"})
def a_partner_does_not_get_an_account_that_a_rep_holds(story: Story) -> None:
    """Dealers cover the account and get MQLs. Mia has Ann, who has no title. She gets Bob, an MQL, as well."""
    story.rep("mia")
    story.bank("harbor", region="HI")
    story.form(ANN, "tue 10:00", "demo", title=None)
    story.form(BOB, "tue 12:00", "demo")


@tale("tue 17:00", {"desks.inside_sales.manager": "Dana Reyes"})
def a_manager_is_named_whom_the_crm_does_not_have(story: Story) -> None:
    """Dana's rep_id is dana. The policy has her name instead."""
    story.rep("mia")
    story.rep("dana", at_desk=False)


@tale("tue 17:00", {"served_market.never.relationship": ["competitor", "distributor"]})
def excluded_and_served_accounts_ask_for_a_demo(story: Story) -> None:
    """A distributor and an address of our own domain are excluded. A partner and a prospect are served."""
    story.rep("mia")
    story.bank("harbor", relationship="distributor")
    story.form(ANN, "tue 10:00", "demo")
    story.form("eve@our-own.example", "tue 10:00", "demo")
    for bank, relationship in (("pier", "partner"), ("quay", "prospect")):
        story.bank(bank, relationship=relationship)
        story.form(f"ann@{bank}.example", "tue 10:00", "demo")


@tale("tue 17:00")
def leads_without_marketing_consent(story: Story) -> None:
    """Ann refuses marketing. Bob agrees, but the CRM forbids contact. Cy refuses in a form and agrees in a request."""
    story.rep("mia")
    story.bank("harbor")
    for person in ("ann", "bob", "cy"):
        story.form(f"{person}@harbor.example", "tue 10:00", consent={"marketing": person == "bob"})
    story.contact(BOB, "tue 10:01", do_not_contact=True)
    story.consent("cy@harbor.example", "tue 10:02", marketing=True)
    for person in ("ann", "bob", "cy"):
        story.much_interest(f"{person}@harbor.example", "tue 10:05")


@tale("wed 12:00")
def a_lead_requests_erasure(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.erasure(ANN, "tue 11:00")


@tale("wed 12:00")
def two_companies_have_the_same_name(story: Story) -> None:
    """Ann names a company whose name two accounts have. The name of Bob's company belongs to one account."""
    story.rep("mia")
    for bank in ("harbor", "pier"):
        story.bank(bank, name="First Bank")
    story.bank("mesa", name="Mesa Bank", owner_rep_id="mia")
    story.form("ann@gmail.com", "tue 10:00", "demo", company="First Bank")
    story.form("bob@gmail.com", "tue 10:00", "demo", company="Mesa Bank")


@tale("wed 12:00")
def a_crm_contact_with_free_mail_asks(story: Story) -> None:
    """Ann writes from free mail and names no company. The CRM has her as a contact of an account."""
    story.rep("mia")
    story.bank("mesa", owner_rep_id="mia")
    story.contact("ann@gmail.com", crm_account_id="ACC-mesa")
    story.form("ann@gmail.com", "tue 10:00", "demo")


@tale("wed 12:00")
def activities_of_last_week_are_imported(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    who = {"email": ANN, "job_title": "CIO", "job_function": "it"}
    story.imported("form.fills", ANN, "mon0 09:00", "tue 10:00", form_id="contact", **who)
    for event_id in ("w1", "w2"):
        story.imported(
            "web.activity",
            ANN,
            "mon0 10:00",
            "tue 10:00",
            event_id=event_id,
            activity="webinar_attended",
            email=ANN,
        )
    story.imported("web.activity", ANN, "mon0 10:00", "tue 10:00", activity="download", email=ANN)
