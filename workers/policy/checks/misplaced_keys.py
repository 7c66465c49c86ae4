"""Keys in the wrong place: a key that belongs to another part of the same desk or partner, or a value in place of a key.

In: the path of an unknown key, or of a text where keys are expected. Out: the places in which it is right, for the message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workers.policy.checks.expectations import type_at, words_of
from workers.policy.document import format_path
from workers.policy.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import KeyPath

_MOST_PLACES: Final = 2
"""Most places that a message names."""


def find_places(path: KeyPath) -> list[str]:
    """Return where the unknown key at ``path`` is right: as a value beside it, or as a key one level below or above."""
    key, here = str(path[-1]), path[:-1]
    values = [f"{name}: {key}" for name in _keys_with_value(here, key)]
    parts = [*_parts_below(here), *([here[:-1], *_parts_below(here[:-1])] if here else [])]
    keys = [format_path((*part, key)) for part in parts if part != here and key in _keys_of(part)]
    return [*values, *keys][:_MOST_PLACES]


def find_key_of_value(path: KeyPath, value: object) -> str | None:
    """Return how to write a text at ``path``, where keys are expected: as the value of the key that permits it."""
    keys = _keys_with_value(path, value) if isinstance(value, str) else []
    return f"{{{keys[0]}: {value}}}" if keys else None


def _keys_of(path: KeyPath) -> dict[str, Any]:
    """Return the keys at ``path`` with their types. Empty: the file has names or a value there."""
    kind, _ = type_at(path)
    if not (isinstance(kind, type) and issubclass(kind, Part)):
        return {}
    return {info.alias or name: info.annotation for name, info in kind.model_fields.items()}


def _keys_with_value(path: KeyPath, value: str) -> list[str]:
    return [key for key, kind in _keys_of(path).items() if value in words_of(kind)]


def _parts_below(path: KeyPath) -> Iterator[KeyPath]:
    """Yield the path of each key at ``path`` that has keys itself."""
    return ((*path, key) for key in _keys_of(path) if _keys_of((*path, key)))
