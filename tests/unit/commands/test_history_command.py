"""`lead-router history import` without Kafka: valid lines, lines too old to count, invalid lines, and their counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.edge import DAY, activity, form
from workers.cli import app
from workers.config import load_config
from workers.history_import import LineReader
from workers.replay.history_lines import Input

NOW = int(datetime.now(UTC).timestamp() * 1_000)
POLICY, _ = load_config(Path("policy"))


def line(
    value: dict[str, Any], topic: str = "web.activity", at_ms: int = NOW - 9 * DAY, key: str | None = "k"
) -> str:
    return json.dumps({"topic": topic, "key": key, "timestamp": at_ms, "value": value})


def dry_run(tmp_path: Path, *lines: str, options: tuple[str, ...] = ("--dry-run",)) -> tuple[int, str]:
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    done = CliRunner().invoke(app, ["history", "import", str(file), *options], env={"COLUMNS": "300"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return done.exit_code, f"{done.output}\n{done.exception}"
    return done.exit_code, done.output


def test_help_shows_examples() -> None:
    done = CliRunner().invoke(app, ["history", "import", "--help"])
    assert "lead-router history import --dry-run 2026-01.jsonl 2026-02.jsonl" in done.output


def test_every_line_is_sent_too_old_or_invalid_and_the_counts_add_up(tmp_path: Path) -> None:
    at_ms = NOW - 9 * DAY
    code, output = dry_run(
        tmp_path,
        line(activity("a1", at_ms, email="ada@bank.com")),
        line(form("f1", at_ms, anonymous_id="x"), "form.fills"),
        line(activity("a2", NOW - 70 * DAY, email="ada@bank.com"), at_ms=NOW - 70 * DAY),
        line({"event_id": "a3", "occurred_at": "last week", "activity": "page_view"}),
        line({"crm_account_id": "1"}, "crm.accounts"),
    )
    assert code == 1
    assert "5 lines read: 2 would be sent, 1 too old to earn points (61 days), 2 invalid" in " ".join(
        output.split()
    )
    assert "old.jsonl:4: breaks_contract: web.activity: occurred_at: Value error, expected RFC 3339" in output
    assert (
        "old.jsonl:5: 'crm.accounts' is not an input topic; expected one of chat.conversations, form.fills, web.activity"
        in output
    )


def test_with_an_invalid_line_nothing_is_sent_and_kafka_is_not_contacted(tmp_path: Path) -> None:
    code, output = dry_run(tmp_path, line({"event_id": "a3"}), options=())
    assert code == 1
    assert (
        "1 of 1 lines are invalid, so nothing was sent; fix them, or use --skip-bad to send the other lines"
        in output
    )


def test_twenty_invalid_lines_are_printed_and_the_others_counted(tmp_path: Path) -> None:
    _, output = dry_run(tmp_path, *(line({"event_id": f"a{n}"}) for n in range(30)))
    assert output.count("breaks_contract") == 20
    assert "... and 10 more lines that cannot be read" in output


def test_an_invalid_address_is_reported_without_repeating_it(tmp_path: Path) -> None:
    code, output = dry_run(tmp_path, line(activity("a1", NOW - 9 * DAY, email="ada@@bank")))
    assert code == 1
    assert "old.jsonl:1: bad_address: email:" in output
    assert "ada@@bank" not in output


def test_a_timestamp_in_seconds_is_reported_as_an_error_and_not_taken_as_too_old(tmp_path: Path) -> None:
    _, output = dry_run(tmp_path, line(activity("a1", NOW - 9 * DAY, email="a@b.com"), at_ms=NOW // 1_000))
    assert (
        "timestamp: more than a day before occurred_at; expected when it arrived, in milliseconds" in output
    )


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ({"anonymous_id": "x", "email": "ada@bank.com"}, b"x"),
        ({"email": " Ada@Bank.com "}, b"ada@bank.com"),
        ({}, b"k"),
    ],
)
def test_an_event_is_sent_under_the_key_of_its_visitor(who: dict[str, str], key: bytes) -> None:
    at_ms = NOW - 9 * DAY
    value = json.dumps(activity("a1", at_ms, **who)).encode()
    ready = LineReader(POLICY, NOW).to_record(Input("web.activity", at_ms, b"k", value))
    assert ready is not None
    assert (ready.key, ready.value, ready.arrived_ms) == (key, value, at_ms)
