"""docs/architecture.md and CONTRIBUTING.md: each named function exists, and the generated parts are fresh."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from schemas.topics import TOPICS
from tests.unit.house import architecture
from tests.unit.house.pages import PAGES, ROOT, name_of, text_of

LINKED = re.compile(r"\[`([A-Za-z_]\w*(?:\.\w+)*)`\]\(([^)\s]+\.py)\)")
"""A link from a name in code style to a Python file."""
NAMES = sorted(
    {
        (name_of(page), name, name_of((page.parent / path).resolve()))
        for page in PAGES
        for name, path in LINKED.findall(text_of(page))
    }
)


@cache
def defined(file: str) -> frozenset[str]:
    """Return the names that a module defines: functions, classes, values, and members as ``Class.member``."""
    return frozenset(_names(ast.parse((ROOT / file).read_text("utf-8")).body, ""))


def _names(body: list[ast.stmt], before: str) -> set[str]:
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(before + node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {before + node.name} | _names(node.body, f"{before}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {before + one.id for one in targets if isinstance(one, ast.Name)}
    return found


@pytest.mark.parametrize(
    ("page", "name", "file"), NAMES, ids=[f"{page}-{file}-{name}" for page, name, file in NAMES]
)
def test_each_linked_name_is_defined_in_its_file(page: str, name: str, file: str) -> None:
    assert name in defined(file), f"{page} links {name}, but {file} does not define it"


def test_the_architecture_page_names_where_enough_rules_are() -> None:
    assert len([one for one in NAMES if one[0] == "docs/architecture.md"]) > 50


@pytest.mark.parametrize(
    ("name", "is_defined"),
    [
        ("RuleBook.points", True),
        ("RuleBook", True),
        ("NO_RULES", True),
        ("points", False),
        ("nothing", False),
    ],
)
def test_a_name_that_a_module_does_not_define_is_found(name: str, is_defined: bool) -> None:
    assert (name in defined("workers/accounts/rulebook/behaviour.py")) is is_defined


def test_the_generated_parts_are_fresh() -> None:
    for path, text in architecture.pages().items():
        assert path.read_text("utf-8") == text, "run python -m tests.unit.house.architecture --write"


def test_a_stale_page_is_found_and_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "architecture.md"
    page.write_text(text_of(architecture.PAGE).replace("| `lead_form` |", "| `lead_shape` |"), "utf-8")
    monkeypatch.setattr(architecture, "PAGE", page)
    monkeypatch.setattr(architecture, "ROWS_PAGE", tmp_path / "rows.md")
    assert architecture.main(["--check"]) == 1
    assert "architecture.md is stale" in capsys.readouterr().err
    assert architecture.main(["--write"]) == 0
    assert architecture.main(["--check"]) == 0


def test_a_page_without_a_marker_is_refused() -> None:
    text = text_of(architecture.PAGE).replace("<!-- events: end -->", "")
    with pytest.raises(ValueError, match="one part between 'events: begin' and 'events: end'"):
        architecture.page(text)


def test_a_picture_with_other_arrows_than_the_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architecture, "DRAWN", architecture.DRAWN - {("desks", "lead.events")})
    with pytest.raises(ValueError, match=r"the code has .*'desks', 'lead.events'"):
        architecture.way()


def test_the_picture_names_every_topic() -> None:
    shown = "\n".join(architecture.way())
    assert [name for name in TOPICS if name not in shown] == []


def test_every_event_type_of_the_accounts_log_is_in_the_table() -> None:
    union = get_args(TOPICS["lead.events"].model)[0]
    types = [str(model.model_fields["type"].default) for model in get_args(union)]
    shown = re.findall(r"^\| `(\w+)` \|", "\n".join(architecture.events()), re.MULTILINE)
    assert sorted(shown) == sorted(types)
