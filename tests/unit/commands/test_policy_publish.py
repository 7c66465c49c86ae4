"""`lead-router policy publish`: what it refuses, what it shows before it asks, and which policy it returns to."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.scenarios.story import POLICY, Story
from workers.cli import app
from workers.commands.errors import CommandError
from workers.commands.policy_publish import backtest_lines, confirm_publication, plan_lines
from workers.commands.publication import Publication, earlier_policy, refuse_version
from workers.commands.task_reports import Archive, TaskReports
from workers.engine.api import Config
from workers.engine.control import config_key
from workers.engine.watermark_board import AgentReport, WorkerReport
from workers.policy.load import PolicyError, load_policy, to_config

TEXT = POLICY.read_text("utf-8")
STRICTER = TEXT.replace("version: 1", "version: 2").replace("bar: 135", "bar: 140")
AGENTS = ("visitors", "directory", "accounts", "desks")


def config_of(text: str) -> Config:
    return to_config(load_policy(text), text)


def publication(before: str, after: str) -> Publication:
    return Publication(config_of(before), load_policy(before), config_of(after), load_policy(after))


def reports_of(followed: str | None, stopped: dict[int, str] | None = None) -> TaskReports:
    """Return the reports of one worker with all tasks. ``followed`` None: it is of an earlier release."""
    reports = TaskReports(1)
    key = None if followed is None else {followed: [0]}
    agents = [AgentReport(agent, "log", [0], [0], [], key, stopped or {}) for agent in AGENTS]
    reports.apply(WorkerReport(1, agents), 1_000)
    return reports


@pytest.fixture
def present() -> Config:
    """The followed policy, version 2."""
    return config_of(STRICTER)


@pytest.fixture
def reports(present: Config) -> TaskReports:
    return reports_of(config_key(present.version, present.hash))


def test_a_higher_version_may_be_published(present: Config, reports: TaskReports) -> None:
    refuse_version(config_of(STRICTER.replace("version: 2", "version: 3")), present, reports)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param(
            STRICTER, r"this text is followed already: .*version 2 .*Every partition has it", id="same"
        ),
        pytest.param(
            STRICTER + "# more\n",
            r"version 2 is followed already, with another text .*write `version: 3` into the file",
            id="another text of the version",
        ),
        pytest.param(
            TEXT, r"version 1 is not higher than version 2, .*write `version: 3`.*use --back", id="lower"
        ),
    ],
)
def test_a_version_that_is_not_higher_is_refused(
    text: str, refusal: str, present: Config, reports: TaskReports
) -> None:
    with pytest.raises(CommandError, match=refusal):
        refuse_version(config_of(text), present, reports)


def test_the_same_text_is_refused_with_the_partitions_that_do_not_follow_it(present: Config) -> None:
    with pytest.raises(CommandError, match=r"Not by all partitions: visitors/0, .*: it follows version 1"):
        refuse_version(present, present, reports_of(config_key(1, "older")))


def test_a_version_that_a_partition_follows_already_is_refused(present: Config) -> None:
    reports = reports_of(config_key(7, "of a file"))
    with pytest.raises(CommandError, match=r"not higher than version 7.*`version: 8`"):
        refuse_version(config_of(STRICTER.replace("version: 2", "version: 3")), present, reports)


def test_workers_that_would_stop_at_a_published_policy_are_named(present: Config) -> None:
    with pytest.raises(CommandError, match=r"earlier release serve visitors/0, .*would stop"):
        refuse_version(config_of(STRICTER.replace("version: 2", "version: 3")), present, reports_of(None))


def test_the_policy_before_returns_with_the_next_version_and_its_comments(present: Config) -> None:
    archive = Archive([config_of(TEXT), present])
    policy, config = earlier_policy(archive, 3)
    assert config.text == TEXT.replace("version: 1", "version: 3")
    assert (policy.version, policy.stages.mql.bar, config.version) == (3, 135, 3)
    again = Archive([config_of(TEXT), present, config])
    assert earlier_policy(again, 4)[1].text == STRICTER.replace("version: 2", "version: 4")


def test_there_is_nothing_to_return_to_before_a_change(present: Config) -> None:
    with pytest.raises(CommandError, match="no other policy was followed before"):
        earlier_policy(Archive([present]), 3)


def test_a_policy_that_a_later_check_refuses_can_still_return(present: Config) -> None:
    refused = TEXT.replace("bar: 135", "bar: 145")
    with pytest.raises(PolicyError):
        load_policy(refused)
    archive = Archive([Config("us-commercial-banks", 1, "1" * 12, refused), present])
    assert earlier_policy(archive, 3)[0].stages.mql.bar == 145


def test_a_policy_that_this_release_cannot_read_cannot_return(present: Config) -> None:
    later = Config("rules", 1, "1" * 12, TEXT + "a_key_of_a_later_release: 1\n")
    with pytest.raises(
        CommandError, match=r"cannot read policy rules, version 3 .*\n.*a_key_of_a_later_release"
    ):
        earlier_policy(Archive([later, present]), 3)


def test_what_would_change_is_listed_with_the_partitions_that_take_it_later(present: Config) -> None:
    after = STRICTER.replace("version: 2", "version: 3").replace("erase_within: 24h", "erase_within: 12h")
    reports = reports_of(config_key(2, present.hash), {0: "too many dead letters in a row"})
    lines = plan_lines(publication(STRICTER.replace("bar: 140", "bar: 138"), after), reports, [])
    text = "\n".join(lines)
    assert "is followed by 0 of 4 partitions." in lines[0]
    assert "visitors/0, directory/0, accounts/0, desks/0: stopped: too many dead letters in a row" in text
    assert "reaches 140 points" in text
    assert "lead-router topics check" in text


def test_without_a_terminal_a_publication_needs_yes(
    present: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan = publication(TEXT, STRICTER)
    confirm_publication(plan, 4, yes=True)
    with (tmp_path / "empty").open("w+") as no_terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", no_terminal)
        with pytest.raises(CommandError, match=r"nothing is published: there is no terminal .* give --yes"):
            confirm_publication(plan, 4, yes=False)


@pytest.mark.parametrize(("answer", "is_published"), [("y", True), ("n", False), ("", False)])
def test_without_a_clear_yes_of_the_terminal_nothing_is_published(
    answer: str, is_published: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    master, terminal = pty.openpty()
    os.write(master, f"{answer}\n".encode())
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        if is_published:
            confirm_publication(publication(TEXT, STRICTER), 4, yes=False)
        else:
            with pytest.raises(CommandError, match="nothing is published"):
                confirm_publication(publication(TEXT, STRICTER), 4, yes=False)
    os.close(master)
    assert "version 2" in capsys.readouterr().out


def test_wrong_arguments_are_refused_before_the_broker_is_asked(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(TEXT.replace("bar: 135", "bars: 135"), "utf-8")

    def error_of(*arguments: object) -> BaseException | None:
        return CliRunner().invoke(app, ["policy", "publish", *map(str, arguments)]).exception

    for arguments in ((), (policy, "--back")):
        assert "expected the file of a policy, or --back" in str(error_of(*arguments))
    assert "choose another file" in str(error_of("--back", "--out", policy))
    assert isinstance(error_of(policy), PolicyError)
    assert "stages.mql" in str(error_of(policy))


def test_a_history_gives_the_short_result_of_a_backtest(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.rep("mia", name="Mia Lund")
    story.bank("oak")
    story.form("ann@oak.example", "mon 10:00")
    story.activity("webinar_attended", "wed 12:00", email="ann@oak.example")
    story.activity("download", "wed 13:00", email="ann@oak.example")
    easier = TEXT.replace("bar: 135", "bar: 130")
    plan = publication(easier, STRICTER)
    lines = backtest_lines(plan, [story.history()], tmp_path / "work", 1, "key")
    assert "  1 of 1 leads become MQLs under the present policy, 0 under the new one." in lines
    assert "  1 of 1 leads change." in lines
