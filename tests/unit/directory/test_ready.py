from __future__ import annotations

from schemas.topics import VISITOR_EVENTS
from tests.edge import KEY, NOON, Partition, types
from workers.directory.agent import spec
from workers.engine.api import Record
from workers.visitors.agent import spec as visitors_spec


def test_one_directory_partition_notifies_every_visitor_partition_once() -> None:
    directory = Partition(spec(KEY), 1, 3)
    emits = directory.announce()
    assert [(emit.topic, emit.partition) for emit in emits] == [("visitor.events", n) for n in range(3)]
    assert directory.announce() == []


def test_visitors_are_ready_once_all_directory_partitions_have_announced() -> None:
    visitors = Partition(visitors_spec(KEY, 3), 2, 3)
    for number in range(3):
        assert not visitors.decider.is_ready
        emit = Partition(spec(KEY), number, 3).announce()[2]
        visitors.send_all([Record(VISITOR_EVENTS.name, 2, number, NOON, emit.key, emit.value, emit.headers)])
    assert visitors.decider.is_ready


def test_the_crm_is_read_before_the_announcement() -> None:
    assert spec(KEY).announces_after == ("crm.accounts", "crm.contacts", "crm.reps")


def test_only_the_engine_writes_the_directorys_own_log() -> None:
    assert types(Partition(spec(KEY)).send("directory.events", b"{}")) == ["breaks_contract"]
