from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.vocabulary import Kind, RejectReason
from schemas.vocabulary import Route as RouteName
from workers.engine.api import Config
from workers.policy.load import PolicyError, load_policy, load_policy_file, to_config
from workers.policy.model import Policy
from workers.policy.problem import Problem

Changed = Callable[..., str]
Problems = Callable[[str], list[Problem]]


def test_the_default_policy_has_the_values_that_its_comments_name(default: Policy) -> None:
    assert default.gate_points == {"industry": 30, "revenue": 20, "country": 20, "function": 20, "title": 10}
    assert (default.lowest_fit, default.highest_fit, default.behaviour.attainable) == (100, 110, 40)
    without_a_line = {RouteName.BY_HAND, RouteName.CLAIMED, RouteName.CONTACT_HAS_OWNER}
    assert [route.name for route in default.routes] == [
        name.value for name in RouteName if name not in without_a_line
    ]
    assert default.default_desk == "inside_sales"
    assert default.privacy.unstated_consent.tracking == default.privacy.unstated_consent.marketing == "given"
    assert default.account_rep_for_days == 180
    desk = default.desks["inside_sales"]
    assert desk.answer_within.for_kind(Kind.RAISED_HAND) == 30 * 60_000
    assert desk.everyone_away.mql_fallback is None
    assert {reason: default.stages.sales_says_no.effect_of(reason) for reason in RejectReason} == {
        "not_now": "recycled",
        "unreachable": "recycled",
        "wrong_person": "disqualified",
        "not_our_market": "question_account",
        "bad_data": "disqualified",
        "duplicate": "disqualified",
    }


def test_a_policy_is_known_by_the_hash_of_its_text(default: Policy, default_text: str) -> None:
    digest = hashlib.sha256(default_text.encode()).hexdigest()[:12]
    assert default.ref.model_dump() == {"name": "us-commercial-banks", "version": 1, "hash": digest}
    assert to_config(default, default_text) == Config("us-commercial-banks", 1, digest, default_text)
    assert load_policy(default_text + "\n", "other").hash != digest


def test_the_same_text_is_read_once(default_text: str) -> None:
    assert load_policy(default_text, "default.yaml") is load_policy(default_text, "default.yaml")


def test_definitions_are_filled_from_the_policy_itself(changed: Changed) -> None:
    asks = ("Asked for a demo, a price or a talk with sales", "Asked for {stages.mql.or_asks_for}")
    policy = load_policy(changed(("bar: 135", "bar: 131"), asks))
    assert policy.definitions["mql"] == "Passes every gate of market and person, and has 131 points."
    assert policy.definitions["raised_hand"].startswith("Asked for demo, pricing or contact_sales")


def test_countries_hours_and_codes_survive_yamls_traps(changed: Changed) -> None:
    policy = load_policy(
        changed(("in: [US]", "in: [NO]"), ('sic: ["6021"', "sic: [0111"), ("Passes", "yes, passes"))
    )
    assert policy.served_market.country is not None
    assert policy.served_market.country.in_ == ("NO",)
    assert policy.served_market.industry is not None
    assert policy.served_market.industry.codes["sic"][0] == "0111"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path, default_text: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + default_text.encode())
    policy, text = load_policy_file(file)
    assert policy.version == 1
    assert text == default_text


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b""])
def test_a_file_that_cannot_be_read_is_a_problem_not_a_crash(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "policy.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PolicyError, match=re.escape(f"{file}:1: the file: found ")):
        load_policy_file(file)


UNKNOWN = [
    ("    bar: 135", "    bars: 135", "stages.mql.bars", "did you mean bar?"),
    ("currency: USD", "currency: USD\ncurency: EUR", "curency", "did you mean currency?"),
    ("  titles:  ", "  title:  ", "buyers.title", "did you mean titles?"),
    ("level: manager,", "levle: manager,", "buyers.titles[2].levle", "did you mean level?"),
    (
        "instead_of: page}",
        "insted_of: page}",
        "behaviour.rules.pricing.insted_of",
        "did you mean instead_of?",
    ),
    (
        "activity: download",
        "activty: download",
        "behaviour.rules.paper.when.activty",
        "did you mean activity?",
    ),
    (
        "due_soon_percent",
        "due_son_percent",
        "desks.inside_sales.due_son_percent",
        "did you mean due_soon_percent?",
    ),
    ("from: 500M", "form: 500M", "served_market.revenue.form", "did you mean from?"),
    ("privacy:", "hash: 123\nprivacy:", "hash", "one of policy, version"),
    ("served_market:", "name: x\nserved_market:", "name", "one of policy, version"),
]


@pytest.mark.parametrize(("old", "new", "key", "expected"), UNKNOWN, ids=[case[2] for case in UNKNOWN])
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(
    changed: Changed, problems: Problems, old: str, new: str, key: str, expected: str
) -> None:
    text = changed((old, new))
    problem = next(one for one in problems(text) if one.key == key)
    word = key.rsplit(".", 1)[-1]
    assert problem.found == f"the unknown key {word}"
    assert expected in problem.expected
    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith(word)


NOT_YET = [
    ("in_cycle: 2h", "in_cycle: 2h, partner: 2h", "desks.inside_sales.answer_within.partner"),
]


@pytest.mark.parametrize(
    ("old", "new", "key"), NOT_YET, ids=[f"{case[2]} {at}" for at, case in enumerate(NOT_YET)]
)
def test_a_planned_key_is_refused_as_such(
    changed: Changed, problems: Problems, old: str, new: str, key: str
) -> None:
    found = {one.key: one.expected for one in problems(changed((old, new)))}
    assert "not part of this version" in found[key]


def test_what_is_missing_is_reported_at_what_should_hold_it(changed: Changed, problems: Problems) -> None:
    text = changed(("    manager: dana                 # gets what no other rep can take\n", ""))
    problem = next(one for one in problems(text) if one.key == "desks.inside_sales.manager")
    assert problem.found == "no such key"
    assert text.splitlines()[problem.line - 1].strip() == "inside_sales:"


def test_all_problems_are_listed_at_once_in_the_order_of_the_file(
    changed: Changed, problems: Problems
) -> None:
    found = problems(
        changed(("version: 1", "version: 0111"), ("bar: 135", "bar: many"), ("{days: 7}", "{days: 0}"))
    )
    assert [one.key for one in found] == ["version", "stages.mql.bar", "privacy.repeats.days"]
    assert [one.line for one in found] == sorted(one.line for one in found)
    assert found[0].found == '"0111"'
    assert found[0].expected == "a whole number in plain digits from 1 to 10000"
    expected = "a whole number in plain digits from 0 to 10000"
    assert str(found[1]) == f'p.yaml:{found[1].line}: stages.mql.bar: found "many", expected {expected}'
