"""A newer policy takes effect by its record in the logs while workers run. A worker with an older policy is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from crowd import team
from router import POLICY, Router, of_line

from tests.scenarios.story import Story
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


def hands(story: Story, when: str, name: str) -> Iterator[str]:
    """Yield one demo request of each bank."""
    before = len(story._lines)
    for number in range(ACCOUNTS):
        story.form(f"{name}@bank{number}.example", when, "demo", anonymous_id=f"{name}{number}")
    yield from story._lines[before:]


async def test_a_rolling_restart_goes_over_to_a_newer_policy_once_and_an_older_worker_is_refused(
    router: Router, tmp_path: Path, newer: Path
) -> None:
    story = Story(tmp_path)
    team(story)
    for number in range(ACCOUNTS):
        story.bank(f"bank{number}")
    await router.produce(map(of_line, story._lines))
    for name in "ab":
        router.start(name)
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
        await router.produce(map(of_line, hands(story, "tue 12:00", "cyd")))
        await tape.until_settled(SETTLE_S)

        older = router.start("older")
        assert older.wait(60.0) == 1
        await router.produce(map(of_line, hands(story, "tue 13:00", "dan")))
        await tape.until_settled(SETTLE_S)
        rebalances = {name: len(router.workers[name].events("partitions_assigned")) for name in "ab"}
        router.workers.pop("older")
        assert router.stop() == [0, 0]
        await tape.to_end()

    said = older.log_text()
    assert "follows policy us-commercial-banks version 2" in said
    assert "this worker has version 1" in said
    assert "Give it the newer policy" in said
    assert "Traceback" not in said
    by_partition: dict[tuple[str, int], list[int]] = defaultdict(list)
    for topic in ("lead.scores", "lead.routing", "lead.stages"):
        for record, event in zip(tape.domain_records(topic), tape.of(topic), strict=True):
            by_partition[topic, record.partition].append(event["explanation"]["policy"]["version"])
    assert all(found == sorted(found) for found in by_partition.values()), (
        "no partition returns to the older version"
    )
    assert {found[-1] for found in by_partition.values()} == {2}
    given = [event for event in tape.of("lead.routing") if event["action"] == "assigned"]
    latest = [event for event in given if event["occurred_at"] >= "2026-03-03T17:00:00Z"]
    assert len(latest) == 2 * ACCOUNTS
    assert {event["first_response_due_at"] for event in latest} == {
        "2026-03-03T17:20:00Z",
        "2026-03-03T18:20:00Z",
    }
    changes = {
        (topic, record.partition) for topic in LOGS for record in tape.records[topic] if is_change(record)
    }
    assert changes <= {(topic, partition) for topic in LOGS for partition in range(router.partitions)}
    # A partition that had decided nothing before begins with the newer policy.
    followed_old = {
        place for (topic, place), found in by_partition.items() if topic == "lead.scores" and 1 in found
    }
    assert {place for topic, place in changes if topic == "lead.events"} >= followed_old
    assert followed_old
    print(f"{len(changes)} partitions switched; rebalances seen: {rebalances}")  # noqa: T201 - counted and printed
    assert max(rebalances.values()) <= 6, "only joins and leaves cause rebalances"


def versions(events: list[dict[str, object]]) -> set[object]:
    return {event["explanation"]["policy"]["version"] for event in events}  # type: ignore[index]


def is_change(record: object) -> bool:
    return isinstance(control_or_none(record), ConfigChange)  # type: ignore[arg-type]
