"""Erasure of a person: the lead, the colleagues, and events after the erasure."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.scenarios.story import Results, Story, moment
from workers.identity.addresses import normalise
from workers.identity.lead_ids import lead_id_of

ANN, BOB = "ann@harbor.example", "bob@harbor.example"
EVE = "eve@gmail.com"


def lead_of(email: str) -> str:
    return lead_id_of(normalise(email).email, b"a key for tests only")


def tombstones(results: Results, topic: str) -> list[str]:
    return [
        emit.key.decode() for emit in results.emits if emit.topic == topic and emit.value is None and emit.key
    ]


def withdrawn(results: Results) -> list[dict[str, Any]]:
    return [e for e in results.of("lead.routing") if e["action"] == "withdrawn"]


@pytest.fixture
def team(story: Story) -> Story:
    """A rep, a bank of the served market, and Ann of that bank, who asked for a demo on Tuesday."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.bank("harbor")
    story.form(ANN, "tue 10:00", "demo", first_name="Ann", last_name="Ahlberg", phone="+1 555 0100")
    return story


def test_the_withdrawal_of_an_erased_persons_hand_off_holds_no_personal_data(team: Story) -> None:
    team.form(ANN, "tue 10:01", campaign={"name": "for-ann"})
    team.erasure(ANN, "tue 11:00")

    (withdrawal,) = withdrawn(team.replay())

    assert withdrawal["explanation"]["reasons"] == ["erased"]
    assert withdrawal["handoff_id"] == "domain:harbor.example#1.1"
    text = json.dumps(withdrawal)
    assert not any(word in text for word in ("ann@", "Ann", "Ahlberg", "0100", "for-ann"))
    assert "person" not in withdrawal
    assert "assignee" not in withdrawal


def test_the_score_of_an_erased_person_is_deleted(team: Story) -> None:
    team.erasure(ANN, "tue 11:00")

    assert tombstones(team.replay(), "lead.scores") == [lead_of(ANN)]


def test_a_hand_off_withdrawn_by_an_erasure_raises_no_alert(team: Story) -> None:
    team.erasure(ANN, "tue 10:05")

    assert team.replay(until="wed 12:00").alerts == []


def test_an_erasure_clears_raised_alerts(team: Story) -> None:
    team.erasure(ANN, "tue 15:00")

    results = team.replay(until="wed 12:00")

    assert sorted(results.alerts) == [
        ("response_due_soon", False),
        ("response_due_soon", True),
        ("response_overdue", False),
        ("response_overdue", True),
    ]


def test_an_erasure_leaves_the_colleagues_lead_and_owner(team: Story) -> None:
    team.form(BOB, "tue 10:30", "demo")
    team.erasure(ANN, "tue 11:00")
    team.form(BOB, "tue 12:00", "contact_sales")

    results = team.replay()

    assert [e["lead_id"] for e in withdrawn(results)] == [lead_of(ANN)]
    assert results.holders["domain:harbor.example"][-1] == {"mia"}
    assert all(lead_of(ANN) not in e["active_people"] for e in results.of("lead.scores")[-1:])


def test_the_next_lead_of_the_account_still_goes_to_the_rep_who_worked_it(team: Story) -> None:
    team.rep("tom")
    team.erasure(ANN, "tue 11:00")
    team.form(BOB, "tue 12:00", "demo")

    results = team.replay()

    first, last = results.handoffs[0][2], results.handoffs[-1][2]
    assert first == last


def test_the_turn_of_an_erased_lead_stays_counted(team: Story) -> None:
    team.rep("tom")
    for bank in ("first", "second", "third"):
        team.bank(bank)
    team.erasure(ANN, "tue 11:00")
    for number, bank in enumerate(("first", "second", "third")):
        team.form(f"x@{bank}.example", f"tue 12:0{number}", "demo")

    assignees = [assignee for action, _, assignee in team.replay().handoffs if action == "assigned"]

    assert sorted(assignees) == ["mia", "mia", "tom", "tom"]
    assert all(one != other for one, other in pairwise(assignees))


def test_an_event_from_before_the_erasure_is_dropped_when_it_arrives_again(team: Story) -> None:
    team.erasure(ANN, "tue 11:00")
    resent = json.loads(team._lines[3])
    resent["value"] |= {"event_id": "sent-anew"}
    team.line(json.dumps(resent | {"timestamp": resent["timestamp"] + 86_400_000}))

    results = team.replay()

    assert [action for action, _, _ in results.handoffs] == ["assigned", "withdrawn"]
    assert results.of("lead.scores")[1:] == []


def test_a_form_after_the_erasure_starts_a_new_lead(team: Story) -> None:
    team.much_interest(ANN, "tue 10:30")
    team.erasure(ANN, "tue 11:00")
    team.form(ANN, "wed 10:00", "demo")

    results = team.replay()

    new_handoff = results.of("lead.routing")[-1]
    assert (new_handoff["action"], new_handoff["person"]["email"]) == ("assigned", ANN)
    assert "first_name" not in new_handoff["person"]
    assert {
        line["rule"]: line["count"] for line in new_handoff["explanation"]["points"] if line["count"]
    } == {"form": 1}


def test_no_event_id_is_used_twice_across_erasures(team: Story) -> None:
    for day in ("wed", "thu"):
        team.form(EVE, f"{day} 09:00", "demo")
        team.form(ANN, f"{day} 09:30", "demo")
        team.erasure(EVE, f"{day} 10:00")
        team.erasure(ANN, f"{day} 10:30")
    team.form(EVE, "fri 09:00", "demo")
    team.form(ANN, "fri 09:30", "demo")

    results = team.replay()

    for topic in ("lead.routing", "lead.scores", "lead.stages", "lead.alerts", "desk.ledger"):
        ids = [event["event_id"] for event in results.of(topic)]
        assert len(ids) == len(set(ids)), topic


def test_a_person_with_free_mail_is_erased(story: Story) -> None:
    story.rep("mia")
    story.form(EVE, "tue 10:00", "demo")
    story.erasure(f"Eve <{EVE.upper()}>", "tue 11:00")

    results = story.replay()

    assert withdrawn(results)[0]["account_key"] == f"lead:{lead_of(EVE)}"
    assert tombstones(results, "lead.scores") == [lead_of(EVE)]


def test_the_browser_of_an_erased_person_becomes_anonymous(team: Story) -> None:
    team.activity("page_view", "tue 10:10", anonymous_id="b1", email=ANN, url="https://x.example/pricing")
    team.erasure(ANN, "tue 11:00")
    team.activity("download", "tue 12:00", anonymous_id="b1")
    before = len(team.replay().of("lead.scores"))
    team.form(BOB, "wed 10:00", anonymous_id="b1")

    scores = team.replay().of("lead.scores")

    assert before == 2, "the download belongs to no lead"
    counted = {line["rule"] for line in scores[-1]["explanation"]["points"]}
    assert scores[-1]["lead_id"] == lead_of(BOB)
    assert "paper" in counted, "an activity after the erasure is history of the browser"
    assert "pricing" not in counted


def test_in_a_shared_browser_an_erasure_leaves_the_other_persons_time(team: Story) -> None:
    team.activity("page_view", "tue 10:10", anonymous_id="b1", email=BOB)
    team.activity("page_view", "tue 10:20", anonymous_id="b1", email=ANN)
    team.erasure(ANN, "tue 11:00")
    before = len(team.replay().of("lead.scores"))
    for happened in ("tue 10:15", "tue 10:40", "tue 11:30"):
        at = moment(happened).isoformat()
        team.activity("download", "tue 12:00", anonymous_id="b1", occurred_at=at)

    (more,) = team.replay().of("lead.scores")[before:]

    assert more["lead_id"] == lead_of(BOB)
    assert {line["rule"]: line["count"] for line in more["explanation"]["points"]}["paper"] == 1


def test_a_person_known_under_two_domains_of_an_account_is_erased_under_both(story: Story) -> None:
    story.rep("mia")
    story.form("ann@harbor-us.example", "mon 10:00", "demo")
    story.bank("harbor", "tue 09:00", domains=["harbor.example", "harbor-us.example"])
    story.form("ann@harbor-us.example", "tue 10:00", "pricing")
    story.erasure("ann@harbor-us.example", "tue 11:00")

    results = story.replay()

    assert tombstones(results, "lead.scores") == [lead_of("ann@harbor-us.example")] * 2
    assert results.holders["domain:harbor.example"][-1] == set()
    assert results.holders["domain:harbor-us.example"][-1] == set()


def test_a_person_whose_account_has_lost_the_domain_is_still_erased_there(story: Story) -> None:
    story.rep("mia")
    story.bank("harbor", "mon 00:00", domains=["harbor.example", "harbor-us.example"])
    story.form("ann@harbor-us.example", "mon 10:00", "demo")
    story.bank("harbor", "tue 09:00", domains=["harbor.example"])
    story.erasure("ann@harbor-us.example", "tue 11:00")

    results = story.replay()

    assert results.holders["domain:harbor.example"][-1] == set()
    assert lead_of("ann@harbor-us.example") in tombstones(results, "lead.scores")


def test_dead_letters_of_the_person_are_deleted(team: Story) -> None:
    stamp = 1_772_550_000_000
    for value in (
        '{"email": "Ann@Harbor.example", cut off',
        '{"email": "ann\\u0040harbor.example"}',
    ):
        team.line(json.dumps({"topic": "form.fills", "key": "k", "timestamp": stamp, "value": value}))
    team.line(json.dumps({"topic": "form.fills", "key": ANN, "timestamp": stamp, "value": "[]"}))
    team.line(json.dumps({"topic": "form.fills", "key": BOB, "timestamp": stamp, "value": "[]"}))
    team.erasure(ANN, "wed 11:00")

    results = team.replay()

    dead = [
        emit.key.decode()
        for emit in results.emits
        if emit.topic == "dead.letters" and emit.value and emit.key
    ]
    assert len(dead) == 4
    assert sorted(tombstones(results, "dead.letters")) == sorted(dead[:3])


def test_a_too_old_event_after_the_erasure_leaves_no_dead_letter(team: Story) -> None:
    team.erasure(ANN, "tue 11:00")
    old = json.loads(team._lines[3])
    old["value"] |= {"event_id": "sent-anew"}
    team.line(json.dumps(old | {"timestamp": old["timestamp"] + 9 * 86_400_000}))

    results = team.replay()

    assert results.dead_letter_reasons == ["too_old"]
    assert len(tombstones(results, "dead.letters")) == 1


def test_an_erased_persons_deal_ends_and_the_colleagues_stages_follow_at_once(team: Story) -> None:
    team.sales("opportunity_opened", ANN, "tue 10:30", amount=180_000)
    team.form(BOB, "tue 10:45", title="Student")
    team.erasure(ANN, "tue 11:00")

    results = team.replay()

    of_bob = [e["to_stage"] for e in results.of("lead.stages") if e["lead_id"] == lead_of(BOB)]
    assert of_bob == ["known", "opportunity", "recycled"]
    assert "opportunity_closed" in results.of("lead.stages")[-1]["explanation"]["reasons"]
    assert results.holders["domain:harbor.example"][-1] == set()


def test_a_repeated_erasure_request_changes_nothing(team: Story) -> None:
    team.erasure(ANN, "tue 11:00")
    first = team.replay().emits
    team.line(team._lines[-1])

    assert team.replay().emits == first


def test_an_erasure_request_of_any_age_is_accepted(team: Story) -> None:
    late = json.dumps(
        {"event_id": "letter", "occurred_at": "2026-01-02T00:00:00Z", "email": ANN, "request": "erasure"}
    )
    stamp = 1_772_550_000_000
    team.line(json.dumps({"topic": "privacy.requests", "key": ANN, "timestamp": stamp, "value": late}))

    results = team.replay()

    assert results.dead_letter_reasons == []
    assert tombstones(results, "lead.scores") == [lead_of(ANN)]


def test_the_erasure_of_an_unknown_person_emits_nothing(
    story: Story, new_story: Callable[[str], Story]
) -> None:
    quiet = new_story("quiet")
    for one in (story, quiet):
        one.rep("mia")
        one.rep("dana", at_desk=False)
    story.erasure(ANN, "tue 11:00")

    assert story.replay().emits == quiet.replay().emits == []
