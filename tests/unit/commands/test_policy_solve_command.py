"""`lead-router policy solve`: a proposal that a person commits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.scenarios.story import ESCALATION, POLICY, Story
from workers.cli import app
from workers.commands.errors import CommandError
from workers.policy.load import load_policy_file


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Return a week in which one of three banks reaches the threshold of 135 points, and two have some points fewer."""
    story = Story(tmp_path)
    story.rep("mia")
    for number, bank in enumerate(("oak", "elm", "ash")):
        email = f"ann@{bank}.example"
        story.bank(bank)
        story.form(email, f"mon 1{number}:00")
        story.activity("webinar_attended", f"tue 1{number}:00", email=email)
        story.activity("download", f"wed 1{number}:00", times=1 + (number == 0), email=email)
        story.activity("page_view", f"wed 1{number}:30", times=4 * (number == 0), email=email)
    story.activity("page_view", "fri 17:00", anonymous_id="visitor")
    return story


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(ESCALATION.sub("", POLICY.read_text("utf-8")), "utf-8")
    return file


def invoke(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["policy", "solve", *map(str, arguments), "--processes", "1"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_it_proposes_a_threshold_as_a_difference_and_leaves_the_policy_alone(
    story: Story, policy: Path, tmp_path: Path
) -> None:
    present = policy.read_bytes()
    out, page = tmp_path / "proposed.yaml", tmp_path / "curve.html"
    options = ("--policy", policy, "--work", tmp_path / "work", "--per-week", "3-3")
    text = invoke(story.history(), *options, "--out", out, "--html", page).stdout

    proposed = load_policy_file(out)[0]
    assert f"Proposed: {proposed.stages.mql.bar}" in text
    assert proposed.stages.mql.bar < 135
    assert "It gives 3.0 MQLs per rep and week (present: 1.0). That is within 3 to 3." in text
    assert "Before: a lead is an MQL" in text
    assert policy.read_bytes() == present
    assert page.read_text("utf-8").count("<svg") >= 2
    with pytest.raises(CommandError, match="exists"):
        invoke(story.history(), *options, "--out", out)


def test_a_threshold_within_the_range_stays(story: Story, policy: Path, tmp_path: Path) -> None:
    options = ("--policy", policy, "--work", tmp_path / "work", "--per-week", "1-2")
    text = invoke(story.history(), *options).stdout
    assert "It is within the range." in text
    assert "Proposed" not in text


@pytest.mark.parametrize("find", ["weights", "grade"])
def test_too_few_decided_leads_are_named_and_nothing_is_suggested(
    find: str, story: Story, policy: Path, tmp_path: Path
) -> None:
    story.sales("rejected", "ann@oak.example", "thu 12:00", reason="not_now")
    options = (
        "--policy",
        policy,
        "--work",
        tmp_path / "work",
        "--find",
        find,
        "--out",
        tmp_path / "out.yaml",
    )
    with pytest.raises(
        CommandError, match=r"0 won and 1 lost leads of 1 accounts; .* at least 50 won and 50 lost"
    ):
        invoke(story.history(), *options)
    assert not (tmp_path / "out.yaml").exists()


def test_weights_without_the_extra_name_it(
    story: Story, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(CommandError, match=r'pip install "lead-router\[weights\]"'):
        invoke(story.history(), "--policy", policy, "--find", "weights")


@pytest.mark.parametrize(
    ("find", "title"), [("weights", "Points from won"), ("grade", "Thresholds of the grade")]
)
def test_a_suggestion_from_won_and_lost_leads_is_a_policy_that_the_check_accepts(
    find: str, title: str, policy: Path, tmp_path: Path
) -> None:
    policy.write_text(
        policy.read_text("utf-8").replace("mqls_per_rep: {most: 8,", "mqls_per_rep: {most: 500,"), "utf-8"
    )
    story = Story(tmp_path)
    story.rep("mia")
    for number in range(100):
        email, has_price = f"ann@bank{number}.example", number % 2 == 0
        story.bank(f"bank{number}")
        story.form(email, "mon 10:00", "demo")
        if has_price:
            story.activity("page_view", "mon 09:00", email=email, url="https://x.example/pricing")
        else:
            story.activity("webinar_attended", "mon 09:00", email=email)
        story.sales("won" if has_price else "lost", email, "tue 12:00")
    out, page = tmp_path / "proposed.yaml", tmp_path / "page.html"
    options = ("--policy", policy, "--work", tmp_path / "work", "--find", find, "--out", out, "--html", page)
    text = invoke(story.history(), *options).stdout

    assert title in text
    assert "This rests on 50 won and 50 lost" in text
    assert "What a person would commit" in text
    proposed = load_policy_file(out)[0]
    present = load_policy_file(policy)[0]
    assert (proposed.version, proposed.served_market) == (present.version + 1, present.served_market)
    if find == "weights":
        rules = proposed.behaviour.rules
        assert rules["pricing"].points > present.behaviour.rules["pricing"].points
        assert rules["webinar"].points == 1
    else:
        assert "#   behaviour: 1 " in out.read_text("utf-8")
    assert "<table" in page.read_text("utf-8")
