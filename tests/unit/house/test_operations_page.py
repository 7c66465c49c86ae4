"""The tables of docs/operations.md and docs/monitoring.md match the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from tests.unit.house.pages import ROOT, tables, text_of
from workers.connection_settings import PREFIX
from workers.settings import Settings

PAGE = text_of(ROOT / "docs" / "operations.md")
MONITORING = text_of(ROOT / "docs" / "monitoring.md")
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def variable(name: str) -> str:
    return "KAFKA_BOOTSTRAP" if name == "bootstrap" else f"{PREFIX}{name.upper()}"


def default(name: str) -> str:
    found = Settings.model_fields[name]
    if found.default_factory is not None:
        return "`~/.cache/lead-router`"
    shown = found.default.value if isinstance(found.default, Enum) else found.default
    return "" if shown is None else f"`{shown}`"


def test_the_table_of_settings_matches_the_settings() -> None:
    expected = [
        [f"`{variable(name)}`", default(name), str(field.description)]
        for name, field in Settings.model_fields.items()
    ]
    assert tables(PAGE, "Settings") == expected


def logged(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (event, level) of each log call in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        logger = node.func.value
        name = logger.attr if isinstance(logger, ast.Attribute) else getattr(logger, "id", "")
        if name in ("log", "_log") and node.func.attr in LEVELS:
            (event, *_) = node.args
            assert isinstance(event, ast.Constant), (
                f"{path}:{node.lineno}: expected a literal as the event of a log call"
            )
            yield f"`{event.value}`", node.func.attr


def test_the_table_of_log_events_has_every_event_and_no_other() -> None:
    logged_events = {found for path in (ROOT / "workers").rglob("*.py") for found in logged(path)}
    assert {(row[0], row[1]) for row in tables(MONITORING, "Log events")} == logged_events


@pytest.mark.parametrize("row", tables(MONITORING, "Log events"), ids=lambda row: row[0])
def test_a_log_event_is_lower_snake_case_and_has_a_sentence(row: list[str]) -> None:
    assert re.fullmatch(r"`[a-z]+(_[a-z]+)+`", row[0])
    assert re.search(r"[A-Z].{15,}\.$", row[2])
