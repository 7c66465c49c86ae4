"""The example records of schemas/examples, as the tests read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemas
from schemas.topics import TOPICS, Topic

FOLDER = Path(schemas.__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One record of a topic and what it shows. ``awkward`` names the unusual values that it holds."""

    topic: Topic
    shows: str
    awkward: str | None
    key: str | None
    headers: dict[str, str]
    value: dict[str, Any] | None

    @property
    def raw(self) -> bytes | None:
        return None if self.value is None else json.dumps(self.value, ensure_ascii=False).encode()


def examples_of(name: str) -> list[Example]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Example(
            TOPICS[name],
            line["shows"],
            line.get("awkward"),
            line["key"],
            line.get("headers", {}),
            line["value"],
        )
        for line in map(json.loads, lines)
    ]


ALL = [example for name in TOPICS for example in examples_of(name)]
OWN = [one for one in ALL if one.value is not None and not one.headers]
"""Records of the topic's own model: no tombstones, no engine records, no forwarded records."""

TO_ALL_PARTITIONS = [one for one in OWN if (one.value or {}).get("type") == "person_erased"]
"""Records without a key that are written to every partition of an internal log."""


def label(example: Example) -> str:
    return f"{example.topic.name}: {example.shows}"
