"""CONTRIBUTING.md: each file that it names exists, and its table of words is that of the checker."""

from __future__ import annotations

import re

import pytest

from tests.unit.house.language import WORDS
from tests.unit.house.pages import ROOT, text_of

PAGE = text_of(ROOT / "CONTRIBUTING.md")
PATHS = sorted(
    set(re.findall(r"`((?:[\w.]+/)+[\w.*-]*)`", PAGE)) | set(re.findall(r"`(\w+\.(?:md|toml))`", PAGE))
)
RECIPES = re.findall(r"^### (.+?)\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", PATHS)
def test_each_named_file_exists(path: str) -> None:
    assert list(ROOT.glob(path)), f"CONTRIBUTING.md names {path}, which does not exist"


def test_enough_files_are_named() -> None:
    assert len(PATHS) > 40


@pytest.mark.parametrize(("heading", "text"), RECIPES, ids=[heading for heading, _ in RECIPES])
def test_each_recipe_names_what_to_write_and_the_tests_that_check_it(heading: str, text: str) -> None:
    assert "write" in text.lower()
    assert "checked by" in text.lower()
    assert re.search(r"`tests/[\w/]+(?:\.py|/)`", text)


def test_there_is_a_recipe_for_each_usual_addition() -> None:
    headings = " ".join(heading for heading, _ in RECIPES)
    for word in (
        "rule",
        "rejection reason",
        "reason code",
        "field",
        "event type",
        "row",
        "metric",
        "policy key",
    ):
        assert word in headings


def test_the_table_of_words_is_that_of_the_checker() -> None:
    _, _, section = PAGE.partition("\n## Language\n")
    shown = re.findall(r"^\| `([^`]+)` \| \S.* \|$", section, re.MULTILINE)
    assert shown == list(WORDS)
