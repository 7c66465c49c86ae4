"""Each hop's table LEAVES names every row type of the hop, and how an erasure removes a person from it."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import workers.agents
from workers.accounts.events import person_erased as accounts
from workers.desks import answer_erasure as desks
from workers.directory import contact_erasure as directory
from workers.engine.rows import Row
from workers.visitors import browser_erasure as visitors

TABLES = {
    "accounts": accounts.LEAVES,
    "desks": desks.LEAVES,
    "directory": directory.LEAVES,
    "visitors": visitors.LEAVES,
}
TABLE_FILES = {
    hop: module.__name__.replace(".", "/") + ".py"
    for hop, module in (
        ("accounts", accounts),
        ("desks", desks),
        ("directory", directory),
        ("visitors", visitors),
    )
}
HOPS = (*TABLES, "identity")
"""Packages with row types. Rows of `identity` are stored by the hops that use them."""


def row_types(package: str) -> set[type[Row]]:
    """Return the row types that the modules of a package and of its folders define."""
    folder = importlib.import_module(f"{workers.__name__}.{package}")
    names = [found.name for found in pkgutil.walk_packages(folder.__path__, f"{folder.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Row) and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize("hop", TABLES)
def test_the_table_of_a_hop_names_every_row_type_of_the_hop(hop: str) -> None:
    missing = sorted(kind.__name__ for kind in row_types(hop) - TABLES[hop].keys())
    assert missing == [], (
        f"add it to LEAVES in {TABLE_FILES[hop]}, and make the erasure there remove the person"
    )


@pytest.mark.parametrize(
    ("package", "count"), [("accounts", 20), ("desks", 5), ("directory", 5), ("visitors", 5)]
)
def test_the_row_types_of_all_folders_are_found(package: str, count: int) -> None:
    assert len(row_types(package)) > count


def test_every_row_type_that_hops_share_is_in_the_table_of_one() -> None:
    named = {kind for table in TABLES.values() for kind in table}
    assert sorted(kind.__name__ for kind in row_types("identity") - named) == []


@pytest.mark.parametrize("hop", TABLES)
def test_a_table_describes_each_row_type_in_words(hop: str) -> None:
    assert all(len(text) > 5 for text in TABLES[hop].values())
