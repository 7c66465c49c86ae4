"""Points for behaviour, from the view of a marketing manager: videos, mails, calculators, late and wrong clocks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.story import POLICY, Results, Story, moment


@pytest.fixture
def harbor(story: Story) -> Story:
    """A bank, a rep, and Ann who is known since Monday morning."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.form("ann@harbor.example", "mon 09:00")
    return story


def lines(results: Results) -> dict[str, tuple[int, int]]:
    """Return (points, events) by rule, of the last score."""
    points = results.of("lead.scores")[-1]["explanation"]["points"]
    return {line["rule"]: (line["points"], line["count"]) for line in points if ":" not in line["rule"]}


def test_a_video_counts_from_two_minutes_on(harbor: Story) -> None:
    harbor.activity("video_watched", "tue 10:00", email="ann@harbor.example", duration_seconds=119)
    harbor.activity("video_watched", "tue 10:10", email="ann@harbor.example", duration_seconds=120)

    assert lines(harbor.replay())["video"] == (5, 1)


def test_a_video_without_a_duration_counts_when_the_next_click_ends_it(harbor: Story) -> None:
    harbor.activity("video_watched", "tue 10:00", email="ann@harbor.example")
    harbor.activity("poll_answered", "tue 10:06", email="ann@harbor.example")

    results = harbor.replay()

    assert lines(results)["video"] == (5, 1)
    assert results.of("lead.scores")[-1]["occurred_at"] == "2026-03-03T15:06:00Z"


def test_a_video_before_a_lunch_break_has_no_duration(harbor: Story) -> None:
    harbor.activity("video_watched", "tue 10:00", email="ann@harbor.example")
    harbor.activity("page_view", "tue 13:00", email="ann@harbor.example")

    assert "video" not in lines(harbor.replay())


def test_a_video_of_an_anonymous_visitor_counts_by_the_next_event(harbor: Story) -> None:
    harbor.activity("video_watched", "mon 18:00", anonymous_id="b2")
    harbor.activity("poll_answered", "mon 18:05", anonymous_id="b2")
    harbor.form("ann@harbor.example", "tue 09:00", anonymous_id="b2")

    assert lines(harbor.replay())["video"] == (5, 1)  # a sixtieth less, a day later


@pytest.mark.parametrize(
    "mails",
    [
        ["email_opened", "email_clicked"],
        ["email_clicked", "email_opened"],
        ["email_clicked"],
        ["email_opened", "email_opened", "email_clicked", "email_opened"],
    ],
)
def test_a_click_is_an_opening_and_a_mail_is_opened_once(harbor: Story, mails: list[str]) -> None:
    for minute, word in enumerate(mails):
        harbor.activity(word, f"tue 10:{minute:02}", email="ann@harbor.example", asset="march-letter")

    found = lines(harbor.replay())
    assert found["opened"] == (1, 1)
    assert found["click"] == (3, 1)


def test_playing_with_the_calculator_counts_once_a_day(harbor: Story) -> None:
    harbor.activity("calculator_used", "tue 08:00", times=9, email="ann@harbor.example")
    harbor.activity("calculator_used", "tue 23:59", email="ann@harbor.example")
    harbor.activity("calculator_used", "wed 00:00", email="ann@harbor.example")

    assert lines(harbor.replay())["rates"] == (8, 2)  # 4 of today, 4 of yesterday, less a sixtieth


def test_an_event_of_last_week_that_comes_late_counts_by_its_own_date(harbor: Story) -> None:
    harbor.activity("calculator_used", "mon2 09:00", email="ann@harbor.example")
    late = _add_late(harbor, "download", dated="tue 09:00", arrives="mon2 10:00")

    results = late.replay()

    assert results.dead_letter_reasons == []
    assert lines(results)["paper"] == (7, 1)  # eight, six days ago


def test_an_event_dated_next_year_counts_as_of_now(harbor: Story) -> None:
    results = _add_late(harbor, "download", dated="mon53 09:00", arrives="tue 10:00").replay()

    assert lines(results)["paper"] == (8, 1)
    assert results.of("lead.scores")[-1]["occurred_at"] == "2026-03-03T15:00:00Z"


def test_a_webinar_that_is_sent_twice_counts_once(harbor: Story) -> None:
    harbor.activity("webinar_attended", "tue 10:00", email="ann@harbor.example")
    harbor.line(harbor._lines[-1])

    assert lines(harbor.replay())["webinar"] == (12, 1)


def test_a_registrant_of_the_round_table_is_an_mql_without_ten_papers(harbor: Story) -> None:
    harbor.activity(
        "webinar_attended",
        "tue 10:00",
        email="ann@harbor.example",
        campaign={"name": "CIO-Roundtable Boston"},
    )

    results = harbor.replay()

    assert results.handoffs == [("assigned", "mql", "mia")]
    why = results.of("lead.routing")[0]["explanation"]
    assert why["reasons"][0] == "campaign_response"
    assert why["points_missing"] > 0


def test_a_student_at_the_round_table_stays_outside(harbor: Story) -> None:
    harbor.form(
        "sue@harbor.example", "tue 10:00", title="Student", campaign={"name": "CIO-Roundtable Boston"}
    )

    results = harbor.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "outside"


def _add_late(story: Story, word: str, dated: str, arrives: str) -> Story:
    """Add an activity of Ann whose own date differs from its arrival."""
    value: dict[str, Any] = {
        "event_id": f"{word} {dated}",
        "occurred_at": moment(dated).isoformat(),
        "activity": word,
        "email": "ann@harbor.example",
    }
    at_ms = int(moment(arrives).timestamp() * 1_000)
    story.line(json.dumps({"topic": "web.activity", "key": None, "timestamp": at_ms, "value": value}))
    return story


@pytest.mark.parametrize(
    ("seconds", "counts"), [(119, False), (120, True), (30 * 60, True), (30 * 60 + 1, False)]
)
def test_an_unstated_time_counts_from_its_minimum_up_to_the_end_of_the_session(
    harbor: Story, seconds: int, counts: bool
) -> None:
    """Both ends included: two minutes, and a pause of half an hour."""
    harbor.activity("video_watched", "tue 10:00", email="ann@harbor.example")
    harbor.add_event(
        "web.activity",
        None,
        "tue 10:00",
        {"activity": "poll_answered", "email": "ann@harbor.example"},
        seconds,
    )

    assert ("video" in lines(harbor.replay())) is counts


def test_periods_of_a_day_are_kept_on_the_day_the_clocks_change(harbor: Story) -> None:
    """On this Sunday 02:00 becomes 03:00: 01:30 and 03:30 are one hour apart, in two periods of two hours."""
    harbor.policy(POLICY.read_text("utf-8").replace("once_per: 24h", "once_per: 2h"))
    for clock in ("01:00", "01:30", "03:00", "03:30", "23:59"):
        harbor.activity("calculator_used", f"sun {clock}", email="ann@harbor.example")
    harbor.activity("calculator_used", "mon2 00:00", email="ann@harbor.example")

    assert lines(harbor.replay())["rates"][1] == 4


@pytest.mark.parametrize(
    "name",
    ["cio-roundtable", " CIO-Roundtable — Zürich [2026]? ", "CIO-ROUNDTABLE\nBoston", "cio-roundtable*"],
)
def test_a_campaign_matches_by_the_beginning_of_its_name(harbor: Story, name: str) -> None:
    harbor.activity("webinar_registered", "tue 10:00", email="ann@harbor.example", campaign={"name": name})

    assert harbor.replay().handoffs == [("assigned", "mql", "mia")]


def test_a_response_to_a_round_table_dated_next_year_counts_now(harbor: Story) -> None:
    harbor.late(
        "web.activity",
        "ann@harbor.example",
        "mon53 09:00",
        "tue 10:00",
        activity="webinar_registered",
        email="ann@harbor.example",
        campaign={"name": "CIO-Roundtable"},
    )

    assert harbor.replay().handoffs == [("assigned", "mql", "mia")]


def test_a_customer_who_comes_to_the_round_table_goes_to_the_owner(harbor: Story) -> None:
    harbor.rep("olga", at_desk=False)
    harbor.bank("oak", relationship="customer", owner_rep_id="olga")
    harbor.activity(
        "webinar_registered", "tue 10:00", email="cy@oak.example", campaign={"name": "CIO-Roundtable"}
    )

    assert harbor.replay().handoffs == [("assigned", "expansion", "olga")]


def test_points_add_up_in_every_score_while_they_decay(harbor: Story) -> None:
    harbor.much_interest("ann@harbor.example", "tue 10:00")
    harbor.activity(
        "page_view", "wed 10:00", times=3, email="ann@harbor.example", url="https://x.example/careers"
    )
    for week in range(2, 12):
        harbor.activity("page_view", f"mon{week} 10:00", email="ann@harbor.example")

    for score in harbor.replay().of("lead.scores"):
        why = score["explanation"]
        assert sum(line["points"] for line in why["points"]) == why["total"]
        assert why["total"] == why["fit"] + why["behaviour"]
        assert why["points_missing"] == max(0, 135 - why["total"])
