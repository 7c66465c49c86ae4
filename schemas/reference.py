"""docs/reference/events.md: every topic, field and code of the contract, with type, bounds and an example.

In: the schema documents (schemas/generate.py), the topics, the sentences of the codes, and schemas/examples. Out: the
page. ``python -m schemas.reference --check`` fails if the page is stale, ``--write`` writes it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from schemas.contents import ROOT, all_types, sentences_of, types_in
from schemas.desk_ledger import LEDGER_ENTRY_SENTENCES
from schemas.generate import CONTROLS, Document, build_documents
from schemas.reference_examples import ExampleFinder, shorten
from schemas.reference_types import describe_bounds, describe_scalar
from schemas.topics import DAY_MS, TOPICS, Direction, Topic

PAGE: Final = ROOT / "docs" / "reference" / "events.md"
LEDGER_ENTRY: Final = "LedgerEntryType"
_HEAD: Final = """# Event reference

Every topic, field and code of the contract. Generated from the models by `python -m schemas.reference --write`; `make check`
fails if it is stale. [For subscribers](../subscribers.md) explains how to read results, [for producers](../producers.md)
how to write inputs. The JSON Schemas are in [schemas/json](../../schemas/json), whole records in
[schemas/examples](../../schemas/examples).

- [Topics](#topics)
- [Input topics](#input-topics): you write them
- [Result topics](#result-topics): you read them
- [Internal topics](#internal-topics): the hops write them for each other
- [Parts](#parts): objects inside records
- [Codes](#codes): closed vocabularies

A field that is not required may be left out. If it has a default (in brackets), it must not be null; otherwise it may be.
Ids must not contain control characters. A result never holds null: a field without a value is left out.
"""
_SECTIONS: Final = {
    Direction.IN: ("Input topics", "Other systems write these topics. Unknown fields are ignored."),
    Direction.OUT: (
        "Result topics",
        "The router writes these topics. A field that is not always present is left out when it has no value.",
    ),
    Direction.INTERNAL: (
        "Internal topics",
        "The hops write these topics for each other. They may change with any release; do not subscribe to them.",
    ),
}


class ReferencePage:
    """The page, made from one set of schema documents."""

    def __init__(self) -> None:
        self._documents = build_documents()
        self._examples = ExampleFinder()
        self._sections: dict[str, str] = {}
        """The heading of each record type by the name of its model."""
        self._homes: dict[str, Topic] = {}
        """The topic under which each record type is described, by the name of its model."""
        for topic in TOPICS.values():
            for model in _records_of(topic.model):
                self._sections.setdefault(model.__name__, _heading_of(topic, model))
                self._homes.setdefault(model.__name__, topic)

    def text(self) -> str:
        """Return the whole page."""
        lines = [_HEAD, *_topics_table()]
        for direction, (title, intro) in _SECTIONS.items():
            lines += [f"## {title}", "", intro, ""]
            for topic in TOPICS.values():
                if topic.direction is direction:
                    lines += self._topic(topic)
        lines += self._controls()
        lines += ["## Parts", "", "Objects inside records, in the order in which the topics use them.", ""]
        for part in self._parts():
            lines += self._part(part)
        lines += ["## Codes", "", *_codes()]
        return "\n".join(lines).rstrip() + "\n"

    def _topic(self, topic: Topic) -> list[str]:
        document = self._documents[topic.name]
        records = _records_of(topic.model)
        lines = [f"### {topic.name}", ""]
        if len(records) == 1 and topic.model is records[0]:
            lines += [_plain(records[0].__doc__), ""]
            return [
                *lines,
                _facts_of(topic),
                "",
                *self._table(document, document, records[0], topic.direction),
            ]
        lines += [_facts_of(topic), ""]
        for record in records:
            if self._homes[record.__name__] is not topic:
                lines += [f"It also holds {self._link(record.__name__)}.", ""]
                continue
            shape = document["$defs"][record.__name__]
            lines += [f"#### {_heading_of(topic, record)}", "", _plain(record.__doc__), ""]
            lines += self._table(shape, document, record, topic.direction)
        return lines

    def _controls(self) -> list[str]:
        """Return the section of the engine's own records."""
        document = self._documents[CONTROLS]
        lines = [
            f"### {CONTROLS}",
            "",
            "The engine's own records in the internal topics. The header `engine` marks them; its value is the type.",
            "",
        ]
        for record in (one for one in all_types() if one.__name__ in document["$defs"]):
            if issubclass(record, BaseModel) and record.__module__.endswith("engine_controls"):
                name = record.model_fields["type"].default
                lines += [f"#### {name}", "", _plain(record.__doc__), ""]
                lines += self._table(document["$defs"][record.__name__], document, record, Direction.INTERNAL)
        return lines

    def _parts(self) -> list[type[BaseModel]]:
        return [
            found
            for found in all_types()
            if issubclass(found, BaseModel)
            and found.__name__ not in self._sections
            and not found.__module__.endswith("engine_controls")
        ]

    def _part(self, part: type[BaseModel]) -> list[str]:
        users = [topic for topic in TOPICS.values() if part in set(types_in(topic.model))]
        first = min(users, key=lambda topic: list(_SECTIONS).index(topic.direction))
        document = self._documents[first.name]
        shape = document["$defs"][part.__name__]
        names = ", ".join(f"[{topic.name}](#{_slug(topic.name)})" for topic in users)
        table = self._table(shape, document, part, first.direction)
        return [f"### {part.__name__}", "", f"{_plain(part.__doc__)} In {names}.", "", *table]

    def _table(
        self, shape: Document, document: Document, model: type[BaseModel], direction: Direction
    ) -> list[str]:
        is_result = direction is Direction.OUT
        required = shape.get("required", ())
        lines = [
            f"| field | type | {'always present' if is_result else 'required'} | description | example |",
            "|---|---|---|---|---|",
        ]
        for name, schema in shape["properties"].items():
            presence = "yes" if name in required else "no" if is_result else f"no{_default(schema)}"
            example = self._examples.of(model, name)
            cells = (
                f"`{name}`",
                self._type(schema, document),
                presence,
                _plain(schema.get("description")),
                "" if example is None else f"`{shorten(example)}`",
            )
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        return [*lines, ""]

    def _type(self, schema: Document, document: Document) -> str:
        """Return the type and the bounds of a value in words."""
        if "$ref" in schema:
            return self._link(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            inner = [one for one in schema["anyOf"] if one.get("type") != "null"]
            if {one.get("type") for one in inner} == {"number", "string"}:
                return f"number or its text{describe_bounds(inner[0])}"
            return " or ".join(self._type(one, document) for one in inner)
        if schema.get("enum") == list(LEDGER_ENTRY_SENTENCES):
            return self._link(LEDGER_ENTRY)
        if schema.get("type") == "array":
            most = f" of at most {schema['maxItems']:,}" if "maxItems" in schema else ""
            return f"list{most}: {self._type(schema['items'], document)}"
        return describe_scalar(schema)

    def _link(self, name: str) -> str:
        heading = self._sections.get(name, name)
        return f"[{heading}](#{_slug(heading)})"


def _records_of(model: Any) -> list[type[BaseModel]]:
    """Return the record types of a topic: its model, or the members of its union."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [model]
    union, *_ = model.__args__ if hasattr(model, "__metadata__") else (model,)
    return [one for one in union.__args__ if issubclass(one, BaseModel)]


def _heading_of(topic: Topic, model: type[BaseModel]) -> str:
    if topic.model is model:
        return topic.name
    return str(model.model_fields["type"].default)


def _slug(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _plain(text: str | None) -> str:
    """Return a docstring on one line, as Markdown."""
    return " ".join(re.sub(r"``(.+?)``", r"`\1`", text or "").split())


def _default(schema: Document) -> str:
    """Return the default of an optional field in brackets. Empty if the field may be null."""
    empty: Any = {"array": [], "object": {}}.get(schema.get("type", ""))
    value = schema.get("default", empty)
    return "" if value is None else f" (`{shorten(value)}`)"


def _kept(topic: Topic) -> str:
    days = f"{(topic.kept_ms or 0) // DAY_MS} days"
    if not topic.compacted:
        return days
    return f"compacted, and {days}" if topic.expires else "compacted: the last record of each key"


def _facts_of(topic: Topic) -> str:
    """Return key, partitioning, retention and size of a topic in one line."""
    is_result = topic.direction is Direction.OUT
    return f"Key: {topic.key_description}. Partitioned by: {topic.partitioned_by}. Kept: {_kept(topic)}. " + (
        f"CloudEvents type: `{topic.model.type_name}`." if is_result else f"Largest value: {_size(topic)}."
    )


def _size(topic: Topic) -> str:
    """Return the most bytes of a value that the router reads. Empty for a result."""
    return "" if topic.direction is Direction.OUT else f"{topic.max_bytes:,} bytes"


def _topics_table() -> list[str]:
    lines = [
        "## Topics",
        "",
        "Retention as `lead-router topics create` sets it by default; an operator may have set another.",
        "",
        "| topic | direction | key | partitioned by | kept | largest value |",
        "|---|---|---|---|---|---|",
    ]
    for topic in TOPICS.values():
        cells = (
            f"[{topic.name}](#{_slug(topic.name)})",
            topic.direction.value,
            topic.key_description,
            topic.partitioned_by,
            _kept(topic),
            _size(topic),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _codes() -> Iterator[str]:
    """Yield the lines of every vocabulary, those of the results first."""
    results = [topic.model for topic in TOPICS.values() if topic.direction is Direction.OUT]
    types = [*(one for model in results for one in types_in(model)), *all_types()]
    for vocabulary in dict.fromkeys(one for one in types if issubclass(one, StrEnum)):
        yield from _vocabulary(vocabulary.__name__, vocabulary.__doc__, sentences_of(vocabulary))
        if vocabulary.__name__ == "PassedOver":
            yield from _vocabulary(
                LEDGER_ENTRY, "The event that an entry of desk.ledger records.", LEDGER_ENTRY_SENTENCES
            )


def _vocabulary(name: str, doc: str | None, sentences: Any) -> Iterator[str]:
    yield from (f"### {name}", "", _plain(doc), "", "| code | meaning |", "|---|---|")
    for code, sentence in sentences.items():
        yield f"| `{code}` | {_plain(sentence)} |"
    yield ""


def page() -> str:
    """Return the page as the models define it now."""
    return ReferencePage().text()


def is_stale() -> bool:
    """Whether the page is missing or differs from the models."""
    return not PAGE.exists() or PAGE.read_text("utf-8") != page()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Return 1 if the check finds the page stale."""
    parser = argparse.ArgumentParser(prog="python -m schemas.reference", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="fail if docs/reference/events.md is stale")
    what.add_argument("--write", action="store_true", help="write docs/reference/events.md")
    if parser.parse_args(arguments).write:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    elif is_stale():
        sys.stderr.write(
            "docs/reference/events.md does not match the models; run python -m schemas.reference --write\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
