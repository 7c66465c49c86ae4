from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, get_args

import pytest
from pydantic import BaseModel, Field

from schemas import freshness, reference, reference_types
from schemas.base import Model
from schemas.contents import MissingSentenceError, all_types, sentences_of, types_in, undescribed
from schemas.desk_ledger import LEDGER_ENTRY_SENTENCES, LedgerEntryType
from schemas.engine_controls import EngineControl
from schemas.reference_examples import ExampleFinder
from schemas.topics import TOPICS, Direction

PAGE = reference.PAGE.read_text(encoding="utf-8")
TYPES = all_types()
MODELS = [one for one in TYPES if issubclass(one, BaseModel)]
VOCABULARIES = [one for one in TYPES if issubclass(one, StrEnum)]
SENTENCES: dict[str, Mapping[Any, str]] = {one.__name__: sentences_of(one) for one in VOCABULARIES} | {
    reference.LEDGER_ENTRY: LEDGER_ENTRY_SENTENCES
}
RESULTS = [topic for topic in TOPICS.values() if topic.direction is Direction.OUT]


def sections() -> dict[str, str]:
    """Return the text under each heading of the page."""
    found = re.findall(r"^#{2,4} ([^\n]+)\n(.*?)(?=^#{1,4} |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert len({heading for heading, _ in found}) == len(found)
    return dict(found)


SECTIONS = sections()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    lines = re.findall(r"^\| (.+) \|$", SECTIONS[heading], re.MULTILINE)
    return [re.split(r"(?<!\\) \| ", line) for line in lines[1:]]


def heading_of(model: type[BaseModel]) -> str:
    for topic in TOPICS.values():
        if topic.model is model and topic.name != "directory.events":
            return topic.name
    is_record = any(model in get_args(get_args(union)[0]) for union in UNIONS)
    return str(model.model_fields["type"].default) if is_record else model.__name__


UNIONS = [one.model for one in TOPICS.values() if not isinstance(one.model, type)] + [EngineControl]


def test_the_page_matches_the_models() -> None:
    assert not reference.is_stale(), "run python -m schemas.reference --write"


def test_a_stale_page_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "PAGE", tmp_path / "reference" / "events.md")
    assert reference.main(["--check"]) == 1
    assert "python -m schemas.reference --write" in capsys.readouterr().err
    assert reference.main(["--write"]) == 0
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_the_page_names_key_partitioning_and_retention_of_every_topic(topic: Any) -> None:
    (row,) = [row for row in rows("Topics") if row[0].startswith(f"[{topic.name}]")]
    _, direction, key, partitioned_by, kept, _ = row
    assert (direction, key, partitioned_by) == (
        topic.direction.value,
        topic.key_description,
        topic.partitioned_by,
    )
    days = f"{(topic.kept_ms or 0) // 86_400_000} days"
    assert (
        kept
        == {
            (False, False): days,
            (True, False): "compacted: the last record of each key",
            (True, True): f"compacted, and {days}",
        }[(topic.compacted, topic.expires)]
    )
    if topic.direction is Direction.OUT:
        assert f"CloudEvents type: `{topic.model.type_name}`" in SECTIONS[topic.name]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_every_model_is_on_the_page_once_with_its_description(model: type[BaseModel]) -> None:
    shown = rows(heading_of(model))
    assert [row[0] for row in shown] == [f"`{name}`" for name in model.model_fields]
    assert [row[3] for row in shown] == [
        " ".join((field.description or "").split()).replace("|", "\\|")
        for field in model.model_fields.values()
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_an_example_or_links_to_its_parts(model: type[BaseModel]) -> None:
    for row in rows(heading_of(model)):
        assert row[4].strip() or "](#" in row[1], row[0]


def test_an_example_comes_from_the_records_and_an_object_has_none() -> None:
    finder = ExampleFinder()
    assert finder.of(TOPICS["crm.accounts"].model, "name") == "Norrbank"
    assert finder.of(TOPICS["crm.accounts"].model, "revenue") is None


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_description_is_a_sentence(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert re.fullmatch(r"[^\n]{8,}[.]", field.description or ""), f"{model.__name__}.{name}"


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_every_code_is_on_the_page_once_with_its_sentence(name: str) -> None:
    assert rows(name) == [[f"`{code}`", sentence] for code, sentence in SENTENCES[name].items()]
    assert [one for one in SENTENCES[name].values() if not re.fullmatch(r"[A-Z`].{3,}\.", one)] == []


def test_every_vocabulary_of_the_results_is_covered() -> None:
    reached = {one.__name__ for topic in RESULTS for one in types_in(topic.model) if issubclass(one, StrEnum)}
    assert {"Reason", "Route", "HowChosen", "Alert", "PassedOver", "DeadLetterReason"} <= reached
    assert reached <= set(SENTENCES)
    assert set(LEDGER_ENTRY_SENTENCES) == set(get_args(LedgerEntryType))


def test_every_code_of_a_vocabulary_has_a_sentence_of_its_own() -> None:
    for name, sentences in SENTENCES.items():
        assert len(set(sentences.values())) == len(sentences), name


class Colour(StrEnum):
    """A vocabulary with a code that is not explained."""

    RED = "red"
    """The colour of fire."""
    BLUE = "blue"


class Parcel(Model):
    """A model with a field that is not described."""

    weight: int = Field(description="The weight of the parcel, in grams.")
    sender: str = Field(default="", description="  ")
    colour: Colour = Colour.RED


def test_a_code_without_a_sentence_is_found() -> None:
    with pytest.raises(MissingSentenceError, match=r"Colour\.BLUE has no sentence"):
        sentences_of(Colour)


def test_a_field_without_a_description_is_found_and_named() -> None:
    place = "tests/contract/test_reference.py: Parcel"
    assert undescribed([Parcel, Colour]) == [
        f"{place}.{name} has no description; add Field(description=...) with what it is, its unit and bounds"
        for name in ("sender", "colour")
    ]


def test_the_check_fails_on_a_field_without_a_description(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(freshness, "all_types", lambda: [*TYPES, Parcel])
    assert freshness.main(["--check"]) == 1
    assert "Parcel.sender has no description" in capsys.readouterr().err


def test_no_field_of_the_contract_lacks_a_description() -> None:
    assert undescribed(TYPES) == []


def test_a_pattern_without_words_is_refused() -> None:
    with pytest.raises(reference_types.UnknownPatternError, match=r"pattern \^x\$ has no words"):
        reference_types.describe_scalar({"type": "string", "pattern": "^x$"})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 200}, "text, 1 to 200 characters"),
        ({"type": "string", "maxLength": 4096}, "text, at most 4,096 characters"),
        ({"type": "integer", "minimum": 1, "maximum": 100}, "whole number, from 1 to 100"),
        ({"type": "number", "minimum": 0}, "number, from 0"),
        ({"type": "integer", "maximum": 253_402_300_799_999}, "milliseconds since 1970-01-01 UTC"),
        ({"type": "string", "format": "date-time"}, "time, RFC 3339"),
        ({"type": "boolean"}, "true or false"),
        ({"const": "tick", "type": "string"}, "`tick`"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "map: text to text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_type_is_described_with_its_bounds(schema: dict[str, Any], words: str) -> None:
    assert reference_types.describe_scalar(schema) == words
