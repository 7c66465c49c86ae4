"""Whether a changed contract breaks clients that rely on the released one.

In: two sets of schema documents (schemas/generate.py). Out: the breaking changes, each with its place. One question
decides all: does the reader accept every value that the writer may write?

- results: every value that we write now must fit the released schema, which subscribers were built against. Fields may
  be added and codes removed. A vocabulary marked ``x-may-grow`` may also gain codes.
- inputs and internal logs: every value that fits the released schema must still be accepted, from producers that know
  no newer one and from logs that outlive a release. Optional fields may be added, fields may be removed.

A different pattern or format counts as narrower, because two patterns cannot be compared in general. Descriptions and
examples are not compared. A version allows breaking changes if it is the next major, or below 1.0 the next minor.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from schemas.generate import RELEASED_FOLDER, Document, build_documents

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


class BreakKind(StrEnum):
    """The kinds of breaking changes."""

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
    """One breaking change and its place."""

    topic: str
    place: str
    kind: BreakKind
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.place or '(the value)'}: {self.kind}: was {self.was}, is {self.now}"


@dataclass(frozen=True, slots=True)
class _Inclusion:
    """Compares a writer's document with a reader's. One of the two is the released document."""

    topic: str
    writer_document: Document
    reader_document: Document
    is_output: bool

    def find(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        """Yield each value that ``writer`` allows and ``reader`` does not accept."""
        accepted = dict(self._alternatives(reader, self.reader_document))
        for label, written in self._alternatives(writer, self.writer_document):
            fitting = accepted.get(label) or (accepted.get("number") if label == "integer" else None)
            if fitting is None and "any" not in accepted:
                yield self._break(place, BreakKind.TYPE_CHANGED, label, " or ".join(accepted))
            elif fitting is not None:
                yield from self._values(place, written, fitting)
                yield from self._bounds(place, written, fitting)
                yield from self._members(place, written, fitting)

    def _break(self, place: str, kind: BreakKind, writer: Any, reader: Any) -> Break:
        was, now = (reader, writer) if self.is_output else (writer, reader)
        return Break(self.topic, place, kind, str(was), str(now))

    def _alternatives(self, schema: Document, document: Document) -> Iterator[tuple[str, Document]]:
        """Yield (label, schema) of each shape that a value may have. Two shapes with the same label are compared."""
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
                    bounds = [
                        f"{name} {one[name]}" if name in one else f"no {name}" for one in (writer, reader)
                    ]
                    yield self._break(place, BreakKind.BOUND_CHANGED, *bounds)

    def _members(self, place: str, writer: Document, reader: Document) -> Iterator[Break]:
        for name, inside in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(reader.get(name), dict):
                yield from self.find(place + inside, writer.get(name) or {}, reader[name])
        for index, item in enumerate(reader.get("prefixItems", ())):
            own = (writer.get("prefixItems") or ())[index : index + 1]
            yield from self.find(f"{place}[{index}]", own[0] if own else {}, item)
        given, wanted = writer.get("properties", {}), reader.get("properties", {})
        always, needed = writer.get("required", ()), reader.get("required", ())
        for name, schema in wanted.items():
            here = f"{place}.{name}".lstrip(".")
            if name in given:
                yield from self.find(here, given[name], schema)
                if name in needed and name not in always:
                    kind = BreakKind.FIELD_MAY_BE_MISSING if self.is_output else BreakKind.FIELD_REQUIRED
                    yield self._break(here, kind, "optional", "required")
            elif self.is_output:
                yield self._break(here, BreakKind.FIELD_REMOVED, "gone", "a field")
            elif name in needed:
                yield self._break(here, BreakKind.FIELD_REQUIRED, "no field", "required")


def _values_of(schema: Document) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def find_breaks(released: dict[str, Document], current: dict[str, Document]) -> list[Break]:
    """Return the changes of ``current`` that break clients of ``released``."""
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
        found += _Inclusion(topic, writer, reader, is_output).find("", writer, reader)
    return found


def find_breaks_since_release(folder: Path = RELEASED_FOLDER, version: str | None = None) -> list[Break]:
    """Return the breaking changes since the latest release. Empty if ``version`` allows them.

    Raises FileNotFoundError if ``folder`` holds no release: a check without a base would always pass.
    """
    releases = sorted(
        (path for path in folder.iterdir() if path.is_dir()), key=lambda path: _numbers(path.name)
    )
    if not releases:
        raise FileNotFoundError(
            f"{folder} holds no release to compare the models with; "
            "write one with `python -m schemas.freshness --release VERSION`"
        )
    latest = releases[-1]
    if may_break(latest.name, version or _project_version()):
        return []
    return find_breaks(
        {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(latest.glob("*.json"))},
        build_documents(),
    )


def may_break(released: str, version: str) -> bool:
    """Whether the step from ``released`` to ``version`` allows breaking changes: next major, below 1.0 next minor."""
    was, now = _numbers(released), _numbers(version)
    return now[:2] > was[:2] if was[0] == 0 else now[0] > was[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _project_version() -> str:
    version: str = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version
