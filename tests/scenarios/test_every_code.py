"""Every code of the contract has an effect: a tale emits each code of outputs, and each code of inputs changes a tale.

The tables are complete: a member of schemas/vocabulary.py without a tale fails here by its name.
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
from tests.scenarios.codes.input_codes import INPUT_CODES, JSON_FIELDS, REMOVED
from tests.scenarios.codes.output_codes import CODES_WITHOUT_A_TALE, OUTPUT_CODES
from tests.scenarios.keys.tales import Tale

TESTS: Final = Path(__file__).parents[1]
CODES: Final = [
    code
    for one in vars(vocabulary).values()
    if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
    for code in one
]
Outputs = dict[int, list[Any]]


def name(code: StrEnum) -> str:
    return f"{type(code).__name__}.{code.name}"


@pytest.fixture(scope="module")
def baseline() -> Outputs:
    """The outputs of each tale as it is, by the id of the tale. Filled on first use."""
    return {}


def play_baseline(tale: Tale, baseline: Outputs, folder: Path) -> list[Any]:
    if id(tale) not in baseline:
        baseline[id(tale)] = tale.play(folder, tale.policy_text())
    return baseline[id(tale)]


def codes_in(value: Any) -> Iterator[str]:
    """Yield the name of each code in an output."""
    if isinstance(value, StrEnum):
        yield name(value)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from codes_in(getattr(value, field))
    elif isinstance(value, list):
        for one in value:
            yield from codes_in(one)


def replace_code(line: str, code: StrEnum, other: StrEnum | None) -> str:
    """Return an input line with another code in place of one. "" if a line with the code is to be removed."""
    field = JSON_FIELDS[type(code)]
    if other is REMOVED:
        return "" if field.format(code) in line else line
    return line.replace(field.format(code), field.format(other))


def count_dead_letters(outputs: list[Any]) -> int:
    return sum(topic == "dead.letters" for topic, *_ in outputs)


def test_every_code_is_listed_once() -> None:
    emitted = [code for _, codes in OUTPUT_CODES for code in codes]
    listed = [name(code) for code in [*CODES_WITHOUT_A_TALE, *INPUT_CODES, *emitted]]

    assert sorted({name(code) for code in CODES} - set(listed)) == []
    assert sorted(one for one in set(listed) if listed.count(one) > 1) == []


@pytest.mark.parametrize(("tale", "codes"), OUTPUT_CODES, ids=[tale.name for tale, _ in OUTPUT_CODES])
def test_a_tale_emits_its_codes(
    tale: Tale, codes: tuple[StrEnum, ...], baseline: Outputs, tmp_path: Path
) -> None:
    emitted = {
        code
        for topic, _, _, value in play_baseline(tale, baseline, tmp_path)
        if value is not None
        for code in codes_in(TOPICS[topic].adapter.validate_json(json.dumps(value)))
    }

    assert sorted({name(code) for code in codes} - emitted) == []


@pytest.mark.parametrize(("code", "line"), INPUT_CODES.items(), ids=[name(code) for code in INPUT_CODES])
def test_another_code_of_an_input_changes_the_outputs_of_a_tale(
    code: StrEnum, line: tuple[Tale, StrEnum | None], baseline: Outputs, tmp_path: Path
) -> None:
    tale, other = line
    before = play_baseline(tale, baseline, tmp_path)

    changed = tale.play(tmp_path, tale.policy_text(), lambda text: replace_code(text, code, other))

    assert changed != before
    assert count_dead_letters(changed) == count_dead_letters(before)


@pytest.mark.parametrize(
    ("code", "file"), CODES_WITHOUT_A_TALE.items(), ids=[name(code) for code in CODES_WITHOUT_A_TALE]
)
def test_a_code_without_a_tale_has_a_test_that_names_it(code: StrEnum, file: str) -> None:
    assert code in (TESTS / file).read_text("utf-8")
