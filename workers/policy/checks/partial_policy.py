"""The part of a policy that can be read, although some of its values are refused, so that the other checks run too.

In: the document and the refusals of the models. Out: the policy without the refused values, and which problems of it only
follow from their removal. So one slip does not hide another, and no slip is reported twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from workers.policy.checks.refusals import path_of
from workers.policy.checks.routes import UNREACHED_DESK
from workers.policy.model import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_MOST_ROUNDS: Final = 12
"""Most times that values are removed. Each round removes everything that it finds."""
_WORD: Final = re.compile(r"[\w*.-]+")
_COUNTED: Final = frozenset({"served_market", "buyers", "behaviour", "stages", "grade"})
"""Sections whose numbers are compared with each other."""


_OF_SUMS: Final = frozenset({"grade", "stages", "paths"})
"""Sections whose values are compared with sums of those numbers."""

_STAND_INS: Final = {"policy": "policy", "version": "1", "timezone": "UTC", "currency": "USD"}
"""Values for required keys of the file that no other part is checked against."""


class Removals:
    """The values that were removed from a policy."""

    def __init__(self) -> None:
        self._paths: set[KeyPath] = set()
        self._words: set[str] = set()

    def add(self, path: KeyPath, value: Any) -> None:
        """Record that the value at ``path`` was removed."""
        self._paths.add(path)
        self._words |= {str(path[-1]), *_words_of(value)}

    @property
    def changes_numbers(self) -> bool:
        """Whether sums of points may differ from those of the file."""
        return any(path[0] in _COUNTED for path in self._paths)

    def explain(self, problem: Problem) -> bool:
        """Whether a problem may only follow from a removal: it names a removed word, or is about the place of one."""
        text = f"{problem.key} {problem.found} {problem.expected}"
        if not self._words.isdisjoint(_WORD.findall(text.replace(".", " "))):
            return True
        if problem.found == UNREACHED_DESK and any(path[0] == "routes" for path in self._paths):
            return True
        section = re.split(r"[.\[]", problem.key)[0]
        is_sum = self.changes_numbers and section in _OF_SUMS
        return is_sum or any(problem.key == path[0] for path in self._paths)


def validation_context(document: Document, digest: str) -> dict[str, Any]:
    """Return what the models need beside the values: the hash of the text, and the names of its conditions."""
    conditions = document.tree.get("conditions")
    return {"hash": digest, "conditions": frozenset(conditions) if isinstance(conditions, dict) else ()}


def read_partly(document: Document, error: ValidationError, digest: str) -> tuple[Policy, Removals] | None:
    """Return the policy without the values that the models refuse. None: too little of it is left."""
    tree, removals = _copy(document.tree), Removals()
    for _ in range(_MOST_ROUNDS):
        for path in sorted(set(_places(error)), key=lambda one: (len(one), str(one)), reverse=True):
            if not path:
                return None
            removals.add(path, _remove(tree, path))
            if len(path) > 1 and _at(tree, path[:-1]) in ({}, []):
                removals.add(path[:-1], None)
        try:
            return Policy.model_validate(tree, context=validation_context(document, digest)), removals
        except ValidationError as again:
            error = again
    return None


def _places(error: ValidationError) -> Iterator[KeyPath]:
    """Yield the path of each value to remove. Without a required key the part that should have it goes."""
    for detail in error.errors(include_url=False, include_input=False):
        path = path_of(detail)
        if path and path[-1] == "[key]":
            path = path[:-1]
        yield path[:-1] if detail["type"] == "missing" else path


def _remove(tree: Any, path: KeyPath) -> Any:
    """Remove the value at ``path`` and return it. A path that ends within a value removes that value."""
    holder, key = tree, path[0]
    for part in path[1:]:
        try:
            inner = holder[key]
            inner[part]
        except (KeyError, IndexError, TypeError):
            break
        holder, key = inner, part
    if holder is tree and key in _STAND_INS:
        holder[key] = _STAND_INS[str(key)]
        return None
    try:
        return holder.pop(key)
    except (KeyError, IndexError, AttributeError, TypeError):
        return None


def _copy(value: Any) -> Any:
    """Return a copy in which no two places share a value, as inherited keys of desks do in the document."""
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _at(tree: Any, path: KeyPath) -> Any:
    """Return the value at a path, or None."""
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _words_of(value: Any) -> set[str]:
    """Return the words of all keys and texts of a value, without numbers."""
    if isinstance(value, dict):
        return {word for key, one in value.items() for word in ({str(key)} | _words_of(one))}
    if isinstance(value, list):
        return {word for one in value for word in _words_of(one)}
    return {word for word in _WORD.findall(str(value)) if not word[0].isdigit()}
