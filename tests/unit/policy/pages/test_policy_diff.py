"""The difference between two policies is stated in sentences, with the key of each value."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.policy.load import load_policy
from workers.policy.model import Policy
from workers.policy.pages.policy_diff import describe_difference


def test_equal_policies_have_no_difference(default: Policy, changed: Callable[..., str]) -> None:
    other = load_policy(changed(("version: 1", "version: 2")))
    assert "The two policies decide alike." in describe_difference(default, other)[-1]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  cap: 40 ", "  cap: 39 ", "behaviour.cap: All behaviour together gives at most 39 points. Before: All behaviour together gives at most 40 points."),
        ("  - {if: former_customer,   to: former rep}\n", "", "routes[8] is gone: If the account was a customer, it goes to the former rep."),
        ("    chat:     {when: {activity: chat_started}, points: 3, cap: 6, group: content} ", "    #", "behaviour.rules.chat is gone: For the start of a chat; 3 points each; at most 6 in all; shares the cap of content."),
        ("level: manager,    points: 15", "level: manager,    points: 16", "buyers.titles[2] is new: Manager; 16 points; for manager, head of, head, lead or officer."),
        ("regions: [HI]\n", "regions: [HI, AK]\n", "partners.island_dealers.regions: covers accounts in the region HI or AK, of the company or, if unknown, of the person. Before: covers accounts in the region HI, of the company or, if unknown, of the person."),
        ("Sales has accepted the lead.", "Sales has it.", "definitions.sal: Sales has it. Before: Sales has accepted the lead."),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence_with_its_key(
    default: Policy, changed: Callable[..., str], old: str, new: str, line: str
) -> None:
    assert f"  {line}" in describe_difference(default, load_policy(changed((old, new))))


def test_a_key_that_other_desks_inherit_is_named_once(default: Policy, changed: Callable[..., str]) -> None:
    lines = describe_difference(default, load_policy(changed(("manager: dana ", "manager: eve "))))
    (line,) = [line for line in lines if "manager" in line]
    assert line.startswith(
        "  desks.inside_sales.manager: the manager eve gets what no other rep can take. Before:"
    )


def test_the_numbers_that_follow_are_stated(default: Policy, changed: Callable[..., str]) -> None:
    lines = describe_difference(default, load_policy(changed(("bar: 135", "bar: 125"))))
    assert "  points of behaviour that a lead with the lowest fit needs: 25 (before: 35)." in lines


def test_the_command_prints_the_difference() -> None:
    result = CliRunner().invoke(app, ["policy", "diff", "policy/default.yaml", "policy/default.yaml"])
    assert result.exit_code == 0
    assert "decide alike" in result.output
