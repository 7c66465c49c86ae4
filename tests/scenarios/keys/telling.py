"""Tales under an agreement: what happens once, and an agreement in which one value may be another.

Paths are those of the errors: ``behaviour.rules.pricing.cap``, ``routes[9].if.regions`` (lines from 1). The agreement of a
tale is the default policy with what the tale itself agrees otherwise.
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
from workers.policy.base import Part
from workers.policy.model import Policy
from workers.policy.reference import parts_of, repeats

LEFT_OUT: Final = None
"""The other value of a key that may be absent."""
DEFAULT: Final = yaml.load(POLICY.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
"""The default policy as keys and texts."""
ECHOES: Final = frozenset({"policy", "definition", "needed"})
"""What says a piece of the policy again: its name and version, a word's definition, what a fact would have had to be."""
SAID: Final = {"policy": {"policy"}, "version": {"policy"}, "definitions": {"definition"}}
"""The keys that are there to be said."""


@dataclass(frozen=True)
class Tale:
    """What happens, and until when it is looked at."""

    happens: Callable[[Story], None]
    until: str
    agreed: Mapping[str, Any] = field(default_factory=dict)
    """What this tale's agreement says otherwise than the default policy, by path."""

    @property
    def name(self) -> str:
        return self.happens.__name__

    def where(self, agreed: Mapping[str, Any], until: str | None = None) -> Tale:
        """The same tale where something else is agreed as well."""
        return replace(self, agreed={**self.agreed, **agreed}, until=until or self.until)

    def agreement(self, other: Mapping[str, Any] | None = None) -> str:
        """The policy's text; ``other`` values by path."""
        tree = copy.deepcopy(DEFAULT)
        for path, value in {**self.agreed, **(other or {})}.items():
            put(tree, path, value)
        return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)

    def replay(self, folder: Path, text: str, put: Callable[[str], str] = str) -> list[Any]:
        """All that the router says of it under this policy, as (topic, time, key, value); ``put``: in other words.

        A record of which ``put`` makes nothing is left out.
        """
        story = Story(folder)
        story.escalates = True
        story.policy(text)
        self.happens(story)
        story._lines = [said for line in story._lines if (said := put(line))]
        return [
            (one.topic, one.timestamp_ms, one.key, None if one.value is None else json.loads(one.value))
            for one in story.replay(self.until).emits
        ]


Lines = Mapping[str, tuple[Tale, Any] | tuple[Tale, Any, Mapping[str, Any]]]
"""By path: the tale, the other value under which it ends otherwise, and what the checks want changed with it."""


def tale(until: str, agreed: Mapping[str, Any] | None = None) -> Callable[[Callable[[Story], None]], Tale]:
    """Make a tale of a function that tells what happens."""
    return lambda happens: Tale(happens, until, agreed or {})


def put(tree: Any, path: str, value: Any) -> None:
    """Put a value at a path, or take what is there away; all but the last step must be there or be keys."""
    *before, last = steps(path)
    for step in before:
        tree = tree[step] if isinstance(step, int) else tree.setdefault(step, {})
    if value is LEFT_OUT:
        del tree[last]
    else:
        tree[last] = copy.deepcopy(value)


def steps(path: str) -> list[str | int]:
    """``routes[2].if`` as ``routes``, 1, ``if``."""
    return [
        int(number) - 1 if number else word for word, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    ]


def keys(kind: type[Part] = Policy, place: str = "") -> Iterator[str]:
    """Every key that holds no further keys, as docs/policy.md names them: ``routes[].if.regions``."""
    for name, info in kind.model_fields.items():
        path = f"{place}.{info.alias or name}".removeprefix(".")
        inner = list(parts_of(info.annotation))
        if not inner:
            yield path
        for one in inner:
            yield from keys(one, path + repeats(info.annotation))


_KEYS: Final = tuple(keys())


def key_of(path: str) -> str:
    """The key at which a path leads: ``behaviour.rules.*.cap`` for ``behaviour.rules.pricing.cap``."""
    for key in _KEYS:
        pattern = re.escape(key).replace(r"\*", r"[^.\[]+").replace(r"\[\]", r"\[\d+\]")
        if re.fullmatch(pattern + r"(\..+)?", path):
            return key
    raise AssertionError(f"no key of the policy: {path}")


def decided(results: list[Any], said: str = "") -> list[Any]:
    """What was decided: without what only says the policy again; but with what says the key ``said`` again."""
    again = ECHOES - SAID.get(said.partition(".")[0], frozenset())
    return [(topic, at_ms, key, _without(value, again)) for topic, at_ms, key, value in results]


def _without(value: Any, again: AbstractSet[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, again) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"people", "within_days"}:
        return "a buying group"
    said = {name: _without(one, again) for name, one in value.items() if name not in again}
    return said | {"policy": value["policy"] | {"hash": None}} if "policy" in said else said
