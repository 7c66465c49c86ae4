"""The generated parts of docs/architecture.md: the picture, floors and events of accounts, rows, allowed imports.

In: the code, the import contracts in pyproject.toml, and personal_data.py. Out: the text between the
markers of the page, and docs/reference/rows.md. ``python -m tests.unit.house.architecture --check`` fails if a page is
stale, ``--write`` writes it.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from schemas import topics
from schemas.topics import TOPICS, Direction, Topic
from tests.unit.house import row_types
from tests.unit.house.pages import ROOT, cell
from workers.accounts.handle import EVENTS
from workers.agents import make_specs

PAGE: Final = ROOT / "docs" / "architecture.md"
ROWS_PAGE: Final = ROOT / "docs" / "reference" / "rows.md"
DRAWN: Final = {
    ("visitors", "lead.events"),
    ("directory", "lead.events"),
    ("directory", "visitor.events"),
    ("directory", "desk.requests"),
    ("accounts", "desk.requests"),
    ("desks", "lead.events"),
}
"""The arrows of the picture between hops: (hop, log of another hop to which it writes)."""


def way() -> list[str]:
    """Return the picture of the hops with their topics. Raises ValueError if it draws other arrows than the code has."""
    specs = make_specs(b"", 1)
    logs = {spec.own_log for spec in specs.values()}
    written = {name: _topics_written(name) - {spec.own_log} for name, spec in specs.items()}
    arrows = {(name, topic) for name, topics in written.items() for topic in topics & logs}
    if arrows != DRAWN:
        raise ValueError(
            f"the picture has arrows {sorted(DRAWN)}, the code has {sorted(arrows)}: draw it again"
        )
    reads = {name: [one for one in spec.sources if one not in logs] for name, spec in specs.items()}
    results = {name: "  ".join(one for one in TOPICS if one in written[name] - logs) for name in specs}
    left = [*reads["visitors"], *[""] * len(reads["directory"])]
    inputs = [f"  {one:<36}{other}".rstrip() for one, other in zip(left, reads["directory"], strict=False)]
    return [
        "```text",
        *inputs,
        "          |                                   |",
        "          v                                   v",
        "      visitors  <---- visitor.events ---- directory",
        "          |                                   |   |",
        "          +----------- lead.events -----------+   |",
        "                            |                     |",
        "                            v                     |",
        "                        accounts                  |",
        "                         |    ^                   |",
        "           desk.requests |    | lead.events       |",
        "                         v    |                   |",
        "                        desks  <-- desk.requests -+",
        "",
        f"  out of accounts:  {results['accounts']}",
        f"  out of desks:     {results['desks']}",
        "```",
        "",
        "| hop | reads | its own log | writes |",
        "|---|---|---|---|",
        *(
            f"| [{name}](../workers/{name}) | {_codes(reads[name])} | `{spec.own_log}` "
            f"| {_codes([one for one in TOPICS if one in written[name]])} |"
            for name, spec in specs.items()
        ),
        "",
        "Every hop also writes `dead.letters`. `directory` reads them, to erase the letters of a person. An operator's",
        "`lead-router dlq` writes `dead.letters.actions`.",
    ]


def _topics_written(hop: str) -> set[str]:
    """Return the topics of the contract that the modules of a hop import, except inputs."""
    found = set()
    for path in (ROOT / "workers" / hop).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == topics.__name__:
                named = (getattr(topics, alias.name) for alias in node.names)
                found |= {one.name for one in named if isinstance(one, Topic)}
    return {name for name in found if TOPICS[name].direction is not Direction.IN}


def floors() -> list[str]:
    """Return the table of the floors of workers/accounts, from the top, as the layers contract orders them."""
    folder = ROOT / "workers" / "accounts"
    lines = ["| floor | the question that it answers | modules |", "|---|---|---|"]
    for name in _contract("layers")["layers"]:
        if (folder / f"{name}.py").is_file():
            lines.append(
                f"| {_link(f'{name}.py', folder / f'{name}.py')} | {_first_line(folder / f'{name}.py')} | |"
            )
            continue
        _, _, rest = _first_line(folder / name / "__init__.py").partition(": ")
        question = rest.partition("?")[0] + "?"
        modules = [one for one in sorted((folder / name).glob("*.py")) if one.name != "__init__.py"]
        text = ", ".join(_link(one.stem, one) for one in modules)
        if name == "events":
            others = {_module_of(handler) for handler in EVENTS.values()}
            rest_of = ", ".join(_link(one.stem, one) for one in modules if one.stem not in others)
            text = f"one module per event ([below](#events-of-accounts)); besides {rest_of}"
        lines.append(f"| {_link(f'{name}/', folder / name)} | {question[0].upper()}{question[1:]} | {text} |")
    return lines


def events() -> list[str]:
    """Return the table of the event types of `lead.events`: the module of each, and its first sentence."""
    folder = ROOT / "workers" / "accounts" / "events"
    lines = ["| event type | module | what it does |", "|---|---|---|"]
    for name in (*EVENTS, "person_erased"):
        path = folder / f"{_module_of(EVENTS[name]) if name in EVENTS else name}.py"
        lines.append(f"| `{name}` | {_link(path.name, path)} | {_first_line(path)} |")
    return lines


def imports() -> list[str]:
    """Return the import contracts as sentences."""
    lines = ["| contract | rule |", "|---|---|"]
    return [*lines, *(f"| {contract['name']} | {_rule_of(contract)} |" for contract in _contracts())]


def _rule_of(contract: Mapping[str, Any]) -> str:
    if contract["type"] == "independence":
        return f"None of {_codes(contract['modules'])} imports another of them."
    if contract["type"] == "layers":
        order = " > ".join(f"`{name}`" for name in contract["layers"])
        return f"In {_codes(contract['containers'])} a folder imports only folders to its right: {order}."
    if contract["type"] == "protected":
        return (
            f"Only {_codes(contract['allowed_importers'])} imports {_codes(contract['protected_modules'])}."
        )
    rule = f"{_codes(contract['source_modules'])} must not import {_codes(contract['forbidden_modules'])}"
    if contract.get("allow_indirect_imports"):
        rule += ". Only their own imports are checked"
    excepted = [one.split(" -> ")[0] for one in contract.get("ignore_imports", ())]
    return f"{rule}.{f' Except {_codes(excepted)}.' if excepted else ''}"


def _contracts() -> list[dict[str, Any]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return found


def _contract(kind: str) -> dict[str, Any]:
    (found,) = [one for one in _contracts() if one["type"] == kind]
    return found


def _module_of(handler: Callable[..., Any]) -> str:
    return handler.__module__.rpartition(".")[2]


def _first_line(path: Path) -> str:
    """Return the first paragraph of a module's docstring."""
    return cell((ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0])


def _link(text: str, path: Path) -> str:
    return f"[{text}](../{path.relative_to(ROOT).as_posix()})"


def _codes(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


PARTS: Final[Mapping[str, Callable[[], list[str]]]] = {
    "way": way,
    "floors": floors,
    "events": events,
    "rows": row_types.overview,
    "imports": imports,
}
"""The generated parts of the page, by the name in their markers."""


def page(text: str) -> str:
    """Return docs/architecture.md with its generated parts as the code has them now.

    Raises ValueError if a marker is missing.
    """
    for name, make in PARTS.items():
        parts = re.split(
            rf"(?<=<!-- {name}: begin)([^>]*-->\n).*?(?=<!-- {name}: end -->)", text, flags=re.DOTALL
        )
        if len(parts) != 3:
            raise ValueError(f"docs/architecture.md needs one part between '{name}: begin' and '{name}: end'")
        before, marker_end, after = parts
        made = "\n".join(make())
        text = f"{before}{marker_end}\n{made}\n\n{after}"
    return text


def pages() -> dict[Path, str]:
    """Return the text that each generated page should have."""
    return {PAGE: page(PAGE.read_text("utf-8")), ROWS_PAGE: row_types.reference()}


def main(arguments: list[str] | None = None) -> int:
    """Check or write the pages. Return 1 if one is stale."""
    parser = argparse.ArgumentParser(prog="python -m tests.unit.house.architecture", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="fail if a generated page is stale")
    what.add_argument("--write", action="store_true", help="write the generated pages and parts")
    is_write = parser.parse_args(arguments).write
    stale = {
        path: text for path, text in pages().items() if not path.is_file() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if is_write:
            path.write_text(text, "utf-8")
        else:
            sys.stderr.write(f"{path.name} is stale: run python -m tests.unit.house.architecture --write\n")
    return 1 if stale and not is_write else 0


if __name__ == "__main__":
    sys.exit(main())
