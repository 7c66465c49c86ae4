"""Keys that are a slip of another key: each gives one message, and the rest is checked as if the key were right.

In: a document. Out: the same document with the keys that were probably meant, and a problem for each of them. Without
this, a misspelt key would be reported twice: as unknown, and as missing. The slips within its value would stay hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from workers.policy.field_words import FIELD_WORDS
from workers.policy.model import Policy
from workers.policy.part import Part

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_ALIKE: Final = 0.75
"""Likeness from 0 to 1 from which a key is taken for the other one. Below it, the message only asks."""
_JOINED: Final = re.compile(r"(\w+)\s*[:=]\s*(\S.*)")
"""A key with its value behind a colon without a blank, or an equals sign: YAML reads both as one key."""
_OTHER_WORDS: Final = {
    **dict.fromkeys(("max", "maximum", "most", "limit"), "cap"),
    **dict.fromkeys(
        ("sla", "slas", "deadline", "deadlines", "response_time", "response_times"), "answer_within"
    ),
    **dict.fromkeys(("hours", "opening_hours", "business_hours", "schedule"), "calendar"),
    **dict.fromkeys(("keywords", "contains", "patterns"), "words"),
    **dict.fromkeys(("country",), "countries"),
}
"""The key that another word of the field means, where a model has the key and not the word."""
_ONE, _NAMES, _LINES = "one", "names", "lines"


def correct_misspelt_keys(document: Document) -> list[Problem]:
    """Replace misspelt keys in ``document``, in place. Return a problem for each of them."""
    return list(_correct(document, Policy, document.tree, ()))


def describe_keys(key: str, known: list[str], elsewhere: Sequence[str] = ()) -> str:
    """Return the keys that are expected in place of an unknown one, with what is probably meant.

    ``elsewhere``: the places of the policy in which the key, or a value of this name, is right.
    """
    near = [] if elsewhere else get_close_matches(key, known, n=1)
    meant = " or ".join(elsewhere or near)
    return f"one of {', '.join(known)}" + (f" (did you mean {meant}?)" if meant else "")


def _correct(document: Document, kind: type[Part], tree: Any, path: KeyPath) -> Iterator[Problem]:
    if not isinstance(tree, dict):
        return
    models = _models_in(kind)
    words = [word for word, key in FIELD_WORDS.items() if key in models]
    for key in [key for key in tree if key not in models and key not in words]:
        joined = _JOINED.fullmatch(str(key))
        if joined is not None and joined[1] in models and joined[1] not in tree and not tree[key]:
            name, value = joined.groups()
            yield document.make_problem(
                (*path, key),
                f"the unknown key {key}",
                f"{name}: {value}, with a blank after the colon",
                at_key=True,
            )
            _replace_key(document, tree, (*path, key), name, value)
            continue
        free = [one for one in (*models, *words) if one not in tree]
        near = [one for one in free if sorted(one) == sorted(key)] or get_close_matches(
            key, free, n=1, cutoff=_ALIKE
        )
        other = _OTHER_WORDS.get(str(key))
        if other in free:
            yield document.make_problem(
                (*path, key), f"the unknown key {key}", describe_keys(key, list(models), [other]), at_key=True
            )
            _replace_key(document, tree, (*path, key), other, tree[key])
        elif near and get_close_matches(key, [*models, *words], n=1) == near[:1]:
            yield document.make_problem(
                (*path, key), f"the unknown key {key}", describe_keys(key, list(models)), at_key=True
            )
            _replace_key(document, tree, (*path, key), near[0], tree[key])
    for key, inner in models.items():
        if inner is not None and key in tree:
            for place, value in _values_in(tree[key], inner[1], (*path, key)):
                yield from _correct(document, inner[0], value, place)


def _replace_key(document: Document, tree: dict[Any, Any], path: KeyPath, name: str, value: Any) -> None:
    """Replace the last key of ``path`` in ``tree``, in its place. Problems of its value are reported at that key."""
    document.origins[*path[:-1], name] = path
    items = [(name, value) if key == path[-1] else (key, one) for key, one in tree.items()]
    tree.clear()
    tree.update(items)


def _values_in(value: Any, form: str, path: KeyPath) -> list[tuple[KeyPath, Any]]:
    """Return the values of a key that have keys of their own, each with its path."""
    if form == _NAMES:
        return [((*path, name), one) for name, one in value.items()] if isinstance(value, dict) else []
    if form == _LINES:
        return [((*path, at), one) for at, one in enumerate(value)] if isinstance(value, list) else []
    return [(path, value)]


@cache
def _models_in(kind: type[Part]) -> Mapping[str, tuple[type[Part], str] | None]:
    """Return the keys of a model. Those whose values have one model have it, and whether it is by name or in lines."""
    return {info.alias or name: _model_of(info.annotation) for name, info in kind.model_fields.items()}


def _model_of(annotation: Any, form: str = _ONE) -> tuple[type[Part], str] | None:
    """Return the only model of an annotation. None: it has none, or several forms."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, form
    origin = get_origin(annotation)
    if origin is dict or origin is Mapping:
        return _model_of(get_args(annotation)[1], _NAMES)
    if origin is tuple:
        return _model_of(get_args(annotation)[0], _LINES)
    inner = get_args(annotation)[:1] if origin is Annotated else get_args(annotation)
    found = [model for one in inner if (model := _model_of(one, form)) is not None]
    return found[0] if len(found) == 1 else None
