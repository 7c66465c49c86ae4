"""The edge hops run once for all policies that agree on what these hops read, and change no result."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import workers
from tests.scenarios.story import Story
from tests.unit.backtest.conftest import KEY, run_both
from workers.agents import make_specs
from workers.backtest.edge_log import EdgeLog, EdgeRecord, read_edge_log
from workers.backtest.edge_run import TERMS, edge_terms, run_edge
from workers.backtest.work_folder import RunFolder
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS, RESULTS, directory_ready

ROOT = Path(workers.__path__[0])
READERS = [*ROOT.glob("visitors/*.py"), *ROOT.glob("directory/*.py")]
HELPERS = [ROOT / "identity" / "company_domains.py", ROOT / "identity" / "erasure_marks.py"]
"""The modules whose functions the edge hops give a policy."""


def read_of_a_policy(path: Path) -> set[str]:
    """Return the attributes that a module reads of a value called policy that is a whole policy."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            whole = {
                one.arg
                for one in node.args.args
                if isinstance(one.annotation, ast.Name) and one.annotation.id == "Policy"
            }
            found |= {
                inner.attr
                for inner in ast.walk(node)
                if isinstance(inner, ast.Attribute)
                and isinstance(inner.value, ast.Name)
                and inner.value.id in whole
            }
    return found


def test_the_terms_are_all_that_the_edge_hops_read_of_a_policy() -> None:
    read = set[str]().union(*map(read_of_a_policy, [*READERS, *HELPERS]))
    assert read == {*TERMS, "ref"}  # ref: their alerts name the policy


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("bar: 135", "bar: 140", True),
        ("for_days: 180", "for_days: 181", True),
        ("repeats: {days: 7}", "repeats: {days: 8}", False),
        ("activities: [heartbeat, ping]", "activities: [heartbeat]", False),
        ("without_tracking_consent: count_nothing", "without_tracking_consent: count_everything", False),
        ("to_zero_after_days: 60", "to_zero_after_days: 61", False),
    ],
)
def test_policies_share_the_edge_hops_if_they_agree_on_what_these_read(
    agreed: str, old: str, new: str, *, is_same: bool
) -> None:
    assert old in agreed
    other = agreed.replace(old, new)
    terms = [edge_terms(to_config(load_policy(text), text)) for text in (agreed, other)]
    assert (terms[0] == terms[1]) is is_same


def test_a_run_in_two_halves_has_the_results_of_a_replay(story: Story, agreed: str, tmp_path: Path) -> None:
    story.chat("started", "thu 10:00", anonymous_id="visitor")
    story.add_event("form.fills", "x", "thu 11:00", {"form_id": "contact", "email": "no address"})
    story.sales("rejected", "bob@elm.example", "fri 13:00", reason="not_now")
    story.erasure("cat@ash.example", "fri 14:00")
    history = History([story.history()], INPUT_RANKS)
    config = to_config(load_policy(agreed), agreed)
    run_both(tmp_path / "run", history, config)

    emits: list[Emit] = []
    replay = EdgeReplay(make_specs(KEY, 1), config, dead_letter, emits.append, results=RESULTS)
    replay.open_with(directory_ready(history.first_ms or 0))
    for record in history.in_order():
        replay.feed(record)
    replay.run_timers(history.last_ms or 0)

    marker, edge = RunFolder(tmp_path / "run").marker, RunFolder(tmp_path / "run.edge").marker
    assert marker is not None
    assert edge is not None
    whole = Counter(emit.topic for emit in emits)
    assert whole
    halves = Counter(marker.outputs) + Counter(edge.outputs)
    assert {topic: halves[topic] for topic in whole} == whole
    assert sum(marker.letters.values()) == whole["dead.letters"] == 1


def test_a_log_has_its_records_in_steps(tmp_path: Path) -> None:
    records = [
        EdgeRecord("lead.events", 5, b"k", b"v", (("h", b"x"),)),
        EdgeRecord("crm.reps", 6, b"mia", None, (), 2),
    ]
    with EdgeLog(tmp_path / "log") as log:
        log.add(records[0])
        log.end_step(1)
        log.end_step(7)
        log.add(records[1])
        log.end_step(9)
    assert list(read_edge_log(tmp_path / "log")) == [(1, [records[0]]), (7, []), (9, [records[1]])]
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_the_edge_hops_are_not_run_again(story: Story, agreed: str, tmp_path: Path) -> None:
    history = History([story.history()], INPUT_RANKS)
    config = to_config(load_policy(agreed), agreed)
    run_edge(tmp_path / "edge", history.scans, config, KEY, lambda _: None)
    run_edge(tmp_path / "edge", history.scans, config, KEY, lambda _: pytest.fail("it ran"))
    assert list((tmp_path / "edge").glob("rows*")) == []
