"""No word of the closed vocabularies is idle: each of the results is said in a tale, each of the inputs changes one.

The tables are closed: a member of schemas/vocabulary.py that no tale shows fails here by its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel

from schemas import vocabulary
from schemas.topics import TOPICS
from tests.scenarios.keys.tales import Tale
from tests.scenarios.words.heard import HEARD, PLACES, UNSAID
from tests.scenarios.words.said import OPERATED, SAID

UNIT: Final = Path(__file__).parents[1] / "unit"
WORDS: Final = [
    word
    for one in vars(vocabulary).values()
    if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
    for word in one
]
Results = dict[int, list[Any]]


def name(word: StrEnum) -> str:
    return f"{type(word).__name__}.{word.name}"


@pytest.fixture(scope="module")
def as_said() -> Results:
    """How the tales end, by their ids, as far as they were told."""
    return {}


def ends(tale: Tale, as_said: Results, folder: Path) -> list[Any]:
    if id(tale) not in as_said:
        as_said[id(tale)] = tale.play(folder, tale.policy_text())
    return as_said[id(tale)]


def words_in(value: Any) -> Iterator[str]:
    """Every word of a vocabulary that a result says, by its name."""
    if isinstance(value, StrEnum):
        yield name(value)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from words_in(getattr(value, field))
    elif isinstance(value, list):
        for one in value:
            yield from words_in(one)


def put(text: str, word: StrEnum, other: StrEnum | None) -> str:
    """A record with another word in the place of one."""
    place = PLACES[type(word)]
    if other is UNSAID:
        return "" if place.format(word) in text else text
    return text.replace(place.format(word), place.format(other))


def letters(results: list[Any]) -> int:
    return sum(topic == "dead.letters" for topic, *_ in results)


def test_every_word_is_shown_once() -> None:
    shown = [name(word) for word in [*OPERATED, *HEARD, *(word for _, words in SAID for word in words)]]

    assert sorted({name(word) for word in WORDS} - set(shown)) == []
    assert sorted(one for one in set(shown) if shown.count(one) > 1) == []


@pytest.mark.parametrize(("tale", "words"), SAID, ids=[tale.name for tale, _ in SAID])
def test_a_word_of_the_results_is_said(
    tale: Tale, words: tuple[StrEnum, ...], as_said: Results, tmp_path: Path
) -> None:
    said = {
        word
        for topic, _, _, value in ends(tale, as_said, tmp_path)
        if value is not None
        for word in words_in(TOPICS[topic].adapter.validate_json(json.dumps(value)))
    }

    assert sorted({name(word) for word in words} - said) == []


@pytest.mark.parametrize(("word", "line"), HEARD.items(), ids=[name(word) for word in HEARD])
def test_another_word_of_the_inputs_ends_a_tale_otherwise(
    word: StrEnum, line: tuple[Tale, StrEnum | None], as_said: Results, tmp_path: Path
) -> None:
    tale, other = line
    before = ends(tale, as_said, tmp_path)

    results = tale.play(tmp_path, tale.policy_text(), lambda text: put(text, word, other))

    assert results != before
    assert letters(results) == letters(before)


@pytest.mark.parametrize(("word", "file"), OPERATED.items(), ids=[name(word) for word in OPERATED])
def test_what_no_replay_brings_about_has_a_test_that_names_it(word: StrEnum, file: str) -> None:
    assert word in (UNIT / file).read_text("utf-8")
