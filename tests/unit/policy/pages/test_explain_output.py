"""The output of policy explain covers every key, for the audiences that it concerns, with the policy's own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.policy.load import load_policy_file
from workers.policy.model import Policy
from workers.policy.pages.explain_output import CONCERNS, Audience, explain_policy, sentence_key
from workers.policy.pages.plain_words import plain_name, plain_pattern
from workers.policy.pages.sentences import SENTENCES
from workers.policy.pages.value_formats import format_hours
from workers.policy.part import Part


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from parts_in(inner)


def models(root: type[Part] = Policy) -> list[type[Part]]:
    """List every model that a policy consists of."""
    found: list[type[Part]] = []
    waiting = [root]
    while waiting:
        kind = waiting.pop(0)
        if kind not in found:
            found.append(kind)
            waiting += [one for field in kind.model_fields.values() for one in parts_in(field.annotation)]
    return found


KEYS = [sentence_key(kind, name) for kind in models() for name in kind.model_fields]


def test_every_key_of_the_policy_has_a_sentence() -> None:
    missing = [key for key in KEYS if key not in SENTENCES]
    assert missing == [], (
        "add a sentence for each of these keys to SENTENCES in workers/policy/pages/sentences.py"
    )


def test_every_sentence_belongs_to_a_key() -> None:
    assert sorted(SENTENCES.keys() - set(KEYS)) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_contains_the_value_or_is_a_heading(key: str) -> None:
    sentence = SENTENCES[key]
    assert sentence.text
    assert not sentence.text.endswith("."), "the output adds the full stop"
    assert re.findall(r"\{v(?::\w+)?\}", sentence.text) or not sentence.inline


def leaves(value: Any) -> Iterator[str]:
    """Yield the names and numbers of a policy as the file has them, except amounts and durations."""
    if isinstance(value, Part):
        for name in type(value).model_fields:
            yield from leaves(getattr(value, name))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from leaves(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, int) and value < 1_000:
        yield str(value)


def test_the_page_has_every_number_and_name_of_the_policy(default: Policy) -> None:
    page = "\n".join(explain_policy(default)).lower()
    words = [
        leaf for leaf in leaves(default) if not re.fullmatch("[a-z]{3}-[a-z]{3}", leaf)
    ]  # days are written out
    assert [leaf for leaf in words if plain_name(leaf) not in page.replace("_", " ")] == []


def test_caps_and_missing_keys_are_explained(default: Policy) -> None:
    page = "\n".join(explain_policy(default))
    assert "At most 15 points together" in page
    assert "all behaviour together gives at most 40 points" in page.lower()
    assert "Any number of employees passes" in page
    assert "the calendar of the desk for all other leads" in page.lower()


def test_a_desk_that_inherits_explains_only_its_own_keys(default: Policy) -> None:
    page = explain_policy(default)
    assert "  west: As inside_sales, except for the following; opening hours: calendar west." in page
    assert sum("An MQL waits until a rep returns" in line for line in page) == 1


def test_amounts_and_times_are_written_as_people_write_them(default: Policy) -> None:
    page = "\n".join(explain_policy(default))
    assert "500M or more, 5B or less" in page
    assert "customers included: 30 minutes" in page
    assert "within 1 day" in page


@pytest.mark.parametrize(
    ("audience", "reads", "does_not_read"),
    [
        (Audience.MARKETING, "Points for what a lead does", "Who gets a lead"),
        (Audience.SALES, "Who gets a lead", "Events that are dropped"),
        (Audience.SERVICE, "Desks: who answers, and how fast", "Points for what a lead does"),
        (Audience.PARTNERS, "Who gets a lead", "Desks: who answers, and how fast"),
    ],
)
def test_each_audience_reads_what_concerns_it(
    default: Policy, audience: Audience, reads: str, does_not_read: str
) -> None:
    page = "\n".join(explain_policy(default, audience))
    assert reads in page
    assert does_not_read not in page
    assert "Definitions" in page
    assert "Fit outweighs behaviour" in page
    assert len([line for line in page.splitlines() if line]) <= 40


def test_every_listed_section_exists_and_has_an_audience() -> None:
    assert CONCERNS.keys() <= Policy.model_fields.keys()
    assert frozenset().union(*CONCERNS.values()) == set(Audience)


def test_every_line_of_a_page_is_short_enough_to_read_or_a_list(default: Policy) -> None:
    assert [line for line in explain_policy(default) if len(line) > 400] == []


def test_the_command_prints_the_page(default: Policy) -> None:
    result = CliRunner().invoke(app, ["policy", "explain", "policy/default.yaml", "--for", "sales"])
    assert result.exit_code == 0
    assert result.output.splitlines() == explain_policy(default, Audience.SALES)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("*", "of any kind"),
        ("*/pricing*", "with /pricing in it"),
        ("launch-*", "that begins with launch-"),
        ("*.pdf", "that ends in .pdf"),
        ("*/a*/b*", "with /a and then /b in it"),
        ("report-1", "report-1"),
    ],
)
def test_a_pattern_is_explained_in_words(pattern: str, said: str) -> None:
    assert plain_pattern(pattern) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(30, "30 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (2400, "40 hours"), (1440, "24 hours")],
)
def test_opening_time_is_explained_in_hours_and_never_in_days(minutes: int, said: str) -> None:
    assert format_hours(minutes * 60_000) == said


OWN_NAMES = {"inside_sales", "customer_service", "island_dealers", "wake_up", "almost_there", "integration_user", "queue_", "dach_large"}  # fmt: skip


@pytest.mark.parametrize("audience", [None, *Audience])
@pytest.mark.parametrize("name", ["default", "saas"])
def test_a_page_has_no_stars_and_no_underscores_but_in_the_companys_own_names(
    name: str, audience: Audience | None
) -> None:
    policy, _ = load_policy_file(Path("policy") / f"{name}.yaml")
    page = (
        "\n".join(explain_policy(policy, audience)).replace("America/New_York", "").replace("Los_Angeles", "")
    )
    assert "*" not in page
    assert set(re.findall(r"\w*_\w*", page)) <= OWN_NAMES


def test_the_page_states_what_becomes_of_customers_and_of_who_asks(default: Policy) -> None:
    page = "\n".join(explain_policy(default))
    assert "Any activity that gives points is a hand-off if it is of a customer" in page
    assert (
        "A person who asks for sales, a customer included, must be answered in the time of a raised hand"
        in page
    )
    assert "without an answer" in page.lower()
    assert "as a lead of an open opportunity" in page
    assert "after twice the time to answer" in page


def test_a_line_for_every_other_title_or_function_is_explained_in_words() -> None:
    policy, _ = load_policy_file(Path("tests/fixtures/published/analytics.yaml"))
    lines = explain_policy(policy)
    assert "People who decide there (whole words, in any case; every title and function passes):" in lines
    assert "    2. Other; 0 points; for every other title." in lines
    assert "      other: every other person" in lines
    start, _ = load_policy_file(Path("policy/starts/analytics.yaml"))
    assert (
        "People who decide there (whole words, in any case; a function that is not listed means outside):"
        in explain_policy(start)
    )


def test_a_section_without_content_is_left_out_of_a_short_page(default: Policy) -> None:
    assert "Our own words, and what they mean:" in explain_policy(default)
    assert "Our own words, and what they mean:" not in explain_policy(default, Audience.SALES)
