"""Names of reps from files with records of crm.reps, for pages that people read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from schemas.topics import CRM_REPS
from workers.commands.errors import CommandError
from workers.replay.history_lines import raw_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Line(msgspec.Struct, frozen=True):
    topic: str
    value: msgspec.Raw


class _Rep(msgspec.Struct, frozen=True):
    rep_id: str
    name: str | None = None


def rep_names(files: Iterable[Path]) -> dict[str, str]:
    """Return the name of each rep by rep_id, from the last record that has one.

    Raises:
        CommandError: no record of crm.reps with a name can be read.
    """
    names = {rep.rep_id: rep.name for file in files for rep in _reps_of(file) if rep.name}
    if not names:
        raise CommandError(
            f"no record of {CRM_REPS.name} with a name in {', '.join(map(str, files))}; expected one JSON object a line,"
            ' as {"topic": "crm.reps", "value": {"rep_id": "dana", "name": "Dana Reyes"}}'
        )
    return names


def _reps_of(file: Path) -> Iterator[_Rep]:
    """Yield the reps of a file. Lines that are not records of reps are left out: the file may be any history."""
    with file.open("rb") as lines:
        for text in lines:
            try:
                line = msgspec.json.decode(text, type=_Line)
                value = raw_value(line.value) if line.topic == CRM_REPS.name else None
                if value is not None:
                    yield msgspec.json.decode(value, type=_Rep)
            except (msgspec.MsgspecError, UnicodeError):
                continue
