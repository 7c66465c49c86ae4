"""The story of a lead: both sides' touches, the points, the gates, the routes, the turn, the deadline and what would differ."""

from __future__ import annotations

import re
from itertools import pairwise

from tests.scenarios.story import Story
from tests.stored import KEY, Browser
from workers.console.points_chart import MOST_STEPS, Step, draw
from workers.identity.lead_ids import lead_id_of

ANN = f"/leads/{lead_id_of('ann@harbor.example', KEY)}"
MINUTE = 60_000


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_the_story_answers_why_it_went_to_zoe(story: Story, browser: Browser) -> None:
    text = text_of((await browser(story, "tue 10:01").get(ANN)).text)
    for part in (
        "With Zoe because raised hand, all gates passed, next in rotation",
        "domain:harbor.example#1.1 , raised hand (demo), revision 1",
        "answer by 3 Mar 15:30",
        "route otherwise, rotation",
        "never: not excluded",
        "account has owner: no owner",
        "turn desk inside sales, turn 1",
        "Mia: not its turn",
        "Tom: absent",
        "A3, 118 points: fit 110 + behaviour 8",
        "17 points below the threshold",
        "industry: passed , sic 6021, 30 points",
        "form (this event decided)",
        "Otherwise, if",
        "relationship: customer",
    ):
        assert part in text
    assert "@" not in text


async def test_both_sides_are_on_one_time_line_the_latest_first(story: Story, browser: Browser) -> None:
    story.chat("agent_message", "tue 10:05", anonymous_id="b-1", rep_id="zoe")
    story.sales("touched", "ann@harbor.example", "tue 10:10", "zoe", channel="call")
    story.sales("accepted", "ann@harbor.example", "tue 10:20", "zoe", handoff_id="domain:harbor.example#1.1")
    page = (await browser(story, "tue 11:00").get(ANN)).text
    line = [
        text_of(one) for one in re.findall(r'<li class="(?:buyer|sales|router)">.*?</li>', page, re.DOTALL)
    ]
    sides = [re.search(r"· (buyer|sales|router) ", one) for one in line]
    assert {one[1] for one in sides if one} == {"buyer", "sales", "router"}
    expected = ("accepted · Zoe", "touched, call · Zoe", "chat: agent message · Zoe", "form contact · demo",
                "page view · /pricing")  # fmt: skip
    places = [next(at for at, one in enumerate(line) if part in one) for part in expected]
    assert places == sorted(places)


async def test_a_lead_that_was_not_handed_over_shows_what_is_missing(story: Story, browser: Browser) -> None:
    story.form("bob@harbor.example", "tue 10:05")
    bob = f"/leads/{lead_id_of('bob@harbor.example', KEY)}"
    text = text_of((await browser(story, "tue 10:30").get(bob)).text)
    assert "below the threshold" in text
    assert "total: " in text[text.index("Otherwise, if") :]
    assert "revision" not in text


async def test_steps_of_one_moment_are_in_their_order(story: Story, browser: Browser) -> None:
    story.sales("rejected", "ann@harbor.example", "tue 12:00", "zoe", reason="not_now")
    text = text_of((await browser(story, "tue 13:00").get(ANN)).text)
    steps = re.findall(r"stage (\w+) to (\w+)", text[text.index("What happened") :])
    assert all(later[0] == earlier[1] for later, earlier in pairwise(steps))


async def test_an_open_alert_is_shown_above_the_score(story: Story, browser: Browser) -> None:
    text = text_of((await browser(story, "tue 12:00").get(ANN)).text)
    assert "response overdue since 3 Mar 15:30 , deadline 3 Mar 15:30" in text


def test_the_points_are_a_step_line_and_the_threshold_is_known_from_those_below() -> None:
    chart = draw([Step(0, 100, 35), Step(10 * MINUTE, 140, 0)], [5 * MINUTE], 20 * MINUTE)
    assert chart is not None
    assert chart.level == 135
    xs = [float(one) for one in re.findall(r"[MH]([\d.]+)", chart.points)]
    assert xs == [40, 375, 710]
    heights = [float(one) for one in re.findall(r"(?:M\S+ |V)([\d.]+)", chart.points)]
    threshold = [float(one) for one in re.findall(r"(?:M\S+ |V)([\d.]+)", chart.threshold)]
    assert heights[0] > threshold[0] == threshold[1] > heights[1], "100 is below 135, and 140 above"
    assert chart.handoffs == (207.5,)


def test_a_chart_of_any_steps_stays_in_its_box() -> None:
    assert draw([], [], 0) is None
    for steps in (
        [Step(7, 0, 0)],
        [Step(0, -50, 185), Step(1, -20, 155)],
        [Step(at, at % 170, max(0, 135 - at % 170)) for at in range(5_000)],
    ):
        chart = draw(steps, [], steps[-1].at_ms)
        assert chart is not None
        assert len(re.findall(r"V", chart.points)) <= MOST_STEPS
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", chart.points + chart.threshold)]
        assert all(0 <= one <= 720 for one in numbers)
        assert all(0 <= tick.at <= 200 for tick in chart.ticks)
