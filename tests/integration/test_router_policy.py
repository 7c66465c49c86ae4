"""A newer policy takes effect by its record in the logs while workers run: that of a worker's file, or a published one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crowd import team
from live_replay import differences_of
from router import KEY, POLICY, Router, ended, of_line
from tape import Tape

from tests.scenarios.story import Story
from workers.accounts.routing.canary_accounts import bucket_of
from workers.config import load_config
from workers.engine.api import Record
from workers.engine.control import ConfigChange, control_or_none

pytestmark = pytest.mark.kafka

SETTLE_S = 240.0
ACCOUNTS = 9
LOGS = ("visitor.events", "directory.events", "lead.events", "desk.requests")


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The default policy in version 2: an answer is due within 20 minutes instead of 30."""
    text = POLICY.read_text("utf-8")
    changed = text.replace("version: 1", "version: 2").replace("raised_hand: 30m", "raised_hand: 20m")
    assert changed.count("version: 2") == 1
    assert "raised_hand: 20m" in changed
    path = tmp_path / "newer.yaml"
    path.write_text(changed, "utf-8")
    return path


def another_text(policy: Path) -> Path:
    """Return a policy with a comment more and the same version."""
    path = policy.with_name("other.yaml")
    path.write_text(policy.read_text("utf-8") + "# another text of version 2\n", "utf-8")
    return path


def hands(story: Story, when: str, name: str) -> Iterator[str]:
    """Yield one demo request of each bank."""
    before = len(story._lines)
    for number in range(ACCOUNTS):
        story.form(f"{name}@bank{number}.example", when, "demo", anonymous_id=f"{name}{number}")
    yield from story._lines[before:]


async def two_workers(router: Router, folder: Path) -> Story:
    """Start the workers a and b with the first policy, and return the story of a team and its accounts."""
    story = Story(folder)
    team(story)
    for number in range(ACCOUNTS):
        story.bank(f"bank{number}")
    await router.produce(map(of_line, story._lines))
    for name in "ab":
        router.start(name)
    return story


async def test_a_rolling_restart_goes_over_to_a_newer_policy_once_and_another_text_of_it_is_refused(
    router: Router, tmp_path: Path, newer: Path
) -> None:
    story = await two_workers(router, tmp_path)
    async with router.tape() as tape:
        await router.produce(map(of_line, hands(story, "tue 10:00", "ann")))
        await tape.until_settled(SETTLE_S)
        assert versions(tape.of("lead.scores")) == {1}

        for name in "ab":  # one after the other, as in a rolling release
            leaver = router.workers[name]
            await leaver.until("partition_opened")
            leaver.terminate()
            assert leaver.wait(10.0) == 0
            await router.start(name, policy=newer).until("partition_opened")
            await router.produce(map(of_line, hands(story, f"tue 11:0{'ab'.index(name)}", f"bob{name}")))
            await tape.until_settled(SETTLE_S)
        await router.until_all_opened()
        other = router.start("other", policy=another_text(newer))
        await router.produce(map(of_line, hands(story, "tue 12:00", "cyd")))
        assert other.wait(60.0) == 1
        await router.until_all_opened()
        await tape.until_settled(SETTLE_S)
        rebalances = {name: len(router.workers[name].events("partitions_assigned")) for name in "ab"}
        router.workers.pop("other")
        assert router.stop() == [0, 0]
        await tape.to_end()

    printed = other.log_text()
    assert "follows policy us-commercial-banks version 2" in printed
    assert "which is another text" in printed
    assert "raise the version of the changed one" in printed
    assert "Traceback" not in printed
    by_partition = versions_by_partition(tape)
    assert all(found == sorted(found) for found in by_partition.values()), (
        "no partition returns to the older version"
    )
    assert {found[-1] for found in by_partition.values()} == {2}
    given = [event for event in tape.of("lead.routing") if event["action"] == "assigned"]
    latest = [event for event in given if event["occurred_at"] >= "2026-03-03T17:00:00Z"]
    assert len(latest) == ACCOUNTS
    assert {event["first_response_due_at"] for event in latest} == {"2026-03-03T17:20:00Z"}
    changes = changes_in(tape).keys()
    assert changes <= {(topic, partition) for topic in LOGS for partition in range(router.partitions)}
    # A partition that had decided nothing before begins with the newer policy.
    followed_old = {
        place for (topic, place), found in by_partition.items() if topic == "lead.scores" and 1 in found
    }
    assert {place for topic, place in changes if topic == "lead.events"} >= followed_old
    assert followed_old
    print(f"{len(changes)} partitions switched; rebalances seen: {rebalances}")  # noqa: T201 - counted and printed
    assert max(rebalances.values()) <= 6, "only joins and leaves cause rebalances"


async def test_a_published_policy_is_followed_from_one_record_of_each_log_and_so_is_the_return(
    router: Router, tmp_path: Path, newer: Path
) -> None:
    story = await two_workers(router, tmp_path)
    async with router.tape() as tape:
        await router.produce(map(of_line, hands(story, "tue 10:00", "ann")))
        await tape.until_settled(SETTLE_S)

        publication = asyncio.create_task(
            asyncio.to_thread(ended, router, ["policy", "publish", str(newer), "--yes"])
        )
        waves = 0
        while not publication.done():
            when = f"tue {11 + waves // 60}:{waves % 60:02}"
            await router.produce(map(of_line, hands(story, when, f"bob{waves}")))
            waves += 1
            await tape.more()
            await asyncio.sleep(0.1)
        code, printed = await publication
        assert code == 0, printed
        expected = ("30 minutes", "version 2", "is followed by all 12 partitions after")
        assert [words for words in expected if words not in printed] == []
        await router.produce(map(of_line, hands(story, "wed 12:00", "cyd")))
        await tape.until_settled(SETTLE_S)

        canaries = await try_canary(router, tape, story, newer)

        await replace_worker(router, "b", unreadable_from=4)
        warnings = router.workers["b"].events("policy_file_outdated")
        earlier = tmp_path / "earlier.yaml"
        returned = ["policy", "publish", "--back", "--yes", "--out", str(earlier)]
        code, printed_back = await asyncio.to_thread(ended, router, returned)
        assert code == 1, "the worker b cannot read version 4"
        assert "which this release of the program cannot read" in printed_back
        assert "is in every log, and followed by 8 of 12 partitions" in printed_back
        stopped = router.workers["b"].events("partition_stopped")
        assert len({(one["agent"], one["partition"]) for one in stopped}) == 4
        await replace_worker(router, "b")
        await router.produce(map(of_line, hands(story, "wed 13:00", "dan")))
        await tape.until_settled(SETTLE_S)
        assert router.workers["a"].events("policy_file_outdated") == []
        assert router.stop() == [0, 0]
        await tape.to_end()

    assert same_but_version(earlier, "version: 4")
    assert changes_in(tape) == {
        (topic, place): [2, 4] for topic in LOGS for place in range(router.partitions)
    }
    assert_canary(tape)
    assert [(one["file_version"], one["followed_version"]) for one in warnings] == [(1, 2)]
    by_partition = versions_by_partition(tape)
    for_all = [[version for version in found if version != 3] for found in by_partition.values()]
    assert all(found == sorted(found) for found in for_all), "no partition returns"
    assert {version for found in by_partition.values() for version in found} == {1, 2, 3, 4}
    due = {
        event["occurred_at"][8:16]: event["first_response_due_at"][11:16]
        for event in tape.of("lead.routing")
        if event["action"] == "assigned"
    }
    assert (due["03T15:00"], due["04T17:00"], due["04T18:00"]) == ("15:30", "17:20", "18:30")
    found, counts = differences_of(tape, KEY, load_config(POLICY)[1])
    assert found == []
    assert counts["lead.routing"] > 2 * ACCOUNTS
    for line in "\n".join((printed, *canaries, printed_back)).splitlines():
        if "partitions after" in line:
            print(f"{waves} waves of records meanwhile; {line}")  # noqa: T201 - a time is printed, not asserted


async def try_canary(router: Router, tape: Tape, story: Story, newer: Path) -> list[str]:
    """Try version 3 on half of the accounts, and end that. Return what the two commands print."""
    tried, printed = higher_threshold(newer), []
    for arguments, when in (([str(tried), "--canary", "50%"], "wed 12:10"), (["--back"], "wed 12:20")):
        command = ["policy", "publish", *arguments, "--yes"]
        code, found = await asyncio.to_thread(ended, router, command)
        assert code == 0, found
        printed.append(found)
        await router.produce(map(of_line, hands(story, when, f"eve{when[-2]}")))
        await tape.until_settled(SETTLE_S)
    assert "Version 3 decides 50% of the accounts" in printed[0]
    in_half = sum(bucket_of(f"domain:bank{number}.example") < 5_000 for number in range(ACCOUNTS))
    assert all(f"decides {in_half} of {ACCOUNTS} accounts from then on" in found for found in printed)
    assert "The canary of version 3 ends: version 2 decides 50% of the accounts again." in printed[1]
    return printed


def higher_threshold(newer: Path) -> Path:
    """Return version 3, with a higher threshold than version 2."""
    path = newer.with_name("tried.yaml")
    path.write_text(
        newer.read_text("utf-8").replace("version: 2", "version: 3").replace("bar: 135", "bar: 140"), "utf-8"
    )
    return path


def assert_canary(tape: Tape) -> None:
    """Assert which version decided about each account while the canary ran, and after it, from the accounts' keys."""
    by_wave: dict[str, dict[str, int]] = defaultdict(dict)
    for event in tape.of("lead.routing"):
        if event["action"] == "assigned":
            by_wave[event["occurred_at"][11:16]][event["account_key"]] = event["explanation"]["policy"][
                "version"
            ]
    keys = [f"domain:bank{number}.example" for number in range(ACCOUNTS)]
    assert by_wave["17:10"] == {key: 3 if bucket_of(key) < 5_000 else 2 for key in keys}
    assert by_wave["17:20"] == dict.fromkeys(keys, 2)
    assert len(set(by_wave["17:10"].values())) == 2


async def replace_worker(router: Router, name: str, **options: Any) -> None:
    """End a worker, and start another one with its data directory. Wait until all partitions are open."""
    router.workers[name].terminate()
    assert router.workers[name].wait(10.0) == 0
    await router.start(name, **options).until("partition_opened")
    await router.until_all_opened()


def same_but_version(path: Path, version: str) -> bool:
    return path.read_text("utf-8") == POLICY.read_text("utf-8").replace("version: 1", version)


def versions_by_partition(tape: Tape) -> dict[tuple[str, int], list[int]]:
    """Return the policy version of each decision in the order of each partition of the outputs of accounts."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for topic in ("lead.scores", "lead.routing", "lead.stages"):
        for record, event in zip(tape.domain_records(topic), tape.of(topic), strict=True):
            found[topic, record.partition].append(event["explanation"]["policy"]["version"])
    return found


def changes_in(tape: Tape) -> dict[tuple[str, int], list[int]]:
    """Return the versions of the config records of each log."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for topic in LOGS:
        for record in tape.records[topic]:
            if (change := change_of(record)) is not None:
                found[topic, record.partition].append(change.version)
    return dict(found)


def versions(events: list[dict[str, object]]) -> set[object]:
    return {event["explanation"]["policy"]["version"] for event in events}  # type: ignore[index]


def change_of(record: Record) -> ConfigChange | None:
    control = control_or_none(record)
    return control if isinstance(control, ConfigChange) else None
