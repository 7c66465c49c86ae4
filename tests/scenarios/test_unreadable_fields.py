"""A field that cannot be read costs neither the record nor the person, and an alert names it until a record is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN = "ann@harbor.example"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    made = Story(tmp_path)
    made.rep("mia")
    made.rep("kay", at_desk=False)
    made.rep("dana", at_desk=False)
    return made


def unread(results: Results) -> list[tuple[Any, ...]]:
    """Return (topic, field, found, cleared) of each alert about a field."""
    return [
        (one["topic"], one["field"], one.get("found"), one["cleared"])
        for one in results.of("lead.alerts")
        if one["alert"] == "field_unreadable"
    ]


def slips(results: Results) -> list[tuple[Any, ...]]:
    """Return (rep, field, found, cleared) of each alert about a name that does not exist."""
    return [
        (one["rep_id"], one["field"], one["found"], one["cleared"])
        for one in results.of("lead.alerts")
        if one["alert"] == "name_unknown"
    ]


def test_an_alert_is_raised_once_for_a_person_and_cleared_by_a_later_readable_value(story: Story) -> None:
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo", language="de;q=1")
    story.form(ANN, "tue 11:00", language="??")
    story.form(ANN, "tue 12:00", language=" ")
    story.form(ANN, "tue 13:00", language="en-US")
    results = story.replay("wed 12:00")
    assert results.dead_letter_reasons == []
    assert results.handoffs != []
    assert unread(results) == [
        ("form.fills", "language", None, False),
        ("form.fills", "language", None, True),
    ]


def test_an_older_form_that_arrives_late_changes_nothing(story: Story) -> None:
    story.bank("harbor")
    story.form(ANN, "tue 10:00", language="en")
    story.late("form.fills", ANN, "mon 10:00", "tue 11:00", form_id="f", email=ANN, language="??")
    assert unread(story.replay("wed 12:00")) == []


def test_an_unknown_request_is_handed_over_and_the_alert_names_the_word(story: Story) -> None:
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "Book a demo")
    results = story.replay("wed 12:00")
    assert [one["kind"] for one in results.of("lead.routing")] == ["raised_hand"]
    assert unread(results) == [("form.fills", "request", "book_a_demo", False)]


def test_an_account_keeps_its_owner_and_status_while_a_field_cannot_be_read(story: Story) -> None:
    story.bank("harbor", relationship="customer", owner_rep_id="kay")
    story.bank(
        "harbor", "mon 12:00", relationship="key account", owner_rep_id={"id": "kay"}, employees="many"
    )
    story.form(ANN, "tue 10:00", "demo")
    story.bank("harbor", "tue 12:00", relationship="customer", owner_rep_id="kay", employees=5)
    results = story.replay("wed 12:00")
    assert {one["assignee"]["id"] for one in results.of("lead.routing")} == {"kay"}
    found = unread(results)
    assert [one[1] for one in found if not one[3]] == ["employees", "owner_rep_id", "relationship"]
    assert sorted(one[1] for one in found if one[3]) == ["employees", "owner_rep_id", "relationship"]
    records = {
        one["crm_account_id"] for one in results.of("lead.alerts") if one["alert"] == "field_unreadable"
    }
    assert records == {"ACC-harbor"}


def test_a_contact_has_an_alert_once_the_person_is_a_lead(story: Story) -> None:
    story.bank("harbor")
    story.contact(ANN, "mon 09:00", company={"employees": {"low": 1}}, job_title="CIO")
    assert unread(story.replay("mon 12:00")) == []
    story.form(ANN, "tue 10:00")
    assert unread(story.replay("wed 12:00")) == [("crm.contacts", "company.employees", None, False)]


def test_an_anonymous_form_names_its_field_once_the_person_is_known(story: Story) -> None:
    story.bank("harbor")
    story.add_event("form.fills", "v", "tue 09:00", {"form_id": "f", "anonymous_id": "v", "language": "??"})
    assert unread(story.replay("tue 09:30")) == []
    story.form(ANN, "tue 10:00", anonymous_id="v")
    assert unread(story.replay("wed 12:00")) == [("form.fills", "language", None, False)]


@pytest.mark.parametrize("browser", [{}, {"anonymous_id": "v-1"}, {"anonymous_id": "undefined"}])
@pytest.mark.parametrize("request_", ["demo", "pricing", "contact_sales", "support", "call me"])
@pytest.mark.parametrize("email", ["ann at harbor", "n/a", {"value": "ann@harbor.example"}])
def test_a_raised_hand_without_a_readable_address_is_a_dead_letter_and_an_alert(
    story: Story, browser: dict[str, str], request_: str, email: Any
) -> None:
    fields = {"form_id": "f", "email": email, "request": request_} | browser
    story.add_event("form.fills", "v-1", "tue 10:00", fields)
    results = story.replay("wed 12:00")
    assert results.dead_letter_reasons == ["bad_address"]
    (alert,) = results.of("lead.alerts")
    assert (alert["alert"], alert["topic"], alert["field"]) == ("request_refused", "form.fills", "email")
    assert alert["dead_letter"].startswith("form.fills-0-")


@pytest.mark.parametrize("turn", ["asked_for_sales", "asked_for_support"])
def test_a_chat_without_a_readable_address_is_answered_and_reported(story: Story, turn: str) -> None:
    story.chat(turn, "tue 10:00", email="ann at harbor")
    results = story.replay("wed 12:00")
    assert [one["alert"] for one in results.of("lead.alerts")] == ["request_refused"]
    assert len(results.of("chat.answers")) == (turn == "asked_for_sales")
    assert results.dead_letter_reasons == []


def test_a_page_view_without_a_readable_address_counts_for_its_visitor(story: Story) -> None:
    story.bank("harbor")
    story.activity("download", "tue 09:00", anonymous_id="v", email="ann at harbor", asset="guide")
    story.form(ANN, "tue 10:00", anonymous_id="v")
    results = story.replay("wed 12:00")
    assert results.dead_letter_reasons == []
    assert {one["alert"] for one in results.of("lead.alerts")} <= {"fact_wanted"}
    points = results.of("lead.scores")[-1]["explanation"]["points"]
    assert len([one for one in points if not one["rule"].startswith("fit:")]) > 1


def test_a_rep_record_that_names_what_does_not_exist_is_reported_until_it_is_right(story: Story) -> None:
    story.rep("ida", desks=[{"desk": "inside_sale"}], calendar="lunar", time_zone="Mars/Olympus")
    story.rep("ida", "mon 12:00", desks=[{"desk": "inside_sales"}], calendar="lunar", time_zone="UTC")
    results = story.replay("wed 12:00")
    assert [one for one in slips(results) if not one[3]] == [
        ("ida", "desks.desk", "inside_sale", False),
        ("ida", "calendar", "lunar", False),
        ("ida", "time_zone", "Mars/Olympus", False),
    ]
    assert sorted(one for one in slips(results) if one[3]) == [
        ("ida", "desks.desk", "inside_sale", True),
        ("ida", "time_zone", "Mars/Olympus", True),
    ]
    assert "inside_sales" in results.of("lead.alerts")[0]["available"]


@pytest.mark.parametrize("field", ["deputy_rep_id", "manager_rep_id"])
def test_a_named_colleague_has_ten_minutes_to_appear(story: Story, field: str) -> None:
    story.rep("ida", "mon 09:00", **{field: "bo"})
    story.rep("eve", "mon 09:00", **{field: "mia"})
    story.rep("bo", "mon 09:09")
    assert slips(story.replay("wed 12:00")) == []


@pytest.mark.parametrize("field", ["deputy_rep_id", "manager_rep_id"])
def test_a_named_colleague_who_does_not_exist_is_reported_until_the_record_is_right(
    story: Story, field: str
) -> None:
    story.rep("ida", "mon 09:00", **{field: "ghost"})
    story.rep("eve", "mon 09:00", **{field: "spirit"})
    story.rep("ida", "mon 12:00", **{field: "mia"})
    story.rep("spirit", "mon 13:00")
    found = slips(story.replay("wed 12:00"))
    assert sorted(found) == [
        ("eve", field, "spirit", False),
        ("eve", field, "spirit", True),
        ("ida", field, "ghost", False),
        ("ida", field, "ghost", True),
    ]
