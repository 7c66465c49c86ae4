"""Defaults that depend on other parts of the file: routes, the calendar of a desk, the time zone of a calendar.

In: a document. Out: the same document with the missing keys and lines added. Defaults that depend on nothing are in the
models. A line of ``routes`` with one legal form need not be written: it is added at its place in the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from workers.policy.routes import DESTINATIONS

if TYPE_CHECKING:
    from workers.policy.document import Document, KeyPath

_FIRST: Final = ("never", "support_question", "customer", "open_opportunity")
"""Route lines at the beginning, in their order."""
_FIXED: Final = frozenset({"never", "customer", "open_opportunity"})
"""Route lines that every policy has. Each has one legal form."""
_USUAL: Final = ("account_has_owner", "partner_covers", "account_has_rep")
"""Further lines of a policy without ``routes``. partner_covers is added only if there are partners."""
REP_DAYS: Final = "180"
"""The days of ``account_has_rep`` where the line gives none."""
DEPENDENT: Final = {
    "Policy.routes": "with one desk: all to it",
    "Route.to": "by `if`",
    "Route.kind": "by `if`",
    "Route.for_days": f"`{REP_DAYS}`",
    "Desk.calendar": "the only calendar",
    "Calendar.timezone": "that of the policy",
    "Policy.grade": "shares of the most points",
    "EveryoneAway.raised_hand": "the manager",
    "AnswerWithin.inquiry": "as mql",
    "AnswerWithin.expansion": "as mql",
    "AnswerWithin.in_cycle": "as mql",
}
"""The defaults that depend on other keys, in words, by model and key."""
_PARTNER_TERMS: Final = {
    "mql": "Passes every gate of market and person, and has enough points or has asked for sales.",
    "sql": "Sales has spoken with them: need and timing confirmed.",
}
"""The definition of each stage at which a partner may get a lead, where the file has none."""


def fill_defaults(document: Document) -> None:
    """Add to ``document``, in place, what follows from its other parts. Parts that cannot be read stay as they are."""
    tree = document.tree
    if isinstance(tree.get("desks"), dict) and tree["desks"]:
        _fill_routes(document, tree)
        _fill_times(document, tree)
    _fill_calendars(document, tree)
    _fill_partner_terms(tree)


def _fill_routes(document: Document, tree: dict[str, Any]) -> None:
    lines = tree.get("routes", [])
    is_readable = isinstance(lines, list) and all(
        isinstance(line, dict) and not {"if", "otherwise", "table"}.isdisjoint(line) for line in lines
    )
    if not is_readable or ("routes" not in tree and len(tree["desks"]) != 1):
        return
    ordered: list[tuple[int | None, dict[str, Any]]] = list(enumerate(lines))
    names = {line["if"] for line in lines if isinstance(line.get("if"), str)}
    for name in _FIRST:
        if name in _FIXED - names:
            ordered.insert(_place_of(name, ordered), (None, {"if": name}))
    if "routes" not in tree:
        usual = [name for name in _USUAL if name != "partner_covers" or tree.get("partners")]
        ordered += [(None, {"if": name}) for name in usual]
    if len(tree["desks"]) == 1 and not any("otherwise" in line for line in lines):
        ordered.append((None, {"otherwise": f"desk {next(iter(tree['desks']))}"}))
    for _, line in ordered:
        _fill_line(line)
    tree["routes"] = [line for _, line in ordered]
    if len(ordered) > len(lines):
        key = document.origin_of(("routes",))
        for at, (written, _) in enumerate(ordered):
            document.written_lines[*key, at] = key if written is None else (*key, written)


def _place_of(name: str, lines: list[tuple[int | None, dict[str, Any]]]) -> int:
    """Return the index at which a fixed line is added: after the last line that precedes it in the order."""
    before = _FIRST[: _FIRST.index(name)]
    return max((at + 1 for at, (_, line) in enumerate(lines) if line.get("if") in before), default=0)


def _fill_line(line: dict[str, Any]) -> None:
    """Add the target and the kind that a named condition has, and the days of account_has_rep."""
    word = line.get("if")
    if not isinstance(word, str) or word not in DESTINATIONS:
        return
    to, kind = DESTINATIONS[word]
    if to is not None:
        line.setdefault("to", to)
    if kind is not None:
        line.setdefault("kind", kind)
    if word == "account_has_rep":
        line.setdefault("for_days", REP_DAYS)


def _fill_times(document: Document, tree: dict[str, Any]) -> None:
    """Write a single time to answer as that of every kind. The desk of support questions answers them in that time too."""
    lines = tree.get("routes")
    support = {
        str(line.get("to")).removeprefix("desk ")
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, dict) and line.get("if") == "support_question"
    }
    for name, desk in tree["desks"].items():
        time = desk.get("answer_within") if isinstance(desk, dict) else None
        if not isinstance(time, str) or not time[:1].isdigit():
            continue
        kinds = ("mql", "raised_hand", "service") if name in support else ("mql", "raised_hand")
        desk["answer_within"] = dict.fromkeys(kinds, time)
        path: KeyPath = ("desks", name, "answer_within")
        for kind in kinds:
            document.origins[*path, kind] = path


def _fill_calendars(document: Document, tree: dict[str, Any]) -> None:
    calendars, zone = tree.get("calendars"), tree.get("timezone")
    if not isinstance(calendars, dict):
        return
    desks = tree["desks"].values() if isinstance(tree.get("desks"), dict) else ()
    for desk in desks:
        if isinstance(desk, dict) and len(calendars) == 1:
            desk.setdefault("calendar", next(iter(calendars)))
    for name, calendar in calendars.items():
        if isinstance(zone, str) and isinstance(calendar, dict) and "timezone" not in calendar:
            calendar["timezone"] = zone
            document.origins["calendars", name, "timezone"] = ("timezone",)


def _fill_partner_terms(tree: dict[str, Any]) -> None:
    partners, terms = tree.get("partners"), tree.setdefault("definitions", {})
    if not isinstance(partners, dict) or not isinstance(terms, dict):
        return
    for partner in partners.values():
        stage = partner.get("gets") if isinstance(partner, dict) else None
        if isinstance(stage, str) and stage in _PARTNER_TERMS:
            terms.setdefault(stage, _PARTNER_TERMS[stage])
