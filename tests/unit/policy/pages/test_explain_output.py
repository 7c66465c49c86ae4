"""The output of policy explain covers every key, for the audiences that it concerns, with the policy's own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.policy.model import Policy
from workers.policy.pages.explain_output import CONCERNS, Audience, explain_policy, sentence_key
from workers.policy.pages.sentences import SENTENCES
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
    page = "\n".join(explain_policy(default))
    assert [leaf for leaf in leaves(default) if leaf not in page] == []


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
    assert "Raised hand: 30 minutes" in page
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


def test_every_listed_section_exists_and_has_an_audience() -> None:
    assert CONCERNS.keys() <= Policy.model_fields.keys()
    assert all(CONCERNS.values())


def test_every_line_of_a_page_is_short_enough_to_read_or_a_list(default: Policy) -> None:
    assert [line for line in explain_policy(default) if len(line) > 400] == []


def test_the_command_prints_the_page(default: Policy) -> None:
    result = CliRunner().invoke(app, ["policy", "explain", "policy/default.yaml", "--for", "sales"])
    assert result.exit_code == 0
    assert result.output.splitlines() == explain_policy(default, Audience.SALES)
