"""Writes what a release stores and sends, so that every later program is tested with it.

Usage, in a checkout of the release: `python PATH/write_release.py FOLDER`. It runs the release's own demo market through the release's own
replay, and writes into FOLDER:

- rows.jsonl: rows of every type, up to SHAPES rows of a type with different fields each, from the whole market.
- records.jsonl: records of every internal and result topic, chosen in the same way.
- state.jsonl: all rows of the hops after the first part of a small market.
- later.jsonl: the records of the second part, which a later program decides with these rows.

The script uses only names that every release has: the commands `demo --write` and `replay`, MemoryStore and Decider.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import msgspec

from workers.cli import main as command_line
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore

SHAPES: Final = 4
ACCOUNTS: Final = 30
VISITORS_PERCENT: Final = 3
FIRST_PERCENT: Final = 60
_VISITS: Final = frozenset({"web.activity", "form.fills"})


class Capture:
    """The rows of each hop and the records that the hops read, while a replay runs in this process."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, bytes], bytes] = {}
        self.shapes: dict[tuple[str, str, Any], tuple[bytes, bytes]] = {}
        self.records: dict[tuple[str, Any], Any] = {}
        self._hop_of: dict[int, str] = {}
        self._deciders: list[tuple[Any, Any]] = []
        init, decide, write = Decider.__init__, Decider.decide, MemoryStore.write

        def noting_init(
            decider: Any, spec: Any, partition: int, partitions: int, store: Any, *more: Any
        ) -> None:
            self._hop_of[id(store)] = spec.name
            self._deciders.append((decider, store))
            init(decider, spec, partition, partitions, store, *more)

        def noting_decide(decider: Any, record: Any, *more: Any) -> Any:
            self._note_record(record.topic, record.key, record.value, record.headers)
            return decide(decider, record, *more)

        def noting_write(store: Any, changes: dict[bytes, bytes | None]) -> None:
            write(store, changes)
            self._note_rows(self._hop_of.get(id(store), ""), changes)

        Decider.__init__, Decider.decide, MemoryStore.write = noting_init, noting_decide, noting_write  # type: ignore[method-assign]

    def _note_rows(self, hop: str, changes: dict[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            if value is None:
                self.rows.pop((hop, key), None)
                continue
            self.rows[hop, key] = value
            prefix = key.split(b"\x00", 1)[0].decode()
            self.shapes.setdefault((hop, prefix, _shape(msgspec.msgpack.decode(value))), (key, value))

    def _note_record(self, topic: str, key: bytes | None, value: bytes | None, headers: Any) -> None:
        try:
            content = json.loads(value or b"")
        except ValueError:
            return
        if isinstance(content, dict):
            shape = (content.get("type"), _shape(content))
            self.records.setdefault((topic, shape), (key, value, headers))

    def write_rest(self) -> None:
        """Write the rows that the replay has not written yet."""
        for decider, store in self._deciders:
            store.write(decider.take().changes)

    def note_results(self, path: Path) -> None:
        """Note the results that a replay wrote."""
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                read = json.loads(line)
                if read["value"] is not None:
                    self._note_record(
                        read["topic"], (read["key"] or "").encode(), json.dumps(read["value"]).encode(), ()
                    )


def _shape(value: Any) -> Any:
    return (
        tuple(sorted(value)) if isinstance(value, dict) else len(value) if isinstance(value, list) else None
    )


def _replay(lines: list[str], folder: Path) -> Capture:
    capture = Capture()
    history, results = folder / "history.jsonl", folder / "results.jsonl"
    history.write_text("".join(lines), "utf-8")
    sys.argv = ["lead-router", "replay", str(history), "--out", str(results)]
    try:
        command_line()
    except SystemExit as end:
        if end.code:
            raise
    capture.write_rest()
    capture.note_results(results)
    return capture


def _small_market(lines: list[str]) -> list[str]:
    """Return the records of some accounts and visitors, and everything that the CRM and sales write about reps."""
    records = [json.loads(line) for line in lines]
    accounts = [record["key"] for record in records if record["topic"] == "crm.accounts"]
    kept_accounts = set(dict.fromkeys(accounts)) & set(list(dict.fromkeys(accounts))[:ACCOUNTS])
    writers = {record["key"] for record in records if record["topic"] == "form.fills"}
    chosen = {key for key in writers if crc32(str(key).encode()) % 100 < VISITORS_PERCENT}
    emails = {
        record["value"].get("email", "").lower()
        for record in records
        if record["topic"] == "form.fills" and record["key"] in chosen and isinstance(record["value"], dict)
    }

    def is_kept(record: dict[str, Any]) -> bool:
        if record["topic"] in _VISITS:
            return record["key"] in chosen or record["key"] in emails
        if record["topic"] == "crm.accounts":
            return record["key"] in kept_accounts
        return record["topic"] == "crm.reps" or str(record["key"]).lower() in emails

    return [line for line, record in zip(lines, records, strict=True) if is_kept(record)]


def _some(found: Iterable[tuple[Any, Any]], most: int) -> list[Any]:
    """Return at most ``most`` values for each group of keys without their last part."""
    counts: dict[Any, int] = {}
    kept = []
    for key, value in found:
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= most:
            kept.append(value)
    return kept


def _row_line(hop: str, key: bytes, value: bytes) -> dict[str, str]:
    return {"hop": hop, "key": b64encode(key).decode(), "value": b64encode(value).decode()}


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def write_part(part: str, out: Path) -> None:
    """Write the files of one part: `shapes` of the whole market, or the `state` of a small one."""
    with tempfile.TemporaryDirectory() as name:
        market = Path(name) / "market.jsonl"
        subprocess.run([sys.executable, "-m", "workers.cli", "demo", "--write", str(market)], check=True)
        lines = market.read_text("utf-8").splitlines(keepends=True)
        if part == "shapes":
            capture = _replay(lines, Path(name))
            shapes = (
                ((hop, prefix), _row_line(hop, *row)) for (hop, prefix, _), row in capture.shapes.items()
            )
            _write(out / "rows.jsonl", _some(shapes, SHAPES))
            records = (
                (
                    (topic, shape[0]),
                    {"topic": topic, "key": key and key.decode(), "value": json.loads(value)}
                    | (
                        {"headers": [[head, content.decode()] for head, content in headers]}
                        if headers
                        else {}
                    ),
                )
                for (topic, shape), (key, value, headers) in capture.records.items()
            )
            _write(out / "records.jsonl", _some(records, SHAPES))
            return
        small = _small_market(lines)
        first = len(small) * FIRST_PERCENT // 100
        capture = _replay(small[:first], Path(name))
        rows = sorted(capture.rows.items())
        _write(out / "state.jsonl", (_row_line(hop, key, value) for (hop, key), value in rows))
        (out / "later.jsonl").write_text("".join(small[first:]), "utf-8")


def main() -> None:
    """Write both parts, each in a process of its own: a command ends its process."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) == 3:
        write_part(sys.argv[2], folder)
        return
    for part in ("shapes", "state"):
        subprocess.run([sys.executable, __file__, str(folder), part], check=True)


if __name__ == "__main__":
    main()
