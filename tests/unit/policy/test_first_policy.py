"""A first policy is short: what most companies do not decide has a default, and other words for keys are accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.policy.document import read
from workers.policy.load import PolicyError, load_policy
from workers.policy.pages.default_lines import list_defaults
from workers.policy.pages.explain_output import explain_policy
from workers.policy.problem import Problem
from workers.policy.stages import FitGrades, derive_grade

Problems = Callable[[str], list[Problem]]
FIRST = """policy: first
version: 1
timezone: America/New_York
currency: USD
served_market: {industry: {points: 30, sic: ["6021"]}, country: {points: 40, in: [US]}}
buyers:
  functions: {points: 20, names: {it: [it, cio], finance: [finance, cfo]}}
  titles: [{level: all, points: 10, words: [cio, cfo, manager]}]
behaviour: {cap: 50, rules: {paper: {when: {activity: download}, points: 10}}}
stages: {mql: {threshold: 120}}
desks: {inside_sales: {manager: dana, answer_within: {mql: 3h, raised_hand: 30m}}}
calendars: {east: {hours: {mon-fri: "08:30-17:30"}}}
"""
NORTH = "  north: {regions: [AK], gets: sql, answer_within: 16h, then: return, sees: [name]}\n"


def test_twelve_lines_are_a_policy() -> None:
    policy = load_policy(FIRST)
    names = "never customer open_opportunity account_has_owner account_has_rep otherwise"
    assert " ".join(route.name for route in policy.routes) == names
    assert (policy.default_desk, policy.account_rep_for_days, policy.stages.mql.bar) == (
        "inside_sales",
        180,
        120,
    )
    desk = policy.desks["inside_sales"]
    assert (desk.calendar, desk.raised_hand_fallback, desk.everyone_away.mql) == ("east", "dana", "hold")
    assert policy.calendars["east"].timezone == "America/New_York"
    assert policy.behaviour.fade.to_zero_after_days is None


def test_the_grade_of_a_policy_without_one_is_within_reach() -> None:
    policy = load_policy(FIRST)
    assert (policy.grade.fit.A, policy.grade.fit.B, policy.grade.fit.C) == (95, 85, 60)
    assert (policy.grade.of(100, 38), policy.grade.of(100, 0)) == ("A1", "A4")
    assert derive_grade(4, 2).fit == FitGrades(A=4, B=3, C=2)
    nothing = load_policy(FIRST.replace("cap: 50", "cap: 0").replace("threshold: 120", "threshold: 100"))
    assert nothing.grade.of(100, 0) == "A4"


def test_times_that_are_not_given_are_those_of_an_mql() -> None:
    within = load_policy(FIRST).desks["inside_sales"].answer_within
    assert {getattr(within, kind) for kind in ("inquiry", "expansion", "in_cycle", "service")} == {None}
    assert "Inquiry, which is a person who asks for sales and fails a gate: as an MQL" in "\n".join(
        explain_policy(load_policy(FIRST))
    )


@pytest.mark.parametrize(
    ("routes", "names"),
    [
        ("", "never customer open_opportunity otherwise"),
        ("{if: customer}", "never customer open_opportunity otherwise"),
        ("{if: open_opportunity}", "never customer open_opportunity otherwise"),
        ("{if: support_question, to: desk inside_sales}", "never support_question customer open_opportunity otherwise"),
        ("{if: {regions: [CA]}, to: desk inside_sales}", "never customer open_opportunity territory otherwise"),
        ("{if: account_has_rep}, {otherwise: desk inside_sales}", "never customer open_opportunity account_has_rep otherwise"),
    ],
)  # fmt: skip
def test_lines_with_one_legal_form_are_added_at_their_place(routes: str, names: str) -> None:
    text = FIRST + f"routes: [{routes}]\n"
    if "support" in routes:
        text = text.replace("raised_hand: 30m", "raised_hand: 30m, service: 4h")
    assert " ".join(route.name for route in load_policy(text).routes) == names


def test_a_problem_of_a_written_line_names_the_line_of_the_file(problems: Problems) -> None:
    text = FIRST + "routes:\n  - {if: account_has_owner}\n  - {if: {regions: [CA]}, to: desk nowhere}\n"
    (problem,) = problems(text)
    assert (problem.line, problem.key, problem.found) == (15, "routes[2].to", '"nowhere"')


def test_partners_have_their_route_and_their_definition() -> None:
    policy = load_policy(FIRST + f"partners:\n{NORTH}")
    assert policy.route("partner_covers") is not None
    assert "confirmed" in policy.definitions["sql"]


def test_with_several_desks_the_routes_must_name_one(problems: Problems) -> None:
    text = FIRST.replace("desks: {", "desks: {west: {like: inside_sales}, ")
    (problem,) = problems(text)
    assert (problem.key, problem.found) == ("routes", "no such key")
    assert problem.expected.startswith("the key routes, as routes: [{otherwise: desk west}]")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cap: 50", "cap: 50, decay: {to_zero_after_days: 60d}"),
        ("cap: 50", "cap: 50, groups: {web: {cap: 20, decay: none}}"),
        ("points: 10}}}\nstages", "points: 10, decay: none}}}\nstages"),
    ],
)
def test_decay_is_accepted_in_each_place(old: str, new: str) -> None:
    text = FIRST.replace(old, new)
    text = (
        text.replace("points: 10}}}\nstages", "points: 10, group: web}}}\nstages")
        if "groups" in new
        else text
    )
    with_fade = load_policy(text.replace("decay", "fade"))
    assert load_policy(text).behaviour == with_fade.behaviour


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [
        ("threshold: 120", "threshold: many", "stages.mql.threshold", '"many"'),
        ("threshold: 120", "threshold: 120, bar: 120", "stages.mql.threshold", "threshold beside bar"),
        ("cap: 50", "cap: 50, decay: {to_zero_after_days: 0}", "behaviour.decay.to_zero_after_days", '"0"'),
    ],
)
def test_a_problem_of_another_word_names_that_word(
    problems: Problems, old: str, new: str, key: str, found: str
) -> None:
    (problem,) = problems(FIRST.replace(old, new))
    assert (problem.key, problem.found) == (key, found)
    assert f"line {problem.line}" == f"line {10 if 'mql' in key else 9}"


def test_a_definition_may_name_the_threshold_by_both_words() -> None:
    text = FIRST + 'definitions: {mql: "{stages.mql.threshold} or {stages.mql.bar} points."}\n'
    assert load_policy(text).definitions["mql"] == "120 or 120 points."


@pytest.mark.parametrize(("written", "days"), [("60", 60), ("60d", 60), ("60 days", None), ("0d", None)])
def test_a_number_of_days_may_have_its_unit(written: str, days: int | None) -> None:
    text = FIRST.replace("cap: 50", f"cap: 50, decay: {{to_zero_after_days: {written}}}")
    if days is None:
        with pytest.raises(PolicyError):
            load_policy(text)
    else:
        assert load_policy(text).behaviour.fade.to_zero_after_days == days


def test_a_percentage_may_have_its_sign() -> None:
    text = FIRST.replace("manager: dana", "manager: dana, due_soon_percent: 80%")
    assert load_policy(text).desks["inside_sales"].due_soon_percent == 80


def test_the_check_lists_the_defaults_in_the_notation_of_the_file() -> None:
    lines = list_defaults(FIRST, "p.yaml", load_policy(FIRST))
    assert "grade: {fit: {A: 95, B: 85, C: 60}, behaviour: {1: 38, 2: 25, 3: 10}}" in lines
    assert "desks.inside_sales.everyone_away: {mql: hold, raised_hand: the manager}" in lines
    assert "stages.again.new_points: 10" in lines
    assert "{if: customer, to: account owner, kind: expansion}" in lines[-1]


def test_the_default_lines_make_the_same_policy_when_they_are_written() -> None:
    """Written into the file, the listed defaults change nothing except the hash."""
    tree = read(FIRST, "p.yaml").tree
    policy = load_policy(FIRST)
    written = FIRST + "".join(
        f"{line}\n"
        for line in list_defaults(FIRST, "p.yaml", policy)
        if line.startswith(("grade:", "routes:"))
    )
    assert tree.keys() < read(written, "p.yaml").tree.keys()
    assert load_policy(written).model_dump() == policy.model_dump()


def test_a_complete_policy_has_no_defaults_to_list(default_text: str) -> None:
    assert list_defaults(default_text, "default.yaml", None) == []
