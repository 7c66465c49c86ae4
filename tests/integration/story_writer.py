"""A pytest plugin with which each scenario writes its story to a file instead of replaying it.

`pytest -p story_writer tests/scenarios`, with a folder in the variable STORIES, writes one file of lines a scenario. The
scenarios themselves end with an error, which is ignored.
"""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import NoReturn

from tests.scenarios.story import POLICY, Story

_NUMBERS = count()


class StoryWritten(Exception):  # noqa: N818 - it ends a scenario and is not an error
    """The story is in its file."""


def replay(self: Story, until: str | None = None) -> NoReturn:
    """Write the story to a file. For a story with another policy, write only its name."""
    del until
    lines = self._lines if self._policy == POLICY else []
    file = Path(os.environ["STORIES"]) / f"{next(_NUMBERS):04d}.jsonl"
    file.write_text("\n".join([os.environ.get("PYTEST_CURRENT_TEST", "?"), *lines]) + "\n", "utf-8")
    raise StoryWritten


Story.replay = replay  # type: ignore[method-assign]
