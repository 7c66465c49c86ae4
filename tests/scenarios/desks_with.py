"""Stories under another agreement: the real policy with pieces replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios import story as stories

Agreed = Callable[..., stories.Story]


@pytest.fixture
def agreed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agreed:
    """Make a story under the policy with (old, new) pieces replaced; each must stand in it."""
    real = stories.POLICY

    def make(*changes: tuple[str, str]) -> stories.Story:
        text = real.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        file = tmp_path / "policy.yaml"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(stories, "POLICY", file)
        return stories.Story(tmp_path)

    return make
