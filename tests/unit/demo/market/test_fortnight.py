"""The demo's two weeks of events contain every kind of real input, and are the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.topics import TOPICS, Direction
from workers.demo.market.fortnight import INVALID_RECORDS, NAMELESS, START, market_records
from workers.demo.market.market_record import MarketRecord
from workers.demo.market.odd_records import ODD
from workers.identity.company_names import normalise_company

START_MS = int(START.timestamp() * 1_000)
DAY_MS = 86_400_000
FREE_MAIL = {"gmail.com", "outlook.com", "yahoo.com", "gmx.de", "proton.me"}


@pytest.fixture(scope="module")
def fortnight() -> list[MarketRecord]:
    return market_records(seed=1)


def values(fortnight: list[MarketRecord], topic: str) -> list[dict[str, Any]]:
    return [record.value for record in fortnight if record.topic == topic and isinstance(record.value, dict)]


def is_valid(record: MarketRecord) -> bool:
    if record.value is None:
        return record.topic.startswith("crm.")
    raw = record.value if isinstance(record.value, bytes) else json.dumps(record.value)
    try:
        TOPICS[record.topic].adapter.validate_json(raw)
    except ValidationError:
        return False
    return True


def is_odd(record: MarketRecord) -> bool:
    return isinstance(record.value, dict) and str(record.value.get("event_id")).startswith(ODD)


def test_the_same_seed_gives_the_same_records_and_another_seed_others(
    fortnight: list[MarketRecord],
) -> None:
    assert market_records(seed=1) == fortnight
    assert market_records(seed=2) != fortnight


def test_the_records_span_two_weeks_of_input_in_order(fortnight: list[MarketRecord]) -> None:
    stamps = [record.timestamp_ms for record in fortnight]

    assert stamps == sorted(stamps)
    assert stamps[0] >= START_MS - 3_600_000
    assert stamps[-1] < START_MS + 14 * DAY_MS
    assert {TOPICS[record.topic].direction for record in fortnight} == {Direction.IN}
    assert 40_000 <= len(fortnight) <= 60_000


def test_another_start_moves_every_timestamp(fortnight: list[MarketRecord]) -> None:
    later = market_records(seed=1, start=datetime(2027, 3, 1, tzinfo=UTC))

    others = [[one for one in made if one.topic != "sales.activities"] for made in (later, fortnight)]
    assert len(others[0]) == len(
        others[1]
    )  # sales calls at opening time, and daylight saving begins on another day
    assert later[0].timestamp_ms - fortnight[0].timestamp_ms == timedelta(days=364).total_seconds() * 1_000


def test_only_the_invalid_records_violate_the_contract(fortnight: list[MarketRecord]) -> None:
    broken = [record for record in fortnight if not is_valid(record) and not is_odd(record)]

    bad_addresses = 2 * INVALID_RECORDS // 10  # well-formed for the model; refused where addresses are read
    assert INVALID_RECORDS - bad_addresses <= len(broken) <= INVALID_RECORDS
    assert all((record.key or "").startswith("bad-") for record in broken)


def test_some_events_are_repeated_late_too_late_or_from_clocks_that_run_ahead(
    fortnight: list[MarketRecord],
) -> None:
    ids = Counter(value["event_id"] for value in values(fortnight, "web.activity") if "event_id" in value)
    delays = [
        record.timestamp_ms - datetime.fromisoformat(record.value["occurred_at"]).timestamp() * 1_000
        for record in fortnight
        if record.topic == "web.activity" and isinstance(record.value, dict) and is_valid(record)
    ]

    assert sum(count > 1 for count in ids.values()) > 300
    assert sum(DAY_MS < delay < 7 * DAY_MS for delay in delays) > 100
    assert sum(delay > 7 * DAY_MS for delay in delays) > 10
    assert sum(delay < -300_000 for delay in delays) > 50


def test_some_events_have_no_visitor_and_no_person(fortnight: list[MarketRecord]) -> None:
    nameless = [
        value
        for value in values(fortnight, "web.activity")
        if not {"anonymous_id", "email"} & value.keys() and "url" in value
    ]

    assert NAMELESS * 0.9 <= len(nameless) <= NAMELESS * 1.2


def test_some_browsers_are_shared_and_some_people_have_two(fortnight: list[MarketRecord]) -> None:
    named = [
        v
        for t in ("web.activity", "form.fills")
        for v in values(fortnight, t)
        if {"anonymous_id", "email"} <= v.keys()
    ]
    people: dict[str, set[str]] = {}
    browsers: dict[str, set[str]] = {}
    for value in named:
        people.setdefault(value["anonymous_id"], set()).add(value["email"].lower())
        browsers.setdefault(value["email"].lower(), set()).add(value["anonymous_id"])

    assert sum(len(emails) > 1 for emails in people.values()) >= 10
    assert sum(len(ids) > 1 for ids in browsers.values()) >= 50


def test_the_market_has_every_kind_of_company(fortnight: list[MarketRecord]) -> None:
    firms = {value["crm_account_id"]: value for value in values(fortnight[:400], "crm.accounts")}.values()

    assert 200 <= len(firms) <= 400
    assert {firm["relationship"] for firm in firms} >= {"prospect", "customer", "competitor", "partner"}
    assert sum("open_opportunities" in firm for firm in firms) >= 5
    assert sum(len(firm["domains"]) > 1 for firm in firms) >= 2
    assert sum("revenue" not in firm for firm in firms) >= 5
    assert sum(firm["country"] != "US" for firm in firms) >= 15
    assert len({firm["domains"][0] for firm in firms}) == len(firms)


def test_the_team_has_an_absent_an_inactive_and_a_departed_rep(
    fortnight: list[MarketRecord],
) -> None:
    reps = {value["rep_id"]: value for value in values(fortnight[:400], "crm.reps")}
    owners = {value.get("owner_rep_id") for value in values(fortnight[:400], "crm.accounts")} - {None}

    assert 8 <= len(reps) <= 10
    assert any(rep.get("absences") for rep in reps.values())
    assert any(not rep["active"] for rep in reps.values())
    assert any(rep.get("deputy_rep_id") for rep in reps.values())
    assert owners - reps.keys(), "an owner who is not in crm.reps"


def test_the_crm_changes_and_sales_answers_during_the_two_weeks(fortnight: list[MarketRecord]) -> None:
    crm = [
        record for record in fortnight if record.topic.startswith("crm.") and record.timestamp_ms > START_MS
    ]
    actions = Counter(value["action"] for value in values(fortnight, "sales.activities"))

    assert len(crm) >= 20
    assert any(record.value is None for record in crm)
    assert all(actions[action] > 5 for action in ("touched", "claimed", "accepted", "rejected", "reassigned"))
    assert all(actions[action] > 5 for action in ("sales_qualified", "opportunity_opened"))
    assert all(actions[action] for action in ("won", "lost", "returned"))


def test_the_crm_has_early_contacts_late_contacts_and_a_few_with_do_not_contact(
    fortnight: list[MarketRecord],
) -> None:
    records = [record for record in fortnight if record.topic == "crm.contacts"]
    events = values(fortnight, "crm.contacts")

    assert 80 <= len(records) <= 400
    assert all(record.key == value["email"] for record, value in zip(records, events, strict=True))
    assert sum(bool(value.get("do_not_contact")) for value in events) >= 3
    assert sum(record.timestamp_ms > START_MS + 5 * DAY_MS for record in records) >= 3


def test_some_visitors_agree_to_tracking_a_few_refuse_and_some_refuse_marketing(
    fortnight: list[MarketRecord],
) -> None:
    events = Counter(
        (purpose, given)
        for topic in ("web.activity", "form.fills")
        for value in values(fortnight, topic)
        for purpose, given in value.get("consent", {}).items()
    )

    assert events["tracking", True] > 5_000
    assert 500 < events["tracking", False] < 5_000
    assert events["marketing", True] > 100
    assert events["marketing", False] >= 5


def test_there_are_robots_and_heartbeats(fortnight: list[MarketRecord]) -> None:
    events = values(fortnight, "web.activity")

    assert sum(value.get("is_bot") is True for value in events) > 50
    assert sum("bot" in value.get("user_agent", "").lower() for value in events) > 30
    assert sum(value.get("activity") == "heartbeat" for value in events) > 200


def test_known_and_anonymous_visitors_chat_by_day_and_by_night(fortnight: list[MarketRecord]) -> None:
    events = values(fortnight, "chat.conversations")
    turns = Counter(value["turn"] for value in events)

    assert 50 <= turns["started"] <= 150
    assert turns["asked_for_sales"] >= 15
    assert turns["asked_for_support"] >= 4
    assert turns["agent_message"] >= 10
    assert any("anonymous_id" not in value for value in events)
    assert sum("email" in value for value in events) >= 20


def test_people_with_free_mail_write_companies_of_the_crm_or_a_placeholder(
    fortnight: list[MarketRecord],
) -> None:
    known = {normalise_company(one["name"]) for one in values(fortnight, "crm.accounts")}
    of_free_mail = [
        one["company"]
        for one in values(fortnight, "form.fills")
        if one.get("company") and one.get("email", "").lower().partition("@")[2] in FREE_MAIL
    ]
    assert any(normalise_company(name) in known for name in of_free_mail)
    assert any(normalise_company(name) is None for name in of_free_mail)


def test_a_domain_moves_to_another_company(fortnight: list[MarketRecord]) -> None:
    claimed: dict[str, set[str]] = {}
    for one in values(fortnight, "crm.accounts"):
        for domain in one["domains"]:
            claimed.setdefault(domain, set()).add(one["crm_account_id"])
    assert [domain for domain, by in claimed.items() if len(by) > 1]
