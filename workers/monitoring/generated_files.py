"""Make what is generated from the table of metrics: a part of docs/monitoring.md, the alert rules and the dashboard.

``python -m workers.monitoring.generated_files --check`` fails if one is out of date, ``--write`` writes them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import yaml

from workers.monitoring.alerts import ALERTS
from workers.monitoring.dashboard import render_dashboard
from workers.monitoring.metric_list import METRICS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = "docs/monitoring.md"
RULES: Final = "monitoring/alerts.yaml"
DASHBOARD: Final = "monitoring/dashboard.json"
_BEGIN: Final = "<!-- metrics: begin; python -m workers.monitoring.generated_files --write -->\n"
_END: Final = "<!-- metrics: end -->\n"
_MADE: Final = (
    "# Made by python -m workers.monitoring.generated_files --write from workers/monitoring/alerts.py.\n"
)
_EVERY_CHARACTER: Final = 10_000
"""A width of YAML lines that breaks no expression."""


def render_table() -> str:
    """Return the table of metrics as Markdown."""
    lines = ["| metric | type | labels | what it measures, and when to worry |", "|---|---|---|---|"]
    for one in METRICS:
        text = f"{one.meaning}. {one.advice}".strip()
        lines.append(f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {text} |")
    return "\n".join(lines) + "\n"


def render_page(text: str) -> str:
    """Return docs/monitoring.md with the present table. Raises ValueError if its place is not marked."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{PAGE}: expected the lines {_BEGIN.strip()!r} and {_END.strip()!r}")
    return f"{before}{_BEGIN}\n{render_table()}\n{_END}{after}"


def render_rules() -> str:
    """Return the alert rules as Prometheus reads them."""
    groups = {"groups": [{"name": "lead-router", "rules": [one.as_rule() for one in ALERTS]}]}
    return _MADE + yaml.safe_dump(groups, sort_keys=False, width=_EVERY_CHARACTER)


def rendered(root: Path = ROOT) -> dict[Path, str]:
    """Return each generated file with the text that it should have."""
    page = root / PAGE
    return {
        page: render_page(page.read_text("utf-8")),
        root / RULES: render_rules(),
        root / DASHBOARD: json.dumps(render_dashboard(), indent=2) + "\n",
    }


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Check or write the files. Return 1 if the check finds one out of date."""
    parser = argparse.ArgumentParser(prog="python -m workers.monitoring.generated_files", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="fail if a file is out of date")
    what.add_argument("--write", action="store_true", help="write the files")
    is_write = parser.parse_args(arguments).write
    stale = [
        (path, text)
        for path, text in rendered(root).items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    for path, text in stale:
        if is_write:
            path.write_text(text, "utf-8")
        else:
            sys.stderr.write(f"{path.relative_to(root)} is out of date: run make pages\n")
    return 1 if stale and not is_write else 0


if __name__ == "__main__":
    sys.exit(main())
