"""Whether schemas/json matches the models, every field has a description, and the models keep the released contract.

``python -m schemas.freshness --check`` prints each stale file, each field without a description and each breaking change,
and fails if there are any. ``--write`` writes schemas/json. ``--release VERSION`` also writes schemas/released/VERSION,
which later versions must not break.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from schemas.breaking import find_breaks_since_release
from schemas.contents import all_types, undescribed
from schemas.generate import JSON_FOLDER, RELEASED_FOLDER, build_documents, to_text


def find_stale(folder: Path = JSON_FOLDER) -> list[str]:
    """Return one sentence for each file that is missing, differs from the models, or belongs to no topic."""
    wanted = {f"{name}.json": to_text(document) for name, document in build_documents().items()}
    present = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
    return [
        *(f"{name} is missing" for name in wanted if name not in present),
        *(
            f"{name} does not match the models"
            for name in wanted
            if present.get(name, wanted[name]) != wanted[name]
        ),
        *(f"{name} belongs to no topic" for name in present if name not in wanted),
    ]


def write(folder: Path = JSON_FOLDER) -> None:
    """Write the schema documents of the models to ``folder`` and delete others."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{name}.json": to_text(document) for name, document in build_documents().items()}
    for path in folder.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Return 1 if the check finds a problem."""
    parser = argparse.ArgumentParser(prog="python -m schemas.freshness", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--check",
        action="store_true",
        help="fail if a file is stale, a field has no description, or a change breaks the released contract",
    )
    what.add_argument("--write", action="store_true", help="write schemas/json")
    what.add_argument("--release", metavar="VERSION", help="write schemas/json and schemas/released/VERSION")
    parser.add_argument("--folder", type=Path, default=JSON_FOLDER, help="folder of the schemas; %(default)s")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.folder)
        if chosen.release:
            write(RELEASED_FOLDER / chosen.release)
        return 0
    problems = [
        f"schemas/json: {problem}; run python -m schemas.freshness --write"
        for problem in find_stale(chosen.folder)
    ]
    problems += undescribed(all_types())
    problems += [str(found) for found in find_breaks_since_release()]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
