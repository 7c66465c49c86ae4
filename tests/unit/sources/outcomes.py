"""The results of each ready-made mapping over its samples, as text. `python -m tests.unit.sources.outcomes` writes expected/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from workers.sources.mapping_files import load_mapping_file, ready_made, ready_made_folder
from workers.sources.mapping_report import MappingReport
from workers.sources.source_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.sources.mapping_report import LineResult

ARRIVAL_MS = 1_772_618_400_000
"""2026-03-04T10:00:00Z."""
EXPECTED = Path(__file__).parent / "expected"


def samples_of(name: str) -> Path:
    """Return the samples of a ready-made mapping."""
    (path,) = (ready_made_folder() / "samples").glob(f"{name}.*")
    return path


def results_of(name: str) -> Iterator[LineResult]:
    mapping, lines = read_file(samples_of(name), load_mapping_file(ready_made()[name]))
    return MappingReport().map_lines(mapping, lines, ARRIVAL_MS)


def outcome_of(name: str) -> str:
    """Return a line for each event and each note. Event ids are left out."""
    text = []
    for result in results_of(name):
        for event in result.events:
            shown = {key: value for key, value in (event.value or {}).items() if key != "event_id"}
            value = json.dumps(shown, ensure_ascii=False) if event.value is not None else "deleted"
            text.append(f"{result.number} {event.topic} {event.key} {value}")
        text += [f"{result.number} {kind}: {note}" for kind, note in result.notes]
    return "\n".join(text) + "\n"


def main() -> None:
    for name in ready_made():
        (EXPECTED / f"{name}.txt").write_text(outcome_of(name), "utf-8")


if __name__ == "__main__":
    main()
