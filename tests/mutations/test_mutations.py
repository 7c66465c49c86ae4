"""Every mutation still applies to the code, and its test exists. `make mutations` checks that the tests fail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from domain import DOMAIN
from live import LIVE
from logins import LOGINS
from mutation import ROOT, Mutation
from notifications import NOTIFICATIONS
from publication import PUBLICATION
from pure import PURE
from state import STATE
from unread import UNREAD
from whole import WHOLE

ALL = PURE + STATE + PUBLICATION + NOTIFICATIONS + UNREAD + LOGINS + DOMAIN + LIVE + WHOLE


def name_of(mutation: Mutation) -> str:
    return mutation.name


def test_names_are_unique_and_each_is_in_the_table() -> None:
    names = [mutation.name for mutation in ALL]
    assert len(set(names)) == len(names)
    table = (Path(__file__).parent / "README.md").read_text("utf-8")
    assert [mutation.name for mutation in ALL if f"| {mutation.name} |" not in table] == []
    assert [mutation.name for mutation in ALL if mutation.test_name not in table] == []


@pytest.mark.parametrize("mutation", ALL, ids=name_of)
def test_a_patch_applies_to_the_code_as_it_is_and_its_test_exists(mutation: Mutation) -> None:
    texts: dict[str, str] = {}
    for edit in mutation.edits:
        edit.apply(ROOT)
        texts[edit.file] = edit.file
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tests = ast.parse(mutation.test_file.read_text("utf-8")).body
    assert mutation.test_name in {node.name for node in tests if isinstance(node, functions)}
