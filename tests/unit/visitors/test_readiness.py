from __future__ import annotations

import json

import pytest

from tests.edge import KEY, NOON, Partition, activity, form, iso, types
from workers.engine.partitioner import partition_of
from workers.visitors.agent import spec
from workers.visitors.rows import VisitorRow

PARTITIONS = 4


def partition(number: int = 0) -> Partition:
    return Partition(spec(KEY, PARTITIONS), number, PARTITIONS)


def ready(number: int, partitions: int = PARTITIONS) -> bytes:
    return json.dumps({"type": "directory_ready", "partition": number, "partitions": partitions}).encode()


def key_of_partition(number: int) -> str:
    return next(
        key for key in map("visitor{}".format, range(100)) if partition_of(key.encode(), PARTITIONS) == number
    )


def test_visitors_wait_until_every_partition_of_the_directory_is_ready() -> None:
    visitors = partition()
    seen = []
    for number in (2, 0, 0, 3, 1):
        assert visitors.send("visitor.events", ready(number)) == []
        seen.append(visitors.decider.is_ready)
    assert seen == [False, False, False, False, True]


def test_a_directory_of_another_partition_count_does_not_make_it_ready() -> None:
    visitors = partition()
    for number in range(PARTITIONS):
        visitors.send("visitor.events", ready(number, PARTITIONS + 1))
    assert not visitors.decider.is_ready


def test_a_record_on_a_wrong_partition_is_forwarded_and_handled_there() -> None:
    here, there = partition(0), partition(1)
    value = activity("a1", anonymous_id=key_of_partition(1))
    assert here.send("web.activity", value)[0]["topic"] == "visitor.events"
    (forwarded,) = here.emits
    assert here.rows(VisitorRow) == []
    there.send("visitor.events", forwarded.value, arrives_at=NOON, **dict(forwarded.headers))
    assert [parts for parts, _ in there.rows(VisitorRow)] == [(key_of_partition(1),)]


def test_the_key_of_an_address_is_its_normalised_spelling() -> None:
    email = next(
        e for e in map("p{}@bank.com".format, range(100)) if partition_of(e.encode(), PARTITIONS) == 0
    )
    assert types(partition(0).send("form.fills", form("f1", email=f" {email.upper()} "))) == [
        "lead_identified",
        "lead_form",
    ]


@pytest.mark.parametrize("number", range(PARTITIONS))
def test_an_event_without_browser_and_address_fits_any_partition(number: int) -> None:
    assert partition(number).send("web.activity", activity("a1")) == []


def test_a_foreign_record_in_the_own_log_is_a_dead_letter() -> None:
    value = {"event_id": "a1", "occurred_at": iso(NOON), "activity": "page_view"}
    assert types(partition().send("visitor.events", value)) == ["breaks_contract"]
