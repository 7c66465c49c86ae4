"""A desk that is like another but for what it says itself: ``west: {like: inside_sales, calendar: west}``.

In: a document. Out: the same document with the other desk's keys added, and where they came from, so that an error in such
a key is told with the line on which it stands. A key that the desk gives itself replaces the other's as a whole.
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
    """Add to each desk, in place, the keys of the desk that it is like; return what cannot be followed."""
    desks = document.tree.get("desks")
    if not isinstance(desks, dict):
        return []
    problems: list[Problem] = []
    done: set[str] = set()
    for name in desks:
        _follow(document, desks, name, done, (), problems)
    return problems


def _follow(
    document: Document,
    desks: dict[str, Any],
    name: str,
    done: set[str],
    before: tuple[str, ...],
    problems: list[Problem],
) -> None:
    """Complete the desk ``name``, the one that it is like first; ``before`` are those that ask for it."""
    desk = desks[name]
    if name in done or not isinstance(desk, dict) or not isinstance(desk.get(LIKE), str):
        return
    done.add(name)
    other = desk[LIKE]
    path = ("desks", name, LIKE)
    if other in (*before, name):
        problems.append(
            document.make_problem(path, f"{quote(other)}, a circle", "a desk that says all of it itself")
        )
        return
    if not isinstance(desks.get(other), dict):
        near = get_close_matches(other, desks, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        problems.append(
            document.make_problem(path, quote(other), f"a desk of desks: {', '.join(desks)}{hint}")
        )
        return
    _follow(document, desks, other, done, (*before, name), problems)
    for key, value in desks[other].items():
        if key not in desk:
            desk[key] = value
            document.origins["desks", name, key] = ("desks", other, key)
