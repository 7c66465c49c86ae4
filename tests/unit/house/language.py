"""Count house words and hard-to-read docstrings. The rules are in CONTRIBUTING.md, section "Language".

``python -m tests.unit.house.language [PATH ...]`` prints each finding as ``file:line: kind: text``.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.unit.house.pages import ROOT

READ: Final = frozenset({".py", ".md", ".yaml", ".yml", ".toml"})
FOLDERS: Final = (".ci", "bench", "docs", "policy", "schemas", "tests", "workers")
NOT_OURS: Final = (
    "schemas/released/",
    "schemas/json/",
    "tests/unit/house/language.py",
    "tests/unit/house/test_language.py",
)
"""Paths that are not read: the released contract, generated JSON Schema, and this list of words."""

OPENING: Final = re.compile(r"(?:Who|Whose|Whom|Nobody|Somebody|Of|Where|What)\b")
"""First words that hide the subject of a docstring."""
CONTINUES: Final = re.compile(
    r"(?:[a-z](?!\w*\()|(?:And|But|Or|Also|Since|Then|Until|It|Its|They|Their|Them|Those|That|These|This|Likewise)\b)"
)
"""First words of a field docstring that depends on the docstring before it."""
MOST_WORDS: Final = 30
"""The most words in the first sentence of a docstring."""
FEWEST_WORDS: Final = 3
"""The fewest words of a sentence. A string literal with fewer is a code."""

_IS: Final = r"(?:is|are|was|were|be|been)"
WORDS: Final[dict[str, re.Pattern[str]]] = {
    word: re.compile(pattern, re.IGNORECASE)
    for word, pattern in {
        "say, tell": r"\b(?:says?|said|saying|tells?|told|telling)\b",
        "hear": r"\b(?:hears?|heard)\b",
        "go on": r"\b(?:go|goes|went|going) on\b",
        "be over": rf"\b{_IS} over\b(?! \d)",
        "room": r"\brooms?\b",
        "by hand": r"\bby hand\b",
        "mend": r"\b(?:mends?|mended|mending)\b",
        "hang on": r"\b(?:hangs?|hung|hanging) on\b",
        "lie, stand": r"\b(?:stands?|stood|lies|lie|lay|lain|lying)\b(?!-)",
        "is no X": r"(?<!\bthere )\b(?:is|are|was|were) (?:no|none)\b(?! (?:longer|more|later|earlier|less)\b)",
        "signs": r"\bsigns\b",
        "but for": r"\bbut for\b",
        "anew": r"\banew\b",
        "in vain": r"\bin vain\b",
        "made ready": r"\bmade ready\b",
        "dated ahead": r"\bdated ahead\b",
        "so many": r"\bso many\b",
        "nobody": r"\b(?:nobody|somebody|everybody|anybody|whoever|whomever)\b",
        "fade": r"\b(?:fades?|faded|fading)\b",
        "bar": r"\b(?:the|a|above|below|its) bar\b",
    }.items()
}
"""Patterns of words to replace. The key is the entry of the table in CONTRIBUTING.md that names the standard word."""

_CODE: Final = re.compile(r"``[^`]*``|`[^`]*`|https?://\S+")
_FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HTML_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_SENTENCE_END: Final = re.compile(r"[.?!](?=\s|$)")


class Finding(NamedTuple):
    """One place that breaks one rule. ``kind`` is ``opening``, ``long``, ``continues`` or a key of WORDS."""

    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


class Docstring(NamedTuple):
    """A docstring. ``is_field`` is true for the string under an assignment."""

    line: int
    text: str
    is_field: bool


def files(paths: list[Path] | None = None) -> Iterator[Path]:
    """Yield the files below ``paths``. By default these are all files of the project that hold prose."""
    if paths is None:
        paths = [ROOT / folder for folder in FOLDERS] + [p for p in ROOT.iterdir() if p.is_file()]
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for one in found:
            name = one.relative_to(ROOT).as_posix() if one.is_relative_to(ROOT) else one.as_posix()
            if one.suffix in READ and one.is_file() and not name.startswith(NOT_OURS):
                yield one


def findings(path: Path) -> list[Finding]:
    """Return the findings in one file, in the order of lines."""
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
    text = path.read_text("utf-8")
    found: list[Finding] = []
    if path.suffix == ".py":
        tree = ast.parse(text)
        for doc in docstrings(tree):
            found += [Finding(name, doc.line, kind, doc.text[:100]) for kind in faults(doc)]
        prose = [*python_prose(tree), *comments(text), *test_names(tree, path)]
    elif path.suffix == ".md":
        prose = list(enumerate(without_code(text).splitlines(), start=1))
    else:
        prose = list(comments_of_text(text))
    for line, words in prose:
        found += [Finding(name, line, kind, around(words, at)) for kind, at in house_words(words)]
    return sorted(found, key=lambda one: one.line)


def faults(doc: Docstring) -> Iterator[str]:
    """Yield each rule that the form of a docstring breaks. House words are not checked here."""
    text = doc.text.strip()
    if OPENING.match(text):
        yield "opening"
    if doc.is_field and CONTINUES.match(text):
        yield "continues"
    first = _SENTENCE_END.split(text.partition("\n\n")[0], maxsplit=1)[0]
    if len(first.split()) > MOST_WORDS:
        yield "long"


def house_words(text: str) -> Iterator[tuple[str, int]]:
    """Yield (key of WORDS, position) for each house word outside code."""
    plain = _CODE.sub(lambda found: " " * len(found[0]), text)
    for word, pattern in WORDS.items():
        for found in pattern.finditer(plain):
            yield word, found.start()


def around(text: str, at: int) -> str:
    """Return the words around a position, on one line."""
    return " ".join(text[max(0, at - 40) : at + 50].split())


def docstrings(tree: ast.Module) -> Iterator[Docstring]:
    """Yield the docstrings of a module, its classes, functions and fields."""
    for node in ast.walk(tree):
        body: list[ast.stmt] = getattr(node, "body", [])
        if not isinstance(body, list):
            continue
        for before, statement in zip([None, *body], body, strict=False):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                continue
            value = statement.value.value
            if not isinstance(value, str):
                continue
            is_own = before is None and isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            )
            if is_own or isinstance(before, ast.Assign | ast.AnnAssign):
                yield Docstring(statement.lineno, value, is_field=not is_own)


def python_prose(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each string literal that is a sentence, docstrings included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            if len(node.value.split()) >= FEWEST_WORDS:
                for number, line in enumerate(node.value.split("\n")):
                    yield node.lineno + number, line
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "`x`" for part in node.values
            )
            if len(text.split()) >= FEWEST_WORDS and not all(
                isinstance(part, ast.Constant) and len(str(part.value).split()) >= FEWEST_WORDS
                for part in node.values
                if isinstance(part, ast.Constant)
            ):
                yield node.lineno, text


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each comment of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def comments_of_text(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each comment of a YAML or TOML file."""
    for number, line in enumerate(text.splitlines(), start=1):
        found = re.search(r"(?:^|\s)#\s?(.*)$", line)
        if found:
            yield number, found[1]


def test_names(tree: ast.Module, path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, name as words) of each test function."""
    if not path.name.startswith("test_"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.lineno, node.name.replace("_", " ")


def without_code(text: str) -> str:
    """Return a page without its code blocks and HTML comments. Line numbers stay the same."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    return _HTML_COMMENT.sub(blank, _FENCE.sub(blank, text))


def main() -> None:
    """Print the findings of the given paths, and the count of each kind."""
    paths = [Path(argument).resolve() for argument in sys.argv[1:]]
    counts: dict[str, int] = {}
    for path in files(paths or None):
        for found in findings(path):
            counts[found.kind] = counts.get(found.kind, 0) + 1
            print(found)  # noqa: T201 - its output is its purpose
    print(", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "nothing found")  # noqa: T201


if __name__ == "__main__":
    main()
