"""What the demo's fortnight holds: enough of everything that real input holds, and the same every time."""

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


def test_the_same_seed_gives_the_same_fortnight_and_another_seed_another(
    fortnight: list[MarketRecord],
) -> None:
    assert market_records(seed=1) == fortnight
    assert market_records(seed=2) != fortnight


def test_it_is_a_fortnight_of_input_in_order(fortnight: list[MarketRecord]) -> None:
    stamps = [record.timestamp_ms for record in fortnight]

    assert stamps == sorted(stamps)
    assert stamps[0] >= START_MS - 3_600_000
    assert stamps[-1] < START_MS + 14 * DAY_MS
    assert {TOPICS[record.topic].direction for record in fortnight} == {Direction.IN}
    assert 40_000 <= len(fortnight) <= 60_000


def test_another_start_moves_everything(fortnight: list[MarketRecord]) -> None:
    later = market_records(seed=1, start=datetime(2027, 3, 1, tzinfo=UTC))

    others = [[one for one in made if one.topic != "sales.activities"] for made in (later, fortnight)]
    assert len(others[0]) == len(others[1])  # sales calls at opening, and the clocks change on another day
    assert later[0].timestamp_ms - fortnight[0].timestamp_ms == timedelta(days=364).total_seconds() * 1_000


def test_what_breaks_the_contract_is_the_rubbish_and_nothing_else(fortnight: list[MarketRecord]) -> None:
    broken = [record for record in fortnight if not is_valid(record)]

    bad_addresses = 2 * INVALID_RECORDS // 10  # well-formed for the model; refused where addresses are read
    assert INVALID_RECORDS - bad_addresses <= len(broken) <= INVALID_RECORDS
    assert all((record.key or "").startswith("bad-") for record in broken)


def test_events_repeat_come_late_come_too_late_and_from_clocks_that_are_ahead(
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


def test_some_events_name_nobody(fortnight: list[MarketRecord]) -> None:
    nameless = [
        value
        for value in values(fortnight, "web.activity")
        if not {"anonymous_id", "email"} & value.keys() and "url" in value
    ]

    assert NAMELESS * 0.9 <= len(nameless) <= NAMELESS * 1.2


def test_a_browser_is_shared_and_a_person_has_two(fortnight: list[MarketRecord]) -> None:
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


def test_the_team_has_somebody_away_somebody_inactive_and_somebody_who_left(
    fortnight: list[MarketRecord],
) -> None:
    reps = {value["rep_id"]: value for value in values(fortnight[:400], "crm.reps")}
    owners = {value.get("owner_rep_id") for value in values(fortnight[:400], "crm.accounts")} - {None}

    assert 8 <= len(reps) <= 10
    assert any(rep.get("absences") for rep in reps.values())
    assert any(not rep["active"] for rep in reps.values())
    assert any(rep.get("deputy_rep_id") for rep in reps.values())
    assert owners - reps.keys(), "an owner the CRM of people does not know"


def test_the_crm_changes_and_sales_answers_during_the_fortnight(fortnight: list[MarketRecord]) -> None:
    crm = [
        record for record in fortnight if record.topic.startswith("crm.") and record.timestamp_ms > START_MS
    ]
    actions = Counter(value["action"] for value in values(fortnight, "sales.activities"))

    assert len(crm) >= 20
    assert any(record.value is None for record in crm)
    assert all(actions[action] > 5 for action in ("touched", "claimed", "accepted", "rejected", "reassigned"))
    assert all(actions[action] > 5 for action in ("sales_qualified", "opportunity_opened"))
    assert all(actions[action] for action in ("won", "lost", "returned"))


def test_the_crm_knows_some_people_learns_of_others_late_and_must_not_contact_a_few(
    fortnight: list[MarketRecord],
) -> None:
    records = [record for record in fortnight if record.topic == "crm.contacts"]
    said = values(fortnight, "crm.contacts")

    assert 80 <= len(records) <= 400
    assert all(record.key == value["email"] for record, value in zip(records, said, strict=True))
    assert sum(bool(value.get("do_not_contact")) for value in said) >= 3
    assert sum(record.timestamp_ms > START_MS + 5 * DAY_MS for record in records) >= 3


def test_some_agree_to_be_tracked_a_few_refuse_and_some_want_no_marketing(
    fortnight: list[MarketRecord],
) -> None:
    said = Counter(
        (purpose, given)
        for topic in ("web.activity", "form.fills")
        for value in values(fortnight, topic)
        for purpose, given in value.get("consent", {}).items()
    )

    assert said["tracking", True] > 5_000
    assert 500 < said["tracking", False] < 5_000
    assert said["marketing", True] > 100
    assert said["marketing", False] >= 5


def test_robots_and_heartbeats_come_too(fortnight: list[MarketRecord]) -> None:
    said = values(fortnight, "web.activity")

    assert sum(value.get("is_bot", False) for value in said) > 50
    assert sum("bot" in value.get("user_agent", "").lower() for value in said) > 30
    assert sum(value.get("activity") == "heartbeat" for value in said) > 200


def test_people_and_passers_by_chat_by_day_and_by_night(fortnight: list[MarketRecord]) -> None:
    said = values(fortnight, "chat.conversations")
    turns = Counter(value["turn"] for value in said)

    assert 50 <= turns["started"] <= 150
    assert turns["asked_for_sales"] >= 15
    assert turns["asked_for_support"] >= 4
    assert turns["agent_message"] >= 10
    assert any("anonymous_id" not in value for value in said)
    assert sum("email" in value for value in said) >= 20


def test_people_with_free_mail_name_companies_of_the_crm_and_some_name_none(
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


def test_a_domain_changes_hands(fortnight: list[MarketRecord]) -> None:
    claimed: dict[str, set[str]] = {}
    for one in values(fortnight, "crm.accounts"):
        for domain in one["domains"]:
            claimed.setdefault(domain, set()).add(one["crm_account_id"])
    assert [domain for domain, by in claimed.items() if len(by) > 1]
