"""The agreement's words in sentences: {braces} are filled from the policy's own keys, so they cannot go stale."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from schemas.vocabulary import Kind, Stage

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

WORDS = frozenset({"touch", *Stage, *Kind})
"""The words that a policy may define."""
_BRACES = re.compile(r"\{([^{}]*)\}")


def fill(document: Document) -> list[Problem]:
    """Fill the definitions of ``document`` in place; return what could not be filled."""
    problems: list[Problem] = []
    definitions = document.tree.get("definitions")
    if not isinstance(definitions, dict):
        return problems
    for word, text in list(definitions.items()):
        path: KeyPath = ("definitions", word)
        if word not in WORDS:
            problems.append(
                document.make_problem(
                    path, "an unknown word", f"one of {', '.join(sorted(WORDS))}", at_key=True
                )
            )
        if not isinstance(text, str):
            continue
        problems += [
            document.make_problem(path, f"{{{key}}}", "the path of a value, as {stages.mql.bar}")
            for key in _BRACES.findall(text)
            if _value(document.tree, key) is None
        ]
        definitions[word] = _BRACES.sub(lambda found: _value(document.tree, found[1]) or "", text)
    return problems


def _value(tree: Any, key: str) -> str | None:
    for part in key.strip().split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list) and tree and all(isinstance(one, str) for one in tree):
        return ", ".join(tree[:-1]) + " or " + tree[-1] if len(tree) > 1 else str(tree[0])
    return None
