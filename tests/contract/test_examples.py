from __future__ import annotations

import json
from typing import Any

import pytest
from examples import ALL, FOLDER, OWN, TO_ALL_PARTITIONS, Example, examples_of, label
from jsonschema import Draft202012Validator

from schemas.engine_controls import HEADER, ORIGIN_HEADER
from schemas.generate import CONTROLS, build_documents
from schemas.outputs import Output
from schemas.parsing import parse_json
from schemas.topics import TOPICS, Direction
from workers.engine.api import Record
from workers.engine.control import control_emit, decode_control

VALIDATORS = {name: Draft202012Validator(document) for name, document in build_documents().items()}
CONTROL_EXAMPLES = [one for one in ALL if HEADER in one.headers]
FORWARDED = [one for one in ALL if ORIGIN_HEADER in one.headers]
SCORED = [one for one in OWN if "explanation" in (one.value or {})]


def serialised(example: Example) -> Any:
    model = parse_json(example.topic, example.raw)
    return json.loads(example.topic.adapter.dump_json(model, exclude_none=True))


@pytest.mark.parametrize("name", TOPICS)
def test_every_topic_has_three_examples_and_an_awkward_one(name: str) -> None:
    examples = examples_of(name)
    assert len(examples) >= 3
    assert any(one.awkward for one in examples)


def test_every_file_of_examples_belongs_to_a_topic() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(TOPICS)


@pytest.mark.parametrize("topic", [one for one in TOPICS.values() if one.compacted], ids=lambda one: one.name)
def test_only_compacted_inputs_have_a_tombstone_among_their_examples(topic: Any) -> None:
    has_tombstone = any(one.value is None for one in examples_of(topic.name))
    assert has_tombstone is (topic.direction is Direction.IN)


@pytest.mark.parametrize("example", OWN, ids=label)
def test_an_example_fits_its_model_and_its_json_schema(example: Example) -> None:
    assert parse_json(example.topic, example.raw) is not None
    assert list(VALIDATORS[example.topic.name].iter_errors(example.value)) == []


@pytest.mark.parametrize("example", OWN, ids=label)
def test_an_example_is_the_same_after_writing_and_reading(example: Example) -> None:
    parsed = parse_json(example.topic, example.raw)
    written = example.topic.adapter.dump_json(parsed, exclude_none=True)
    assert parse_json(example.topic, written) == parsed
    assert list(VALIDATORS[example.topic.name].iter_errors(json.loads(written))) == []


@pytest.mark.parametrize("example", [one for one in OWN if one.topic.direction is Direction.OUT], ids=label)
def test_the_example_of_a_result_is_exactly_what_is_written(example: Example) -> None:
    assert serialised(example) == example.value


@pytest.mark.parametrize(
    "example", [one for one in OWN if one.topic.key is not None and one not in TO_ALL_PARTITIONS], ids=label
)
def test_the_key_of_an_example_is_the_topics(example: Example) -> None:
    assert example.topic.key is not None
    assert example.topic.key(parse_json(example.topic, example.raw)) == example.key


@pytest.mark.parametrize(
    "topic", [one for one in TOPICS.values() if one.direction is Direction.OUT], ids=lambda one: one.name
)
def test_every_result_carries_the_cloudevents_attributes(topic: Any) -> None:
    assert issubclass(topic.model, Output)


@pytest.mark.parametrize("example", FORWARDED, ids=label)
def test_a_forwarded_record_fits_the_topic_that_it_came_from(example: Example) -> None:
    origin = TOPICS[example.headers[ORIGIN_HEADER]]
    assert origin.direction is Direction.IN
    assert parse_json(origin, example.raw) is not None


@pytest.mark.parametrize("example", CONTROL_EXAMPLES, ids=label)
def test_the_engine_reads_and_writes_its_records_as_the_contract_defines_them(example: Example) -> None:
    headers = tuple((name, value.encode()) for name, value in example.headers.items())
    control = decode_control(Record(example.topic.name, 0, 0, 0, None, example.raw, headers))
    emitted = control_emit(example.topic.name, 0, control, 0)
    assert json.loads(emitted.value or b"") == example.value
    assert emitted.headers == headers
    assert list(VALIDATORS[CONTROLS].iter_errors(example.value)) == []


def test_every_record_of_the_engine_is_in_the_contract_field_by_field() -> None:
    described = {
        shape["properties"]["type"]["const"]: set(shape["properties"])
        for shape in build_documents()[CONTROLS]["$defs"].values()
    }
    shown = {one.headers[HEADER]: set(one.value or {}) for one in CONTROL_EXAMPLES}
    assert shown == described


@pytest.mark.parametrize("example", SCORED, ids=label)
def test_the_points_of_an_example_add_up(example: Example) -> None:
    explanation = parse_json(example.topic, example.raw).explanation
    assert sum(line.points for line in explanation.points) == explanation.total
    assert explanation.fit + explanation.behaviour == explanation.total


@pytest.mark.parametrize("name", ["lead.events", "desk.requests"])
def test_every_record_type_of_an_internal_log_has_an_example(name: str) -> None:
    described = set(build_documents()[name]["discriminator"]["mapping"])
    assert {(one.value or {})["type"] for one in OWN if one.topic.name == name} == described
