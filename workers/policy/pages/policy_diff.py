"""The difference between two policies, in sentences, for ``lead-router policy diff``.

In: two policies. Out: a line for each changed value, each new entry and each entry that is gone, by section, and the key
numbers and computed examples that differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from workers.policy.pages.explain_output import Writer, sentence_key
from workers.policy.pages.mql_examples import give_examples
from workers.policy.pages.sentences import SENTENCES
from workers.policy.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.model import Policy

_INDENT: Final = "  "
_ABOUT: Final = frozenset({"policy", "version"})
"""Keys that name a policy and decide nothing."""


def describe_difference(before: Policy, after: Policy) -> list[str]:
    """Return the lines. Without a difference, the only line after the title states so."""
    versions = f"{before.name}, version {before.version}, to {after.name}, version {after.version}"
    lines = [f"From {versions} ({before.hash} to {after.hash})."]
    changes = list(_Comparison().compare_policies(before, after))
    numbers = _compare_numbers(before, after)
    if not changes:
        return [*lines, "", "The two policies decide alike. Names, versions and comments may differ."]
    if numbers:
        changes += ["", "What follows from it:", *(f"{_INDENT}{line}" for line in numbers)]
    return [*lines, *changes]


class _Comparison:
    """Compares the parts of two policies."""

    def __init__(self) -> None:
        self._writer = Writer(is_short=False)

    def compare_policies(self, before: Policy, after: Policy) -> Iterator[str]:
        """Yield each section that differs, with its heading."""
        for name, info in type(after).model_fields.items():
            key = info.alias or name
            if key in _ABOUT or getattr(before, name) == getattr(after, name):
                continue
            lines = list(self._compare_field(before, after, name, key))
            if lines:
                yield ""
                heading = SENTENCES[sentence_key(type(after), name)].text
                yield f"{key if '{' in heading else heading}:"
                yield from (f"{_INDENT}{line}" for line in lines)

    def _compare_field(self, before: Part, after: Part, name: str, path: str) -> Iterator[str]:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            return
        if isinstance(old, Part) and isinstance(new, Part):
            for inner, info in type(new).model_fields.items():
                yield from self._compare_field(old, new, inner, f"{path}.{info.alias or inner}")
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from self._compare_names(old, new, path)
        elif _has_parts(old) or _has_parts(new):
            yield from self._compare_lines(old or (), new or (), path)
        else:
            was = self._sentence(before, name) or "it is not given"
            now = self._sentence(after, name) or "it is not given"
            yield f"{path}: {now}. Before: {was}."

    def _compare_names(self, old: Mapping[Any, Any], new: Mapping[Any, Any], path: str) -> Iterator[str]:
        for name in dict.fromkeys((*old, *new)):
            here = f"{path}.{name}"
            if name not in new:
                yield f"{here} is gone: {self._describe(old[name])}"
            elif name not in old:
                yield f"{here} is new: {self._describe(new[name])}"
            elif isinstance(old[name], Part):
                for inner, info in type(new[name]).model_fields.items():
                    if not (_is_inherited(old, name, inner) and _is_inherited(new, name, inner)):
                        yield from self._compare_field(
                            old[name], new[name], inner, f"{here}.{info.alias or inner}"
                        )
            elif old[name] != new[name]:
                was, now = (self._describe(one[name]).removesuffix(".") for one in (old, new))
                yield f"{here}: {now}. Before: {was}."
        common = [name for name in old if name in new]
        if common != [name for name in new if name in old]:
            yield f"{path}: the order is now {', '.join(map(str, new))}. Before: {', '.join(map(str, old))}."

    def _compare_lines(self, old: tuple[Part, ...], new: tuple[Part, ...], path: str) -> Iterator[str]:
        was, now = [self._describe(one) for one in old], [self._describe(one) for one in new]
        for change, start, end, at, until in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if change != "equal":
                yield from (f"{path}[{number + 1}] is gone: {was[number]}" for number in range(start, end))
                yield from (f"{path}[{number + 1}] is new: {now[number]}" for number in range(at, until))

    def _sentence(self, part: Part, name: str) -> str:
        value = getattr(part, name)
        if isinstance(value, Part):
            return self._describe(value)
        return self._writer.explain_field(part, name)

    def _describe(self, value: Any) -> str:
        """Return a value as one line."""
        if isinstance(value, Part):
            return " ".join(line.strip() for line in self._writer.explain_model(value, 0))
        return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _is_inherited(parts: Mapping[Any, Any], name: Any, key: str) -> bool:
    """Whether an entry has the value of the entry that it is like."""
    like = parts.get(getattr(parts[name], "like", None))
    return like is not None and getattr(like, key) == getattr(parts[name], key)


def _has_parts(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(one, Part) for one in value)


def _points_needed(policy: Policy) -> int | str:
    bar = policy.stages.mql.bar
    return "no number" if bar is None else max(bar - policy.lowest_fit, 0)


def _compare_numbers(before: Policy, after: Policy) -> list[str]:
    """Return the key numbers and examples that differ."""
    named = {
        "the lowest fit that passes every gate": (before.lowest_fit, after.lowest_fit),
        "the highest fit": (before.highest_fit, after.highest_fit),
        "the most that behaviour can give": (before.behaviour.attainable, after.behaviour.attainable),
        "points of behaviour that a lead with the lowest fit needs": (
            _points_needed(before),
            _points_needed(after),
        ),
    }
    lines = [f"{name}: {new} (before: {old})." for name, (old, new) in named.items() if old != new]
    was = [line.strip() for line in give_examples(before)]
    return lines + [line.strip() for line in give_examples(after) if line.strip() not in was]
