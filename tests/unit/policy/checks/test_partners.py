"""Partners in the policy: valid agreements, and those that are refused because they cannot work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, PARTNER, REST, with_routes
from workers.policy.load import load_policy
from workers.policy.problem import Problem

Problems = Callable[[str], list[Problem]]
WITH = (NEVER, CUSTOMER, OPEN, PARTNER, REST)
WITHOUT = (NEVER, CUSTOMER, OPEN, REST)
GOOD = "island: {regions: [hi], gets: mql, answer_within: 16h, then: return, sees: [name]}"


def partners(*lines: str) -> str:
    return "partners:\n" + "".join(f"  {line}\n" for line in lines)


def test_an_agreement_reads_as_it_is_written(default_text: str) -> None:
    policy = load_policy(with_routes(default_text, WITH, before=partners(GOOD)))
    island = policy.partners["island"]
    assert island.conditions == {"regions": {"HI"}}
    assert (island.gets, island.answer_within, island.then) == ("mql", 16 * 3_600_000, "return")


@pytest.mark.parametrize(
    ("routes", "lines", "key", "found", "expected"),
    [
        (WITHOUT, [GOOD], "partners", "no route", "partner_covers"),
        (WITH, [], "routes[4]", "no partners", "island_dealers"),
        (WITH, [GOOD, GOOD.replace("island", "other")], "partners.other", "no account reaches", "island"),
        (WITH, [GOOD.replace("regions: [hi], ", "")], "partners.island", "keys", "covers no account"),
        (WITH, [GOOD.replace("[name]", "[]")], "partners.island", "keys", "at least one field in sees"),
        (WITH, [GOOD.replace("[name]", "[salary]")], "partners.island.sees[1]", '"salary"', "name"),
        (WITH, [GOOD.replace("mql", "sal")], "partners.island.gets", '"sal"', "mql or sql"),
        (WITH, [GOOD.replace("16h", "1d2h")], "partners.island.answer_within", '"1d2h"', "as 1d"),
        (
            WITH,
            [GOOD.replace("16h", "{raised_hand: 2d, mql: 0h}")],
            "partners.island.answer_within.mql",
            '"0h"',
            "a duration above 0",
        ),
        (
            WITH,
            [GOOD.replace("16h", "{raised_hand: 2d}")],
            "partners.island.answer_within.mql",
            "no such key",
            "the key mql",
        ),
        (
            WITH,
            [GOOD.replace("16h", "{raised_hand: 2d, mql: 5d}").replace("gets: mql", "gets: sql")],
            "partners.island",
            "two times",
            "one answer_within with gets: sql",
        ),
        (
            WITH,
            [GOOD.replace("gets:", "weight: 2, gets:")],
            "partners.island",
            "no level",
            "level beside weight",
        ),
        (
            WITH,
            [GOOD.replace("then: return", "then: next_partner")],
            "partners.island.then",
            "next_partner",
            "no next one",
        ),
        (
            WITH,
            [GOOD.replace("gets:", "most_open: 0, gets:")],
            "partners.island.most_open",
            '"0"',
            "from 1 to 10000",
        ),
        (WITH, [GOOD.replace("then: return", "then: next")], "partners.island.then", '"next"', "return"),
        (
            WITH,
            [GOOD.replace("regions: [hi]", "relationship: [customer]")],
            "partners.island.relationship[1]",
            '"customer"',
            "partner or distributor",
        ),
        (
            WITH,
            [GOOD.replace("then:", "calendar: est, then:")],
            "partners.island.calendar",
            '"est"',
            "a calendar that calendars defines",
        ),
    ],
)
def test_an_invalid_partner_is_refused(
    default_text: str,
    problems: Problems,
    routes: tuple[str, ...],
    lines: list[str],
    key: str,
    found: str,
    expected: str,
) -> None:
    text = with_routes(default_text, routes, before=partners(*lines) if lines else "")
    problem = next(one for one in problems(text) if one.key == key)
    assert found in problem.found
    assert expected in problem.expected
    assert problem.line > 1


def test_what_a_partner_gets_has_a_definition_if_the_file_gives_none(default_text: str) -> None:
    text = with_routes(default_text, WITH, before=partners(GOOD))
    without = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  mql: "))
    assert load_policy(without).definitions["mql"].startswith("Passes every gate")
    assert load_policy(text).definitions["mql"].endswith("has 135 points.")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("level: gold, gets:", "level: gold, gets:"),
        ("most_open: 10, gets:", "gets:"),
        ("level: gold, most_open: 10, gets:", "level: silver, gets:"),
    ],
)
def test_partners_of_one_region_are_permitted_if_each_may_get_an_account(
    default_text: str, first: str, second: str
) -> None:
    lines = [GOOD.replace("gets:", first), GOOD.replace("island", "other").replace("gets:", second)]
    policy = load_policy(with_routes(default_text, WITH, before=partners(*lines)))
    assert policy.partner_order.take_turns


def test_a_partner_after_one_who_passes_accounts_on_is_permitted(default_text: str) -> None:
    lines = [GOOD.replace("then: return", "then: next_partner"), GOOD.replace("island", "other")]
    policy = load_policy(with_routes(default_text, WITH, before=partners(*lines)))
    assert not policy.partner_order.take_turns
