"""A run in parts: it continues after an interruption, and its lines are those of one piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from tests.scenarios.story import Story
from tests.unit.backtest.conftest import run_both
from workers.backtest.edge_run import run_edge
from workers.backtest.lead_lines import LeadLine, merge_by_lead
from workers.backtest.policy_run import RunLockedError, run_policy
from workers.backtest.run_processes import PolicyRun, Work, run_all
from workers.backtest.work_folder import RunFolder, run_name
from workers.engine.api import Config
from workers.engine.config_guard import ConfigUnreadableError
from workers.policy.load import load_policy, to_config
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS

KEY = b"a key for tests only"


class Stopped(Exception):  # noqa: N818 - not an error
    """The run is interrupted."""


def config_of(text: str) -> Config:
    return to_config(load_policy(text), text)


def lines_of(folder: Path) -> list[tuple[str, list[list[LeadLine]]]]:
    """Return the lines by lead. The highest scores are of parts, so only the other lines are the same in every cut."""
    return [
        (lead_id, [[line for line in lines if type(line).__name__ != "Score"] for lines in runs])
        for lead_id, runs in merge_by_lead([RunFolder(folder).lead_files()])
    ]


def without_numbers(folder: Path) -> list[str]:
    return [
        repr([(type(line), line.lead_id, line.at_ms, *list(line.__struct_fields__)[4:]) for line in runs[0]])
        for _, runs in lines_of(folder)
    ]


def test_an_interrupted_run_continues_after_its_last_part(story: Story, agreed: str, tmp_path: Path) -> None:
    history = History([story.history()], INPUT_RANKS)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run_both(whole, history, config_of(agreed))

    edge, config = tmp_path / "edge", config_of(agreed)

    def stop_after(most: int, run: Callable[[Callable[[int], None]], None]) -> None:
        def report(read: int) -> None:
            if read >= most:
                raise Stopped

        with pytest.raises(Stopped):
            run(report)

    stop_after(8, lambda report: run_edge(edge, history.scans, config, KEY, report, records_per_part=4))
    assert RunFolder(edge).parts == 1
    (edge / "part-00001.edge").write_bytes(b"half a record")
    (edge / "rows-00001").mkdir()
    run_edge(edge, history.scans, config, KEY, lambda _: None, records_per_part=5)

    stop_after(9, lambda report: run_policy(parts, edge, config, KEY, history.last_ms or 0, report))
    assert not RunFolder(parts).is_done
    (parts / "part-00002.leads.jsonl").write_text("half a li")
    (parts / "rows-00002").mkdir()
    stop_after(16, lambda report: run_policy(parts, edge, config, KEY, history.last_ms or 0, report))
    run_policy(parts, edge, config, KEY, history.last_ms or 0, lambda _: None)

    assert RunFolder(parts).is_done
    assert RunFolder(parts).parts > RunFolder(whole).parts == 1
    assert without_numbers(parts) == without_numbers(whole)
    one, other = RunFolder(parts).marker, RunFolder(whole).marker
    assert one is not None
    assert other is not None
    assert (one.outputs, one.records, one.reps, one.letters) == (
        other.outputs,
        other.records,
        other.reps,
        other.letters,
    )
    assert list(parts.glob("rows*")) == []


def test_a_run_that_has_ended_is_not_repeated(story: Story, agreed: str, tmp_path: Path) -> None:
    history = History([story.history()], INPUT_RANKS)
    for report in (lambda _: None, lambda _: pytest.fail("it ran")):
        run_both(tmp_path / "run", history, config_of(agreed), report)


def test_runs_in_processes_of_their_own_report_their_progress(
    story: Story, agreed: str, tmp_path: Path
) -> None:
    history = History([story.history()], INPUT_RANKS)
    run = PolicyRun(tmp_path / "run", tmp_path / "edge", config_of(agreed))
    wrong = PolicyRun(tmp_path / "wrong", tmp_path / "edge", replace(run.config, text="not a policy"))
    with pytest.raises(ConfigUnreadableError):
        run_all(Work([run, wrong], history.scans, KEY), lambda *_: None, processes=2)
    assert not RunFolder(wrong.folder).is_done


def test_a_run_of_another_process_is_left_alone(story: Story, agreed: str, tmp_path: Path) -> None:
    history = History([story.history()], INPUT_RANKS)
    (tmp_path / "run").mkdir()
    with FileLock(tmp_path / "run" / "lock"), pytest.raises(RunLockedError, match="another process"):
        run_both(tmp_path / "run", history, config_of(agreed))


def test_no_file_of_a_run_holds_an_address(story: Story, agreed: str, tmp_path: Path) -> None:
    history = History([story.history()], INPUT_RANKS)
    run_both(tmp_path / "run", history, config_of(agreed))
    texts = [path.read_text("utf-8") for path in (tmp_path / "run").iterdir()]
    assert len(texts) == 4  # lines of leads, queues of desks, a marker, a lock
    assert [text for text in texts if "ann@" in text or "@oak" in text] == []


def test_the_folder_depends_on_history_policy_key_and_program(agreed: str) -> None:
    config, other = config_of(agreed), config_of(agreed.replace("bar: 135", "bar: 138"))
    names = {
        run_name("h", "p", KEY, config),
        run_name("H", "p", KEY, config),
        run_name("h", "P", KEY, config),
        run_name("h", "p", b"k", config),
        run_name("h", "p", KEY, other),
    }
    assert len(names) == 5
