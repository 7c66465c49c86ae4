"""The company's own words in forms and sales tools, from the view of the engineer who connects them."""

from __future__ import annotations

import pytest

from tests.scenarios.story import POLICY, Results, Story

ANN = "ann@harbor.example"
WORDS = """
words:
  requests: {angebot_anfordern: pricing, brochure: content}
  reasons: {no_budget: not_now, wrong_number: bad_data}
"""


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is a member of the desk; the harbor bank is in the served market. The policy has own words."""
    story.policy(POLICY.read_text("utf-8") + WORDS)
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    return story


def alerts(results: Results) -> list[str | None]:
    """Return the field of each alert about a field that cannot be read."""
    return [one.get("field") for one in results.of("lead.alerts") if one["alert"] == "field_unreadable"]


def test_an_own_word_of_a_form_asks_for_what_the_policy_names_and_is_not_reported(team: Story) -> None:
    team.form(ANN, "mon 10:00", "Angebot anfordern")

    results = team.replay(until="mon 12:00")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["request"]) == ("raised_hand", "pricing")
    assert alerts(results) == []


def test_an_own_word_for_content_raises_no_hand(team: Story) -> None:
    team.form(ANN, "mon 10:00", "Brochure")

    assert team.replay(until="mon 12:00").of("lead.routing") == []


def test_a_word_that_the_policy_does_not_name_raises_a_hand_and_is_reported(team: Story) -> None:
    team.form(ANN, "mon 10:00", "rueckruf")

    results = team.replay(until="mon 12:00")

    (event,) = results.of("lead.routing")
    assert (event["kind"], event["request"]) == ("raised_hand", "contact_sales")
    assert alerts(results) == ["request"]


@pytest.mark.parametrize(
    ("reason", "stage"),
    [("No budget", "recycled"), ("wrong-number", "disqualified")],
)
def test_an_own_reason_of_a_rejection_has_the_effect_of_the_one_that_the_policy_names(
    team: Story, reason: str, stage: str
) -> None:
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "mon 11:00", reason=reason)

    results = team.replay(until="mon 12:00")

    last = results.of("lead.stages")[-1]
    assert last["to_stage"] == stage
    assert alerts(results) == []
