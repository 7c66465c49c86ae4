"""Inheritance between desks by the key ``like``, as in ``west: {like: inside_sales, calendar: west}``.

In: a document. Out: the same document with the inherited keys added, and their origin. An error in an inherited key is
reported at the line where the file has it. A key that the desk gives itself replaces the inherited one as a whole.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from workers.policy.problem import quote

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.problem import Problem

LIKE = "like"


def inherit_desk_keys(document: Document) -> list[Problem]:
    """Add to each desk, in place, the keys that it inherits by ``like``. Return the problems that were found."""
    desks = document.tree.get("desks")
    if not isinstance(desks, dict):
        return []
    problems: list[Problem] = []
    done: set[str] = set()
    for name in desks:
        _inherit(document, desks, name, done, (), problems)
    return problems


def _inherit(
    document: Document,
    desks: dict[str, Any],
    name: str,
    done: set[str],
    before: tuple[str, ...],
    problems: list[Problem],
) -> None:
    """Complete the desk ``name``, after the desk that it inherits from. ``before`` are the desks that inherit from it."""
    desk = desks[name]
    if name in done or not isinstance(desk, dict) or not isinstance(desk.get(LIKE), str):
        return
    done.add(name)
    other = desk[LIKE]
    path = ("desks", name, LIKE)
    if other in (*before, name):
        problems.append(
            document.make_problem(
                path, f"{quote(other)}, a circular reference", "a desk that does not inherit from this one"
            )
        )
        return
    if not isinstance(desks.get(other), dict):
        near = get_close_matches(other, desks, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        problems.append(
            document.make_problem(path, quote(other), f"a desk that desks defines: {', '.join(desks)}{hint}")
        )
        return
    _inherit(document, desks, other, done, (*before, name), problems)
    for key, value in desks[other].items():
        if key not in desk:
            desk[key] = value
            document.origins["desks", name, key] = ("desks", other, key)
