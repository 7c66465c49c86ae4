"""A backtest of the input topics of a broker, without workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from router import Router, ended, of_line

from tests.scenarios.story import POLICY, Story

pytestmark = pytest.mark.kafka


async def test_the_input_topics_are_copied_and_decided(router: Router, tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.rep("mia")
    story.bank("oak")
    story.form("ann@oak.example", "mon 10:00", "demo")
    await router.produce(of_line(line) for line in story._lines)
    work = tmp_path / "work"
    command = ["backtest", "--topics", "--policy", str(POLICY), "--work", str(work), "--processes", "1"]

    code, output = ended(router, command)

    assert code == 0, output
    assert "1 of 1 leads become MQLs under the present policy, 1 under the new one." in output
    assert sorted(path.name for path in (work / "topics").iterdir()) == [
        "crm.accounts.jsonl",
        "crm.reps.jsonl",
        "form.fills.jsonl",
    ]
