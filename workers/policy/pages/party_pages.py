"""The pages for one partner and for one desk. A partner's page is given to the partner.

In: a policy and the name of a partner or desk. Out: lines of plain text. The partner's page has the partner's own terms
only: no other partner, rep or capacity, and no points of behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.policy.gates import NeverMarket
from workers.policy.pages.explain_output import Writer
from workers.policy.pages.short_lines import shorten
from workers.policy.pages.value_formats import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workers.policy.model import Policy

_INDENT: Final = "  "


def explain_partner(policy: Policy, name: str) -> list[str]:
    """Return the page for one partner, at most 40 lines."""
    return shorten(_partner_lines(policy, name))


def explain_desk(policy: Policy, name: str) -> list[str]:
    """Return the page for one desk, at most 40 lines."""
    return shorten(_desk_lines(policy, name))


def with_names(policy: Policy, names: Mapping[str, str]) -> Policy:
    """Return a policy whose desks name people as ``names`` does, by rep_id. It is for reading, not for deciding."""

    def named(rep_id: str | None) -> str | None:
        return rep_id if rep_id is None else names.get(rep_id, rep_id)

    desks = {}
    for name, desk in policy.desks.items():
        away = desk.everyone_away.model_copy(
            update={
                "mql": named(desk.everyone_away.mql),
                "raised_hand": named(desk.everyone_away.raised_hand),
            }
        )
        skills = desk.skills and desk.skills.model_copy(
            update={"when_nobody_has_it": named(desk.skills.when_nobody_has_it)}
        )
        update = {"manager": named(desk.manager), "everyone_away": away, "skills": skills}
        desks[name] = desk.model_copy(update=update)
    return policy.model_copy(update={"desks": desks})


def _partner_lines(policy: Policy, name: str) -> Iterator[str]:
    partner = policy.partners[name]
    writer = Writer(is_short=True)
    yield f"Agreement with {name}: policy {policy.name}, version {policy.version}."
    yield ""
    yield "What you get and how you answer:"
    yield from writer.explain_model(partner, 1)
    yield ""
    yield "Opening hours, in which your time to answer counts:"
    calendar = partner.calendar or policy.desks[policy.default_desk].calendar
    yield from writer.explain_model(policy.calendars[calendar], 1)
    term = policy.definitions.get(partner.gets)
    if term:
        yield ""
        yield f"What {partner.gets.upper()} means:"
        yield f"{_INDENT}{term}"
    yield ""
    yield "Companies and people that the leads come from:"
    yield from writer.explain_model(policy.served_market.model_copy(update={"never": NeverMarket()}), 1)
    yield f"{_INDENT}Their functions: {format_list(tuple(policy.buyers.functions.names), 'or')}."
    yield f"{_INDENT}Their titles: {format_list(tuple(one.level for one in policy.buyers.titles), 'or')}."


def _desk_lines(policy: Policy, name: str) -> Iterator[str]:
    desk = policy.desks[name]
    writer = Writer(is_short=True)
    yield f"Desk {name}: policy {policy.name}, version {policy.version}."
    yield ""
    yield "What comes to this desk (of all lines that decide who gets a lead, the first that is true):"
    for number, route in enumerate(policy.routes, 1):
        if name in {route.desk, route.fallback}:
            yield from writer.explain_model(route, 1, f"{number}. ")
    yield ""
    yield "Who answers, and how fast:"
    yield from writer.explain_model(desk.model_copy(update={"like": None}), 1)
    yield ""
    yield "Opening hours:"
    yield from writer.explain_model(policy.calendars[desk.calendar], 1)
    terms = {
        term: text
        for term, text in policy.definitions.items()
        if term in {"mql", "raised_hand", "sal", "sql"}
    }
    if terms:
        yield ""
        yield "Definitions:"
        yield from (f"{_INDENT}{term}: {text}" for term, text in terms.items())
