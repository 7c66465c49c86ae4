"""Fixtures of the scenarios: stories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return an empty story."""
    return Story(tmp_path)


@pytest.fixture
def new_story(tmp_path: Path) -> Callable[[str], Story]:
    """Return a function that makes a further story with a name."""

    def make(name: str) -> Story:
        folder = tmp_path / name
        folder.mkdir()
        return Story(folder)

    return make
