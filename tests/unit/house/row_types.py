"""The row types of the state, as docs/architecture.md and docs/reference/rows.md show them.

In: the subclasses of Row, the tables LEAVES of the hops, and personal_data.py. Out: lines of the two pages, for architecture.py.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from types import ModuleType
from typing import Final

import workers
from tests.unit.house.pages import cell
from tests.unit.house.personal_data import ADDRESSES, FACTS, REPS, personal_data_of
from workers.accounts.events import person_erased
from workers.desks import answer_erasure
from workers.directory import contact_erasure
from workers.engine.rows import Row
from workers.visitors import browser_erasure

PACKAGES: Final = ("visitors", "directory", "accounts", "desks", "identity", "engine")
"""Packages with row types. Rows of `identity` are stored by the hops that use them, rows of `engine` by every hop."""
LEAVES: Final[dict[type[Row], str]] = {
    kind: text
    for hop in (browser_erasure, contact_erasure, person_erased, answer_erasure)
    for kind, text in hop.LEAVES.items()
}
"""How an erasure removes a person from each row type of a hop."""


def row_types() -> list[tuple[str, type[Row]]]:
    """Return (package, row type) of all row types, by package, module and place in the module."""
    found = []
    for package in PACKAGES:
        for module in _modules(importlib.import_module(f"{workers.__name__}.{package}")):
            kinds = [
                kind
                for kind in vars(module).values()
                if isinstance(kind, type) and issubclass(kind, Row) and kind.__module__ == module.__name__
            ]
            found += [(package, kind) for kind in kinds if kind.prefix]
    return found


def _modules(package: ModuleType) -> list[ModuleType]:
    walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(found.name) for found in walked]


def overview() -> list[str]:
    """Return the row types with data about people, and the row types of each package."""
    lines = [
        f"- **A person's e-mail address** is in {_named(ADDRESSES)} and in no other row, unless a producer writes it",
        "  into a URL or an id.",
        f"- **Other facts about a lead or a visitor** are in {_named(FACTS)}.",
        f"- **A rep's name** is in {_named(REPS)}.",
        "- All other rows name a person by lead_id or rep_id at most. The key of an account with one person is",
        "  `lead:<lead_id>`, so every row keyed by account may name that id.",
        "",
        "| package | row types |",
        "|---|---|",
    ]
    for package in PACKAGES:
        named = (f"[{kind.__name__}]({_up(1, kind)})" for owner, kind in row_types() if owner == package)
        lines.append(f"| `workers/{package}` | {', '.join(named)} |")
    return lines


def reference() -> str:
    """Return the page docs/reference/rows.md: one table of row types per package."""
    lines = [
        "# Row reference",
        "",
        "Every row type of the state: key, bound, data about people, and how an erasure removes a person from it. Generated",
        "from the code by `python -m tests.unit.house.architecture --write`; `make check` fails if it is stale.",
        "[Where state is](../architecture.md#where-state-is) gives the overview.",
        "",
        "A prefix must never change, and a new field needs a default: stored rows have the old form. A lead_id identifies a",
        "person only together with the secret `LEAD_ROUTER_LEAD_ID_KEY`. The key of an account with one person is",
        "`lead:<lead_id>`, so every row keyed by account may name that id.",
    ]
    for package in PACKAGES:
        lines += [
            "",
            f"## {package}",
            "",
            "| prefix | row | purpose, key and bound | data about people | erasure |",
        ]
        lines.append("|---|---|---|---|---|")
        for owner, kind in row_types():
            if owner == package:
                name = f"[{kind.__name__}]({_up(2, kind)})"
                personal = personal_data_of(f"{package}.{kind.__name__}") or "none"
                purpose = cell(inspect.getdoc(kind) or "")
                cells = (f"`{kind.prefix}`", name, purpose, personal, _erasure_of(kind, personal))
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _erasure_of(kind: type[Row], personal: str) -> str:
    """Return how an erasure removes a person. Rows of the engine have no line in LEAVES: the hops end their timers."""
    of_engine = (
        "nothing to remove" if personal == "none" else "ends with the person's rows, except the mark's timer"
    )
    return LEAVES.get(kind, of_engine)


def _up(levels: int, kind: type) -> str:
    """Return the relative link to the module of a class, from a page ``levels`` folders deep."""
    return "../" * levels + kind.__module__.replace(".", "/") + ".py"


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{kind}` ({package})" for package, kind in (name.split(".") for name in names))
