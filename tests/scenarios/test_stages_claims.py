"""A rep claims a lead that is below the threshold."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"


@pytest.fixture
def lead_below_threshold(story: Story) -> Story:
    """Ann of Harbor is below the threshold. Mia and Tom are members of the desk, Olga is not."""
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    return story


def test_a_rep_who_claims_a_lead_below_the_threshold_gets_it_and_the_account(
    lead_below_threshold: Story,
) -> None:
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "tom")
    lead_below_threshold.form("bob@harbor.example", "tue 12:00", "demo")

    results = lead_below_threshold.replay()

    assert results.handoffs == [("assigned", "claimed", "tom"), ("assigned", "raised_hand", "tom")]
    assert "sal" in results.stages


def test_a_claim_uses_the_turn_of_its_rep(lead_below_threshold: Story) -> None:
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "mia")
    lead_below_threshold.bank("oak")
    lead_below_threshold.form("cy@oak.example", "tue 12:00", "demo")

    results = lead_below_threshold.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "tom")
    assert [one["rep_id"] for one in results.of("desk.ledger")] == ["mia", "tom"]


def test_a_lead_of_an_owned_account_cannot_be_claimed_by_another_rep(lead_below_threshold: Story) -> None:
    lead_below_threshold.bank("harbor", "tue 10:30", owner_rep_id="olga")
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "tom")

    assert lead_below_threshold.replay().handoffs == []


def refusals(results: Results) -> list[tuple[bool, str, str | None, list[str]]]:
    """Return each alert of a refused claim as (whether it is cleared, reason, holder, notified reps)."""
    return [
        (e.get("cleared", False), e["why"], e.get("rep_id") or e.get("desk"), e["told"])
        for e in results.of("lead.alerts")
        if e["alert"] == "claim_refused"
    ]


def test_a_refused_claim_names_the_owner_until_the_account_has_none(lead_below_threshold: Story) -> None:
    lead_below_threshold.bank("harbor", "tue 10:30", owner_rep_id="olga")
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "tom")
    lead_below_threshold.sales("claimed", ANN, "tue 11:30", "tom")
    lead_below_threshold.bank("harbor", "wed 10:00", owner_rep_id=None)

    assert refusals(lead_below_threshold.replay()) == [
        (False, "owner_in_crm", "olga", ["tom"]),
        (True, "owner_in_crm", "olga", ["tom"]),
    ]


def test_a_claim_of_a_lead_that_a_colleague_has_is_refused_and_the_colleague_keeps_it(
    lead_below_threshold: Story,
) -> None:
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "mia")
    lead_below_threshold.sales("claimed", ANN, "tue 12:00", "tom")

    results = lead_below_threshold.replay()

    assert results.handoffs == [("assigned", "claimed", "mia")]
    assert refusals(results) == [(False, "account_already_has_rep", "mia", ["tom"])]


def test_another_obstacle_clears_the_refusal_and_raises_a_new_one(lead_below_threshold: Story) -> None:
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "mia")
    lead_below_threshold.sales("claimed", ANN, "tue 12:00", "tom")
    lead_below_threshold.sales("opportunity_opened", ANN, "tue 13:00", "mia")

    assert refusals(lead_below_threshold.replay()) == [
        (False, "account_already_has_rep", "mia", ["tom"]),
        (True, "account_already_has_rep", "mia", ["tom"]),
        (False, "open_opportunity", "mia", ["tom"]),
    ]


def test_a_competitor_a_lead_not_to_be_contacted_and_an_unknown_lead_cannot_be_claimed(
    lead_below_threshold: Story,
) -> None:
    lead_below_threshold.bank("rival", relationship="competitor")
    lead_below_threshold.form("eve@rival.example", "tue 10:00")
    lead_below_threshold.contact(ANN, "tue 10:30", do_not_contact=True)
    for email in ("eve@rival.example", ANN, "cy@oak.example"):
        lead_below_threshold.sales("claimed", email, "tue 11:00", "tom")

    results = lead_below_threshold.replay()

    assert results.handoffs == []
    assert refusals(results) == [
        (False, "competitor", None, ["tom"]),
        (False, "do_not_contact", None, ["tom"]),
        (False, "no_lead_yet", None, ["tom"]),
    ]


def test_a_lead_that_fails_a_gate_can_be_claimed(lead_below_threshold: Story) -> None:
    lead_below_threshold.form("bob@harbor.example", "tue 10:30", title="Student")
    lead_below_threshold.sales("claimed", "bob@harbor.example", "tue 11:00", "tom")

    results = lead_below_threshold.replay()

    assert results.handoffs == [("assigned", "claimed", "tom")]
    assert refusals(results) == []


def test_the_erasure_of_a_lead_clears_its_refused_claim(lead_below_threshold: Story) -> None:
    lead_below_threshold.bank("harbor", "tue 10:30", owner_rep_id="olga")
    lead_below_threshold.sales("claimed", ANN, "tue 11:00", "tom")
    lead_below_threshold.sales("claimed", "cy@harbor.example", "tue 11:00", "tom")
    lead_below_threshold.erasure(ANN, "tue 12:00")
    lead_below_threshold.erasure("cy@harbor.example", "tue 12:00")

    assert [is_cleared for is_cleared, *_ in refusals(lead_below_threshold.replay())] == [
        False,
        False,
        True,
        True,
    ]
