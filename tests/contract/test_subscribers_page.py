from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import schemas
from schemas.outputs import LedgerEntryType, Output
from schemas.topics import TOPICS, Direction

PAGE = (Path(schemas.__file__).parent.parent / "docs" / "subscribers.md").read_text(encoding="utf-8")
OUTPUTS = {topic.name: topic for topic in TOPICS.values() if topic.direction is Direction.OUT}
COMMON = set(Output.model_fields)


def section(title: str) -> dict[str, str]:
    """The table under a heading: first column to second."""
    _, _, rest = PAGE.partition(f"\n### {title}\n")
    body = re.split(r"\n##", rest, maxsplit=1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", body, re.MULTILINE))


def inside(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
        if issubclass(annotation, BaseModel):
            for field in annotation.model_fields.values():
                yield from inside(field.annotation)
    for part in get_args(annotation):
        yield from inside(part)


REACHED = sorted(
    {found for topic in OUTPUTS.values() for found in inside(topic.model)},
    key=lambda found: found.__qualname__,
)
PARTS = {one.__name__: one for one in REACHED if issubclass(one, BaseModel) and not issubclass(one, Output)}
VOCABULARIES = {one.__name__: [str(code) for code in one] for one in REACHED if issubclass(one, StrEnum)} | {
    "LedgerEntryType": list(get_args(LedgerEntryType))
}


def test_the_page_covers_the_vocabularies_that_it_must() -> None:
    assert {"Reason", "Route", "HowChosen", "Alert", "PassedOver", "DeadLetterReason"} <= set(VOCABULARIES)


@pytest.mark.parametrize("name", sorted(VOCABULARIES))
def test_every_code_has_its_sentence_and_no_sentence_has_lost_its_code(name: str) -> None:
    said = section(name)
    assert list(said) == VOCABULARIES[name]
    assert [code for code, sentence in said.items() if not re.fullmatch(r"[A-Z].{3,}\.", sentence)] == []


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_field_of_a_result_is_explained(name: str) -> None:
    assert list(section(name)) == [field for field in OUTPUTS[name].model.model_fields if field not in COMMON]


def test_the_fields_of_every_result_are_explained_once() -> None:
    assert set(section("Every result")) == COMMON


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_field_of_a_part_of_a_result_is_explained(name: str) -> None:
    assert list(section(name)) == list(PARTS[name].model_fields)


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_table_of_topics_says_key_keeping_and_type(name: str) -> None:
    (line,) = re.findall(rf"^\| `{re.escape(name)}` \| (.+) \|$", PAGE, re.MULTILINE)
    key, partitioned_by, kept, event_type = line.split(" | ")
    topic = OUTPUTS[name]
    assert key == topic.key_says
    assert partitioned_by in {"account_key", "desk", "the key"}
    assert kept.startswith(
        "compacted" if topic.compacted else f"{(topic.retention_ms or 0) // 86_400_000} days"
    )
    assert event_type == f"`{topic.model.type_name}`"


def test_every_program_of_the_page_is_python_and_reads_what_is_committed() -> None:
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) == 2
    for program in programs:
        compile(program, "docs/subscribers.md", "exec")
        assert "read_committed" in program
