"""`lead-router policy publish --canary`: what it publishes, widens, ends and refuses, and the words that it prints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tests.scenarios.story import POLICY
from workers.cli import app
from workers.commands.errors import CommandError
from workers.commands.policy_canary import canary_text
from workers.commands.policy_publish import plan_lines
from workers.commands.publication import Publication, plan
from workers.commands.task_reports import Archive, TaskReports
from workers.engine.api import Config, Record
from workers.engine.control import CanaryChange, ConfigChange, archive_emit, change_to, report_key
from workers.engine.watermark_board import AgentReport, WorkerReport
from workers.policy.load import load_policy, to_config
from workers.policy.model import Policy

TEXT = POLICY.read_text("utf-8")
STRICTER = TEXT.replace("version: 1\n", "version: 2\n").replace("bar: 135", "bar: 140")
THIRD = STRICTER.replace("version: 2\n", "version: 3\n")
OTHER_DESK = STRICTER.replace("raised_hand: 30m", "raised_hand: 20m")


def loaded(text: str) -> tuple[Policy, Config]:
    policy = load_policy(text)
    return policy, to_config(policy, text)


PRESENT, TRIED = loaded(TEXT)[1], loaded(STRICTER)[1]


def reports_of(config: Config, *, follows_canaries: bool = True) -> TaskReports:
    """Return the reports of one worker whose four tasks follow a config."""
    reports = TaskReports(1)
    agents = [
        AgentReport(agent, "log", [0], [0], [], {report_key(config): [0]})
        for agent in ("visitors", "directory", "accounts", "desks")
    ]
    reports.apply(WorkerReport(1, agents, follows_canaries=follows_canaries), 1_000)
    return reports


class Publisher:
    """The topic of policies, and the command without a broker: every publication is in the topic at once."""

    def __init__(self) -> None:
        self.archive = Archive()
        self.config = PRESENT
        self._keep(change_to(PRESENT))

    def _keep(self, change: ConfigChange | CanaryChange) -> None:
        kept = archive_emit("app-policies", change, 5)
        self.archive.apply(Record(kept.topic, 0, 0, 5, kept.key, kept.value, kept.headers))

    def plan(self, text: str | None, canary: str | None = None) -> tuple[Publication, str]:
        """Return what the command would publish, and what it prints before. ``text`` None: --back."""
        reports = reports_of(self.config)
        planned = plan(None if text is None else loaded(text), canary, self.archive, reports)
        return planned, "\n".join(plan_lines(planned, reports, ["12 of 40."]))

    def publish(self, text: str | None, canary: str | None = None) -> str:
        planned, printed = self.plan(text, canary)
        self._keep(change_to(planned.config, planned.followed))
        self.config = planned.config
        assert self.archive.followed == planned.config
        assert len(reports_of(self.config).followers(planned.config)) == 4
        return printed


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


def test_a_canary_is_begun_widened_and_published_for_all(publisher: Publisher) -> None:
    printed = publisher.publish(STRICTER, "10%")
    assert (
        "Version 2 decides 10% of the accounts by a hash of their key. All others stay with version 1,"
        in printed
    )
    assert "reaches 140 points" in printed
    assert "12 of 40." in printed
    assert publisher.config.version == 1
    printed = publisher.publish(STRICTER, "30%")
    assert (
        f"version 1 ({PRESENT.hash}), with version 2 ({TRIED.hash}) for 10% of the accounts, is followed"
        in printed
    )
    assert "Until now it decides 10% of the accounts." in printed
    assert canary_text(publisher.config) == STRICTER
    printed = publisher.publish(STRICTER)
    with pytest.raises(CommandError, match=r"version 2 \(.*\) decides all accounts; there is no canary"):
        canary_text(publisher.config)
    assert "All accounts get version 2. Until now it decides 30% of the accounts." in printed
    assert (publisher.config, publisher.archive.before) == (TRIED, PRESENT)


def test_a_canary_ends_with_back_and_its_version_stays_used(publisher: Publisher) -> None:
    publisher.publish(STRICTER, "country=ca,US")
    printed = publisher.publish(None)
    assert "The canary of version 2 ends: version 1 decides the accounts with country=CA,US again." in printed
    assert "reaches 135 points" in printed
    assert replace(publisher.config, canary=None) == PRESENT
    printed = publisher.publish(STRICTER, "5%")
    assert f"version 1 ({PRESENT.hash}) is followed by 4" in printed, "the same text may be tried again"
    publisher.publish(None)
    with pytest.raises(CommandError, match=r"version 2 is a canary already, with another text.*`version: 3`"):
        publisher.plan(STRICTER + "# more\n")
    with pytest.raises(CommandError, match="no other policy was followed before"):
        publisher.plan(None)


def test_another_version_ends_a_canary_or_takes_its_place(publisher: Publisher) -> None:
    publisher.publish(STRICTER, "10%")
    _, printed = publisher.plan(THIRD)
    assert "All accounts get version 3. The canary of version 2 ends." in printed
    printed = publisher.publish(THIRD, "20%")
    assert "The canary of version 2 ends; 10% of the accounts had it." in printed
    with pytest.raises(CommandError, match="version 2 is not higher than version 3"):
        publisher.plan(STRICTER, "20%")


def test_back_after_a_canary_became_the_policy_returns_to_the_policy_before_it(publisher: Publisher) -> None:
    publisher.publish(STRICTER, "10%")
    publisher.publish(STRICTER)
    planned, _ = publisher.plan(None)
    assert planned.config.text == TEXT.replace("version: 1\n", "version: 3\n")


@pytest.mark.parametrize(
    ("text", "canary", "refusal"),
    [
        (STRICTER, "tenth", 'canary: found "tenth", expected a share of the accounts as 10%'),
        (
            OTHER_DESK,
            "10%",
            r"version 2 changes what accounts share(.|\n)*\n  desks: a desk has accounts of both sides",
        ),
        (TEXT, "10%", "this text is followed already"),
    ],
)
def test_what_cannot_be_a_canary_is_refused(
    publisher: Publisher, text: str, canary: str, refusal: str
) -> None:
    with pytest.raises(CommandError, match=refusal):
        publisher.plan(text, canary)


def test_a_canary_of_the_same_accounts_is_refused_and_back_is_named_for_the_followed_text(
    publisher: Publisher,
) -> None:
    publisher.publish(STRICTER, "10%")
    with pytest.raises(CommandError, match="version 2 is tried on 10% of the accounts already"):
        publisher.plan(STRICTER, "10.0%")
    with pytest.raises(CommandError, match="To end the canary, use --back"):
        publisher.plan(TEXT)


def test_a_canary_is_refused_while_a_worker_of_a_release_without_canaries_runs(publisher: Publisher) -> None:
    reports = reports_of(PRESENT, follows_canaries=False)
    with pytest.raises(
        CommandError, match=r"serve visitors/0, directory/0, accounts/0, desks/0; they would decide all"
    ):
        plan(loaded(STRICTER), "10%", publisher.archive, reports)
    assert plan(loaded(STRICTER), None, publisher.archive, reports).config == TRIED


def test_a_canary_that_a_partition_lacks_is_published_once_more(publisher: Publisher) -> None:
    publisher.publish(STRICTER, "10%")
    reports = reports_of(PRESENT)
    planned = plan(loaded(STRICTER), "10%", publisher.archive, reports)
    assert planned.config.canary is not None
    assert (planned.config.canary.share, planned.config.canary.step) == ("10%", 2)


def test_partitions_that_have_not_read_the_change_are_named() -> None:
    tried = replace(PRESENT, canary=CanaryChange(TRIED.name, 2, TRIED.hash, STRICTER, "10%", 1, 1).canary)
    wider = replace(PRESENT, canary=CanaryChange(TRIED.name, 2, TRIED.hash, STRICTER, "30%", 2, 1).canary)
    place = "visitors/0, directory/0, accounts/0, desks/0"
    assert reports_of(PRESENT).obstacles(tried) == [
        f"{place}: it has no canary, and has not read the last change of it"
    ]
    assert reports_of(tried).obstacles(wider) == [
        f"{place}: it has version 2 as its canary, and has not read the last change of it"
    ]
    assert (reports_of(tried).highest_version(), reports_of(PRESENT).highest_version()) == (2, 1)


def test_back_takes_no_accounts() -> None:
    found = CliRunner().invoke(app, ["policy", "publish", "--back", "--canary", "10%"]).exception
    assert "expected --canary with the file of a policy" in str(found)
