"""The stage of mapped sources: mapping then routing equals routing the events, in any order and with repeats."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.topics import DEAD_LETTERS, TOPICS
from workers.agents import make_specs
from workers.broker.rights import Role, rights_of
from workers.broker.topic_plan import FoundTopic, plan_topics
from workers.broker.topic_problems import find_problems
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.api import Emit, Record, RefusedError
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready, ranks_of
from workers.settings import Settings
from workers.sources.handle import IMPORTED, SourceHop
from workers.sources.mapping_files import load_folder

FOLDER = Path(__file__).parent / "mappings"
MAPPINGS = load_folder(FOLDER)
KEY = b"a key of tests alone"
START_MS = 1_772_618_400_000  # 2026-03-04T10:00:00Z
ACCOUNT = {
    "id": "a",
    "kind": "account",
    "account": {
        "id": "1",
        "name": "Alder Bank",
        "domain": "alder.example",
        "sic": ["6021"],
        "revenue": "$900M",
    },
}
VISIT = {"id": "v", "kind": "visit", "browser": "b-1", "url": "https://www.our-own.example/pricing"}
FORM = {"id": "f", "kind": "form", "browser": "b-1", "email": "noor@alder.example", "title": "CIO"}
REP = {"id": "r", "kind": "rep", "rep": {"id": "ben", "name": "Ben Ruiz", "desk": "inside_sales"}}
RECORDS: tuple[dict[str, Any], ...] = (ACCOUNT, REP, VISIT, FORM)


def inputs(records: tuple[dict[str, Any], ...] = RECORDS) -> list[Input]:
    return [
        Input(
            "shop.events",
            START_MS + 60_000 * number,
            None,
            json.dumps({"time": START_MS + 60_000 * number, **one}).encode(),
        )
        for number, one in enumerate(records)
    ]


def routed(history: list[Input]) -> list[Emit]:
    """Return the results and the events of the stage, without Kafka."""
    results: list[Emit] = []
    _, config = load_config(Path("policy"))
    run = EdgeReplay(make_specs(KEY, 1, MAPPINGS), config, dead_letter, results.append, results=RESULTS)
    run.open_with(directory_ready(START_MS))
    for read in history:
        run.feed(read)
    return results


def mapped(history: list[Input]) -> list[Input]:
    """Return the events of the stage as inputs that a producer could have written."""
    hop = SourceHop(MAPPINGS[0])
    found = []
    for offset, read in enumerate(history):
        record = Record(read.topic, 0, offset, read.timestamp_ms, read.key, read.value, read.headers)
        emits = hop.handle(hop.parse(record), record, None, None)  # type: ignore[arg-type] - it has no rows and reads no clock
        found += [Input(one.topic, one.timestamp_ms or 0, one.key, one.value, one.headers) for one in emits]
    return found


def test_mapping_then_routing_equals_routing_the_events() -> None:
    through_mapping = routed(inputs())
    assert through_mapping == routed(mapped(inputs()))
    kinds = [json.loads(one.value or b"{}")["kind"] for one in through_mapping if one.topic == "lead.routing"]
    assert kinds == ["raised_hand"]
    assert DEAD_LETTERS.name not in {one.topic for one in through_mapping}


def test_a_record_that_comes_again_changes_nothing() -> None:
    again = [
        replace(one, timestamp_ms=START_MS + 300_000)
        for one in inputs()
        if b"account" not in (one.value or b"")
    ]
    hand_offs = [one for one in routed(inputs()) if one.topic == "lead.routing"]
    assert hand_offs == [one for one in routed([*inputs(), *again]) if one.topic == "lead.routing"]


def test_what_is_not_of_the_source_is_a_dead_letter_and_the_rest_is_decided() -> None:
    history = inputs()
    bad = Input("shop.events", START_MS + 1, b"k", b"noor@alder.example is not JSON")
    letters = [
        json.loads(one.value or b"")
        for one in routed([history[0], bad, *history[1:]])
        if one.topic == DEAD_LETTERS.name
    ]
    assert [(one["agent"], one["reason"], one["detail"]) for one in letters] == [
        ("source_shop", "not_json", "shop: expected JSON")
    ]


def hop_outputs(value: bytes | None, headers: Any = ()) -> tuple[Emit, ...]:
    hop, record = SourceHop(MAPPINGS[0]), Record("shop.events", 0, 0, START_MS, b"k", value, headers)
    return tuple(hop.handle(hop.parse(record), record, None, None))  # type: ignore[arg-type]


def test_a_deletion_in_the_topic_of_a_source_is_ignored() -> None:
    assert hop_outputs(None) == ()


def test_a_time_that_cannot_be_read_is_a_dead_letter() -> None:
    with pytest.raises(RefusedError, match="the time cannot be read"):
        hop_outputs(json.dumps(VISIT | {"time": "yesterday"}).encode())


def test_the_mark_of_past_events_is_kept() -> None:
    mark = (IMPORTED, b"1772618400000")
    (emit,) = hop_outputs(json.dumps(VISIT).encode(), (mark, ("other", b"x")))
    assert emit.headers == (mark,)


def test_an_event_without_a_key_goes_to_the_partition_of_its_id() -> None:
    (emit,) = hop_outputs(json.dumps({"id": "1", "kind": "visit"}).encode())
    assert emit.key is None
    assert emit.partition_key == json.loads(emit.value or b"")["event_id"].encode()


def test_a_source_has_a_topic_a_log_and_a_changelog() -> None:
    settings, other = Settings(app_id="house", sources=FOLDER), Settings(app_id="house")
    more = {one.name for one in plan_topics(settings)} - {one.name for one in plan_topics(other)}
    assert more == {"shop.events", "source.shop", "house-source_shop-changelog"}
    shadow = Settings(app_id="house", sources=FOLDER, shadow=True)
    assert {"source.shop", "shop.events"}.isdisjoint(one.name for one in plan_topics(shadow))


def test_only_the_partitions_of_the_topic_of_a_source_are_checked() -> None:
    planned = [one for one in plan_topics(Settings(sources=FOLDER)) if one.name == "shop.events"]
    config = {"cleanup.policy": "compact", "retention.ms": "1000"}
    assert [
        one for one in find_problems(planned, {"shop.events": FoundTopic(8, 1, config)}) if not one.is_warning
    ] == []
    (problem,) = [
        one for one in find_problems(planned, {"shop.events": FoundTopic(3, 1, config)}) if not one.is_warning
    ]
    assert (problem.found, problem.expected) == ("3", "8")


def test_a_worker_with_sources_may_read_them_and_write_inputs() -> None:
    rights = {(one.name, one.operation) for one in rights_of(Role.WORKER, Settings(sources=FOLDER))}
    assert {("shop.events", "Read"), ("source.shop", "Write"), ("form.fills", "Write")} <= rights
    assert ("form.fills", "Write") not in {
        (one.name, one.operation) for one in rights_of(Role.WORKER, Settings())
    }


def test_a_history_may_hold_the_topic_of_a_source() -> None:
    assert set(ranks_of(make_specs(KEY, 1, MAPPINGS))) - set(TOPICS) == {"shop.events"}
