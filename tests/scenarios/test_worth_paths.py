"""Paths of nurture, told as a marketing manager would: who gets which mails, and from when on none."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY, Results, Story

PRICES = "https://x.example/pricing"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia sits at the desk, the harbor bank is of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


def paths(results: Results) -> list[str | None]:
    """The path of each score, where it is another than before."""
    said = [one.get("path") for one in results.of("lead.scores")]
    return [path for at, path in enumerate(said) if not at or path != said[at - 1]]


def test_interest_brings_a_lead_nearer_and_with_sales_it_has_no_path(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("download", "tue 09:00", email="ann@harbor.example")
    team.much_interest("ann@harbor.example", "wed 10:00")

    assert paths(team.replay(until="wed 12:00")) == ["newsletter", "almost_there", None]


def test_who_is_sent_back_by_sales_is_woken_up(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", "demo")
    team.sales("rejected", "ann@harbor.example", "tue 10:00", rep_id="mia", reason="not_now")

    assert paths(team.replay(until="tue 12:00")) == [None, "wake_up"]


def test_a_raised_hand_below_the_gates_has_no_path_while_sales_has_it(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", title=None)
    team.form("ann@harbor.example", "mon 10:00", "demo", title=None)

    results = team.replay(until="mon 12:00")

    assert results.of("lead.scores")[-1]["stage"] == "waiting_for_facts"
    assert paths(results) == ["newsletter", None]


def test_who_wants_no_mails_gets_none(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00")
    team.consent("ann@harbor.example", "tue 09:00", marketing=False)
    team.consent("ann@harbor.example", "wed 09:00", marketing=True)

    assert paths(team.replay(until="wed 12:00")) == ["newsletter", None, "newsletter"]


def test_a_student_has_no_path(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", title="Student")

    assert paths(team.replay(until="mon 12:00")) == [None]


def test_without_paths_in_the_policy_nothing_is_said(team: Story) -> None:
    text = POLICY.read_text("utf-8")
    begin, end = text.index("paths:"), text.index("# ---- What must whoever answers")
    team.policy(text[:begin] + text[end:])
    team.form("ann@harbor.example", "mon 09:00")

    assert paths(team.replay(until="mon 12:00")) == [None]


@pytest.mark.parametrize(("url", "who"), [(PRICES, "wes"), ("https://x.example/about", "mia")])
def test_who_looked_at_prices_goes_to_the_desk_for_prices(team: Story, url: str, who: str) -> None:
    text = POLICY.read_text("utf-8")
    route = "  - {if: {signals: [pricing]}, to: desk prices}\n  - {otherwise: desk"
    text = text.replace("  - {otherwise: desk", route, 1)
    text = text.replace("\ncalendars:", "  prices: {like: inside_sales}\n\ncalendars:", 1)
    team.policy(text)
    team.rep("wes", at_desk=False, desks=[{"desk": "prices", "weight": 1}])
    team.activity("page_view", "mon 09:00", email="ann@harbor.example", url=url)
    team.form("ann@harbor.example", "mon 10:00", "demo")

    assert team.replay(until="mon 11:00").handoffs[0] == ("assigned", "raised_hand", who)


@pytest.mark.parametrize(
    "line",
    [
        "{if: {grades: [A3]}, path: warm}",
        "{if: {total: {from: 118}}, path: warm}",
        "{if: {signals: [rates]}, path: warm}",
    ],
)
def test_a_path_begins_with_the_grade_the_points_or_the_signal_that_it_asks_for(
    team: Story, line: str
) -> None:
    text = POLICY.read_text("utf-8")
    begin, end = text.index("paths:"), text.index("# ---- What must whoever answers")
    team.policy(f"{text[:begin]}paths:\n  - {line}\n\n{text[end:]}")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("calculator_used", "mon 10:00", email="ann@harbor.example")

    scores = team.replay(until="mon 12:00").of("lead.scores")

    assert [one["explanation"]["grade"] for one in scores] == ["A4", "A3"]
    assert [one.get("path") for one in scores] == [None, "warm"]
