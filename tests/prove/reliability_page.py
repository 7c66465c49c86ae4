"""Writes the results of full runs into docs/reliability.md. The text around them is written by people.

Each part of the proof has a section between two marks. A run replaces the section of its part. Only a run that found no problem,
and that was not the short form, is written.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "reliability.md"


def write_section(part: str, command: str, seconds: float, counts: Mapping[str, int]) -> None:
    """Replace the section of a part on the page."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(with_section(text, part, section(commit_date(), command, seconds, counts)), "utf-8")


def section(date: str, command: str, seconds: float, counts: Mapping[str, int]) -> str:
    """Return the text of a section: when and how it was run, and a table of its counts."""
    lines = [
        f"Run at the commit of {date}, in {seconds / 60:.0f} minutes. No problem was found. Repeat it with:",
        "",
    ]
    lines += ["```sh", command, "```", "", "| counted | figure |", "|---|---:|"]
    lines += [f"| {name} | {count:,} |" for name, count in counts.items()]
    return "\n".join(lines)


def with_section(page: str, part: str, text: str) -> str:
    """Return the page with another section of a part. Raises ValueError if the page has no marks for it."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    found = re.search(rf"{re.escape(begin)}\n.*?{re.escape(end)}", page, re.DOTALL)
    if found is None:
        raise ValueError(f"the page has no marks {begin} and {end}")
    return page[: found.start()] + f"{begin}\n{text}\n{end}" + page[found.end() :]


def commit_date() -> str:
    """Return the date of the checked-out commit, YYYY-MM-DD."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%cs"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
