from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from tests.unit.house.pages import ROOT, tables, text_of
from workers.engine.metrics import Metrics
from workers.settings import PREFIX, Settings

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


def test_the_table_of_settings_is_what_the_settings_are() -> None:
    expected = [
        [f"`{variable(name)}`", default(name), str(field.description)]
        for name, field in Settings.model_fields.items()
    ]
    assert tables(PAGE, "Settings") == expected


def exposed() -> Iterator[list[str]]:
    for attribute in vars(Metrics()).values():
        for family in getattr(attribute, "describe", list)():
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield [f"`{name}`", family.type, ", ".join(attribute._labelnames)]


def test_the_table_of_metrics_names_each_with_its_type_and_labels() -> None:
    expected = sorted(exposed())
    assert len(expected) >= 8
    assert sorted(row[:3] for row in tables(MONITORING, "Metrics")) == expected


def logged(path: Path) -> Iterator[tuple[str, str]]:
    """The events that a file logs, with their levels."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        logger = node.func.value
        name = logger.attr if isinstance(logger, ast.Attribute) else getattr(logger, "id", "")
        if name in ("log", "_log") and node.func.attr in LEVELS:
            (event, *_) = node.args
            assert isinstance(event, ast.Constant), f"{path}:{node.lineno}: an event is a literal"
            yield f"`{event.value}`", node.func.attr


def test_every_event_that_is_logged_is_explained_and_no_other() -> None:
    said = {found for path in (ROOT / "workers").rglob("*.py") for found in logged(path)}
    assert {(row[0], row[1]) for row in tables(MONITORING, "Log events")} == said


@pytest.mark.parametrize("row", tables(MONITORING, "Log events"), ids=lambda row: row[0])
def test_an_event_is_a_fact_in_lower_snake_and_has_its_sentence(row: list[str]) -> None:
    assert re.fullmatch(r"`[a-z]+(_[a-z]+)+`", row[0])
    assert re.search(r"[A-Z].{15,}\.$", row[2])
