"""What every test may ask for: a broker that is there for all, and one of its own that may be killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from workers.local_kafka.server import LocalKafka

IMPATIENT = {"group.min.session.timeout.ms": "1000", "log.cleaner.backoff.ms": "200"}
"""Tests do not wait six seconds, the broker's default least, until a killed worker is missed, nor 15 for a compaction."""

hypothesis.settings.register_profile("seeded", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))
# The same cases at every run, so that a change is red by what it changed; HYPOTHESIS_PROFILE=explore looks for others.


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker shared by the session: KAFKA_BOOTSTRAP, else one started here.

    Topics stay: name yours after the test. It never skips; without a broker it fails and says what to do.
    """
    if running := os.environ.get("KAFKA_BOOTSTRAP"):
        yield running
        return
    with LocalKafka(tmp_path_factory.mktemp("kafka"), properties=IMPATIENT) as broker:
        yield broker.bootstrap


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[LocalKafka]:
    """A started broker of this test alone, always an embedded one: kill it, start it again."""
    with LocalKafka(tmp_path / "kafka", properties=IMPATIENT) as broker:
        yield broker
