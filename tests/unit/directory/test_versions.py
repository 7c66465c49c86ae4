"""A CRM record keeps the version with the latest date, in any order of arrival."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge import HOUR, KEY, NOON, Partition, iso
from workers.directory.agent import spec
from workers.directory.rows import AccountVersionRow, ContactVersionRow, CountRow, RepVersionRow
from workers.directory.versions import Known, merge_versions, version_date
from workers.engine.rows import Row
from workers.identity.event_time import to_ms

LATER = NOON + 24 * HOUR
"""When the records arrive: after all of their dates."""
RECORDS: dict[str, tuple[type[Row], dict[str, Any]]] = {
    "crm.accounts": (AccountVersionRow, {"crm_account_id": "001", "name": "First Bank"}),
    "crm.contacts": (ContactVersionRow, {"email": "ann@bank.example"}),
    "crm.reps": (RepVersionRow, {"rep_id": "r1", "desks": []}),
}
KEYS = {"crm.accounts": "001", "crm.contacts": "ann@bank.example", "crm.reps": "r1"}
CHANGED = {"crm.accounts": "owner_rep_id", "crm.contacts": "job_title", "crm.reps": "name"}


def version(topic: str, value: str, at_ms: int = NOON) -> dict[str, Any]:
    event = {"event_id": f"{value}-{at_ms}", "occurred_at": iso(at_ms)}
    return event | {"name": "Ada"} | RECORDS[topic][1] | {CHANGED[topic]: value}


def partition() -> Partition:
    return Partition(spec(KEY))


def send(
    directory: Partition, topic: str, value: dict[str, Any] | None, at_ms: int = LATER
) -> list[dict[str, Any]]:
    return directory.send(topic, value, key=KEYS[topic], arrives_at=at_ms)


def held(directory: Partition, topic: str) -> str:
    ((_, row),) = directory.rows(RECORDS[topic][0])
    content: str = row.content
    return content


def outdated(directory: Partition) -> int:
    return sum(row.outdated for _, row in directory.rows(CountRow))


@pytest.mark.parametrize("topic", RECORDS)
def test_an_older_version_changes_nothing_and_is_counted(topic: str) -> None:
    directory = partition()
    assert send(directory, topic, version(topic, "new"))
    before = held(directory, topic)
    assert send(directory, topic, version(topic, "old", NOON - 1000)) == []
    assert held(directory, topic) == before
    assert outdated(directory) == 1
    assert directory.decider.input_counts.outdated == [topic]


@pytest.mark.parametrize("topic", RECORDS)
def test_of_two_versions_of_one_date_the_later_in_the_log_holds(topic: str) -> None:
    directory = partition()
    send(directory, topic, version(topic, "one"))
    assert send(directory, topic, version(topic, "two"))
    assert '"two"' in held(directory, topic)
    assert outdated(directory) == 0
    assert directory.decider.input_counts.outdated == []


@pytest.mark.parametrize("topic", RECORDS)
def test_versions_in_any_order_end_with_the_latest(topic: str) -> None:
    for order in permutations(range(3)):
        directory = partition()
        for number in order:
            send(directory, topic, version(topic, f"v{number}", NOON + number * 1000))
        assert '"v2"' in held(directory, topic)


@pytest.mark.parametrize("topic", RECORDS)
def test_a_version_that_is_older_than_a_deleted_one_does_not_bring_the_record_back(topic: str) -> None:
    directory = partition()
    send(directory, topic, version(topic, "new"))
    assert send(directory, topic, None)
    assert send(directory, topic, version(topic, "old", NOON - 1000)) == []
    assert outdated(directory) == 1
    assert send(directory, topic, version(topic, "again", NOON + 1000))


@pytest.mark.parametrize("topic", RECORDS)
def test_a_future_date_does_not_hide_the_versions_after_it(topic: str) -> None:
    directory = partition()
    send(directory, topic, version(topic, "future", NOON + 365 * 24 * HOUR), NOON)
    assert send(directory, topic, version(topic, "next", NOON + 1000), NOON + 1000)
    assert '"next"' in held(directory, topic)


def test_the_same_record_with_a_later_date_is_sent_only_if_it_lists_an_opportunity() -> None:
    opportunity = {"opportunity_id": "o1", "owner_rep_id": "r1", "opened_at": iso(NOON)}
    for listed in ([], [opportunity]):
        directory = partition()
        record = version("crm.accounts", "r1") | {"open_opportunities": listed}
        send(directory, "crm.accounts", record)
        again = record | {"event_id": "later", "occurred_at": iso(NOON + 1000)}
        facts = send(directory, "crm.accounts", again)
        assert (
            {fact["account"]["occurred_at"] for fact in facts} == {"2026-03-02T12:00:01Z"}
            if listed
            else not facts
        )
        assert send(directory, "crm.accounts", again) == []


def test_an_older_version_adds_the_facts_that_the_newer_left_blank() -> None:
    versions = [
        version("crm.accounts", "r1", NOON) | {"country": "US", "sic": ["6021"]},
        version("crm.accounts", "r2", NOON + 1000) | {"country": "CA"},
        version("crm.accounts", "r3", NOON + 2000) | {"employees": 9},
    ]
    for order in permutations(versions):
        directory = partition()
        for one in order:
            send(directory, "crm.accounts", one)
        found = json.loads(held(directory, "crm.accounts"))
        assert (found["owner_rep_id"], found["country"], found["sic"], found["employees"]) == (
            "r3",
            "CA",
            ["6021"],
            9,
        )


FACTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, "", "x", "y"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=5), st.data())
def test_the_known_facts_do_not_depend_on_the_order_of_versions(
    versions: list[dict[str, Any]], data: st.DataObject
) -> None:
    dated = list(enumerate(versions, 1))
    known = []
    for order in (dated, data.draw(st.permutations(dated))):
        facts, newest = Known({}, ()), 0
        for at_ms, sent in order:
            facts = merge_versions(facts, newest, sent, at_ms, "abc")
            newest = max(newest, at_ms)
        known.append(facts)
    assert known[0] == known[1]


def test_a_version_is_dated_at_most_at_its_arrival() -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    assert version_date(moment, to_ms(moment) + 1) == to_ms(moment)
    assert version_date(moment, to_ms(moment) - 1) == to_ms(moment) - 1
