"""Whether schemas/json is what the models say, and whether the models still keep what was released.

``python -m schemas.freshness --check`` says what is stale or broken and fails; ``--write`` writes schemas/json;
``--release VERSION`` also writes it to schemas/released/VERSION, which from then on is what must not be broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from schemas.breaking import breaks_since_release
from schemas.generate import JSON_FOLDER, RELEASED_FOLDER, as_text, documents


def stale(folder: Path = JSON_FOLDER) -> list[str]:
    """Return one sentence per file that is missing, differs from the models, or belongs to no topic."""
    wanted = {f"{name}.json": as_text(document) for name, document in documents().items()}
    there = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
    return [
        *(f"{name} is missing" for name in wanted if name not in there),
        *(
            f"{name} is not what the models say"
            for name in wanted
            if there.get(name, wanted[name]) != wanted[name]
        ),
        *(f"{name} belongs to no topic" for name in there if name not in wanted),
    ]


def write(folder: Path = JSON_FOLDER) -> None:
    """Make ``folder`` hold exactly what the models say."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{name}.json": as_text(document) for name, document in documents().items()}
    for path in folder.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Do what the flag says; 1 when the check finds something."""
    parser = argparse.ArgumentParser(prog="python -m schemas.freshness", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check", action="store_true", help="fail when a file is stale or the release is broken"
    )
    what.add_argument("--write", action="store_true", help="write schemas/json")
    what.add_argument("--release", metavar="VERSION", help="write schemas/json and schemas/released/VERSION")
    parser.add_argument("--folder", type=Path, default=JSON_FOLDER, help="where the schemas are; %(default)s")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.folder)
        if chosen.release:
            write(RELEASED_FOLDER / chosen.release)
        return 0
    problems = [
        f"schemas/json: {problem}; python -m schemas.freshness --write" for problem in stale(chosen.folder)
    ]
    problems += [str(found) for found in breaks_since_release()]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
