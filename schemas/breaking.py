"""Whether a changed contract breaks those who keep to the released one.

In: two sets of schema documents (schemas/generate.py). Out: what breaks, each with its place. One question decides
all: is everything that the one side may write still among what the other side takes?

- results: everything we write now must fit the released schema, which subscribers were built against. Fields may be
  added, values of a vocabulary taken away; a vocabulary marked ``x-may-grow`` may also gain codes.
- inputs and internal logs: everything that fits the released schema must still be taken, from producers that know no
  newer one and from logs that outlive a release. Optional fields may be added, fields may be dropped.

A pattern or a format that differs is taken as narrower: nobody can say in general which of two patterns takes more.
A break is allowed where the version says so: the next major, or below 1.0 the next minor.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from schemas.generate import RELEASED_FOLDER, Document, documents

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


class BreakKind(StrEnum):
    """What a change can do to those who keep to the released contract."""

    TOPIC_REMOVED = "topic_removed"
    KEY_CHANGED = "key_changed"
    EVENT_TYPE_CHANGED = "event_type_changed"
    FIELD_REMOVED = "field_removed"
    FIELD_MAY_BE_MISSING = "field_may_be_missing"
    FIELD_REQUIRED = "field_required"
    TYPE_CHANGED = "type_changed"
    VALUE_ADDED = "value_added"
    VALUE_REMOVED = "value_removed"
    PATTERN_CHANGED = "pattern_changed"
    BOUND_CHANGED = "bound_changed"


@dataclass(frozen=True, slots=True)
class Break:
    """One change that the released contract does not allow."""

    topic: str
    place: str
    kind: BreakKind
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.place or '(the value)'}: {self.kind}: was {self.was}, is {self.now}"


@dataclass(frozen=True, slots=True)
class _Inclusion:
    """Is all that ``writer`` allows taken by ``reader``? One of the two is the released document."""

    topic: str
    writer_document: Document
    reader_document: Document
    is_output: bool

    def breaks(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        taken = dict(self._alternatives(reader, self.reader_document))
        for label, written in self._alternatives(writer, self.writer_document):
            fitting = taken.get(label) or (taken.get("number") if label == "integer" else None)
            if fitting is None and "any" not in taken:
                yield self._break(place, BreakKind.TYPE_CHANGED, label, " or ".join(taken))
            elif fitting is not None:
                yield from self._values(place, written, fitting)
                yield from self._bounds(place, written, fitting)
                yield from self._members(place, written, fitting)

    def _break(self, place: str, kind: BreakKind, writer: Any, reader: Any) -> Break:
        was, now = (reader, writer) if self.is_output else (writer, reader)
        return Break(self.topic, place, kind, str(was), str(now))

    def _alternatives(self, schema: Document, document: Document) -> Iterator[tuple[str, Document]]:
        """Yield (label, schema) of each shape that a value may have; two shapes with one label are compared."""
        while "$ref" in schema:
            schema = document["$defs"][schema["$ref"].rpartition("/")[2]]
        variants = schema.get("anyOf") or schema.get("oneOf")
        if variants:
            for variant in variants:
                yield from self._alternatives(variant, document)
            return
        tag = schema.get("properties", {}).get("type", {}).get("const")
        yield (f"object {tag}" if tag else schema.get("type", "any")), schema

    def _values(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        allowed, written = _values_of(reader), _values_of(writer)
        if allowed is None or (self.is_output and reader.get("x-may-grow") and written is not None):
            return
        kind = BreakKind.VALUE_ADDED if self.is_output else BreakKind.VALUE_REMOVED
        if written is None:
            yield self._break(place, kind, "any value", f"one of {allowed}")
        elif extra := [value for value in written if value not in allowed]:
            yield self._break(place, kind, f"also {extra}", f"one of {allowed}")

    def _bounds(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        for name in ("pattern", "format"):
            if name in reader and writer.get(name) != reader[name]:
                yield self._break(
                    place, BreakKind.PATTERN_CHANGED, writer.get(name, f"no {name}"), reader[name]
                )
        for names, sign in ((_UPPER, 1), (_LOWER, -1)):
            for name in names:
                if name in reader and (name not in writer or sign * writer[name] > sign * reader[name]):
                    said = [
                        f"{name} {one[name]}" if name in one else f"no {name}" for one in (writer, reader)
                    ]
                    yield self._break(place, BreakKind.BOUND_CHANGED, *said)

    def _members(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        for name, inside in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(reader.get(name), dict):
                yield from self.breaks(place + inside, writer.get(name) or {}, reader[name])
        for index, item in enumerate(reader.get("prefixItems", ())):
            own = (writer.get("prefixItems") or ())[index : index + 1]
            yield from self.breaks(f"{place}[{index}]", own[0] if own else {}, item)
        given, wanted = writer.get("properties", {}), reader.get("properties", {})
        always, needed = writer.get("required", ()), reader.get("required", ())
        for name, schema in wanted.items():
            here = f"{place}.{name}".lstrip(".")
            if name in given:
                yield from self.breaks(here, given[name], schema)
                if name in needed and name not in always:
                    kind = BreakKind.FIELD_MAY_BE_MISSING if self.is_output else BreakKind.FIELD_REQUIRED
                    yield self._break(here, kind, "optional", "required")
            elif self.is_output:
                yield self._break(here, BreakKind.FIELD_REMOVED, "gone", "a field")
            elif name in needed:
                yield self._break(here, BreakKind.FIELD_REQUIRED, "no field", "required")


def _values_of(schema: Document) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def breaks_between(released: dict[str, Document], current: dict[str, Document]) -> list[Break]:
    """Return what ``current`` breaks for those who keep to ``released``."""
    found: list[Break] = []
    for topic, was in released.items():
        now = current.get(topic)
        if now is None:
            found.append(Break(topic, "", BreakKind.TOPIC_REMOVED, "a topic", "gone"))
            continue
        for name, kind in (("x-key", BreakKind.KEY_CHANGED), ("x-event-type", BreakKind.EVENT_TYPE_CHANGED)):
            if was.get(name) != now.get(name):
                found.append(Break(topic, f"({name})", kind, f"{was.get(name)}", f"{now.get(name)}"))
        is_output = was["x-direction"] == "out"
        writer, reader = (now, was) if is_output else (was, now)
        found += _Inclusion(topic, writer, reader, is_output).breaks("", writer, reader)
    return found


def breaks_since_release(folder: Path = RELEASED_FOLDER, version: str | None = None) -> list[Break]:
    """Return what the models break of the latest release, none where ``version`` announces breaks.

    Raises FileNotFoundError where nothing was released: a check without a base would always pass.
    """
    releases = sorted(
        (path for path in folder.iterdir() if path.is_dir()), key=lambda path: _numbers(path.name)
    )
    if not releases:
        raise FileNotFoundError(f"{folder} holds no release to be compared with")
    latest = releases[-1]
    if may_break(latest.name, version or _project_version()):
        return []
    return breaks_between(
        {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(latest.glob("*.json"))},
        documents(),
    )


def may_break(released: str, version: str) -> bool:
    """Whether going from ``released`` to ``version`` says that something breaks: next major, below 1.0 next minor."""
    was, now = _numbers(released), _numbers(version)
    return now[:2] > was[:2] if was[0] == 0 else now[0] > was[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _project_version() -> str:
    version: str = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version
