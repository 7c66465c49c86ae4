"""A backtest of a policy against itself changes no lead, under any policy and wherever its parts end.

`HYPOTHESIS_PROFILE=explore pytest tests/property/test_backtest_of_equal_policies.py` tries a thousand other policies.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.property.small_policies import SmallPolicy
from tests.property.test_policy_end_to_end import sound_policies, with_low_grades
from tests.scenarios.story import Story
from workers.backtest.comparison import compare_runs
from workers.backtest.edge_run import RECORDS_PER_PART, run_edge
from workers.backtest.policy_run import run_policy
from workers.backtest.work_folder import RunFolder
from workers.policy.load import PolicyError, load_policy, to_config
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS

KEY = b"a key for tests only"
ZONE = ZoneInfo("America/New_York")
POLICIES = 1_000 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 3


def told_story(folder: Path) -> History:
    """Return two days: two reps, and people of two companies with activities, requests and a sale."""
    story = Story(folder)
    story.rep("mia")
    story.rep("tom", weight=2)
    for bank in ("oak", "elm"):
        story.bank(bank, employees=20)
    for number in range(4):
        email = f"p{number}@{'oak' if number % 2 else 'elm'}.example"
        story.form(email, f"mon {10 + number}:00", "demo" if number == 1 else "content", title="word0")
        for rule in range(3):
            story.activity(f"activity{rule}", f"mon {14 + number}:{rule}5", email=email, duration_seconds=600)
    story.sales("touched", "p1@oak.example", "mon 18:00")
    story.sales("accepted", "p1@oak.example", "tue 10:00")
    story.sales("won", "p1@oak.example", "tue 12:00")
    return History([story.history()], INPUT_RANKS)


@settings(
    max_examples=POLICIES,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],
)
@given(sound_policies(), st.integers(9, 30))
def test_a_policy_against_itself_changes_no_lead(small: SmallPolicy, records_per_part: int) -> None:
    text = with_low_grades(small.text())
    try:
        config = to_config(load_policy(text), text)
    except PolicyError:
        assume(False)
    with TemporaryDirectory() as folder:
        history = told_story(Path(folder))
        one, other = Path(folder) / "one", Path(folder) / "other"
        for run, most in ((one, RECORDS_PER_PART), (other, records_per_part)):
            edge = run.with_name(f"{run.name}.edge")
            run_edge(edge, history.scans, config, KEY, lambda _: None, most)
            run_policy(run, edge, config, KEY, history.last_ms or 0, lambda _: None)
        changed = []
        found = compare_runs(
            RunFolder(one),
            RunFolder(other),
            (history.first_ms or 0, history.last_ms or 0),
            (ZONE, ZONE),
            changed.append,
        )
    assert changed == []
    assert found.leads == 4
    assert found.before.mqls == found.after.mqls
    assert found.before.load.counts == found.after.load.counts
    assert found.before.queues == found.after.queues
    assert found.before.touch_seconds == found.after.touch_seconds
