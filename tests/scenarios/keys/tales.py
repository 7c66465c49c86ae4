"""Tales: fixed histories that are played under a policy in which single values are changed.

Paths have the form of error messages: ``behaviour.rules.pricing.cap``, ``routes[9].if.regions`` (lines count from 1). The
policy of a tale is the default policy with the changes of the tale.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from tests.scenarios.story import POLICY, Story
from workers.policy.model import Policy
from workers.policy.pages.reference import format_place_suffix, list_models
from workers.policy.part import Part

LEFT_OUT: Final = None
"""Marks a key to be removed, as the other value of an optional key."""
DEFAULT: Final = yaml.load(POLICY.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
"""The default policy as keys and texts."""
ECHOES: Final = frozenset({"policy", "definition", "needed"})
"""Output fields that only repeat a piece of the policy: its name and version, a definition, a needed fact."""
REPEATED_BY: Final = {"policy": {"policy"}, "version": {"policy"}, "definitions": {"definition"}}
"""The keys whose only effect is such a field, with the field."""


@dataclass(frozen=True)
class Tale:
    """A history and the time until which its outputs are compared."""

    happens: Callable[[Story], None]
    """The function that adds the events to a story."""
    until: str
    """The end of the comparison, as "fri 12:00"."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """The values that differ from the default policy, by path."""

    @property
    def name(self) -> str:
        return self.happens.__name__

    def where(self, changes: Mapping[str, Any], until: str | None = None) -> Tale:
        """Return the same tale with further changes of the policy."""
        return replace(self, changes={**self.changes, **changes}, until=until or self.until)

    def policy_text(self, other: Mapping[str, Any] | None = None) -> str:
        """Return the text of the policy, with ``other`` values by path."""
        tree = copy.deepcopy(DEFAULT)
        for path, value in {**self.changes, **(other or {})}.items():
            put(tree, path, value)
        return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)

    def play(self, folder: Path, text: str, rewrite: Callable[[str], str] = str) -> list[Any]:
        """Return all outputs under this policy, as (topic, time, key, value).

        ``rewrite`` changes each input line. A line that it turns into "" is left out.
        """
        story = Story(folder)
        story.escalates = True
        story.policy(text)
        self.happens(story)
        story._lines = [changed for line in story._lines if (changed := rewrite(line))]
        return [
            (one.topic, one.timestamp_ms, one.key, None if one.value is None else json.loads(one.value))
            for one in story.replay(self.until).emits
        ]


Lines = Mapping[str, tuple[Tale, Any] | tuple[Tale, Any, Mapping[str, Any]]]
"""By path: the tale, the other value that changes its outputs, and further changes that the checks then require."""


def tale(until: str, changes: Mapping[str, Any] | None = None) -> Callable[[Callable[[Story], None]], Tale]:
    """Return a decorator that makes a tale of a function that adds events to a story."""
    return lambda happens: Tale(happens, until, changes or {})


def put(tree: Any, path: str, value: Any) -> None:
    """Set the value at a path, or remove it. Missing keys on the way are created."""
    *before, last = steps(path)
    for step in before:
        tree = tree[step] if isinstance(step, int) else tree.setdefault(step, {})
    if value is LEFT_OUT:
        del tree[last]
    else:
        tree[last] = copy.deepcopy(value)


def steps(path: str) -> list[str | int]:
    """Split a path: ``routes[2].if`` becomes ``routes``, 1, ``if``."""
    return [
        int(number) - 1 if number else word for word, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    ]


def keys(kind: type[Part] = Policy, place: str = "") -> Iterator[str]:
    """Yield every key without further keys, as docs/policy.md names it: ``routes[].if.regions``."""
    for name, info in kind.model_fields.items():
        path = f"{place}.{info.alias or name}".removeprefix(".")
        inner = list(list_models(info.annotation))
        if not inner:
            yield path
        for one in inner:
            yield from keys(one, path + format_place_suffix(info.annotation))


_KEYS: Final = tuple(keys())


def key_of(path: str) -> str:
    """Return the key of a path: ``behaviour.rules.*.cap`` for ``behaviour.rules.pricing.cap``."""
    for key in _KEYS:
        pattern = re.escape(key).replace(r"\*", r"[^.\[]+").replace(r"\[\]", r"\[\d+\]")
        if re.fullmatch(pattern + r"(\..+)?", path):
            return key
    raise AssertionError(f"the policy has no key {path}")


def decisions(outputs: list[Any], path: str = "") -> list[Any]:
    """Return the outputs without the fields that only repeat the policy, except the field that repeats ``path``."""
    repeated = ECHOES - REPEATED_BY.get(path.partition(".")[0], frozenset())
    return [(topic, at_ms, key, _without(value, repeated)) for topic, at_ms, key, value in outputs]


def _without(value: Any, repeated: AbstractSet[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, repeated) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"people", "within_days"}:
        return "a buying group"
    kept = {name: _without(one, repeated) for name, one in value.items() if name not in repeated}
    return kept | {"policy": value["policy"] | {"hash": None}} if "policy" in kept else kept
