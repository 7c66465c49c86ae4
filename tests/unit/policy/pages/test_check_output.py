from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workers.policy.model import Policy
from workers.policy.pages.check_output import check_policy_file, name_defaults

DEFAULT = Path(__file__).parents[4] / "policy" / "default.yaml"


def test_a_policy_that_passes_shows_the_numbers_that_hold_it_together(default: Policy) -> None:
    passes, lines = check_policy_file(DEFAULT)
    assert passes
    assert lines[0] == f"us-commercial-banks, version 1, hash {default.hash}: passes"
    assert any(line.startswith("lowest fit that passes every gate: 100 (industry 30") for line in lines)
    assert "  mql: Passes every gate of market and person, and has 135 points." in lines


def test_a_policy_that_does_not_pass_shows_each_problem_and_their_number(
    tmp_path: Path, changed: Callable[..., str]
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(changed(("bar: 135", "bar: 141"), ("calendar: east", "calendar: esat")), encoding="utf-8")
    passes, lines = check_policy_file(file)
    assert not passes
    assert [line.split(": ")[1] for line in lines[:-1]] == ["stages.mql.bar", "desks.inside_sales.calendar"]
    assert lines[-1] == f"{file}: 2 problems; the policy is not loaded"


def test_a_threshold_that_fit_alone_reaches_is_noted(tmp_path: Path, changed: Callable[..., str]) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(changed(("bar: 135", "bar: 100")), encoding="utf-8")
    passes, lines = check_policy_file(file)
    assert passes
    assert any(line.startswith("note: fit alone reaches the MQL threshold") for line in lines)


def test_a_threshold_that_the_lowest_fit_never_reaches_is_stated(
    tmp_path: Path, changed: Callable[..., str]
) -> None:
    file = tmp_path / "p.yaml"
    fit = "fit: {proof: gates_decide, free_mail: -20}\nbehaviour:\n"
    file.write_text(changed(("behaviour:\n", fit)), encoding="utf-8")
    passes, lines = check_policy_file(file)
    assert passes
    assert (
        "MQL threshold (bar): 135; a lead with the lowest fit needs 55 points of behaviour, and behaviour gives at most 40"
        in lines
    )


def test_of_a_refused_file_the_keys_with_defaults_are_named(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("policy: small\nversion: none\n", "utf-8")
    (line,) = name_defaults(file)
    assert line.startswith("keys that the file does not have, and that then have their defaults: grade, ")
    assert name_defaults(tmp_path / "missing.yaml") == []
