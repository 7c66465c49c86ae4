"""`policy new`: each start passes the check without notes, is commented, and names what a policy has no key for yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.commands.errors import CommandError
from workers.commands.policy import Start
from workers.policy.checks.notes import find_notes
from workers.policy.document import read
from workers.policy.load import load_policy


@pytest.mark.parametrize("start", Start)
def test_a_start_passes_the_check(start: Start) -> None:
    result = CliRunner().invoke(app, ["policy", "new", "--like", start])
    assert result.exit_code == 0
    policy = load_policy(result.output)
    assert [str(note) for note in find_notes(policy, read(result.output, "p.yaml"))] == []
    assert result.output.startswith("#")


def test_a_file_is_written_once(tmp_path: Path) -> None:
    out = tmp_path / "policy.yaml"
    result = CliRunner().invoke(app, ["policy", "new", "--out", str(out)])
    assert result.exit_code == 0
    assert load_policy(out.read_text("utf-8")).name == "first"
    again = CliRunner().invoke(app, ["policy", "new", "--out", str(out)])
    assert isinstance(again.exception, CommandError)
    assert "exists; choose another file" in str(again.exception)
