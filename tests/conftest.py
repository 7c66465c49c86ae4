"""Fixtures for every test: a broker shared by all tests, and a broker of its own that a test may kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from workers.local_kafka.server import LocalKafka

IMPATIENT = {"group.min.session.timeout.ms": "1000", "log.cleaner.backoff.ms": "200"}
"""Broker properties for tests: killed workers are missed after 1 s, not 6 s; compaction waits 0.2 s, not 15 s."""

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))
# Every run has the same cases, so a test fails only by a change of code. HYPOTHESIS_PROFILE=explore tries other cases.


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker shared by the session: KAFKA_BOOTSTRAP, else one started here.

    Topics are not removed, so name them after the test. Without a broker the fixture fails and names the remedy.
    """
    if running := os.environ.get("KAFKA_BOOTSTRAP"):
        yield running
        return
    with LocalKafka(tmp_path_factory.mktemp("kafka"), properties=IMPATIENT) as broker:
        yield broker.bootstrap


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[LocalKafka]:
    """A started local broker for one test, which may kill it and start it again."""
    with LocalKafka(tmp_path / "kafka", properties=IMPATIENT) as broker:
        yield broker
