"""Contacts of the CRM and enrichment: how their facts about a person change a lead."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, and a bank of the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.bank("harbor")
    return story


def test_a_job_title_that_the_form_leaves_blank_comes_from_the_crm(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="CIO")
    team.form("ann@harbor.example", "tue 10:00", title=None)
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_a_self_declared_cio_who_is_a_student_in_the_crm_is_outside(team: Story) -> None:
    team.contact("sue@harbor.example", job_title="Student")
    team.form("sue@harbor.example", "tue 10:00", title="CIO")
    team.much_interest("sue@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "outside"


def test_when_the_crm_deletes_the_contact_the_forms_title_holds(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="Student")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.deleted("crm.contacts", "ann@harbor.example", "wed 09:00")

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_late_enrichment_ends_the_wait_and_clears_the_alert(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", title=None)
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.contact("ann@harbor.example", "thu 09:00", job_title="VP of Operations")

    results = team.replay()

    assert results.handoffs == [("assigned", "mql", "mia")]
    assert results.stages[-2:] == ["waiting_for_facts", "mql"]
    assert ("fact_wanted", False) in results.alerts
    assert ("fact_wanted", True) in results.alerts


def test_a_company_missing_in_the_crm_is_evaluated_by_enrichment(team: Story) -> None:
    team.form("ann@newbank.example", "tue 10:00")
    team.much_interest("ann@newbank.example", "tue 10:05")
    enriched = {"sic": ["6022"], "revenue": {"amount": 700_000_000, "currency": "USD"}, "country": "US"}
    team.contact("ann@newbank.example", "wed 10:00", company=enriched)

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_the_hand_off_carries_the_persons_crm_ids(team: Story) -> None:
    team.contact("ann@harbor.example", crm_lead_id="LEAD-7", crm_contact_id="CON-9")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["crm_lead_id"], handoff["crm_contact_id"]) == ("LEAD-7", "CON-9")
    assert handoff["crm_account_id"] == "ACC-harbor"


def test_a_do_not_contact_person_is_never_handed_over_for_points(team: Story) -> None:
    team.contact("ann@harbor.example", do_not_contact=True)
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert team.replay().handoffs == []


def test_a_do_not_contact_person_who_asks_for_a_demo_is_only_answered(team: Story) -> None:
    team.contact("ann@harbor.example", do_not_contact=True)
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["action"], handoff["kind"], handoff["answer_only"]) == ("assigned", "raised_hand", True)


def test_a_hand_off_is_withdrawn_when_the_crm_sets_do_not_contact(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.contact("ann@harbor.example", "tue 12:00", do_not_contact=True)

    assert team.replay().handoffs == [("assigned", "mql", "mia"), ("withdrawn", "mql", None)]


def test_a_crm_contact_without_any_activity_is_not_a_lead(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="CIO")

    assert team.replay(until="fri 10:00").emits == []
