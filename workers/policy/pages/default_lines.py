"""The defaults that hold in a policy because its file does not have the keys, for ``lead-router policy check``.

In: a policy that passes, with its text. Out: lines in the notation of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from workers.policy.defaults import DEPENDENT, fill_defaults
from workers.policy.desks import AnswerWithin, Desk, EveryoneAway, MqlsPerRep, Turn
from workers.policy.document import format_path, read
from workers.policy.field_words import read_field_words
from workers.policy.model import AnonymousHistory, Policy
from workers.policy.pages.reference import format_place_suffix, list_models, render_flow
from workers.policy.part import Part
from workers.policy.stages import Mql, Requalification, SalesSaysNo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import KeyPath

_LISTED: Final[Mapping[type[Part], tuple[str, ...]]] = {
    AnonymousHistory: ("days", "events"),
    AnswerWithin: ("inquiry", "expansion", "in_cycle"),
    Desk: ("due_soon_percent",),
    EveryoneAway: ("mql", "raised_hand"),
    Mql: ("or_asks_for",),
    MqlsPerRep: ("most", "per", "when_full"),
    Requalification: ("new_points",),
    SalesSaysNo: tuple(SalesSaysNo.model_fields),
    Turn: ("when_away", "when_rejected"),
}
"""The keys that are listed. A policy decides more by them than by the keys that are left out here."""


def list_defaults(text: str, file: str, policy: Policy | None) -> list[str]:
    """Return the lines for a policy and its text. None: the policy is refused, so its own grade is not known."""
    document = read(text, file)
    read_field_words(document)
    lines = []
    if "grade" not in document.tree:
        lines.append(
            "grade" if policy is None else f"grade: {render_flow(policy.grade.model_dump(by_alias=True))}"
        )
    lines += list(_walk(Policy, document.tree, ()))
    fill_defaults(document)
    routes = document.tree.get("routes", [])
    added = [routes[int(at)] for (_, at), line in document.written_lines.items() if line == ("routes",)]
    return [*lines, f"routes: {render_flow(added)}"] if added else lines


def _walk(kind: type[Part], tree: Any, path: KeyPath) -> Iterator[str]:
    """Yield a line for each part of the file that lacks listed keys."""
    if not isinstance(tree, dict):
        return
    missing = {
        name: _default_of(kind, name)
        for name in _LISTED.get(kind, ())
        if name not in tree and "like" not in tree
    }
    if len(missing) == 1:
        ((name, value),) = missing.items()
        yield f"{format_path((*path, name))}: {render_flow(value)}"
    elif missing:
        yield f"{format_path(path)}: {render_flow(missing)}"
    for name, info in kind.model_fields.items():
        key = info.alias or name
        if key not in tree and ("like" in tree or not isinstance(info.default, Part)):
            continue
        inside = tree.get(key, {})
        place = (*path, key)
        many = format_place_suffix(info.annotation) == ".*" and isinstance(inside, dict)
        for inner in list_models(info.annotation):
            for where, one in (
                [((*place, own), one) for own, one in inside.items()] if many else [(place, inside)]
            ):
                yield from _walk(inner, one, where)


def _default_of(kind: type[Part], name: str) -> Any:
    """Return the default of a key, or the words for a default that another key gives."""
    default = kind.model_fields[name].default
    value = [str(one) for one in default] if isinstance(default, tuple) else default
    return DEPENDENT.get(f"{kind.__name__}.{name}", value)
