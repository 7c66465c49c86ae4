"""The form of a page: a path, a function that reads a view from the store, and a template that shows the view.

A page never writes to the store. It gets a connection that sees one state of the store, and the time, so equal stores give equal pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.sales_activities import SalesActivity
from workers.console.access_file import Role


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a page.

    ``now_ms`` is the time as of which the page is shown, milliseconds UTC. ``place`` holds the parts of the path.
    ``query`` holds the parameters behind the question mark, and ``form`` the fields of a posted form.
    """

    now_ms: int
    place: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    may_see_people: bool = True
    """Whether names and job titles of leads are shown to this user."""
    may_act: bool = False
    """Whether this user may report what sales did."""
    lead_id_key: bytes = field(default=b"", repr=False)
    """The secret from which lead ids are made. A search by address needs it."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer of a page that sends the browser to another path of the console."""

    path: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a page that reports what a person did. The event is written, then the browser is sent to ``path``."""

    activity: SalesActivity
    path: str


View: TypeAlias = object
"""The values that a page shows: a frozen dataclass of its module."""
Load: TypeAlias = Callable[[sqlite3.Connection, Asked], View | Elsewhere | Answered | None]
"""Reads the view of a page. None: there is no such lead, hand-off or account, and the answer is 404."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console.

    Args:
        name: the name of the page, of its template ``<name>.html``, and of its stream of news.
        path: the path, with parameters as Starlette has them.
        title: the title in the menu and of the window.
        load: reads the view.
        changes_with: topics whose records change the page. An open page is then loaded again.
        is_posted: whether the page answers a posted form. Use it for searches: an address is never in a URL.
        in_menu: whether the menu lists the page.
        role: the lowest role that may see the page.
    """

    name: str
    path: str
    title: str
    load: Load
    changes_with: frozenset[str] = frozenset()
    is_posted: bool = False
    in_menu: bool = True
    role: Role = Role.LOOK
