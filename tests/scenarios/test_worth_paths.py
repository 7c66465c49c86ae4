"""Nurture paths, from the view of a marketing manager: which path a lead has, and when it has none."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY, Results, Story

PRICES = "https://x.example/pricing"


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is a member of the desk; the harbor bank is in the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


def paths(results: Results) -> list[str | None]:
    """Return the path of each score that differs from the one before."""
    found = [one.get("path") for one in results.of("lead.scores")]
    return [path for at, path in enumerate(found) if not at or path != found[at - 1]]


def test_the_path_follows_the_points_and_ends_when_sales_has_the_lead(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("download", "tue 09:00", email="ann@harbor.example")
    team.much_interest("ann@harbor.example", "wed 10:00")

    assert paths(team.replay(until="wed 12:00")) == ["newsletter", "almost_there", None]


def test_a_lead_that_sales_rejects_gets_the_wake_up_path(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", "demo")
    team.sales("rejected", "ann@harbor.example", "tue 10:00", rep_id="mia", reason="not_now")

    assert paths(team.replay(until="tue 12:00")) == [None, "wake_up"]


def test_a_raised_hand_with_an_unknown_gate_has_no_path_while_sales_has_it(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", title=None)
    team.form("ann@harbor.example", "mon 10:00", "demo", title=None)

    results = team.replay(until="mon 12:00")

    assert results.of("lead.scores")[-1]["stage"] == "waiting_for_facts"
    assert paths(results) == ["newsletter", None]


def test_a_lead_without_marketing_consent_has_no_path(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00")
    team.consent("ann@harbor.example", "tue 09:00", marketing=False)
    team.consent("ann@harbor.example", "wed 09:00", marketing=True)

    assert paths(team.replay(until="wed 12:00")) == ["newsletter", None, "newsletter"]


def test_a_student_has_no_path(team: Story) -> None:
    team.form("ann@harbor.example", "mon 09:00", title="Student")

    assert paths(team.replay(until="mon 12:00")) == [None]


def test_without_paths_in_the_policy_no_score_has_one(team: Story) -> None:
    text = POLICY.read_text("utf-8")
    begin, end = text.index("paths:"), text.index("# ---- Skills that a lead may need")
    team.policy(text[:begin] + text[end:])
    team.form("ann@harbor.example", "mon 09:00")

    assert paths(team.replay(until="mon 12:00")) == [None]


@pytest.mark.parametrize(("url", "who"), [(PRICES, "wes"), ("https://x.example/about", "mia")])
def test_a_lead_with_the_pricing_signal_goes_to_the_desk_for_prices(team: Story, url: str, who: str) -> None:
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
    begin, end = text.index("paths:"), text.index("# ---- Skills that a lead may need")
    team.policy(f"{text[:begin]}paths:\n  - {line}\n\n{text[end:]}")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("calculator_used", "mon 10:00", email="ann@harbor.example")

    scores = team.replay(until="mon 12:00").of("lead.scores")

    assert [one["explanation"]["grade"] for one in scores] == ["A4", "A3"]
    assert [one.get("path") for one in scores] == [None, "warm"]


@pytest.mark.parametrize("employees_come", ["sun0 09:00", "wed 09:00"])
def test_a_path_follows_a_fact_of_the_company_before_or_after_the_activity(
    team: Story, employees_come: str
) -> None:
    text = POLICY.read_text("utf-8").replace("paths: ", "conditions: {small: {employees: {to: 50}}}\npaths: ")
    team.policy(
        text.replace(
            "  - {otherwise: newsletter}", "  - {if: {is: [small]}, path: tips}\n  - {otherwise: newsletter}"
        )
    )
    team.form("ann@harbor.example", "mon 09:00")
    team.bank("harbor", employees_come, employees=40)

    assert paths(team.replay(until="wed 12:00"))[-1] == "tips"
