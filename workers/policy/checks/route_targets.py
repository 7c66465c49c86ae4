"""Targets and conditions of routes that are not written as the file wants them: a desk without the word desk, a person."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, get_args

from workers.policy.problem import quote
from workers.policy.routes import WORDS, Word

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_TARGETS: Final = ("to", "otherwise", "without_owner")
_FIXED: Final = (
    "nobody",
    "account owner",
    "owner's sdr",
    "opportunity owner",
    "partner",
    "that rep",
    "former rep",
    "contact owner",
)
"""Targets that are not desks. Each belongs to one condition."""


def report_route_target(path: KeyPath, document: Document) -> Problem | None:
    """Return the problem of the target of a route line, if the error at ``path`` is about it. None: it is not."""
    if len(path) < 2 or path[0] != "routes":  # noqa: PLR2004 - routes, line
        return None
    for key in _TARGETS:
        place: KeyPath = ("routes", path[1], key)
        target = document.value_at(place)
        is_here = len(path) == 2 or path[2] == key  # noqa: PLR2004 - routes, line
        if is_here and isinstance(target, str) and not _is_well_formed(target, key):
            return document.make_problem(place, quote(target), _expect_target(target.strip(), key, document))
    return None


def report_route_condition(path: KeyPath, document: Document) -> Problem | None:
    """Return the problem of a condition that is one word, if the error at ``path`` is about it. None: it is not."""
    if path[:1] != ("routes",) or path[2:] != ("if",):
        return None
    name = document.value_at(path)
    if not isinstance(name, str) or name in WORDS:
        return None
    given = document.value_at(("conditions",))
    conditions = list(given) if isinstance(given, dict) else []
    near = get_close_matches(name, [*WORDS, *conditions], n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    rules = document.value_at(("behaviour", "rules"))
    if isinstance(rules, dict) and name in rules:
        hint = f"; a rule is tested as {{if: {{signals: [{name}]}}, ...}}, if behaviour.signals lists it"
    named = (
        f"a name of conditions ({', '.join(conditions)})" if conditions else "a name that conditions defines"
    )
    expected = (
        f"a word ({', '.join(get_args(Word))}), {named}, or keys and values, as {{countries: [US]}}{hint}"
    )
    return document.make_problem(path, quote(name), expected)


def _is_well_formed(target: str, key: str) -> bool:
    return target.startswith("desk ") or (key == "to" and target in _FIXED)


def _expect_target(target: str, key: str, document: Document) -> str:
    desks = document.value_at(("desks",))
    names = list(desks) if isinstance(desks, dict) else []
    partners = document.value_at(("partners",))
    plain = target.lower().removeprefix("desk").strip(" :_-").replace(" ", "_").replace("-", "_")
    near = get_close_matches(plain, names, n=1)
    if near:
        return f"desk {near[0]}: a desk is named with the word desk before it"
    if target.startswith("partner ") or (isinstance(partners, dict) and target in partners):
        return "partner: the accounts that a partner covers are in partners, and the line is {if: partner_covers, to: partner}"
    fixed = get_close_matches(target, _FIXED, n=1) if key == "to" else []
    if fixed:
        return fixed[0]
    example = f"desk {names[0]}" if names else "desk inside_sales"
    return f"a desk, as {example}: a person gets leads as a member of a desk in crm.reps"
