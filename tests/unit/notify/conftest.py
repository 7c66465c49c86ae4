"""Fixtures of the notifier's tests: a store in a folder of the test, and its settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(
    0, str(Path(__file__).parent)
)  # test folders are not packages; several files here import the market

from desk_market import DeskMarket


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskMarket]:
    """Hand-offs and alerts in a store of the test's own."""
    monkeypatch.setenv("TEST_SLACK_TOKEN", "xoxb-of-a-test")
    monkeypatch.setenv("TEST_KEY", "a key of a test, long enough")
    made = DeskMarket(tmp_path)
    yield made
    made.close()
