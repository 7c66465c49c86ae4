"""`lead-router fairness`: files in, shares out, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from schemas.outputs import LedgerEntry
from tests.unit.desks.test_ledger_audit import change, ledger
from workers.cli import app


def written(file: Path, entries: list[LedgerEntry]) -> str:
    lines = [
        json.dumps(
            {
                "topic": "desk.ledger",
                "key": one.desk,
                "timestamp": 0,
                "value": json.loads(one.model_dump_json()),
            }
        )
        for one in entries
    ]
    other = json.dumps({"topic": "lead.scores", "key": "x", "timestamp": 0, "value": {"no": "ledger"}})
    file.write_text("\n".join([other, *lines]) + "\n", encoding="utf-8")
    return str(file)


def test_a_ledger_that_adds_up_is_printed_by_rep(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["fairness", written(tmp_path / "ledger.jsonl", ledger())])
    assert done.exit_code == 0, done.output
    assert "desk:inside_sales: 20 turns, 1 given back" in done.output
    assert "20 turns; it adds up" in done.output


def test_a_forged_ledger_fails_with_each_wrong_line_named(tmp_path: Path) -> None:
    entries = ledger()
    entries[3] = change(entries[3], "b", current_before=400_000)
    done = CliRunner().invoke(app, ["fairness", written(tmp_path / "ledger.jsonl", entries)])
    assert done.exit_code == 1
    assert "desk:inside_sales turn 4 (turn): b has" in done.output


def test_an_invalid_file_is_refused_with_the_line_named(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"topic": "desk.ledger", "value": null}\n{"topic": 1}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["fairness", str(file)])
    assert "x.jsonl:2: not a result" in str(done.exception)


def test_without_turns_no_table_is_printed(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["fairness", written(tmp_path / "ledger.jsonl", [])])
    assert done.exit_code == 0
    assert "the files hold no round-robin turns" in done.output
