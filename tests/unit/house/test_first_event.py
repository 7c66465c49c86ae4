"""The first events of the README fit the contract and give the results that the README shows."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from schemas.parsing import parse_json
from schemas.topics import DESK_LEDGER, LEAD_ROUTING, TOPICS, Direction
from tests.unit.house.pages import ROOT, fenced, text_of
from workers.views.decision_page import Decisions, Subject, page_of
from workers.views.record_line import line_of

PROGRAM = ROOT / "docs" / "examples" / "first_event.py"
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
Event = tuple[str, str, dict[str, Any]]


def first_events(now: datetime) -> list[Event]:
    spec = importlib.util.spec_from_file_location("first_event", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    events: list[Event] = program.events(now)
    return events


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the results of a replay of the program's records."""
    history = tmp_path_factory.mktemp("first") / "history.jsonl"
    stamp = int(MONDAY.timestamp() * 1_000)
    lines = [
        {"topic": topic, "key": key, "timestamp": stamp + number, "value": value}
        for number, (topic, key, value) in enumerate(first_events(MONDAY))
    ]
    history.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    command = [sys.executable, "-m", "workers.cli", "replay", str(history)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("event", first_events(MONDAY), ids=lambda event: event[0])
def test_every_record_has_an_input_topic_and_fits_its_contract(event: Event) -> None:
    topic, _, value = event
    assert TOPICS[topic].direction is Direction.IN
    parse_json(TOPICS[topic], json.dumps(value).encode())


def test_a_later_run_has_other_event_ids() -> None:
    first = {value["event_id"] for _, _, value in first_events(MONDAY)}
    assert first.isdisjoint(value["event_id"] for _, _, value in first_events(MONDAY + timedelta(seconds=1)))


def test_the_program_imports_nothing_of_the_router() -> None:
    assert "workers" not in PROGRAM.read_text("utf-8")
    assert "schemas" not in PROGRAM.read_text("utf-8")


@pytest.mark.parametrize("topic", [DESK_LEDGER.name, LEAD_ROUTING.name])
def test_the_readme_shows_the_output_of_watch(results: list[dict[str, Any]], topic: str) -> None:
    (record,) = [result for result in results if result["topic"] == topic]
    line = line_of(topic, record["key"].encode(), json.dumps(record["value"]).encode()).plain
    expected = line.partition(topic)[2].partition(" lead ")[0].strip()
    (shown,) = [
        shown
        for block in fenced(text_of(ROOT / "README.md"), "text")
        for shown in block.splitlines()
        if topic in shown
    ]
    assert expected in shown


def test_the_readme_shows_the_output_of_why(results: list[dict[str, Any]]) -> None:
    story = Decisions(Subject(account_key="domain:harbor-national.example"))
    for result in results:
        story.add_record(result["topic"], json.dumps(result["value"]).encode())
    page = page_of(story)
    assert page is not None
    console = Console(width=110, highlight=False)
    with console.capture() as printed:
        console.print(page)
    (shown,) = [block for block in fenced(text_of(ROOT / "README.md"), "text") if "would change if" in block]
    assert undated(shown) == undated(printed.get())


def undated(page: str) -> list[str]:
    """Return the lines of a page with times, lead ids and hashes replaced, because they differ from run to run."""
    varies = r"\d{4}-\d\d-\d\d \d\d:\d\dZ|lead [0-9a-f]{8}|\([0-9a-f]{12}\)"
    return [re.sub(varies, "...", line).rstrip() for line in page.splitlines()]
