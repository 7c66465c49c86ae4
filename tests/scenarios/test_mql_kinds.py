"""The kind of an MQL: by points, by a response to a campaign, or by use of the product. Routes and deadlines may test it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.keys.scoring import a_team_starts_with_the_product
from tests.scenarios.keys.stages import an_invitation_is_answered
from tests.scenarios.story import Story

ANN = "ann@harbor.example"
PRODUCT_LINE: dict[str, Any] = {
    "routes[9]": {"if": {"kinds": ["product_qualified"]}, "to": "desk west"},
    "conditions": {"by_product": {"kinds": ["product_qualified"]}},
    "desks.west.answer_within": {"mql": "3h", "raised_hand": "30m", "when": {"by_product": "10m"}},
}


@pytest.fixture
def team(story: Story) -> Story:
    """A policy whose rule `team` makes an MQL. Mia answers at inside sales, Wes at the desk west."""
    story.policy(a_team_starts_with_the_product.policy_text(PRODUCT_LINE))
    story.rep("mia")
    story.rep("wes", desks=[{"desk": "west"}])
    story.bank("harbor")
    return story


def start_with_product(story: Story) -> None:
    story.form(ANN, "mon 10:00")
    story.activity("signed_up", "tue 14:00", email=ANN)
    story.activity("colleague_invited", "tue 14:10", times=2, email=ANN)


def test_a_product_qualified_mql_has_a_kind_a_desk_and_a_time_of_its_own(team: Story) -> None:
    start_with_product(team)
    team.bank("alder")
    team.form("bo@alder.example", "tue 14:00")
    team.much_interest("bo@alder.example", "tue 14:10")

    routed = team.replay().of("lead.routing")
    by_points, by_product = sorted(routed, key=lambda one: str(one["mql_kind"]))

    assert (by_product["kind"], by_product["mql_kind"]) == ("mql", "product_qualified")
    assert by_product["assignee"]["id"] == "wes"
    assert by_product["first_response_due_at"] == "2026-03-03T19:20:01Z"
    assert (by_points["kind"], by_points["mql_kind"]) == ("mql", "points")
    assert by_points["assignee"]["id"] == "mia"


def test_a_raised_hand_has_no_such_kind_and_a_response_to_a_campaign_has_its_own(
    team: Story, tmp_path: Path
) -> None:
    start_with_product(team)
    team.bank("alder")
    team.form("bo@alder.example", "tue 14:00", "demo")
    kinds = {one["kind"]: one.get("mql_kind") for one in team.replay().of("lead.routing")}
    invited = an_invitation_is_answered.play(tmp_path, an_invitation_is_answered.policy_text())

    assert kinds == {"mql": "product_qualified", "raised_hand": None}
    assert "campaign_response" in [
        value.get("mql_kind") for topic, _, _, value in invited if topic == "lead.routing" and value
    ]


def test_a_product_qualified_mql_stays_one_when_its_account_moves(team: Story) -> None:
    start_with_product(team)
    team.bank("harbor", "wed 10:00", domains=["group.example", "harbor.example"])

    revisions = team.replay().of("lead.routing")

    assert [one["action"] for one in revisions] == ["assigned", "withdrawn", "assigned"]
    assert {one["mql_kind"] for one in revisions} == {"product_qualified"}
    assert "product_qualified" in revisions[-1]["explanation"]["reasons"]
    assert revisions[-1]["assignee"]["id"] == "wes"
