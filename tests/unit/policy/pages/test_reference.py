"""docs/policy.md lists every key of the policy with its value, its description and an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workers.policy.model import Policy
from workers.policy.pages.reference import (
    find_example,
    is_stale,
    list_sections,
    main,
    read_field_docs,
    render_page,
)
from workers.policy.part import Part

KEYS = [(kind, name) for _, kind in list_sections() for name in kind.model_fields]


def label(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def test_the_page_is_up_to_date() -> None:
    assert not is_stale(), "python -m workers.policy.pages.reference --write"


def test_the_check_fails_for_a_page_that_is_out_of_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], tmp_path / "no-such-page.md") == 1
    assert "--write" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "name"), KEYS, ids=label)
def test_every_key_has_a_description(kind: type[Part], name: str) -> None:
    assert read_field_docs(kind).get(name), f"add a docstring below {kind.__name__}.{name}"


@pytest.mark.parametrize(("kind", "name"), KEYS, ids=label)
def test_every_key_has_an_example(kind: type[Part], name: str) -> None:
    example = find_example(kind, name)
    assert example, f"add an example to the docstring of {kind.__name__}.{name}, as ``{name}: value``"
    assert "\n" not in example


def test_every_row_of_the_page_is_whole() -> None:
    rows = [line for line in render_page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(KEYS)
    for row in rows:
        cells = re.split(r"(?<!\\)\|", row)[1:-1]
        assert len(cells) == 5
        key, value, _, does, example = (cell.strip() for cell in cells)
        assert key
        assert value
        assert len(does) > 3, row
        assert example != "`None`", row


def test_every_part_of_the_policy_has_its_section() -> None:
    headings = re.findall(r"^## `?([^`\n]+)`?$", render_page(), re.MULTILINE)
    assert headings[0] == "The file"
    assert headings.pop() == "What is refused"
    assert len(headings) == len(set(headings)) == len(list_sections())
    assert {"behaviour.rules.*", "routes[]", "desks.*.answer_within"} <= set(headings)
    assert Policy in {kind for _, kind in list_sections()}
