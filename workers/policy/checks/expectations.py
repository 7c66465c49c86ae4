"""The "expected" part of a refusal that pydantic words itself, in the words and notation of the policy file.

In: an error of pydantic, and the type of its key with the reader of its value. Out: a text that names the permitted
values, with the bounds as the file writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from workers.policy.model import Policy
from workers.policy.part import Part
from workers.policy.written_values import write_amount, write_span

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from workers.policy.document import KeyPath

_DURATIONS: Final = {
    "read_duration_ms": ("30m", "4h", "2d"),
    "read_lasting_ms": ("45s", "2m", "1h"),
}
"""Examples of durations by the function that reads them."""
_WRITERS: Final[Mapping[str, Callable[[int], str]]] = {
    "read_duration_ms": write_span,
    "read_bucket_ms": write_span,
    "read_lasting_ms": lambda value: write_span(value, has_days=False),
    "read_amount": write_amount,
}
"""The notation of a value, by the function that reads it. Other numbers are plain digits."""
_PLAIN: Final = {
    "dict_type": "keys and values, as {key: value}",
    "mapping_type": "keys and values, as {key: value}",
    "model_type": "keys and values, as {key: value}",
    "model_attributes_type": "keys and values, as {key: value}",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
}
_OF_KEYS: Final = frozenset({"dict_type", "mapping_type", "model_type", "model_attributes_type"})
EXAMPLES: Final = {
    "served_market.industry": '{points: 30, naics: ["52"]}',
    "served_market.revenue": "{points: 20, from: 500M, to: 5B}",
    "served_market.employees": "{points: 30, from: 20, to: 2000}",
    "served_market.country": "{points: 20, in: [US]}",
    "served_market.never": "{domains: [rival.example]}",
    "buyers": "{functions: {points: 20, names: {it: [it, cio]}}, titles: [{level: c_level, points: 10, words: [cio]}]}",
    "buyers.functions": "{points: 20, names: {it: [it, cio]}}",
    "buyers.functions.names": "{it: [it, cio]}",
    "buyers.titles": "[{level: manager, points: 15, words: [manager, head of]}]",
    "fit.employees": "[{to: 99, points: 0}, {from: 100, points: 10}]",
    "fit.revenue": "[{to: 999999, points: 0}, {from: 1M, points: 10}]",
    "fit.country": "[{in: [US, CA], points: 10}, {otherwise: 0}]",
    "fit.industry": '[{naics: ["52"], points: 10}, {otherwise: 0}]',
    "fit.functions": "[{in: [it], points: 10}]",
    "fit.domains": "[{in: [edu], points: -5}]",
    "gates": "{size_or_title: {of: [employees, title]}}",
    "gates.*": "{of: [employees, title]}",
    "behaviour": "{cap: 40, rules: {paper: {when: {activity: download}, points: 10}}}",
    "behaviour.rules": "{paper: {when: {activity: download}, points: 10}}",
    "behaviour.rules.*": "{when: {activity: download}, points: 10}",
    "behaviour.rules.*.when": "{activity: download}",
    "behaviour.groups.*": "{cap: 20}",
    "behaviour.signals": "{rules: [pricing], bundle: 4h}",
    "stages.mql": "{threshold: 120}",
    "stages.again": "{new_points: 10}",
    "stages.expired": "{days_without_touch: 120}",
    "conditions.*": "{asks_for: [demo]}",
    "routes": "[{otherwise: desk inside_sales}]",
    "desks.*": "{calendar: east, manager: dana, answer_within: {mql: 1d, raised_hand: 4h}}",
    "desks.*.answer_within": "{mql: 1d, raised_hand: 4h}",
    "desks.*.turn": "{by: fewest_open}",
    "desks.*.mqls_per_rep": "{most: 10, per: week}",
    "calendars.*": '{timezone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}}',
    "calendars.*.hours": '{mon-fri: "09:00-17:00"}',
}
"""An example by the place of a value that has keys or lines of keys. A star is any name."""
_OF_BOUNDS: Final = frozenset({"greater_than_equal", "less_than_equal", "greater_than", "less_than"})
_RECOMMENDED: Final = re.compile(r", as ([0-9]+)([smhd]?)$")
_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def describe_expected(detail: ErrorDetails, path: KeyPath, found: object) -> str:  # noqa: PLR0911 - one line for each kind of error
    """Return what is expected at ``path``, where the file has ``found``."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in {"tuple_type", "list_type"}:
        return _describe_list(path, found)
    if kind in {"literal_error", "enum"}:
        return _describe_choice(str(context.get("expected", "")), found)
    if kind in {"too_short", "too_long"}:
        least, most = context.get("min_length"), context.get("max_length")
        many = f"at least {least}" if kind == "too_short" else f"at most {most}"
        return f"{many} {'entry' if (least or most) == 1 else 'entries'}"
    if kind == "string_too_long":
        return f"a text of at most {context.get('max_length')} characters"
    metadata = _metadata_at(path)
    reader = next((name for one in metadata if (name := _reader_of(one)) is not None), None)
    if kind in _OF_BOUNDS:
        return _describe_bounds(metadata, _WRITERS.get(reader or "", str))
    if kind in _OF_KEYS and (example := _example_at(path)):
        return f"keys and values, as {example}"
    text = str(
        context.get("expected") or _PLAIN.get(kind) or "a value that the key permits, see docs/policy.md"
    )
    if text.endswith((" or 2d", " or 1h")) or text == "a whole number in plain digits":
        return _with_fitting_example(text, metadata, reader or "")
    if _is_out_of_bounds(text, metadata):
        return _describe_bounds(metadata, _WRITERS.get(reader or "", str))
    return text


def _describe_list(path: KeyPath, found: object) -> str:
    words = words_of(type_at((*path, 0))[0])
    if words and found not in words:
        return f"a list of one or more of {', '.join(words)}"
    value = f"[{found}]" if isinstance(found, str) and found else "[a, b]"
    return f"a list, as {_example_at(path) or value}"


def _example_at(path: KeyPath) -> str | None:
    """Return an example of the value at ``path``, which has keys or lines of keys. None: there is none."""
    for place, example in EXAMPLES.items():
        parts = place.split(".")
        if len(parts) == len(path) and all(want in {"*", one} for want, one in zip(parts, path, strict=True)):
            return example
    return None


def _describe_choice(expected: str, found: object) -> str:
    """Return the permitted words, with the one that was probably meant."""
    plain = expected.replace("'", "")
    words = plain.replace(" or ", ", ").split(", ")
    near = get_close_matches(str(found), words, n=1) if isinstance(found, str) else []
    near = near or [word for word in words if found and str(found) in word.split("_")]
    return plain + (f" (did you mean {near[0]}?)" if near else "")


def _describe_bounds(metadata: list[Any], write: Callable[[int], str]) -> str:
    low, high = _bounds(metadata)
    if low is not None and high is not None:
        return f"from {write(low)} to {write(high)}"
    return f"at least {write(low)}" if low is not None else f"at most {write(high or 0)}"


def _with_fitting_example(text: str, metadata: list[Any], reader: str) -> str:
    """Return the text with examples that the bounds of the key permit."""
    low, high = _bounds(metadata)
    if reader not in _DURATIONS:
        limits = "" if low is None or high is None else f" from {low} to {high}"
        return f"{text}{limits}"
    fitting = [
        one for one in _DURATIONS[reader] if (low or 0) <= int(one[:-1]) * _MS[one[-1]] <= (high or 10**15)
    ]
    return f"a duration, as {' or '.join(fitting)}"


def _is_out_of_bounds(text: str, metadata: list[Any]) -> bool:
    """Whether a text recommends a number or a duration that the bounds of the key refuse."""
    found = _RECOMMENDED.search(text)
    low, high = _bounds(metadata)
    if found is None:
        return False
    value = int(found[1]) * _MS.get(found[2], 1)
    return (low is not None and value < low) or (high is not None and value > high)


def _bounds(metadata: list[Any]) -> tuple[int | None, int | None]:
    """Return the lowest and the highest permitted value."""
    lows = [one.ge for one in metadata if getattr(one, "ge", None) is not None]
    lows += [one.gt + 1 for one in metadata if getattr(one, "gt", None) is not None]
    highs = [one.le for one in metadata if getattr(one, "le", None) is not None]
    return max(lows, default=None), min(highs, default=None)


def _reader_of(one: Any) -> str | None:
    name = getattr(getattr(one, "func", None), "__name__", "")
    return name if name.startswith(("read_", "_read_")) else None


def _metadata_at(path: KeyPath) -> list[Any]:
    """Return the metadata of the type at ``path``, innermost first: readers of the value, and bounds."""
    kind, metadata = type_at(path)
    del kind
    return metadata


def type_at(path: KeyPath) -> tuple[Any, list[Any]]:
    """Return the type at ``path``, and its metadata, by walking the types of the models. Unknown keys give None."""
    kind: Any = Policy
    metadata: list[Any] = []
    for part in path:
        kind = _unwrap(kind, [])
        if isinstance(kind, type) and issubclass(kind, Part):
            info = next((one for name, one in kind.model_fields.items() if (one.alias or name) == part), None)
            kind, metadata = (None, []) if info is None else (info.annotation, list(info.metadata))
        elif get_origin(kind) in {dict, Mapping}:
            kind, metadata = get_args(kind)[1], []
        elif get_origin(kind) in {tuple, list}:
            kind, metadata = get_args(kind)[0], []
    return _unwrap(kind, metadata), metadata


def words_of(kind: Any) -> tuple[str, ...]:
    """Return the words that a type permits. Empty: it permits any text."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) in {Annotated, Union, UnionType}:
        return tuple(word for one in get_args(kind) for word in words_of(one))
    return ()


def _unwrap(kind: Any, metadata: list[Any]) -> Any:
    """Return a type without Annotated and None. The metadata of Annotated is added to ``metadata``."""
    if get_origin(kind) is Annotated:
        for one in get_args(kind)[1:]:
            metadata.extend(getattr(one, "metadata", None) or [one])
        return _unwrap(get_args(kind)[0], metadata)
    if get_origin(kind) in {Union, UnionType}:
        return _unwrap(next(one for one in get_args(kind) if one is not type(None)), metadata)
    return kind
