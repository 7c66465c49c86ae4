"""The simulation repeats a run by its seed, finds nothing in some runs, and finds an engine or a broker that is broken on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.prove.simulation import simulated_edges
from tests.prove.simulation.simulated_broker import Broker
from tests.prove.simulation.simulated_log import NO_ERROR, PartitionLog
from tests.prove.simulation.simulation import run_seed

_SEEDS = 8
"""The number of seeds in which each broken one is found."""


def _finds() -> bool:
    return any(run_seed(f"a test {number}").problems for number in range(_SEEDS))


def test_a_run_finds_no_problem_and_is_repeated_by_its_seed() -> None:
    first, second = run_seed("a test 1"), run_seed("a test 1")
    assert first.problems == []
    assert first == second


def test_a_broker_that_accepts_fenced_producers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    init = Broker.init_producer

    def keep_epoch(broker: Broker, transactional_id: str) -> Any:
        code, identity = init(broker, transactional_id)
        producer = broker._producers[transactional_id]
        if code == NO_ERROR and not broker.has_second_version:
            producer.epoch = 0  # the same for each owner of a partition
            return code, (producer.id, producer.epoch)
        return code, identity

    monkeypatch.setattr(Broker, "init_producer", keep_epoch)
    assert _finds()


def test_an_engine_that_restores_no_rows_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read_nothing(*_: Any) -> int:
        return 0

    monkeypatch.setattr(simulated_edges, "restore", read_nothing)
    assert _finds()


def test_a_broker_that_shows_undecided_records_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PartitionLog, "last_stable", lambda log: log.end)
    assert _finds()
