"""What the CRM and enrichment know of a person, and what it changes."""

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


def test_the_title_that_a_form_left_blank_comes_from_the_crm(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="CIO")
    team.form("ann@harbor.example", "tue 10:00", title=None)
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_who_calls_herself_cio_and_is_a_student_in_the_crm_is_outside(team: Story) -> None:
    team.contact("sue@harbor.example", job_title="Student")
    team.form("sue@harbor.example", "tue 10:00", title="CIO")
    team.much_interest("sue@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "outside"


def test_when_the_crm_deletes_the_contact_what_the_form_said_holds(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="Student")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.deleted("crm.contacts", "ann@harbor.example", "wed 09:00")

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_late_enrichment_ends_the_wait_and_takes_the_alert_back(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00", title=None)
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.contact("ann@harbor.example", "thu 09:00", job_title="VP of Operations")

    results = team.replay()

    assert results.handoffs == [("assigned", "mql", "mia")]
    assert results.stages[-2:] == ["waiting_for_facts", "mql"]
    assert ("fact_wanted", False) in results.alerts
    assert ("fact_wanted", True) in results.alerts


def test_a_company_that_the_crm_does_not_know_is_judged_by_what_enrichment_says(team: Story) -> None:
    team.form("ann@newbank.example", "tue 10:00")
    team.much_interest("ann@newbank.example", "tue 10:05")
    enriched = {"sic": ["6022"], "revenue": {"amount": 700_000_000, "currency": "USD"}, "country": "US"}
    team.contact("ann@newbank.example", "wed 10:00", company=enriched)

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_sales_finds_the_person_in_the_crm_by_the_ids_on_the_hand_off(team: Story) -> None:
    team.contact("ann@harbor.example", crm_lead_id="LEAD-7", crm_contact_id="CON-9")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["crm_lead_id"], handoff["crm_contact_id"]) == ("LEAD-7", "CON-9")
    assert handoff["crm_account_id"] == "ACC-harbor"


def test_who_must_not_be_contacted_is_called_by_nobody_however_many_points(team: Story) -> None:
    team.contact("ann@harbor.example", do_not_contact=True)
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert team.replay().handoffs == []


def test_unless_they_ask_for_a_demo_and_then_they_get_an_answer_and_no_more(team: Story) -> None:
    team.contact("ann@harbor.example", do_not_contact=True)
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (handoff,) = team.replay().of("lead.routing")

    assert (handoff["action"], handoff["kind"], handoff["answer_only"]) == ("assigned", "raised_hand", True)


def test_a_lead_is_taken_back_when_the_crm_says_not_to_contact_them(team: Story) -> None:
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.contact("ann@harbor.example", "tue 12:00", do_not_contact=True)

    assert team.replay().handoffs == [("assigned", "mql", "mia"), ("withdrawn", "mql", None)]


def test_a_contact_of_the_crm_who_never_came_by_is_no_lead(team: Story) -> None:
    team.contact("ann@harbor.example", job_title="CIO")

    assert team.replay(until="fri 10:00").emits == []
