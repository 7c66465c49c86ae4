"""A rep takes a lead before its score says so."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story

ANN = "ann@harbor.example"


@pytest.fixture
def quiet_lead(story: Story) -> Story:
    """Ann of Harbor has read one paper; Mia and Tom sit at the desk, Olga does not."""
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    return story


def test_a_rep_who_takes_a_lead_below_the_bar_has_it_and_the_whole_account(quiet_lead: Story) -> None:
    quiet_lead.sales("claimed", ANN, "tue 11:00", "tom")
    quiet_lead.form("bob@harbor.example", "tue 12:00", "demo")

    told = quiet_lead.told()

    assert told.handoffs == [("assigned", "claimed", "tom"), ("assigned", "raised_hand", "tom")]
    assert "sal" in told.stages


def test_who_claims_has_had_the_turn(quiet_lead: Story) -> None:
    quiet_lead.sales("claimed", ANN, "tue 11:00", "mia")
    quiet_lead.bank("oak")
    quiet_lead.form("cy@oak.example", "tue 12:00", "demo")

    told = quiet_lead.told()

    assert told.handoffs[-1] == ("assigned", "raised_hand", "tom")
    assert [one["rep_id"] for one in told.of("desk.ledger")] == ["mia", "tom"]


def test_nobody_claims_the_account_of_its_owner(quiet_lead: Story) -> None:
    quiet_lead.bank("harbor", "tue 10:30", owner_rep_id="olga")
    quiet_lead.sales("claimed", ANN, "tue 11:00", "tom")

    assert quiet_lead.told().handoffs == []
