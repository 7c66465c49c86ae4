"""Clicks of mail scanners earn nothing, whenever it becomes known that they are a scanner's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"
MAIL = {"message_id": "m-1", "campaign": {"name": "spring"}}


@pytest.fixture
def harbor(story: Story) -> Story:
    """A bank, a rep, and Ann who is known since Monday morning."""
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "mon 09:00")
    return story


def click(story: Story, when: str, link: str, seconds: int = 0, **more: Any) -> None:
    value = {"activity": "email_clicked", "email": ANN, "url": f"https://x.example/{link}"} | MAIL | more
    story.add_event("web.activity", ANN, when, value, seconds)


def deliver(story: Story, when: str, **more: Any) -> None:
    story.activity("email_delivered", when, email=ANN, **(MAIL | more))


def last_lines(results: Results) -> dict[str, tuple[int, int]]:
    explanation = results.of("lead.scores")[-1]["explanation"]
    lines = {one["rule"]: (one["points"], one["count"]) for one in explanation["points"]}
    assert sum(points for points, _ in lines.values()) == explanation["total"]
    return {name: line for name, line in lines.items() if name in {"click", "opened", "scanner:clicks"}}


def test_three_links_within_seconds_of_the_delivery_earn_nothing(harbor: Story) -> None:
    deliver(harbor, "tue 10:00")
    for seconds, link in enumerate("abc", 1):
        click(harbor, "tue 10:00", link, seconds)
    assert last_lines(harbor.replay()) == {"scanner:clicks": (0, 3)}


def test_a_person_who_clicks_later_earns_as_usual(harbor: Story) -> None:
    deliver(harbor, "tue 10:00")
    for seconds, link in enumerate("abc", 1):
        click(harbor, "tue 10:00", link, seconds)
    click(harbor, "tue 11:30", "b")
    assert last_lines(harbor.replay()) == {"click": (3, 1), "opened": (1, 1), "scanner:clicks": (0, 3)}


def test_two_links_or_a_slow_third_are_a_persons(harbor: Story) -> None:
    deliver(harbor, "tue 10:00")
    for seconds, link in ((2, "a"), (5, "b"), (30, "c")):
        click(harbor, "tue 10:00", link, seconds)
    assert last_lines(harbor.replay()) == {"click": (9, 3), "opened": (1, 1)}


def test_a_click_of_every_link_earns_nothing_although_the_delivery_is_not_known(harbor: Story) -> None:
    for minutes, link in enumerate("ab"):
        click(harbor, f"tue 10:0{minutes}", link, links_in_message=2)
    click(harbor, "tue 11:00", "a", links_in_message=2)
    assert last_lines(harbor.replay()) == {"click": (3, 1), "opened": (1, 1), "scanner:clicks": (0, 2)}


def test_the_only_link_of_a_mail_is_clicked_by_a_person(harbor: Story) -> None:
    deliver(harbor, "tue 10:00")
    click(harbor, "tue 10:00", "a", 3, links_in_message=1)
    assert last_lines(harbor.replay())["click"] == (3, 1)


def test_a_mail_without_an_id_is_known_by_its_campaign_or_asset(new_story: Callable[[str], Story]) -> None:
    for name, of_mail in {"campaign": {"campaign": {"name": "spring"}}, "asset": {"asset": "mail-1"}}.items():
        story = new_story(name)
        story.rep("mia")
        story.bank("harbor")
        story.form(ANN, "mon 09:00")
        story.activity("email_sent", "tue 10:00", email=ANN, **of_mail)
        for link in "abc":
            url = f"https://x.example/{link}"
            story.activity("email_clicked", "tue 10:00", email=ANN, url=url, **of_mail)
        assert last_lines(story.replay()) == {"scanner:clicks": (0, 3)}


def test_a_late_delivery_takes_the_points_back(harbor: Story) -> None:
    for seconds, link in enumerate("abc", 1):
        click(harbor, "tue 10:00", link, seconds)
    delivered = {"activity": "email_delivered", "email": ANN} | MAIL
    harbor.late("web.activity", ANN, "tue 10:00", "thu 12:00", **delivered)

    results = harbor.replay()

    before = results.of("lead.scores")[-2]["explanation"]
    assert before["behaviour"] == 4 + 6
    assert last_lines(results) == {"scanner:clicks": (0, 3)}


def test_the_order_of_arrival_does_not_matter(new_story: Callable[[str], Story]) -> None:
    found = []
    events: list[tuple[str, str, str | None]] = [
        ("email_delivered", "tue 10:00", None),
        ("email_clicked", "tue 10:00", "a"),
        ("email_clicked", "tue 10:00", "b"),
        ("email_clicked", "tue 10:00", "c"),
        ("email_clicked", "tue 12:00", "c"),
    ]
    for number, order in enumerate(permutations(range(len(events)))):
        if number % 5:
            continue
        story = new_story(str(number))
        story.rep("mia")
        story.bank("harbor")
        story.form(ANN, "mon 09:00")
        for minute, at in enumerate((*order, order[0])):
            activity, when, link = events[at]
            value = {"event_id": f"m{at}", "activity": activity, "email": ANN} | MAIL
            value |= {} if link is None else {"url": f"https://x.example/{link}"}
            story.late("web.activity", ANN, when, f"thu 10:{minute:02d}", **value)
        found.append(last_lines(story.replay()))
    assert found == [{"click": (3, 1), "opened": (1, 1), "scanner:clicks": (0, 3)}] * len(found)


def test_clicks_of_an_anonymous_browser_are_judged_once_the_person_is_known(harbor: Story) -> None:
    deliver(harbor, "tue 10:00")
    for seconds, link in enumerate("abc", 1):
        value = {"activity": "email_clicked", "anonymous_id": "b", "url": link, "links_in_message": 7} | MAIL
        harbor.add_event("web.activity", "b", "tue 10:00", value, seconds)
    harbor.form(ANN, "tue 11:00", anonymous_id="b")
    assert last_lines(harbor.replay()) == {"scanner:clicks": (0, 3)}
