"""The ``definitions`` section. {braces} in its sentences are replaced by values of the same policy file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemas.vocabulary import Kind, Stage
from workers.policy.field_words import FIELD_WORDS

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

DEFINABLE_TERMS = frozenset({"touch", *Stage, *Kind})
"""Terms that a policy may define."""
_BRACES = re.compile(r"\{([^{}]*)\}")


def fill_definitions(document: Document) -> list[Problem]:
    """Replace the braces in the definitions of ``document``, in place. Return the problems that were found."""
    problems: list[Problem] = []
    definitions = document.tree.get("definitions")
    if not isinstance(definitions, dict):
        return problems
    for term, text in list(definitions.items()):
        path: KeyPath = ("definitions", term)
        if term not in DEFINABLE_TERMS:
            problems.append(
                document.make_problem(
                    path,
                    "a term that does not exist",
                    f"one of {', '.join(sorted(DEFINABLE_TERMS))}",
                    at_key=True,
                )
            )
        if not isinstance(text, str):
            continue
        problems += [
            document.make_problem(path, f"{{{key}}}", "the path of a value of this file, as {stages.mql.bar}")
            for key in _BRACES.findall(text)
            if not _has_value(document.tree, key)
        ]
        definitions[term] = _BRACES.sub(lambda found: _find_value(document.tree, found[1]) or "", text)
    return problems


def _has_value(tree: Any, key: str) -> bool:
    """Whether the file has a value at a path. A value that cannot be read is reported where it is."""
    return _at(tree, key) is not None


def _find_value(tree: Any, key: str) -> str | None:
    value = _at(tree, key)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(value[:-1]) + " or " + value[-1] if len(value) > 1 else str(value[0])
    return None


def _at(tree: Any, key: str) -> Any:
    for part in key.strip().split("."):
        tree = (tree.get(part) or tree.get(FIELD_WORDS.get(part, part))) if isinstance(tree, dict) else None
    return tree
