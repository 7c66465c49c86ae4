"""Values of policy/default.yaml that README.md and docs/policy-by-example.md show: its version, hash and line numbers.

In: the policy and the two pages. Out: the pages with the present values. ``python -m tests.unit.house.policy_on_pages
--check`` fails if a page shows other values, ``--write`` writes them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.unit.house.pages import ROOT, name_of, text_of
from workers.policy.load import load_policy_file

POLICY: Final = ROOT / "policy" / "default.yaml"
PAGES: Final = (ROOT / "README.md", ROOT / "docs" / "policy-by-example.md")
LINES: Final[Mapping[str, str]] = {
    "behaviour.cap": "  cap: ",
    "desks.inside_sales.calender": "    calendar: ",
}
"""The key that a shown error names, and the beginning of its line in the policy."""


def present(text: str) -> str:
    """Return a page with the values that the policy has now."""
    policy, policy_text = load_policy_file(POLICY)
    name = re.escape(policy.name)
    text = re.sub(
        rf"({name}, version )\d+(, hash )[0-9a-f]+", rf"\g<1>{policy.version}\g<2>{policy.hash}", text
    )
    text = re.sub(rf"({name} )\d+ \([0-9a-f]+\)", rf"\g<1>{policy.version} ({policy.hash})", text)
    lines = policy_text.splitlines()
    for key, beginning in LINES.items():
        number = next(at for at, line in enumerate(lines, 1) if line.startswith(beginning))
        text = re.sub(rf"(policy/default\.yaml:)\d+(: {re.escape(key)}:)", rf"\g<1>{number}\g<2>", text)
    return text


def stale() -> dict[Path, str]:
    """Return the pages that show other values, each with the text that it should have."""
    texts = {page: present(text_of(page)) for page in PAGES}
    return {page: text for page, text in texts.items() if text != text_of(page)}


def main(arguments: list[str] | None = None) -> int:
    """Check or write the pages. Return 1 if one is stale."""
    parser = argparse.ArgumentParser(prog="python -m tests.unit.house.policy_on_pages", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check", action="store_true", help="fail if a page shows other values than the policy has"
    )
    what.add_argument("--write", action="store_true", help="write the values into the pages")
    is_write = parser.parse_args(arguments).write
    found = stale()
    for page, text in found.items():
        if is_write:
            page.write_text(text, "utf-8")
        else:
            sys.stderr.write(
                f"{name_of(page)} shows other values than {name_of(POLICY)} has: run make pages\n"
            )
    return 1 if found and not is_write else 0


if __name__ == "__main__":
    sys.exit(main())
