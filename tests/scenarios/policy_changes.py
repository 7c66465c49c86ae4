"""Stories under a changed policy: the default policy with pieces replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios import story as stories

StoryWith = Callable[..., stories.Story]


@pytest.fixture
def story_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoryWith:
    """Return a function that makes a story under the default policy, with (old, new) pieces replaced.

    Each old piece must be in the policy.
    """
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
