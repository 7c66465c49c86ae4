"""A bank, three leads and two reps, and backtests over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.scenarios.story import ESCALATION, POLICY, Story
from workers.backtest.comparison import ChangedLead, Comparison, compare_runs
from workers.backtest.edge_run import run_edge
from workers.backtest.policy_run import run_policy
from workers.backtest.work_folder import RunFolder
from workers.engine.api import Config
from workers.policy.load import load_policy, to_config
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS

KEY = b"a key for tests only"
Tested = Callable[..., tuple[Comparison, list[ChangedLead]]]


def run_both(
    folder: Path, history: History, config: Config, report: Callable[[int], None] = lambda _: None
) -> None:
    """Run the edge hops over a history, in a folder beside ``folder``, then a policy."""
    edge = folder.with_name(f"{folder.name}.edge")
    run_edge(edge, history.scans, config, KEY, report)
    run_policy(folder, edge, config, KEY, history.last_ms or 0, report)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return two weeks: three leads of three banks, of which one just reaches the threshold and one is won."""
    story = Story(tmp_path)
    story.rep("mia")
    story.rep("tom")
    for bank in ("oak", "elm", "ash"):
        story.bank(bank)
    for number, name in enumerate(("ann@oak.example", "bob@elm.example", "cat@ash.example")):
        story.form(name, f"mon 1{number}:00")
    story.much_interest("ann@oak.example", "tue 10:00")
    story.much_interest("bob@elm.example", "tue 11:00")
    story.activity("webinar_attended", "wed 12:00", email="cat@ash.example")
    story.activity("download", "wed 13:00", email="cat@ash.example")
    story.sales("touched", "ann@oak.example", "tue 12:00")
    story.sales("accepted", "ann@oak.example", "wed 12:00")
    story.sales("opportunity_opened", "ann@oak.example", "thu 12:00")
    story.sales("won", "ann@oak.example", "fri 12:00")
    story.activity("page_view", "fri2 17:00", anonymous_id="visitor")
    return story


@pytest.fixture
def tested(tmp_path: Path) -> Tested:
    """Return a function that compares two policies over a story."""

    def run(story: Story, before: str, after: str) -> tuple[Comparison, list[ChangedLead]]:
        history = History([story.history()], INPUT_RANKS)
        folders = []
        for name, text in (("before", before), ("after", after)):
            folders.append(tmp_path / name)
            run_both(folders[-1], history, to_config(load_policy(text), text))
        changed: list[ChangedLead] = []
        zone = ZoneInfo("America/New_York")
        found = compare_runs(
            RunFolder(folders[0]),
            RunFolder(folders[1]),
            (history.first_ms or 0, history.last_ms or 0),
            (zone, zone),
            changed.append,
        )
        return found, changed

    return run


@pytest.fixture
def agreed() -> str:
    """Return the text of the default policy, without the escalation of unanswered leads."""
    return ESCALATION.sub("", POLICY.read_text("utf-8"))
