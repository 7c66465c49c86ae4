from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from schemas import freshness
from schemas.generate import JSON_FOLDER, RELEASED_FOLDER, build_documents, to_text
from schemas.topics import TOPICS, Direction, Topic
from schemas.vocabulary import MAY_GROW

OUTPUTS = [topic for topic in TOPICS.values() if topic.direction is Direction.OUT]
WRITTEN = [
    topic for topic in TOPICS.values() if topic.direction is not Direction.IN and topic.model is not None
]


def models_in(annotation: Any, found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Return every model that a value of ``annotation`` may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
        found.add(annotation)
        for field in annotation.model_fields.values():
            models_in(field.annotation, found)
    for inside in get_args(annotation):
        models_in(inside, found)
    return found


def test_the_json_schemas_match_the_models() -> None:
    assert freshness.find_stale(JSON_FOLDER) == []


def test_there_is_a_release_to_compare_with() -> None:
    assert [path.name for path in RELEASED_FOLDER.iterdir()]


@pytest.mark.parametrize("name", build_documents())
def test_every_document_is_a_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(build_documents()[name])


def test_every_topic_has_a_document() -> None:
    assert set(TOPICS) <= set(build_documents())


def test_a_stale_a_missing_and_a_superfluous_file_are_each_found(tmp_path: Path) -> None:
    freshness.write(tmp_path)
    assert freshness.find_stale(tmp_path) == []
    (tmp_path / "web.activity.json").write_text("{}")
    (tmp_path / "lead.scores.json").unlink()
    (tmp_path / "lead.gossip.json").write_text("{}")
    assert freshness.find_stale(tmp_path) == [
        "lead.scores.json is missing",
        "web.activity.json does not match the models",
        "lead.gossip.json belongs to no topic",
    ]
    freshness.write(tmp_path)
    assert freshness.find_stale(tmp_path) == []


def test_the_check_fails_when_a_file_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert freshness.main(["--write", "--folder", str(tmp_path)]) == 0
    assert freshness.main(["--check", "--folder", str(tmp_path)]) == 0
    (tmp_path / "crm.reps.json").unlink()
    assert freshness.main(["--check", "--folder", str(tmp_path)]) == 1
    assert "crm.reps.json is missing" in capsys.readouterr().err


@pytest.mark.parametrize("topic", WRITTEN, ids=lambda topic: topic.name)
def test_a_field_that_may_be_none_has_the_default_none(topic: Topic) -> None:
    fields = {
        (model.__name__, name): field
        for model in models_in(topic.model, set())
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation)
    }
    assert [
        place for place, field in fields.items() if field.is_required() or field.default is not None
    ] == []


@pytest.mark.parametrize("topic", OUTPUTS, ids=lambda topic: topic.name)
def test_no_result_holds_null(topic: Topic) -> None:
    text = to_text(build_documents()[topic.name])
    assert '"null"' not in text
    assert '"default"' not in text


@pytest.mark.parametrize("topic", OUTPUTS, ids=lambda topic: topic.name)
def test_a_subscriber_can_rely_on_every_field_that_cannot_be_none(topic: Topic) -> None:
    shapes = [build_documents()[topic.name], *build_documents()[topic.name].get("$defs", {}).values()]
    by_title = {shape["title"]: shape for shape in shapes if "properties" in shape}
    for model in models_in(topic.model, set()):
        shape = by_title[topic.name if model is topic.model else model.__name__]
        never_none = {
            n for n, field in model.model_fields.items() if type(None) not in get_args(field.annotation)
        }
        assert set(shape.get("required", ())) == never_none


def test_vocabularies_that_may_grow_are_marked() -> None:
    growing: set[str] = set()
    for topic in OUTPUTS:
        for name, shape in build_documents()[topic.name].get("$defs", {}).items():
            if shape.get("x-may-grow"):
                growing.add(name)
    assert growing == {vocabulary.__name__ for vocabulary in MAY_GROW}


def test_a_document_is_written_the_same_every_time() -> None:
    assert {name: to_text(one) for name, one in build_documents().items()} == {
        name: to_text(json.loads(to_text(one))) for name, one in build_documents().items()
    }
