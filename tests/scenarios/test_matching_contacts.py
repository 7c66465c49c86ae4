"""Leads with free mail that the CRM knows as contacts of an account."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, Olga and Pavel who own accounts, and Dana the manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.rep("pavel", at_desk=False)
    return story


def reasons(results: Results) -> list[str]:
    found: list[str] = results.of("lead.routing")[-1]["explanation"]["reasons"]
    return found


def keys(results: Results) -> list[str]:
    return [event["account_key"].partition(":")[0] for event in results.of("lead.routing")]


def test_a_customers_contact_with_free_mail_goes_to_the_customers_owner(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_contact_id="C-1", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00")

    results = team.replay()

    assert results.handoffs == [("assigned", "expansion", "olga")]
    assert "matched_by_contact" in reasons(results)
    assert results.of("lead.routing")[-1]["account_key"] == "domain:harbor.example"
    assert results.of("lead.scores")[-1]["account_key"] == "domain:harbor.example"


def test_a_contacts_crm_account_comes_before_the_company_named_in_a_form(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.bank("pier", name="Pier Savings", owner_rep_id="pavel")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Pier Savings")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "olga")]
    assert "matched_by_name" not in reasons(results)


def test_a_person_with_a_domain_stays_with_the_account_of_the_domain(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.bank("pier", owner_rep_id="pavel")
    team.contact("ann@pier.example", crm_account_id="ACC-harbor")
    team.form("ann@pier.example", "tue 10:00", "demo")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "pavel")]
    assert "matched_by_contact" not in reasons(results)


def test_a_contact_of_an_unknown_crm_account_is_matched_by_company_name(team: Story) -> None:
    team.bank("pier", name="Pier Savings", owner_rep_id="pavel")
    team.contact("ann@gmail.com", crm_account_id="ACC-unknown")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Pier Savings")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "pavel")]
    assert "matched_by_name" in reasons(results)


def test_a_contact_added_later_moves_the_lead_to_the_account_once(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.contact("ann@gmail.com", "tue 15:00", crm_account_id="ACC-harbor")

    results = team.replay()

    assert results.handoffs == [
        ("assigned", "raised_hand", "mia"),
        ("withdrawn", "raised_hand", None),
        ("assigned", "raised_hand", "olga"),
    ]
    assert keys(results) == ["lead", "lead", "domain"]


def test_a_contact_record_alone_makes_no_expansion_without_a_new_activity(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00")
    team.contact("ann@gmail.com", "tue 15:00", crm_account_id="ACC-harbor")

    assert team.replay().handoffs == []


def test_a_contact_moved_to_another_account_goes_to_its_owner(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.bank("pier", owner_rep_id="pavel")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.contact("ann@gmail.com", "tue 15:00", crm_account_id="ACC-pier")

    assert [assignee for _, _, assignee in team.replay().handoffs] == ["olga", None, "pavel"]


def test_a_deleted_contact_returns_the_lead_to_its_own_key(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.deleted("crm.contacts", "ann@gmail.com", "tue 15:00")

    results = team.replay()

    assert keys(results) == ["domain", "domain", "lead"]
    assert [action for action, _, _ in results.handoffs] == ["assigned", "withdrawn", "assigned"]
    assert "matched_by_contact" not in reasons(results)


def test_contacts_follow_when_accounts_are_merged(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.bank("pier", domains=[], owner_rep_id="pavel")
    team.contact("ann@gmail.com", crm_account_id="ACC-pier")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.contact("ann@gmail.com", "tue 15:00", crm_account_id="ACC-harbor")
    team.deleted("crm.accounts", "ACC-pier", "tue 15:01")

    results = team.replay()

    assert [assignee for _, _, assignee in results.handoffs] == ["pavel", None, "olga"]
    assert results.dead_letter_reasons == []


def test_a_deleted_crm_account_returns_its_contacts_to_their_own_keys(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.deleted("crm.accounts", "ACC-harbor", "tue 15:00")

    results = team.replay()

    assert results.handoffs[-1][0] == "assigned"
    assert results.of("lead.routing")[-1]["account_key"].startswith("lead:")


def test_contacts_follow_an_account_whose_primary_domain_changes(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.bank("harbor", "tue 15:00", domains=["pier.example", "harbor.example"])

    results = team.replay()

    assert results.of("lead.routing")[-1]["account_key"] == "domain:pier.example"
    assert results.handoffs[-1] == ("assigned", "raised_hand", "olga")


def test_a_contact_without_any_activity_has_no_score(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")

    results = team.replay()

    assert results.handoffs == []
    assert results.of("lead.scores") == []


def test_an_erased_contact_starts_as_a_new_lead_under_its_own_key(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.contact("ann@gmail.com", crm_account_id="ACC-harbor")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.erasure("ann@gmail.com", "tue 15:00")
    team.form("ann@gmail.com", "wed 10:00", "demo")

    results = team.replay()

    assert [action for action, _, _ in results.handoffs] == ["assigned", "withdrawn", "assigned"]
    assert results.of("lead.routing")[-1]["account_key"].startswith("lead:")
