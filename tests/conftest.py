"""Fixtures for every test: a broker shared by all tests, and a broker of one test's own. Also the order of test files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.file_order import put_in_order
from workers.local_kafka.server import LocalKafka

IMPATIENT = {"group.min.session.timeout.ms": "1000", "log.cleaner.backoff.ms": "200"}
"""Broker settings for short tests.

The broker's defaults take at least 6 seconds to notice a killed worker, and 15 seconds to a compaction.
"""

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))
# The profile "seeded" runs the same cases every time, so a test fails only by a change of code.
# HYPOTHESIS_PROFILE=explore looks for other cases.


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the test files in order if several processes share them. `make test` keeps that order."""
    if hasattr(config, "workerinput"):
        put_in_order(items)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a broker shared by the session: KAFKA_BOOTSTRAP, else a broker started here.

    Topics stay, so name topics after the test. A test is never skipped: without a broker it fails with instructions.
    """
    if running := os.environ.get("KAFKA_BOOTSTRAP"):
        yield running
        return
    with LocalKafka(tmp_path_factory.mktemp("kafka"), properties=IMPATIENT) as broker:
        yield broker.bootstrap


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[LocalKafka]:
    """Yield a started broker for this test alone, which the test may kill and restart. It is always started here."""
    with LocalKafka(tmp_path / "kafka", properties=IMPATIENT) as broker:
        yield broker
