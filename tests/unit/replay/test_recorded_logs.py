"""A replay of a recorded log gives the live outputs; each difference is reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from workers.engine.api import AgentSpec, Config, DeadLetterEncoder, Emit, Hop, Record
from workers.engine.control import ConfigChange, Tick, control_emit
from workers.engine.partitioner import partition_of
from workers.replay.recorded_logs import TaskOutputs, differences, read_recording, recorded_line, replay_logs

TOPICS = frozenset({"rung"})
TICK = control_emit("bell.log", 1, Tick(250), 250)
LOG = [
    Record("bell.log", 1, 0, 10, b"k", b"hello at bell"),
    Record("bell.log", 1, 2, 20, b"k", b"again"),
    Record("bell.log", 1, 4, 250, None, TICK.value, TICK.headers),
]


@pytest.fixture
def outputs(specs: dict[str, AgentSpec], config: Config, dead_letter: DeadLetterEncoder) -> list[TaskOutputs]:
    return replay_logs(specs, LOG, 2, config, dead_letter)


def as_read(outputs: list[TaskOutputs]) -> list[Record]:
    """Return the outputs as a read_committed consumer reads them. Transaction markers leave gaps in the offsets."""
    emits = [emit for task in outputs for emit in task.emits]
    return [
        Record(e.topic, e.partition, 2 * n, e.timestamp_ms, e.key, e.value, e.headers)
        for n, e in enumerate(emits)
    ]


def test_each_partition_of_a_log_is_decided_with_its_ticks_and_its_timers(outputs: list[TaskOutputs]) -> None:
    assert [(task.agent, task.partition, len(task.emits)) for task in outputs] == [
        ("bell", 0, 0),
        ("bell", 1, 5),
    ]
    assert [(e.timestamp_ms, e.value) for e in outputs[1].emits if e.topic == "rung"] == [
        (10, b"hello at bell"),
        (20, b"again"),
        (200, b"alarm"),
    ]


def test_a_config_of_the_log_is_followed_from_its_record_on(
    specs: dict[str, AgentSpec], config: Config, dead_letter: DeadLetterEncoder
) -> None:
    made = []

    def make(of: Config) -> Hop[object]:
        made.append(of.version)
        return specs["bell"].make_hop(of)

    change = control_emit("bell.log", 1, ConfigChange("toy", 2, "1" * 12, "newer"), 15)
    newer = Record("bell.log", 1, 1, 15, None, change.value, change.headers)
    bell = dataclasses.replace(specs["bell"], make_hop=make)
    (_, task) = replay_logs({"bell": bell}, [*LOG, newer], 2, config, dead_letter)
    assert made == [1, 1, 2]
    assert len(task.emits) == 5


def test_every_output_has_the_partition_of_its_key(outputs: list[TaskOutputs]) -> None:
    assert {(e.key, e.partition) for e in outputs[1].emits} == {
        (key, partition_of(key, 2)) for key in (b"k", b"bell")
    }


def test_equal_outputs_have_no_difference(outputs: list[TaskOutputs]) -> None:
    assert differences(outputs, as_read(outputs), TOPICS | {"clerk.log"}) == []


def changed(record: Record, **fields: object) -> Record:
    return replace(record, **fields)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda live: live[:-1], id="one is missing live"),
        pytest.param(lambda live: [*live, live[0]], id="one is doubled live"),
        pytest.param(lambda live: [changed(live[0], value=b"?"), *live[1:]], id="another value"),
        pytest.param(lambda live: [changed(live[0], timestamp_ms=11), *live[1:]], id="another stamp"),
        pytest.param(lambda live: [changed(live[0], headers=(("h", b""),)), *live[1:]], id="another header"),
        pytest.param(
            lambda live: [changed(live[0], partition=1 - live[0].partition), *live[1:]], id="elsewhere"
        ),
        pytest.param(
            lambda live: [changed(live[1], offset=0), changed(live[0], offset=2), *live[2:]],
            id="another order",
        ),
    ],
)
def test_every_deviation_is_a_difference(
    outputs: list[TaskOutputs], harm: Callable[[list[Record]], list[Record]]
) -> None:
    live = [record for record in as_read(outputs) if record.topic == "rung"]

    assert differences(outputs, live, TOPICS) == []
    assert differences(outputs, harm(live), TOPICS) != []


def test_a_compacted_topic_must_hold_only_the_last_value_of_a_key(outputs: list[TaskOutputs]) -> None:
    live = [record for record in as_read(outputs) if record.topic == "rung"]
    first, last, alarm = live

    assert (first.key, last.key) == (b"k", b"k")
    assert differences(outputs, [last, alarm], TOPICS, compacted=TOPICS) == []
    assert differences(outputs, [first, alarm], TOPICS, compacted=TOPICS) != []
    assert differences(outputs, [last, alarm], TOPICS) != []


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    records = [*LOG, Record("rung", 0, 9, 5, None, None), Record("rung", 0, 10, 5, "ö".encode(), b'{"a": 1}')]
    path.write_bytes(b"".join(map(recorded_line, records)) + b"{}\n")

    read, bad = read_recording(path)

    assert read == records
    assert [line.line for line in bad] == [6]


def test_a_missing_tombstone_is_a_difference(
    specs: dict[str, AgentSpec], config: Config, dead_letter: DeadLetterEncoder
) -> None:
    assert (
        differences(
            [TaskOutputs("bell", 0, [Emit("rung", b"k", None, partition=0, timestamp_ms=1)])], [], TOPICS
        )
        != []
    )


def test_an_alert_about_an_input_is_not_compared_because_its_hop_is_not_replayed() -> None:
    alert = Record(
        "lead.alerts", 0, 0, 0, b"a", b'{"alert":"request_refused","account_key":"input:form.fills"}'
    )
    assert differences([], [alert], frozenset({"lead.alerts"})) == []
    other = replace(alert, value=b'{"alert":"fact_wanted","account_key":"domain:a.example"}')
    assert len(differences([], [other], frozenset({"lead.alerts"}))) == 1
