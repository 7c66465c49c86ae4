from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from workers.policy.document import MAX_BYTES, MAX_DEPTH, format_path, read
from workers.policy.problem import PolicyError

POLICIES = Path(__file__).parents[3] / "policy"


@pytest.mark.parametrize(
    "scalar", ["NO", "9:30", "0111", "1_000", "1e3", "0x10", "yes", "~", "null", "2026-12-24", "'6021'", ".5"]
)
def test_a_scalar_stays_the_text_of_the_file(scalar: str) -> None:
    assert read(f"a: {scalar}", "p.yaml").tree == {"a": scalar.strip("'")}


def test_a_key_without_a_value_is_an_empty_text() -> None:
    assert read("a:\nb: 1", "p.yaml").tree == {"a": "", "b": "1"}


def test_every_key_and_value_has_its_place() -> None:
    document = read("a: 1\nb:\n  - x\n  - {c:   5}\n", "p.yaml")
    assert document.key_places == {("a",): (1, 1), ("b",): (2, 1), ("b", 1, "c"): (4, 6)}
    assert document.value_places[("b", 0)] == (3, 5)
    assert document.value_places[("b", 1, "c")] == (4, 11)


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key a second time (first in line 1)"),
        ("x:\n  a: 1\n  a: 1", 3, "the key a second time (first in line 2)"),
        ("a: 1\nb: &n 2", 2, "an anchor (&)"),
        ("a: 1\nb: *n", 2, "an alias (*)"),
        ("a: !!python/object:os.system x", 1, "a tag (!)"),
        ("a: !!int 3", 1, "a tag (!)"),
        ("%YAML 1.1\n---\na: 1", 1, "a directive (%)"),
        ("a: 1\n? [b, c]\n: 2", 2, "a list or mapping as a key"),
        ("", 1, "no keys"),
        ("- a", 1, "no keys"),
        ("just a text", 1, "no keys"),
        ("a: 1\n---\nb: 2", 2, "a second document behind ---"),
        ("a: 1\nb: [1, 2", 2, "no ] for the [ of line 2"),
        ("a: 1\nb: {c: 1\nd: 2", 3, "no } for the { of line 2"),
        ("a: 1\n\tb: 2", 2, "a tab"),
        ("a: 1\nb: %x", 2, "a text that begins with %"),
        ("a: 1\nurl: */pricing*", 2, "a text that begins with *"),
        ('a: 1\nb: "x', 2, "no second quote for the one of line 2"),
        ("a: 1\n  b: 2", 2, "a colon that no key can have here"),
        ("a: 1\nb\nc: 2", 3, "no colon in line 2"),
        ("a:\n  - b\n - c", 3, "a line that does not fit the lines above it"),
        ("a: 1\nb: \x00", 2, "a character that YAML forbids"),
        ("a: 1\nb: \ud800", 2, "a character that YAML forbids"),
        ("a: " + "[" * (MAX_DEPTH + 1), 1, "too deep"),
        ("a: " + "{b: " * (MAX_DEPTH + 1), 1, "too deep"),
        ("a: " + "x" * MAX_BYTES, 1, "too large"),
    ],
)
def test_what_a_policy_never_needs_is_refused_with_its_line(text: str, line: int, found: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(text, "p.yaml")
    (problem,) = caught.value.problems
    assert found in problem.found
    assert problem.line == line
    assert problem.file == "p.yaml"


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    with pytest.raises(PolicyError, match="an anchor"):
        read(bomb, "p.yaml")


def test_a_path_reads_as_a_person_counts() -> None:
    assert format_path(("buyers", "titles", 1, "points")) == "buyers.titles[2].points"


@pytest.mark.parametrize("name", ["default.yaml", "saas.yaml"])
def test_libyaml_and_python_read_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (POLICIES / name).read_text("utf-8")
    assert yaml.__with_libyaml__, "the wheels of PyYAML contain libyaml"
    fast = read(text, name)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert read(text, name) == fast


@pytest.mark.parametrize(
    "text",
    [
        "a: b\t\n\tc: d\n",
        "a: {b?c: d}\n",
        "a: [b, c?d]\n",
        "a: [b, c\n",
        "a: &b c\n",
        "a:\n  - b: 'c\n",
        "a: [\ufeffb, c\n",
    ],
    ids=[
        "tab",
        "question mark in braces",
        "question mark in a list",
        "open list",
        "anchor",
        "open text",
        "invisible",
    ],
)
def test_a_text_is_refused_with_the_same_error_with_and_without_libyaml(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PolicyError) as refused:
        read(text, "policy")
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    with pytest.raises(PolicyError, match=re.escape(str(refused.value))):
        read(text, "policy")
