"""A plugin of pytest under which each scenario writes its story down instead of replaying it.

`pytest -p scribe tests/scenarios`, with the setting STORIES naming a folder: one file of lines a scenario. The scenarios
themselves end there, as errors; nobody looks at them.
"""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import NoReturn

from tests.scenarios.story import POLICY, Story

_NUMBERS = count()


class WrittenDown(Exception):  # noqa: N818 - it is no error
    """The story is in its file."""


def replay(self: Story, until: str | None = None) -> NoReturn:
    """Write the story down; of one about another policy only its name."""
    del until
    lines = self._lines if self._policy == POLICY else []
    file = Path(os.environ["STORIES"]) / f"{next(_NUMBERS):04d}.jsonl"
    file.write_text("\n".join([os.environ.get("PYTEST_CURRENT_TEST", "?"), *lines]) + "\n", "utf-8")
    raise WrittenDown


Story.replay = replay  # type: ignore[method-assign]
