"""The company's own stages: names of ranges of points between known and MQL, published with scores and stages."""

from __future__ import annotations

import pytest
import yaml

from tests.scenarios.story import POLICY, Story
from workers.policy.load import PolicyError, load_policy

ANN = "ann@harbor.example"
OWN = [{"name": "Interested", "from": "100"}, {"name": "Engaged", "from": "120"}]


def policy_with(own: list[dict[str, str]]) -> str:
    tree = yaml.load(POLICY.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    tree["stages"]["own"] = own
    text: str = yaml.safe_dump(tree, sort_keys=False)
    return text


@pytest.fixture
def team(story: Story) -> Story:
    story.policy(policy_with(OWN))
    story.rep("mia")
    story.bank("harbor")
    return story


def test_the_own_stage_follows_the_points_until_the_lead_is_an_mql(team: Story) -> None:
    team.form(ANN, "tue 10:00")
    team.activity("webinar_attended", "tue 11:00", email=ANN)
    team.much_interest(ANN, "tue 12:00")

    results = team.replay()

    scores = [(one["stage"], one.get("own_stage")) for one in results.of("lead.scores")]
    assert scores[0] == ("nurture", "Interested")
    assert ("nurture", "Engaged") in scores
    assert scores[-1] == ("mql", None)
    steps = {one["to_stage"]: one.get("own_stage") for one in results.of("lead.stages")}
    assert (steps["nurture"], steps["mql"]) == ("Interested", None)


def test_a_lead_that_waits_for_facts_has_an_own_stage_and_one_outside_has_none(team: Story) -> None:
    team.policy(policy_with([{"name": "Interested", "from": "10"}]))
    team.bank("alder", revenue=None)
    team.form("bo@alder.example", "tue 10:00")
    team.bank("birch", country="CA")
    team.form("al@birch.example", "tue 11:00")

    waiting, outside = team.replay().of("lead.scores")

    assert (waiting["stage"], waiting["own_stage"]) == ("waiting_for_facts", "Interested")
    assert (outside["stage"], outside.get("own_stage")) == ("outside", None)


@pytest.mark.parametrize(
    ("own", "key", "expected"),
    [
        ([OWN[1], OWN[0]], "stages.own", "rises from line to line"),
        ([OWN[0], {"name": "Interested", "from": "120"}], "stages.own", "each name once"),
        ([*OWN, {"name": "Hot", "from": "135"}], "stages.own[3].from", "below 135, the MQL threshold"),
        ([{"name": "", "from": "100"}], "stages.own[1].name", ""),
        ([{"name": "Hot"}], "stages.own[1].from", ""),
    ],
)
def test_a_slip_is_refused_by_its_key(own: list[dict[str, str]], key: str, expected: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(policy_with(own))

    assert expected in {one.key: one.expected for one in refused.value.problems}[key]
