"""Tales of owners: away, gone, no people at all; and of accounts that come together, or are nobody's."""

from __future__ import annotations

from tests.scenarios.keys.tales import tale
from tests.scenarios.keys.worth import ANN
from tests.scenarios.story import Story
from tests.scenarios.words.of_sales import BOB


@tale("fri 12:00")
def an_owner_goes_away_and_leaves(story: Story) -> None:
    """Pavel is Olga's deputy; another owner is named in the end."""
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
def nobody_at_all_is_there(story: Story) -> None:
    """Until Olga is back."""
    story.rep("olga", at_desk=False)
    story.bank("harbor", owner_rep_id="olga")
    story.form(ANN, "tue 10:00", "demo")
    story.rep("olga", "tue 10:10", away=("tue 10:10", "thu 12:00"))


@tale("mon2 12:00")
def who_worked_it_has_left_and_a_queue_owns_it(story: Story) -> None:
    """The same account asks again; a second one asks of which a rep does not sell any more."""
    story.rep("mia")
    story.rep("tom")
    story.rep("zoe", active=False)
    story.bank("harbor", owner_rep_id="queue_east")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 10:10", reason="not_now")
    story.rep("mia", "wed 10:00", active=False)
    story.form(BOB, "thu 10:00", "demo")


@tale("tue 17:00")
def a_former_customer_asks(story: Story) -> None:
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", relationship="former_customer", owner_rep_id="olga")
    story.form(ANN, "tue 10:00", "demo")


@tale("mon2 12:00", {"routes[7].for_days": "1"})
def an_old_acquaintance_and_somebody_outside_ask(story: Story) -> None:
    """Mia worked the bank a week ago; a student of it asks after she has it again."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.sales("rejected", ANN, "tue 10:10", reason="not_now")
    story.form("sue@harbor.example", "tue 11:00", "demo", title="Student")
    story.form(BOB, "mon2 10:00", "demo")


@tale("tue 17:00", {"partners.island_dealers.gets": "mql"})
def a_partner_waits_for_an_account_that_a_rep_works(story: Story) -> None:
    """The dealers would get Bob, who is an MQL; but Mia has Ann, who has no title."""
    story.rep("mia")
    story.bank("harbor", region="HI")
    story.form(ANN, "tue 10:00", "demo", title=None)
    story.form(BOB, "tue 12:00", "demo")


@tale("tue 17:00", {"served_market.never.relationship": ["competitor", "distributor"]})
def those_to_whom_we_do_not_sell_ask(story: Story) -> None:
    """A distributor, a colleague of our own; and people of a partner and of a prospect, to whom we do."""
    story.rep("mia")
    story.bank("harbor", relationship="distributor")
    story.form(ANN, "tue 10:00", "demo")
    story.form("eve@our-own.example", "tue 10:00", "demo")
    for bank, relationship in (("pier", "partner"), ("quay", "prospect")):
        story.bank(bank, relationship=relationship)
        story.form(f"ann@{bank}.example", "tue 10:00", "demo")


@tale("tue 17:00")
def who_wants_no_mails_is_no_mql(story: Story) -> None:
    """One has refused marketing; the other is not to be contacted; a third agrees by letter."""
    story.rep("mia")
    story.bank("harbor")
    for person in ("ann", "bob", "cy"):
        story.form(f"{person}@harbor.example", "tue 10:00", consent={"marketing": person == "bob"})
    story.contact(BOB, "tue 10:01", do_not_contact=True)
    story.consent("cy@harbor.example", "tue 10:02", marketing=True)
    for person in ("ann", "bob", "cy"):
        story.much_interest(f"{person}@harbor.example", "tue 10:05")


@tale("wed 12:00")
def somebody_asks_to_be_forgotten(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo")
    story.erasure(ANN, "tue 11:00")


@tale("wed 12:00")
def two_companies_of_one_name(story: Story) -> None:
    """Nobody knows which of them is meant; of a third there is one of its name."""
    story.rep("mia")
    for bank in ("harbor", "pier"):
        story.bank(bank, name="First Bank")
    story.bank("mesa", name="Mesa Bank", owner_rep_id="mia")
    story.form("ann@gmail.com", "tue 10:00", "demo", company="First Bank")
    story.form("bob@gmail.com", "tue 10:00", "demo", company="Mesa Bank")


@tale("wed 12:00")
def the_crm_knows_whose_contact_she_is(story: Story) -> None:
    """She writes from free mail and names no company."""
    story.rep("mia")
    story.bank("mesa", owner_rep_id="mia")
    story.contact("ann@gmail.com", crm_account_id="ACC-mesa")
    story.form("ann@gmail.com", "tue 10:00", "demo")


@tale("wed 12:00")
def what_she_did_last_week_is_imported(story: Story) -> None:
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
