"""Forms and words that people bring from other tools: bands in a gate, points in a function, the key ``sla``.

In: a document. Out: the same document with the forms of the policy, and one problem for each slip. The rest is then checked
as if the file had the right form, so that the slips within it are found too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem

_LINES: Final = {
    "employees": "[{to: 99, points: 0}, {from: 100, points: 10}]",
    "revenue": "[{to: 999999, points: 0}, {from: 1M, points: 10}]",
    "country": "[{in: [US, CA], points: 10}, {otherwise: 0}]",
    "industry": '[{naics: ["52"], points: 10}, {otherwise: 0}]',
}
"""An example of lines in ``fit`` for each company gate."""
_NAMES_OF_LINES: Final = ("bands", "tiers", "ranges")
_TIMES: Final = "desks.NAME.answer_within"
_EXCLUDED: Final = "served_market.never"
_PLACES: Final = {
    **dict.fromkeys(("sla", "slas", "deadline", "deadlines", "response_time", "response_times"), _TIMES),
    **dict.fromkeys(("scoring", "score", "scores", "points", "weights"), "fit and behaviour.rules"),
    **dict.fromkeys(("icp", "market", "companies"), "served_market and fit"),
    **dict.fromkeys(("personas", "people", "persona"), "buyers"),
    **dict.fromkeys(("territories", "territory", "regions", "assignment", "routing"), "routes"),
    **dict.fromkeys(("teams", "team", "queues", "queue", "reps"), "desks, whose members are in crm.reps"),
    **dict.fromkeys(("round_robin", "rotation"), "desks.NAME.turn"),
    **dict.fromkeys(("capacity", "limits", "caps"), "desks.NAME.mqls_per_rep"),
    **dict.fromkeys(("hours", "business_hours", "opening_hours", "holidays"), "calendars"),
    **dict.fromkeys(("exclude", "exclusions", "excluded", "blacklist", "competitors"), _EXCLUDED),
    **dict.fromkeys(("lifecycle", "statuses", "mql", "mqls"), "stages"),
    **dict.fromkeys(("campaigns", "programs", "programmes"), "stages.mql.or_responds_to"),
    **dict.fromkeys(("nurture", "sequences", "nurturing"), "paths"),
    **dict.fromkeys(("dealers", "resellers", "distributors", "channel"), "partners"),
}
"""The place of the policy for each word of the field that is not a key of the file's first level."""
_MEMBERS: Final = frozenset({"reps", "members", "people", "team"})
_OF_TITLE: Final = frozenset({"level", "points", "words"})
_POINTS: Final = re.compile(r"-?[0-9]{1,5}", re.ASCII)
_REQUESTS: Final = frozenset({"demo", "pricing", "contact_sales"})


def correct_familiar_forms(document: Document) -> list[Problem]:
    """Replace forms of other tools in ``document``, in place. Return a problem for each of them."""
    return [
        *_read_list_of_countries(document),
        *_read_titles_with_points(document),
        *_move_bands(document),
        *_move_points_of_functions(document),
    ]


def find_familiar_place(path: KeyPath) -> list[str]:
    """Return where the policy has what the unknown key at ``path`` probably means. Empty: it is not a known word."""
    key = str(path[-1])
    if len(path) == 1 and key in _PLACES:
        return [_PLACES[key]]
    if path[:1] == ("desks",) and key in _MEMBERS:
        return ["the desks of each rep in crm.reps"]
    if path[-2:-1] == ("answer_within",) and key in _REQUESTS:
        name = f"asks_for_{key}"
        return [f"when: {{{name}: 1h}}, with conditions: {{{name}: {{asks_for: [{key}]}}}}"]
    return []


def _read_list_of_countries(document: Document) -> Iterator[Problem]:
    """Make a gate of a plain list of countries. Yield one problem for it."""
    path: KeyPath = ("served_market", "country")
    listed = document.value_at(path)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        return
    written = f"{{points: 0, in: [{', '.join(listed[:2])}]}}"
    yield document.make_problem(path, "a list", f"the points of the gate and its countries, as {written}")
    document.tree["served_market"]["country"] = {"points": "0", "in": listed}
    document.origins[*path, "in"] = path


def _read_titles_with_points(document: Document) -> Iterator[Problem]:
    """Make lines of titles of names with points, as ``Director: 20``. Yield one problem for all of them."""
    path: KeyPath = ("buyers", "titles")
    titles = document.value_at(path)
    lines = [{name: points} for name, points in titles.items()] if isinstance(titles, dict) else titles
    if not isinstance(lines, list):
        return
    found: list[tuple[int, str, Any]] = [
        (at, str(name), points)
        for at, line in enumerate(lines)
        if isinstance(line, dict) and len(line) == 1
        for name, points in line.items()
        if name not in _OF_TITLE and isinstance(points, str) and _POINTS.fullmatch(points)
    ]
    if not found:
        return
    made = {
        at: {"level": name_of(name), "points": points, "words": name.split(", ")}
        for at, name, points in found
    }
    at, name, points = found[0]
    where: KeyPath = (*path, name) if isinstance(titles, dict) else (*path, at, name)
    words = ", ".join(made[at]["words"])
    yield document.make_problem(
        where,
        "a title with its points",
        f"level, points and words, as {{level: {made[at]['level']}, points: {points}, words: [{words}]}}",
        at_key=True,
    )
    document.tree["buyers"]["titles"] = [made.get(at, line) for at, line in enumerate(lines)]
    for at, name, _ in found:
        document.origins[*path, at] = (*path, name) if isinstance(titles, dict) else (*path, at, name)


def name_of(words: str) -> str:
    """Return words as a name of the policy: "Demo request" is demo_request. Empty if they begin with a digit."""
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:64]
    return name if name[:1].isalpha() else ""


def _move_bands(document: Document) -> Iterator[Problem]:
    """Move bands and tiers from the company gates to ``fit``. Yield a problem for each fact."""
    market = document.value_at(("served_market",))
    for fact, example in _LINES.items() if isinstance(market, dict) else ():
        value, path = market.get(fact), ("served_market", fact)
        inner = next((one for one in _NAMES_OF_LINES if isinstance(value, dict) and one in value), None)
        lines = value.get(inner) if isinstance(value, dict) else value
        if not isinstance(lines, list):
            continue
        where: KeyPath = path if inner is None else (*path, inner)
        yield document.make_problem(
            where,
            "a list of lines" if inner is None else f"the unknown key {inner}",
            f"these lines in fit, as fit: {{{fact}: {example}}}: they give points, and a gate of served_market keeps out",
            at_key=True,
        )
        del market[fact]
        _add_to_fit(document, fact, lines, where)


def _move_points_of_functions(document: Document) -> Iterator[Problem]:
    """Move points beside the words of a function to ``fit``. Yield one problem for all of them."""
    functions = document.value_at(("buyers", "functions"))
    names: Any = functions.get("names") if isinstance(functions, dict) else None
    with_points = {
        name: one
        for name, one in (names.items() if isinstance(names, dict) else ())
        if isinstance(one, dict) and isinstance(one.get("words"), list)
    }
    if not with_points:
        return
    path: KeyPath = ("buyers", "functions", "names")
    by_points: dict[str, list[str]] = {}
    for name, one in with_points.items():
        points = one.get("points")
        if isinstance(points, str):
            by_points.setdefault(points, []).append(name)
        names[name] = one["words"]
    lines: list[Any] = [{"in": found, "points": points} for points, found in by_points.items()]
    written = ", ".join(f"{{in: [{', '.join(one['in'])}], points: {one['points']}}}" for one in lines)
    first = next(iter(with_points))
    yield document.make_problem(
        (*path, first),
        "points beside the words of a function",
        f"the words alone, as {first}: [{', '.join(map(str, names[first][:2]))}], with functions: {{points: 0}}, and the points"
        f" in fit, as fit: {{functions: [{written}]}}",
        at_key=True,
    )
    functions.setdefault("points", "0")
    if lines:
        _add_to_fit(document, "functions", lines, path)


def _add_to_fit(document: Document, fact: str, lines: list[Any], written_at: KeyPath) -> None:
    """Add the lines of a fact to ``fit``, unless it has the fact. Their problems are reported at ``written_at``."""
    fit = document.tree.setdefault("fit", {})
    if isinstance(fit, str):
        fit = document.tree["fit"] = {"proof": fit}
    if isinstance(fit, dict) and fact not in fit:
        fit[fact] = lines
        document.origins["fit", fact] = written_at
