"""Partners in the policy: valid agreements, and those that are refused because they cannot work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, PARTNER, REST, with_routes
from workers.policy.checks.notes import find_notes
from workers.policy.document import read
from workers.policy.load import load_policy
from workers.policy.problem import Problem

Problems = Callable[[str], list[Problem]]
WITH = (NEVER, CUSTOMER, OPEN, PARTNER, REST)
WITHOUT = (NEVER, CUSTOMER, OPEN, REST)
GOOD = "island: {regions: [hi], gets: mql, answer_within: 16h, then: return, sees: [name]}"
NEXT = GOOD.replace("then: return", "then: next_partner")
LEVEL = GOOD.replace("gets:", "level: gold, gets:")


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
            "partners.island.answer_within",
            "two times",
            "one answer_within with gets: sql",
        ),
        (
            WITH,
            [GOOD.replace("gets:", "weight: 2, gets:")],
            "partners.island.weight",
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
        (
            WITH,
            [GOOD.replace("then: return", "then: next")],
            "partners.island.then",
            '"next"',
            "mean next_partner?",
        ),
        (
            WITH,
            [GOOD.replace("[name]", "all")],
            "partners.island.sees",
            '"all"',
            "a list of one or more of name, email",
        ),
        (WITH, [GOOD.replace("[name]", "name")], "partners.island.sees", '"name"', "a list, as [name]"),
        (WITH, [GOOD.replace("16h", "2 days")], "partners.island.answer_within", '"2 days"', "as 2d"),
        (
            WITH,
            [GOOD.replace("16h", "{raised_hand: 5d, mql: 2d}")],
            "partners.island.answer_within.raised_hand",
            "longer than the mql time",
            "at most the mql time",
        ),
        (WITH, [GOOD.replace("16h", "99999h")], "partners.island.answer_within", '"99999h"', "less than"),
        (
            WITH,
            [GOOD.replace("16h", "{raised_hand: 2d, mql: 99999h}")],
            "partners.island.answer_within.mql",
            '"99999h"',
            "less than",
        ),
        (
            WITH,
            [LEVEL, LEVEL.replace("island", "other").replace("gets: mql", "gets: sql")],
            "partners.other.gets",
            '"sql"',
            "mql, as island",
        ),
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


def notes_on_partners(default_text: str, *lines: str, table: str = "") -> list[str]:
    text = with_routes(default_text, WITH, before=partners(*lines))
    if table:
        text = text.replace("  - {if: partner", "  - {table: d.csv}\n  - {if: partner", 1)
        text = text.replace("routes:\n", f'tables: {{d.csv: "{table}"}}\nroutes:\n')
    found = find_notes(load_policy(text), read(text, "policy"))
    return [f"{one.key}: {one.expected}" for one in found if one.key.startswith("partners")]


@pytest.mark.parametrize(
    ("second", "has_next"),
    [
        ("regions: [us-ca, wa]", False),
        ("regions: [hawaii]", True),
        ("regions: [us-hi, ca]", True),
        ("countries: [US]", True),
        ("regions: [ca], accounts: [acc-7]", True),
    ],
)
def test_a_partner_whose_accounts_no_other_covers_has_no_next_one(
    default_text: str, second: str, has_next: bool
) -> None:
    other = GOOD.replace("island", "other").replace("regions: [hi]", second)
    expected = [] if has_next else ["partners.island.then: without an answer, the next route decides"]
    assert notes_on_partners(default_text, NEXT, other) == expected


def test_a_partner_whom_a_table_names_may_be_the_next(default_text: str) -> None:
    other = NEXT.replace("island", "other").replace("[hi]", "[ca]")
    assert notes_on_partners(default_text, NEXT, other, table=r"region,to\nNY,partner other\n") == []


def test_partners_of_one_level_who_share_no_account_may_get_leads_at_different_stages(
    default_text: str,
) -> None:
    other = LEVEL.replace("island", "other").replace("[hi]", "[ca]").replace("gets: mql", "gets: sql")
    load_policy(with_routes(default_text, WITH, before=partners(LEVEL, other)))


@pytest.mark.parametrize(
    ("second", "notes"),
    [
        ("level: gold, weight: 2", []),
        ("level: silver", []),
        ("level: silver, weight: 2", ["partners.other.weight: the weight has no effect"]),
        (
            "level: glod",
            ["partners.island.level: glod may be meant", "partners.other.level: gold may be meant"],
        ),
    ],
)
def test_a_level_of_one_partner_is_noted_if_it_is_a_slip_or_has_a_weight(
    default_text: str, second: str, notes: list[str]
) -> None:
    other = NEXT.replace("island", "other").replace("gets:", f"{second}, gets:")
    assert notes_on_partners(default_text, NEXT.replace("gets:", "level: gold, gets:"), other) == notes
