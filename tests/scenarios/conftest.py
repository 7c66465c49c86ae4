"""A story per scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """An empty story."""
    return Story(tmp_path)


@pytest.fixture
def new_story(tmp_path: Path) -> Callable[[str], Story]:
    """Make more stories, each with a name."""

    def make(name: str) -> Story:
        folder = tmp_path / name
        folder.mkdir()
        return Story(folder)

    return make
