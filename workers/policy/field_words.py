"""Other words for keys of the policy: ``threshold`` for ``bar``, ``decay`` for ``fade``.

In: a document. Out: the same document with the keys of the models. An error names the word that the file has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

FIELD_WORDS: Final = {"threshold": "bar", "decay": "fade"}
"""The key of the models for each other word."""
_PLACES: Final[tuple[tuple[KeyPath, str], ...]] = (
    (("stages", "mql"), "threshold"),
    (("behaviour",), "decay"),
    (("behaviour", "groups", "*"), "decay"),
    (("behaviour", "rules", "*"), "decay"),
)
"""The places of each word. A star is any name."""


def read_field_words(document: Document) -> list[Problem]:
    """Replace other words for keys in ``document``, in place. Return a problem for each key that has both words."""
    problems: list[Problem] = []
    for place, word in _PLACES:
        for path in list(_paths(document, place)):
            tree, key = document.value_at(path), FIELD_WORDS[word]
            if word not in tree:
                continue
            if key in tree:
                expected = f"{word} or {key}, which mean the same"
                problems.append(
                    document.make_problem((*path, word), f"{word} beside {key}", expected, at_key=True)
                )
            else:
                document.origins[*path, key] = (*path, word)
            value = tree.pop(word)
            tree.setdefault(key, value)
    return problems


def _paths(document: Document, place: KeyPath) -> Iterator[KeyPath]:
    """Yield each path of the file that ``place`` describes and that has keys."""
    if place[-1] == "*":
        names = document.value_at(place[:-1])
        paths = [(*place[:-1], name) for name in names] if isinstance(names, dict) else []
    else:
        paths = [place]
    yield from (path for path in paths if isinstance(document.value_at(path), dict))
