"""The list of all refusals of a policy, for docs/policy.md. It is made from the source of the models and checks.

In: the modules of workers/policy that refuse values. Out: a row for each refusal: where, what is found, what is expected.
Parts of a text that depend on the file are shown as an ellipsis.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER: Final = Path(__file__).parents[1]
_NOT_REFUSALS: Final = frozenset({"deadline_notes.py", "notes.py", "word_notes.py", "seen_events.py"})
"""Modules whose findings are notes. A policy with notes is loaded."""
_INTRODUCTION: Final = (
    "Each refusal names the line, the key, what was found and what is expected. A value of the wrong form is refused with the"
    " form of the tables above. `…` is a part that depends on the file."
)
_FOUND, _EXPECTED = 1, 2
"""Positions of the arguments of ``make_problem``."""


def render_refusals() -> list[str]:
    """Return the lines of the section about refusals."""
    rows = sorted({row for file in _modules() for row in _refusals_in(file)})
    return [
        "## What is refused",
        "",
        _INTRODUCTION,
        "",
        "| in | found | expected |",
        "|---|---|---|",
        *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows),
        "",
    ]


def _modules() -> list[Path]:
    files = [*_FOLDER.glob("*.py"), *(_FOLDER / "checks").glob("*.py")]
    return sorted(file for file in files if file.name not in _NOT_REFUSALS)


def _refusals_in(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the part of the policy, what is found and what is expected, for each refusal of a module."""
    part = file.stem.replace("_", " ")
    tree = ast.parse(file.read_text("utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.Module):
            continue
        for call in _calls_of(function):
            texts = _texts_before(call, function) if isinstance(function, ast.FunctionDef) else {}
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            arguments = [_text_of(one, texts) for one in call.args]
            if name == "refuse" and arguments and arguments[0].strip("… "):
                yield part, arguments[1] if len(arguments) > 1 else "the value", arguments[0]
            elif name == "make_problem" and len(arguments) > _EXPECTED and arguments[_EXPECTED].strip("… "):
                yield part, arguments[_FOUND], arguments[_EXPECTED]
            elif name == "must_match" and len(arguments) > 1 and arguments[1].strip("… "):
                yield part, "the value", arguments[1]
            elif name == "report_unknown_name" and arguments:
                yield part, "a name", arguments[-1]


def _calls_of(function: ast.FunctionDef | ast.Module) -> Iterator[ast.Call]:
    """Yield the calls of a function, or those of a module that are in no function."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting += ast.iter_child_nodes(node)


def _texts_before(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return the texts to which a function gives a name before a call. Of several with one name, the last."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return {
        target.id: node.value
        for node in sorted(assigned, key=lambda one: one.lineno)
        if node.lineno < call.lineno
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text_of(node: ast.expr, texts: dict[str, ast.expr]) -> str:
    """Return the text of an expression, with an ellipsis for each part that is not written in it."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
    if isinstance(node, ast.Name) and node.id in texts:
        return _text_of(texts[node.id], {name: one for name, one in texts.items() if name != node.id})
    if isinstance(node, ast.IfExp):
        return f"{_text_of(node.body, texts)}, or: {_text_of(node.orelse, texts)}"
    if isinstance(node, ast.BinOp):
        return _text_of(node.left, texts) + _text_of(node.right, texts)
    return "…"
