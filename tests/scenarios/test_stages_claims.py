"""A rep takes a lead before its score says so."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

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

    results = quiet_lead.replay()

    assert results.handoffs == [("assigned", "claimed", "tom"), ("assigned", "raised_hand", "tom")]
    assert "sal" in results.stages


def test_who_claims_has_had_the_turn(quiet_lead: Story) -> None:
    quiet_lead.sales("claimed", ANN, "tue 11:00", "mia")
    quiet_lead.bank("oak")
    quiet_lead.form("cy@oak.example", "tue 12:00", "demo")

    results = quiet_lead.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "tom")
    assert [one["rep_id"] for one in results.of("desk.ledger")] == ["mia", "tom"]


def test_nobody_claims_the_account_of_its_owner(quiet_lead: Story) -> None:
    quiet_lead.bank("harbor", "tue 10:30", owner_rep_id="olga")
    quiet_lead.sales("claimed", ANN, "tue 11:00", "tom")

    assert quiet_lead.replay().handoffs == []


def told_of(results: Results) -> list[tuple[bool, str, str | None, list[str]]]:
    """What was said of refused claims: whether it is over, why, who has it, who is told."""
    return [
        (e.get("cleared", False), e["why"], e.get("rep_id") or e.get("desk"), e["told"])
        for e in results.of("lead.alerts")
        if e["alert"] == "claim_refused"
    ]


def test_who_claims_the_account_of_its_owner_is_told_who_has_it_until_it_is_free(quiet_lead: Story) -> None:
    quiet_lead.bank("harbor", "tue 10:30", owner_rep_id="olga")
    quiet_lead.sales("claimed", ANN, "tue 11:00", "tom")
    quiet_lead.sales("claimed", ANN, "tue 11:30", "tom")
    quiet_lead.bank("harbor", "wed 10:00", owner_rep_id=None)

    assert told_of(quiet_lead.replay()) == [
        (False, "owner_in_crm", "olga", ["tom"]),
        (True, "owner_in_crm", "olga", ["tom"]),
    ]


def test_who_claims_what_a_colleague_has_is_told_so_and_the_colleague_keeps_it(quiet_lead: Story) -> None:
    quiet_lead.sales("claimed", ANN, "tue 11:00", "mia")
    quiet_lead.sales("claimed", ANN, "tue 12:00", "tom")

    results = quiet_lead.replay()

    assert results.handoffs == [("assigned", "claimed", "mia")]
    assert told_of(results) == [(False, "account_already_has_rep", "mia", ["tom"])]


def test_what_is_in_the_way_may_change_and_is_said_anew(quiet_lead: Story) -> None:
    quiet_lead.sales("claimed", ANN, "tue 11:00", "mia")
    quiet_lead.sales("claimed", ANN, "tue 12:00", "tom")
    quiet_lead.sales("opportunity_opened", ANN, "tue 13:00", "mia")

    assert told_of(quiet_lead.replay()) == [
        (False, "account_already_has_rep", "mia", ["tom"]),
        (True, "account_already_has_rep", "mia", ["tom"]),
        (False, "open_opportunity", "mia", ["tom"]),
    ]


def test_nobody_claims_a_competitor_nor_who_is_not_to_be_contacted_nor_who_never_came_by(
    quiet_lead: Story,
) -> None:
    quiet_lead.bank("rival", relationship="competitor")
    quiet_lead.form("eve@rival.example", "tue 10:00")
    quiet_lead.contact(ANN, "tue 10:30", do_not_contact=True)
    for email in ("eve@rival.example", ANN, "cy@oak.example"):
        quiet_lead.sales("claimed", email, "tue 11:00", "tom")

    results = quiet_lead.replay()

    assert results.handoffs == []
    assert told_of(results) == [
        (False, "competitor", None, ["tom"]),
        (False, "do_not_contact", None, ["tom"]),
        (False, "no_lead_yet", None, ["tom"]),
    ]


def test_who_claims_somebody_outside_has_the_lead(quiet_lead: Story) -> None:
    quiet_lead.form("bob@harbor.example", "tue 10:30", title="Student")
    quiet_lead.sales("claimed", "bob@harbor.example", "tue 11:00", "tom")

    results = quiet_lead.replay()

    assert results.handoffs == [("assigned", "claimed", "tom")]
    assert told_of(results) == []


def test_a_refusal_goes_with_who_is_erased(quiet_lead: Story) -> None:
    quiet_lead.bank("harbor", "tue 10:30", owner_rep_id="olga")
    quiet_lead.sales("claimed", ANN, "tue 11:00", "tom")
    quiet_lead.sales("claimed", "cy@harbor.example", "tue 11:00", "tom")
    quiet_lead.erasure(ANN, "tue 12:00")
    quiet_lead.erasure("cy@harbor.example", "tue 12:00")

    assert [is_over for is_over, *_ in told_of(quiet_lead.replay())] == [False, False, True, True]
