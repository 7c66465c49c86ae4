"""Forms and words of other tools are answered with those of the policy, and each message can be followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from workers.policy.checks.expectations import EXAMPLES, type_at
from workers.policy.document import read
from workers.policy.load import load_policy
from workers.policy.problem import Problem

Problems = Callable[[str], list[Problem]]
Changed = Callable[..., str]

PUBLISHED = Path(__file__).parents[3] / "fixtures" / "published" / "analytics.as_published.yaml"
OPEN = """policy: open
version: 1
timezone: UTC
currency: USD
served_market: {}
buyers:
  functions: {points: 0, names: {it: [it], other: ["*"]}}
  titles: [{level: chief, points: 10, words: [chief]}, {level: other, points: 0, words: ["*"]}]
fit:
  employees: [{to: 99, points: 0}, {from: 100, points: 10}]
behaviour: {cap: 9, decay: none, rules: {signup: {when: {activity: signed_up}, points: 9}}}
stages: {mql: {bar: 15}}
desks: {sales: {manager: dana, answer_within: 1d}}
calendars: {days: {hours: {mon-fri: "09:00-17:00"}}}
"""


def test_rules_as_a_company_publishes_them_are_answered_all_at_once_and_each_slip_once(
    problems: Problems,
) -> None:
    found = [(one.line, one.key, one.found) for one in problems(PUBLISHED.read_text("utf-8"))]
    assert found == [
        (8, "served_market.employees.bands", "the unknown key bands"),
        (13, "served_market.revenue.bands", "the unknown key bands"),
        (13, "served_market.revenue.bands", "two bands with the value 1M"),
        (18, "served_market.country", "a list of lines"),
        (21, "served_market.country[3].in", '"*"'),
        (28, "buyers.functions.names.engineering", "points beside the words of a function"),
        (49, "stages.mql.or_asks_for", "[demo, contact_sales]"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        (
            "served_market: {}",
            "served_market: {country: [DE, FR]}",
            "served_market.country",
            "as {points: 0, in: [DE, FR]}",
        ),
        (
            '[{level: chief, points: 10, words: [chief]}, {level: other, points: 0, words: ["*"]}]',
            '[{Chief Executive: 10}, {level: other, points: 0, words: ["*"]}]',
            "buyers.titles[1]",
            "as {level: chief_executive, points: 10, words: [Chief Executive]}",
        ),
        ("{cap: 9,", "{max: 9,", "behaviour.max", "(did you mean cap?)"),
        ("answer_within: 1d", "sla: 1d", "desks.sales.sla", "(did you mean answer_within?)"),
        (
            "manager: dana",
            "manager: dana, reps: [tom]",
            "desks.sales.reps",
            "(did you mean the desks of each rep in crm.reps?)",
        ),
        ("{signup:", "{Signed up:", "behaviour.rules.Signed up", "(did you mean signed_up?)"),
        ("timezone: UTC", "timezone: new york", "timezone", "an IANA time zone, as America/New_York"),
        ("timezone: UTC", "timezone: Berlin", "timezone", "an IANA time zone, as Europe/Berlin"),
    ],
)
def test_a_form_of_a_first_draft_is_answered_once_with_what_to_write(
    problems: Problems, old: str, new: str, key: str, expected: str
) -> None:
    text = OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n")
    assert old in text
    (problem,) = (one for one in problems(text.replace(old, new)) if one.key.startswith(key))
    assert expected in problem.expected


def test_the_points_of_functions_are_written_as_fit_has_them(problems: Problems) -> None:
    (problem,) = [one for one in problems(PUBLISHED.read_text("utf-8")) if one.key.startswith("buyers")]
    assert problem.expected == (
        "the words alone, as engineering: [engineering, engineer], with functions: {points: 0}, and the points in fit, as fit:"
        " {functions: [{in: [engineering, product, leadership], points: 10}, {in: [marketing], points: 5}]}"
    )


def test_a_slip_in_a_moved_line_is_reported_where_it_is_written(problems: Problems) -> None:
    text = OPEN.replace("served_market: {}", "served_market:\n  revenue:\n    - {points: 5, from: $1M}")
    assert [(one.line, one.found) for one in problems(text) if "revenue" in one.key] == [
        (6, "a list of lines"),
        (7, '"$1M"'),
    ]


def test_a_hint_about_the_proof_is_accepted(problems: Problems) -> None:
    found = problems(OPEN)
    assert all("proof: points_decide in fit" in one.expected for one in found)
    assert [one.key for one in found] == ["served_market", "buyers", "behaviour.cap"]
    load_policy(OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n"))
    gated = OPEN.replace("served_market: {}", "served_market: {country: {points: 0, in: [US]}}")
    gated = gated.replace(', other: ["*"]', "")
    (cap,) = problems(gated)
    assert cap.expected == "more points of fit than 9, or proof: gates_decide in fit"
    load_policy(gated.replace("fit:\n", "fit:\n  proof: gates_decide\n"))


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("sla", "desks.NAME.answer_within"),
        ("scoring", "fit and behaviour.rules"),
        ("territories", "routes"),
        ("business_hours", "calendars"),
    ],
)
def test_a_word_of_the_field_is_answered_with_its_place(
    changed: Changed, problems: Problems, word: str, place: str
) -> None:
    (problem,) = problems(changed(("behaviour:\n", f"{word}: {{a: b}}\nbehaviour:\n")))
    assert problem.expected.endswith(f"(did you mean {place}?)")


def test_a_time_by_request_is_answered_with_a_condition(problems: Problems) -> None:
    text = OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n")
    (problem,) = problems(text.replace("within: 1d", "within: {mql: 1d, raised_hand: 1d, demo: 1h}"))
    assert problem.expected.endswith(
        "(did you mean when: {asks_for_demo: 1h}, with conditions: {asks_for_demo: {asks_for: [demo]}}?)"
    )


def test_an_unknown_condition_of_a_route_names_the_conditions_of_the_policy(problems: Problems) -> None:
    text = OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n")
    text += "conditions: {big: {employees: {from: 500}}}\nroutes:\n  - {if: signup, to: desk sales}\n"
    text += "  - {if: big, to: desk sales}\n  - {otherwise: desk sales}\n"
    (problem,) = problems(text)
    assert problem.found == '"signup"'
    assert "a name of conditions (big)" in problem.expected
    assert problem.expected.endswith(
        "a rule is tested as {if: {signals: [signup]}, ...}, if behaviour.signals lists it"
    )
    mended = text.replace("if: signup", "if: {signals: [signup]}")
    load_policy(mended.replace("points: 9}}}", "points: 9}}, signals: {rules: [signup], bundle: 4h}}"))


def test_a_single_time_to_answer_is_that_of_every_kind() -> None:
    text = OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n")
    text += "routes: [{if: support_question, to: desk sales, of: anyone}, {otherwise: desk sales}]\n"
    times = load_policy(text).desks["sales"].answer_within
    assert {str(times.mql), str(times.raised_hand), str(times.service)} == {"1 business day"}


def test_a_single_time_that_cannot_be_read_is_one_problem(problems: Problems) -> None:
    text = OPEN.replace("fit:\n", "fit:\n  proof: points_decide\n").replace("within: 1d", "within: 24 hours")
    (problem,) = problems(text)
    assert problem.key == "desks.sales.answer_within"
    assert problem.found == '"24 hours"'


@pytest.mark.parametrize("place", EXAMPLES)
def test_an_example_of_a_message_is_accepted_by_its_key(place: str) -> None:
    kind, metadata = type_at(tuple(place.split(".")))
    value: Any = read(f"x: {EXAMPLES[place].replace('threshold', 'bar')}", "p.yaml").tree["x"]
    del metadata
    TypeAdapter(kind).validate_python(value)
