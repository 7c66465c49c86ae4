from __future__ import annotations

import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from examples import OWN, TO_ALL_PARTITIONS, Example, label

from schemas.envelope import SOURCE, Encoded, encode
from schemas.parsing import parse_json
from schemas.topics import TOPICS, WEB_ACTIVITY, Direction

RESULTS = [one for one in OWN if one.topic.direction is Direction.OUT]
INTERNAL = [
    one
    for one in OWN
    if one.topic.direction is Direction.INTERNAL
    and one.topic.key is not None
    and one not in TO_ALL_PARTITIONS
]


def encoded(example: Example) -> tuple[Any, Encoded]:
    event = parse_json(example.topic, example.raw)
    return event, encode(example.topic, event)


@pytest.mark.parametrize("example", RESULTS, ids=label)
def test_the_headers_of_a_result_equal_the_librarys(example: Example) -> None:
    event, ours = encoded(example)
    attributes = {
        "type": event.type_name,
        "source": SOURCE,
        "id": event.event_id,
        "time": event.occurred_at,
        "datacontenttype": "application/json",
    }
    theirs = to_binary(CloudEvent(attributes, example.value), JSONFormat(), key_mapper=lambda _: example.key)
    assert dict(ours.headers) == theirs.headers
    assert len(ours.headers) == len(theirs.headers)
    assert ours.key == str(theirs.key).encode()
    assert json.loads(ours.value or b"") == json.loads(theirs.value)


@pytest.mark.parametrize("fraction", [0, 1, 1_000, 250_000, 999_999])
def test_the_time_header_equals_the_librarys(fraction: int) -> None:
    event, _ = encoded(RESULTS[0])
    at = event.occurred_at.replace(microsecond=fraction)
    ours = encode(RESULTS[0].topic, event.model_copy(update={"occurred_at": at}))
    attributes = {"type": "t", "source": "s", "id": "i", "time": at}
    theirs = to_binary(CloudEvent(attributes, {}), JSONFormat(), key_mapper=lambda _: None)
    assert dict(ours.headers)["ce_time"] == theirs.headers["ce_time"]


@pytest.mark.parametrize("example", RESULTS, ids=label)
def test_the_library_reads_a_result_back(example: Example) -> None:
    event, ours = encoded(example)
    read = from_binary(
        KafkaMessage(dict(ours.headers), ours.key, ours.value or b""), JSONFormat(), CloudEvent
    )
    assert (read.get_id(), read.get_type(), read.get_source()) == (event.event_id, event.type_name, SOURCE)
    assert read.get_time() == event.occurred_at
    assert read.get_data() == example.value


@pytest.mark.parametrize("example", INTERNAL, ids=label)
def test_an_internal_record_carries_no_headers(example: Example) -> None:
    _, ours = encoded(example)
    assert ours.headers == ()
    assert ours.key == (example.key or "").encode()
    assert ours.key == ours.partition_key


@pytest.mark.parametrize("example", RESULTS, ids=label)
def test_results_of_an_account_share_a_partition_whatever_their_keys(example: Example) -> None:
    event, ours = encoded(example)
    if example.topic.name in {"desk.ledger", "dead.letters"}:
        assert ours.partition_key == ours.key
    elif example.topic.name == "dead.letters.actions":
        assert ours.partition_key == str(event.partition).encode()
    else:
        assert ours.partition_key == event.account_key.encode()
        assert ours.key != ours.partition_key


def test_a_topic_of_other_systems_cannot_be_encoded() -> None:
    event = parse_json(WEB_ACTIVITY, next(one.raw for one in OWN if one.topic is WEB_ACTIVITY))
    with pytest.raises(ValueError, match=r"web\.activity is written by other systems"):
        encode(WEB_ACTIVITY, event)


def test_each_result_topic_has_its_own_cloudevents_type() -> None:
    names = [topic.model.type_name for topic in TOPICS.values() if topic.direction is Direction.OUT]
    assert len(set(names)) == len(names)
