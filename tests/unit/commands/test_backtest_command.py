"""`lead-router backtest`: the report on the terminal, the CSV table, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.scenarios.story import POLICY, Story
from workers.cli import app
from workers.commands.errors import CommandError


@pytest.fixture
def history(tmp_path: Path) -> Path:
    story = Story(tmp_path)
    story.rep("mia", name="Mia Lund")
    story.bank("oak")
    story.form("ann@oak.example", "mon 10:00")
    story.activity("webinar_attended", "wed 12:00", email="ann@oak.example")
    story.activity("download", "wed 13:00", email="ann@oak.example")
    story.activity("page_view", "fri 17:00", anonymous_id="visitor")
    return story.history()


@pytest.fixture
def policies(tmp_path: Path) -> tuple[Path, Path]:
    """Return a present policy and a new one with a higher threshold."""
    text = POLICY.read_text("utf-8")
    present, new = tmp_path / "present.yaml", tmp_path / "new.yaml"
    present.write_text(text.replace("bar: 135", "bar: 130"), "utf-8")
    new.write_text(text.replace("bar: 135", "bar: 140"), "utf-8")
    return present, new


def invoke(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["backtest", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_report_and_the_table_of_changed_leads(
    history: Path, policies: tuple[Path, Path], tmp_path: Path
) -> None:
    present, new = policies
    table, work = tmp_path / "changed.csv", tmp_path / "work"
    arguments = (history, "-p", new, "-a", present, "--work", work, "--csv", table)
    page = invoke(*arguments, "--processes", "1").stdout

    assert "1 of 1 leads become MQLs under the present policy, 0 under the new one." in page
    assert "Mia Lund" in page
    assert "@" not in page
    with table.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["account_key"] == "domain:oak.example"
    assert row["changes"] == "kind mql stage"
    assert (row["present_owner"], row["new_owner"]) == ("rep:mia", "")
    assert (row["present_reasons"].split()[0], row["new_stage"]) == ("bar_reached", "nurture")

    assert len(list(work.iterdir())) == 3  # the edge hops, and two policies
    assert invoke(*arguments).stdout == page


def test_wrong_arguments_are_refused(history: Path, policies: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = invoke(history, "-p", policies[0], "--per-week", "many")
    assert wrong.exit_code == 2
    assert "--per-week" in wrong.stderr
    with pytest.raises(CommandError, match="expected files of records, or --topics"):
        invoke("-p", policies[0])
    with pytest.raises(CommandError, match="expected files of records, or --topics"):
        invoke(history, "--topics", "-p", policies[0])
    (tmp_path / "topics").mkdir()
    with pytest.raises(CommandError, match="has a copy of the topics"):
        invoke("--topics", "-p", policies[0], "--work", tmp_path)
    with pytest.raises(CommandError, match="also an input file"):
        invoke(history, "-p", policies[0], "--csv", policies[0])
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(CommandError, match="no record could be read"):
        invoke(empty, "-p", policies[0])
