"""Cases for the keys of privacy, consent and dropped events, and for the name and version of the policy."""

from __future__ import annotations

from typing import Final

from tests.scenarios.keys.tales import Lines, tale
from tests.scenarios.keys.worth import ANN, a_chief_reads_much
from tests.scenarios.story import Story

FIREFOX: Final = "Mozilla/5.0 (X11) Firefox/130"


@tale("fri 12:00")
def a_visitor_says_who_they_are_two_days_later(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.activity("download", "mon 10:00", anonymous_id="a1", user_agent=FIREFOX)
    story.activity("webinar_attended", "wed 09:00", anonymous_id="a1")
    story.form(ANN, "wed 10:00", anonymous_id="a1")


@tale("mon3 12:00")
def an_event_comes_ten_days_late(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.late("web.activity", ANN, "wed 10:00", "mon3 10:00", activity="download", email=ANN)


@tale("wed 12:00")
def she_refuses_to_be_tracked_and_reads(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", consent={"tracking": False})
    story.much_interest(ANN, "tue 10:05")


@tale("wed 12:00")
def a_tab_is_left_open(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.activity("heartbeat", "tue 10:05", email=ANN)


@tale("wed 12:00")
def a_robot_of_the_public_list_follows_a_link(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", anonymous_id="a1")
    story.activity(
        "download", "tue 10:05", anonymous_id="a1", user_agent="Mozilla/5.0 (compatible; Barkrowler/0.9)"
    )


PEOPLE: Lines = {
    "policy": (a_chief_reads_much, "other-banks"),
    "version": (a_chief_reads_much, "2"),
    "privacy.anonymous_history.days": (a_visitor_says_who_they_are_two_days_later, "1"),
    "privacy.anonymous_history.events": (a_visitor_says_who_they_are_two_days_later, "1"),
    "privacy.repeats.days": (an_event_comes_ten_days_late, "30"),
    "privacy.without_tracking_consent": (she_refuses_to_be_tracked_and_reads, "count_everything"),
    "privacy.unstated_consent.tracking": (a_chief_reads_much, "refused"),
    "privacy.unstated_consent.marketing": (a_chief_reads_much, "refused"),
    "no_visits.activities": (a_tab_is_left_open, ["ping"]),
    "no_visits.known_robots": (a_robot_of_the_public_list_follows_a_link, "count"),
    "no_visits.user_agents": (a_visitor_says_who_they_are_two_days_later, ["*firefox*"]),
}
