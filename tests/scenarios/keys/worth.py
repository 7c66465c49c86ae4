"""Cases for the keys of the served market, the buyers, behaviour and the grade."""

from __future__ import annotations

from typing import Final

from tests.scenarios.keys.tales import LEFT_OUT, Lines, tale
from tests.scenarios.story import Story

ANN: Final = "ann@harbor.example"
PRICES: Final = "https://x.example/pricing"


@tale("wed 12:00")
def a_chief_reads_much(story: Story) -> None:
    """Ann, the CIO of a bank, reads prices and papers, sees webinars, and comes back."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:05")
    story.activity("page_view", "tue 10:10", times=4, email=ANN, url="https://x.example/about")


@tale("wed 12:00", {"served_market.employees": {"points": 1, "from": 20, "to": 2000}})
def a_chief_of_a_hundred_reads_much(story: Story) -> None:
    """The tale of a_chief_reads_much, with a gate on the number of employees."""
    a_chief_reads_much.happens(story)
    story.bank("harbor", "mon 01:00", employees=100)


@tale("wed 12:00")
def a_bank_by_its_newer_code(story: Story) -> None:
    """The CRM has only the NAICS code of the bank."""
    story.rep("mia")
    story.bank("harbor", sic=None, naics=["522110"])
    story.form(ANN, "tue 10:00", "demo")


@tale("wed 12:00", {"served_market.industry.words": {"savings bank": "6021"}})
def a_bank_by_the_words_of_its_industry(story: Story) -> None:
    """The CRM has no code, only words."""
    story.rep("mia")
    story.bank("harbor", sic=None, industry="Savings Bank")
    story.form(ANN, "tue 10:00", "demo")


@tale("wed 12:00")
def a_competitor_asks(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", relationship="competitor")
    story.form(ANN, "tue 10:00", "demo")


@tale("wed 12:00")
def three_of_one_bank(story: Story) -> None:
    """Three people of one bank are active, and the third becomes an MQL."""
    story.rep("mia")
    story.bank("harbor")
    story.form("kim@harbor.example", "mon 09:00", title="Finance Manager", job_function=None)
    story.form("sam@harbor.example", "mon 10:00", title="Data Architect")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:05")


@tale("wed 12:00")
def an_architect_of_a_bank_whose_size_nobody_knows(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", revenue=None)
    story.form(ANN, "tue 10:00", title="Data Architect")


@tale("mon4 12:00")
def a_reader_comes_back_three_weeks_later(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("page_view", "mon4 10:00", email=ANN)


@tale("wed 12:00")
def a_film_of_which_nobody_said_how_long(story: Story) -> None:
    """Ann starts a video, and opens another page twenty minutes later."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("video_watched", "tue 10:10", email=ANN)
    story.activity("page_view", "tue 10:30", email=ANN)


@tale(
    "wed 12:00",
    {"behaviour.rules.report": {"when": {"activity": "download", "asset": "report-*"}, "points": "5"}},
)
def a_report_is_downloaded(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("download", "tue 10:10", email=ANN, asset="report-9")


@tale(
    "wed 12:00",
    {
        "behaviour.rules.launch": {
            "when": {"activity": "webinar_attended", "campaign": "launch-*"},
            "points": "5",
        }
    },
)
def a_launch_is_attended(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("webinar_attended", "tue 10:10", email=ANN, campaign={"name": "launch-march"})


@tale("wed 12:00")
def the_calculator_is_tried_twice(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("calculator_used", "tue 10:10", email=ANN)
    story.activity("calculator_used", "tue 14:10", email=ANN)


@tale("wed 12:00")
def a_mail_is_clicked(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.activity("email_clicked", "tue 10:10", email=ANN, campaign={"name": "news"})


@tale("wed 12:00")
def prices_are_read_at_an_owned_account(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", owner_rep_id="mia")
    story.form(ANN, "mon 09:00")
    story.activity("page_view", "tue 10:00", email=ANN, url=PRICES)
    story.activity("page_view", "tue 12:00", email=ANN, url=PRICES)


@tale("wed 12:00")
def a_program_follows_three_links_of_a_mail(story: Story) -> None:
    """A mail server follows three links in two seconds. Ann follows one of them an hour later."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 09:00")
    story.activity("email_delivered", "tue 10:00", email=ANN, message_id="m1")
    for link in range(3):
        story.activity(
            "email_clicked", "tue 10:00", email=ANN, message_id="m1", url=f"https://x.example/{link}"
        )
    story.activity("email_clicked", "tue 11:00", email=ANN, message_id="m1", url="https://x.example/1")


@tale("wed 12:00")
def a_program_takes_a_minute_for_two_links(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 09:00")
    story.activity("mail_accepted", "tue 10:00", email=ANN, message_id="m1")
    story.activity("email_delivered", "tue 10:00", email=ANN, message_id="m1")
    for link in range(2):
        story.activity(
            "email_clicked", "tue 10:01", email=ANN, message_id="m1", url=f"https://x.example/{link}"
        )


WORTH: Lines = {
    "timezone": (a_chief_reads_much.where({"timezone": "America/New_York"}), "Pacific/Auckland"),
    "currency": (a_chief_reads_much, "EUR"),
    "definitions.mql": (a_chief_reads_much, "Whom sales calls."),
    "served_market.industry.points": (a_chief_reads_much, "31"),
    "served_market.industry.sic": (a_chief_reads_much, ["6022"]),
    "served_market.industry.naics": (a_bank_by_its_newer_code, ["522120"]),
    "served_market.industry.words": (a_bank_by_the_words_of_its_industry, {"savings bank": "5311"}),
    "served_market.revenue.points": (a_chief_reads_much, "21"),
    "served_market.revenue.from": (a_chief_reads_much, "1B"),
    "served_market.revenue.to": (a_chief_reads_much, "800M"),
    "served_market.employees.points": (a_chief_of_a_hundred_reads_much, "2"),
    "served_market.employees.from": (a_chief_of_a_hundred_reads_much, "101"),
    "served_market.employees.to": (a_chief_of_a_hundred_reads_much, "99"),
    "served_market.country.points": (a_chief_reads_much, "21"),
    "served_market.country.in": (a_chief_reads_much, ["CA"]),
    "served_market.never.domains": (a_chief_reads_much, ["harbor.example"]),
    "served_market.never.relationship": (a_competitor_asks, ["distributor"]),
    "served_market.never.own_domains": (a_chief_reads_much, ["harbor.example"]),
    "buyers.never": (a_chief_reads_much, ["cio"]),
    "buyers.never_except": (a_chief_reads_much.where({"buyers.never": ["cio"]}), ["cio"]),
    "buyers.functions.points": (a_chief_reads_much, "21"),
    "buyers.functions.names.finance": (three_of_one_bank, ["treasury"]),
    "buyers.titles[1].level": (three_of_one_bank, "chief"),
    "buyers.titles[1].points": (a_chief_reads_much, "21"),
    "buyers.titles[1].words": (a_chief_reads_much, ["president"]),
    "grade.fit.A": (three_of_one_bank, "105"),
    "grade.fit.B": (three_of_one_bank, "101"),
    "grade.fit.C": (an_architect_of_a_bank_whose_size_nobody_knows, "81"),
    "grade.behaviour.1": (a_chief_reads_much, "28"),
    "grade.behaviour.2": (a_chief_reads_much, "16"),
    "grade.behaviour.3": (a_chief_reads_much, "9"),
    "behaviour.cap": (a_chief_reads_much, "39"),
    "behaviour.fade.to_zero_after_days": (a_reader_comes_back_three_weeks_later, "30"),
    "behaviour.groups.content.fade.to_zero_after_days": (a_reader_comes_back_three_weeks_later, "30"),
    "behaviour.rules.form.fade.to_zero_after_days": (a_reader_comes_back_three_weeks_later, "30"),
    "behaviour.session_gap": (a_film_of_which_nobody_said_how_long, "10m"),
    "behaviour.groups.web.cap": (a_chief_reads_much, "12"),
    "behaviour.rules.webinar.when.activity": (a_chief_reads_much, "webinar_registered"),
    "behaviour.rules.pricing.when.url": (a_chief_reads_much, "*/prices*"),
    "behaviour.rules.report.when.asset": (a_report_is_downloaded, "paper-*"),
    "behaviour.rules.form.when.form": (a_chief_reads_much, "newsletter"),
    "behaviour.rules.launch.when.campaign": (a_launch_is_attended, "fair-*"),
    "behaviour.rules.paper.points": (a_chief_reads_much, "7"),
    "behaviour.rules.pricing.cap": (a_chief_reads_much, "8"),
    "behaviour.rules.paper.group": (a_chief_reads_much, "events"),
    "behaviour.rules.pricing.instead_of": (a_chief_reads_much, LEFT_OUT),
    "behaviour.rules.video.at_least": (a_film_of_which_nobody_said_how_long, "25m"),
    "behaviour.rules.rates.once_per": (the_calculator_is_tried_twice, "1h"),
    "behaviour.rules.click.implies": (a_mail_is_clicked, LEFT_OUT),
    "behaviour.mail_scanners.links": (a_program_follows_three_links_of_a_mail, "4"),
    "behaviour.mail_scanners.within": (
        a_program_takes_a_minute_for_two_links.where({"behaviour.mail_scanners.links": "2"}),
        "2m",
    ),
    "behaviour.mail_scanners.clicked": (a_program_follows_three_links_of_a_mail, ["link_opened"]),
    "behaviour.mail_scanners.delivered": (a_program_follows_three_links_of_a_mail, ["mail_accepted"]),
    "behaviour.signals.rules": (prices_are_read_at_an_owned_account, ["webinar"]),
    "behaviour.signals.bundle": (prices_are_read_at_an_owned_account, "1h"),
}
