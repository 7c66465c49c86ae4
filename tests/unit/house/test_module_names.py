"""A module's file name is unique in ``workers/`` and ``schemas/``, so that it names one thing in a search or a traceback."""

from __future__ import annotations

from typing import Final

from tests.unit.house.pages import ROOT

IN_EVERY_HOP: Final = frozenset({"__init__", "agent", "handle", "rows"})
"""Stems that each hop has, with the same meaning: its Faust agent, its dispatch and its row types."""
SAME_SUBJECT: Final = {
    "behaviour_rules": "policy/: the keys of a rule; policy/checks/: which rules are refused",
    "explanation": "schemas/: the model; accounts/worth/: its values for one lead",
    "facts": "accounts/state/: parts of rows; accounts/worth/: which value of a fact counts",
    "no_visits": "policy/: the keys; policy/checks/: which values are refused",
    "partners": "policy/: the keys; policy/checks/: which are refused; accounts/routing/: which partner covers an account",
    "paths": "policy/: the keys of a nurture path; policy/checks/: which paths are refused",
    "reference": "schemas/: writes docs/reference/events.md; policy/pages/: writes docs/policy.md",
    "routes": "policy/: the keys of a route; policy/checks/: which are refused; accounts/routing/: which route holds",
    "skills": "policy/: the keys; policy/checks/: which are refused; accounts/routing/: what a lead needs",
    "stages": "policy/: the keys; policy/checks/: which are refused; accounts/stages/: the transition table",
}
"""File names of one subject in several layers, each with what the layers hold of it."""


def places() -> dict[str, list[str]]:
    """Return the folders of each file name, without its suffix."""
    found: dict[str, list[str]] = {}
    for folder in ("schemas", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.setdefault(path.stem, []).append(path.relative_to(ROOT).parent.as_posix())
    return found


def test_no_two_modules_share_a_file_name() -> None:
    allowed = IN_EVERY_HOP | set(SAME_SUBJECT)
    assert {
        name: folders for name, folders in places().items() if len(folders) > 1 and name not in allowed
    } == {}


def test_each_exception_names_the_folders_of_its_modules() -> None:
    found = places()
    named = {
        name: sorted(part.partition(":")[0].rstrip("/") for part in text.split("; "))
        for name, text in SAME_SUBJECT.items()
    }
    assert named == {
        name: sorted(folder.removeprefix("workers/") for folder in found.get(name, []))
        for name in SAME_SUBJECT
    }
