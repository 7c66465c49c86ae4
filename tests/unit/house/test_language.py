"""The rules of language that a machine can count. The numbers stay at zero; each exception has its reason."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Final

import pytest

from tests.unit.house.language import (
    WORDS,
    Docstring,
    Finding,
    docstrings,
    faults,
    files,
    findings,
    house_words,
)
from tests.unit.house.pages import ROOT

KINDS: Final = ("opening", "long", "continues", *WORDS)
EXCEPTIONS: Final[dict[tuple[str, str], tuple[int, str]]] = {
    ("schemas/parsing.py", "is no X"): (
        1,
        "the text of a dead letter is data: it stays as subscribers know it",
    ),
    ("tests/routes.py", "nobody"): (1, "the text of a policy"),
    ("workers/identity/company_names.py", "say, tell"): (
        1,
        "what people write in a form instead of a company",
    ),
    ("workers/identity/event_time.py", "lie, stand"): (1, "the text of a dead letter is data"),
}
"""(file, kind): how many findings are allowed, and why."""
NAMES: Final = frozenset({"told", "said", "again", "large", "book", "passage", "once", "go_on"})
"""Names that hide what a module, a class or a function does."""


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    return [finding for path in files() for finding in findings(path)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_breaks_the_rules_of_language(kind: str, found: list[Finding]) -> None:
    counts = Counter(one.file for one in found if one.kind == kind)
    allowed = {file: count for (file, of_kind), (count, _) in EXCEPTIONS.items() if of_kind == kind}
    assert [
        str(one) for one in found if one.kind == kind and counts[one.file] > allowed.get(one.file, 0)
    ] == []
    assert {file: counts[file] for file in allowed} == allowed, "an exception that is no longer needed"


def test_no_module_class_or_function_has_a_name_that_hides_what_it_does() -> None:
    hidden = []
    for path in files():
        if path.suffix != ".py":
            continue
        name = path.relative_to(ROOT).as_posix()
        if path.stem.removeprefix("test_") in NAMES:
            hidden.append(name)
        hidden += [
            f"{name}:{node.lineno}: {node.name}"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.name.strip("_").lower() in NAMES
        ]
    assert hidden == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nobody gets leads of an excluded account.", "opening"),
        ("Where it is known, the name.", "opening"),
        (" ".join(["word"] * 31) + ".", "long"),
    ],
)
def test_a_docstring_that_breaks_a_rule_is_found(text: str, kind: str) -> None:
    assert list(faults(Docstring(1, text, is_field=False))) == [kind]


@pytest.mark.parametrize("text", ["since then.", "And the holder.", "Since the absence began."])
def test_a_field_docstring_that_continues_another_is_found(text: str) -> None:
    assert list(faults(Docstring(1, text, is_field=True))) == ["continues"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The desk says it.", "say, tell"),
        ("It goes on.", "go on"),
        ("The call is over.", "be over"),
        ("A rep with room.", "room"),
        ("This is no account.", "is no X"),
        ("asked anew", "anew"),
    ],
)
def test_a_house_word_is_found(text: str, word: str) -> None:
    assert [found for found, _ in house_words(text)] == [word]


@pytest.mark.parametrize(
    "text", ["`told` is a field.", "It is over 300 lines.", "There is no account.", "It is no longer open."]
)
def test_code_and_standard_english_are_not_house_words(text: str) -> None:
    assert list(house_words(text)) == []


def test_docstrings_of_fields_differ_from_docstrings_of_classes() -> None:
    tree = ast.parse('class A:\n    """A class."""\n\n    b: int = 0\n    """A field."""\n')
    assert [(one.text, one.is_field) for one in docstrings(tree)] == [("A class.", False), ("A field.", True)]
