"""The present program reads the rows, policies and records of every earlier state of the program, and continues with its state.

tests/fixtures/releases has a folder for each; write_release.py makes one. Keep every folder: an installation may upgrade
from any of them.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from schemas.tolerant_parsing import read_record
from schemas.topics import TOPICS, Direction
from tests.prove.outside_checks import OutsideChecks
from tests.unit.house.row_types import row_types
from workers.agents import make_specs
from workers.commands.replay import DEMO_KEY
from workers.deadletters import dead_letter
from workers.engine.api import Config, Emit
from workers.engine.config_guard import ConfigRow, config_of
from workers.engine.control import HEADER
from workers.engine.decide import Decider
from workers.engine.rows import Row, decode, row_key
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import read_line
from workers.replay.topic_roles import INPUT_RANKS, RESULTS

FOLDER = Path(__file__).parents[1] / "fixtures" / "releases"
RELEASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
SHARED = frozenset({"identity", "engine"})
"""Packages whose rows are stored by several hops."""
ROW_TYPES = row_types()
each_release = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows_of(path: Path) -> list[tuple[str, bytes, bytes]]:
    return [(line["hop"], b64decode(line["key"]), b64decode(line["value"])) for line in lines_of(path)]


def row_type(hop: str, key: bytes) -> type[Row]:
    prefix = key.split(b"\x00", 1)[0].decode()
    found = [kind for package, kind in ROW_TYPES if kind.prefix == prefix and package in {hop, *SHARED}]
    assert len(found) == 1, f"{hop}: {len(found)} row types have the prefix {prefix}"
    return found[0]


def stored_config(release: Path) -> Config:
    configs = {
        config_of(decode(ConfigRow, value))
        for _, key, value in rows_of(release / "state.jsonl")
        if key == row_key(ConfigRow, ())
    }
    (config,) = configs
    return config


def test_there_are_releases() -> None:
    assert len(RELEASES) >= 3


@each_release
def test_every_row_is_read(release: Path) -> None:
    rows = rows_of(release / "rows.jsonl") + rows_of(release / "state.jsonl")
    assert len({(hop, key.split(b"\x00", 1)[0]) for hop, key, _ in rows}) > 40
    for hop, key, value in rows:
        kind = row_type(hop, key)
        assert isinstance(decode(kind, value), kind)


@each_release
def test_every_record_of_an_internal_topic_is_read(release: Path) -> None:
    read = 0
    for line in lines_of(release / "records.jsonl"):
        topic = TOPICS[line["topic"]]
        if topic.direction is Direction.INTERNAL and HEADER not in dict(line.get("headers", [])):
            read += read_record(topic, json.dumps(line["value"]).encode()) is not None
    assert read > 20


@each_release
def test_the_stored_policy_opens_every_hop(release: Path) -> None:
    config = stored_config(release)
    for spec in make_specs(DEMO_KEY.encode(), 1).values():
        assert spec.make_hop(config) is not None


@each_release
def test_the_state_is_continued_without_a_fault_of_the_program(release: Path) -> None:
    emits = continued(release)
    outputs = [
        (emit.topic, json.loads(emit.value))
        for emit in emits
        if emit.topic in {"lead.routing", "dead.letters"} and emit.value
    ]
    earlier: dict[str, int] = {}
    for topic, event in outputs:
        if topic == "lead.routing":
            earlier.setdefault(event["handoff_id"], event["revision"] - 1)
    checks = OutsideChecks(earlier)
    for topic, event in outputs:
        checks.add(topic, event)
    assert sum(emit.topic == "lead.scores" for emit in emits) > 10
    assert earlier
    assert checks.problems() == []


def continued(release: Path) -> list[Emit]:
    """Decide the later records of a release with its state, as the present program."""
    emits: list[Emit] = []
    config = stored_config(release)
    run = EdgeReplay(make_specs(DEMO_KEY.encode(), 1), config, dead_letter, emits.append, results=RESULTS)
    rows = rows_of(release / "state.jsonl")
    for hop in run._hops:
        name = hop.decider.spec.name
        hop.store.write({key: value for of, key, value in rows if of == name})
        hop.decider = Decider(hop.decider.spec, 0, 1, hop.store, config, dead_letter)
        hop.decider.checks_rows = True
    for line in (release / "later.jsonl").read_bytes().splitlines():
        run.feed(read_line(line, frozenset(INPUT_RANKS)))
    return emits
