"""Which partition follows which policy, by the reports of the workers, and the policies that were followed."""

from __future__ import annotations

import pytest

from workers.commands.task_reports import Archive, TaskReports, places
from workers.engine.api import Config, Record
from workers.engine.control import archive_emit, change_to, config_key
from workers.engine.watermark_board import AgentReport, WorkerReport, decode_report, encode_report

NEW = Config("rules", 3, "hash3", "v3")
KEY = config_key(3, "hash3")


def desks(
    followed: dict[str, list[int]] | None,
    generation: int = 1,
    partitions: tuple[int, ...] = (0, 1),
    stopped: dict[int, str] | None = None,
) -> WorkerReport:
    """Return the report of a worker that serves only partitions of desks."""
    of = AgentReport(
        "desks", "desk.requests", list(partitions), [0] * len(partitions), [], followed, stopped or {}
    )
    report = decode_report(encode_report(WorkerReport(generation, [of])))
    assert report is not None
    return report


def reasons(*reports: WorkerReport) -> dict[str, str]:
    """Return why the two partitions of desks do not follow version 3."""
    board = TaskReports(2)
    for at_ms, report in enumerate(reports):
        board.apply(report, at_ms)
    lines = (line.partition(": ") for line in board.obstacles(NEW))
    return {names: reason for names, _, reason in lines if "desks" in names}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(desks({KEY: [0, 1]}), {}, id="follows"),
        pytest.param(desks({"2 hash2": [0], KEY: [1]}), {"desks/0": "it follows version 2"}, id="older"),
        pytest.param(desks({"4 hash4": [0], KEY: [1]}), {"desks/0": "it follows version 4"}, id="newer"),
        pytest.param(
            desks({"3 other": [1], KEY: [0]}),
            {"desks/1": "it follows another text of version 3 (other)"},
            id="another text",
        ),
        pytest.param(desks({KEY: [1]}), {"desks/0": "its worker is opening it"}, id="opening"),
        pytest.param(
            desks({KEY: [1]}, stopped={0: "desks/0 follows policy x"}),
            {"desks/0": "stopped: it follows policy x"},
            id="stopped, with the name of the partition",
        ),
        pytest.param(
            desks({"2 hash2": [0, 1]}, stopped={0: "100 in a row", 1: "100 in a row"}),
            {"desks/0-1": "stopped: 100 in a row"},
            id="both stopped for one reason",
        ),
        pytest.param(
            desks(None), {"desks/0-1": "its worker has an earlier release of the program"}, id="earlier"
        ),
    ],
)
def test_the_reason_of_each_partition_that_does_not_follow(
    report: WorkerReport, expected: dict[str, str]
) -> None:
    assert reasons(report) == expected


def test_a_partition_that_no_worker_has_is_named() -> None:
    assert reasons(desks({KEY: [1]}, partitions=(1,)))[
        "visitors/0-1, directory/0-1, accounts/0-1, desks/0"
    ] == ("no worker reports it")


def test_of_a_partition_that_has_moved_the_later_generation_counts() -> None:
    moved = desks({"2 hash2": [0, 1]}, generation=5)
    assert reasons(moved, desks({KEY: [0, 1]}, generation=4)) == {"desks/0-1": "it follows version 2"}
    assert reasons(desks({"2 hash2": [0, 1]}, generation=4), desks({KEY: [0, 1]}, generation=5)) == {}


def test_reports_of_workers_that_are_gone_are_forgotten() -> None:
    board = TaskReports(2)
    board.apply(desks({"9 hash9": [0]}, partitions=(0,)), 1_000)
    board.apply(desks({KEY: [1]}, partitions=(1,)), 9_000)
    assert (board.highest_version(), board.is_empty) == (9, False)
    board.forget_before(3_000)
    assert board.highest_version() == 3
    assert board.followers(NEW) == [("desks", 1)]
    board.forget_before(9_001)
    assert (board.highest_version(), board.is_empty) == (0, True)


def test_names_of_partitions_are_joined_to_ranges() -> None:
    tasks = [("visitors", 0), ("visitors", 1), ("visitors", 3), ("desks", 4)]
    assert places(tasks) == "visitors/0-1, visitors/3, desks/4"


def record(config: Config) -> Record:
    emit = archive_emit("app-policies", change_to(config), 5)
    return Record(emit.topic, 0, 0, 5, emit.key, emit.value, emit.headers)


def test_the_followed_policy_has_the_highest_version_and_the_one_before_the_next_lower() -> None:
    archive = Archive()
    assert (archive.followed, archive.before) == (None, None)
    one, two = Config("rules", 1, "hash1", "v1"), Config("rules", 2, "hash2", "v2")
    for config in (NEW, one):
        archive.apply(record(config))
    assert (archive.followed, archive.before) == (NEW, one)
    archive.apply(record(two))
    archive.apply(record(NEW))  # a worker keeps what it follows after each start
    archive.apply(Record("app-policies", 0, 9, 5, b"4 hash4", b"{"))
    assert (archive.followed, archive.before) == (NEW, two)
