"""Whoever adds a row type says how a person leaves it: each hop's table names every row type of the hop."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import workers.agents
from workers.accounts.events import person_erased as accounts
from workers.desks import erasure as desks
from workers.directory import contact_erasure as directory
from workers.engine.rows import Row
from workers.visitors import browser_erasure as visitors

TABLES = {
    "accounts": accounts.LEAVES,
    "desks": desks.LEAVES,
    "directory": directory.LEAVES,
    "visitors": visitors.LEAVES,
}
HOPS = (*TABLES, "identity")
"""Rows of `identity` belong to the hops that keep them."""


def row_types(package: str) -> set[type[Row]]:
    """The row types that the modules of a package define."""
    folder = importlib.import_module(f"{workers.__name__}.{package}")
    names = [found.name for found in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Row) and kind.__module__ == module.__name__
    }


@pytest.mark.parametrize("hop", TABLES)
def test_every_row_type_of_a_hop_says_how_a_person_leaves_it(hop: str) -> None:
    missing = sorted(kind.__name__ for kind in row_types(hop) - TABLES[hop].keys())
    assert missing == [], f"add to LEAVES in workers/{hop}/erasure.py, and have erase() do it"


def test_every_row_type_that_hops_share_is_in_the_table_of_one() -> None:
    named = {kind for table in TABLES.values() for kind in table}
    assert sorted(kind.__name__ for kind in row_types("identity") - named) == []


@pytest.mark.parametrize("hop", TABLES)
def test_a_table_says_how_in_words(hop: str) -> None:
    assert all(len(says) > 5 for says in TABLES[hop].values())
