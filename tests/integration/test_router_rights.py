"""A worker that loses a right while it runs stops the partitions that need it, names it, and continues when it is back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from router import POLICY, Router, Sent, ended
from secured import SecuredKafka
from test_router_logins import NOON_MS, a_form, secured_router
from waiting import eventually

from workers.broker.rights import Right, Role, rights_of
from workers.config import load_config
from workers.engine.context import config_topic
from workers.engine.control import archive_emit, change_to

pytestmark = pytest.mark.kafka

STOPS_S = 60.0


def whys(worker: object) -> list[str]:
    """Return the reasons of all stopped partitions."""
    return [event["why"] for event in worker.events("partition_stopped")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("operation", "topic", "hop"),
    [
        ("Read", "form.fills", "visitors"),
        ("Write", "lead.scores", "accounts"),
    ],
)
async def test_a_lost_right_to_a_topic_stops_the_partitions_that_need_it_until_it_is_back(
    operation: str, topic: str, hop: str, allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = await secured_router(new_router, allowed, partitions=1)
    worker = router.start(**allowed.settings())
    await router.until_all_opened()
    right = Right("topic", topic, operation)
    async with router.tape() as tape:
        await router.produce([a_form(1)])
        await tape.until("lead.scores", 1, 30.0)

        await allowed.deny(right)
        await router.produce([a_form(2)])
        await eventually(lambda: bool(whys(worker)), STOPS_S, "a partition has stopped")
        assert whys(worker)[0].startswith("no right to use ")
        assert topic in whys(worker)[0]
        assert {event["agent"] for event in worker.events("partition_stopped")} == {hop}
        assert worker.is_alive

        await allowed.allow_again(right)
        await tape.until("lead.scores", 2, STOPS_S)
    assert router.stop() == [0]


async def test_a_worker_without_the_right_to_its_group_ends_with_that_reason(
    allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = await secured_router(new_router, allowed, partitions=1)
    worker = router.start(**allowed.settings())
    await router.until_all_opened()

    await allowed.deny(Right("group", router.app_id, "Read"))

    await eventually(lambda: not worker.is_alive, STOPS_S, "the worker has ended")
    assert worker.wait(1.0) == 1
    assert f"no right to use the group {router.app_id}" in worker.log_text()


async def test_a_worker_without_the_right_to_its_transactions_stops_with_that_reason(
    allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = await secured_router(new_router, allowed, partitions=1)
    await allowed.deny(Right("transactional_id", f"{router.app_id}-", "Write", is_prefix=True))

    worker = router.start(**allowed.settings())

    await eventually(lambda: bool(whys(worker)), STOPS_S, "a partition has stopped")
    assert "no right to use the transactional id" in whys(worker)[0]
    assert router.stop() == [0]


@pytest.mark.parametrize("operation", ["Describe", "DescribeConfigs"])
async def test_a_topic_that_may_not_be_described_is_not_called_missing(
    operation: str, allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = new_router(allowed.plain, 1)
    await router.create()
    await allowed.give(rights_of(Role.OPERATOR, router.settings))
    await allowed.deny(Right("topic", "form.fills", operation))

    code, output = ended(router, ["topics", "check"], **allowed.settings())

    assert code == 1
    assert "form.fills: no_right: " in output
    assert "lead-router topics rights" in output
    assert "missing" not in output


async def test_an_operator_publishes_a_policy_with_the_rights_of_its_role_alone(
    allowed: SecuredKafka, new_router: Callable[..., Router], tmp_path: Path
) -> None:
    router = new_router(allowed.plain, 1)
    await router.create()
    await allowed.give(rights_of(Role.OPERATOR, router.settings))
    kept = archive_emit(config_topic(router.app_id), change_to(load_config(POLICY)[1]), NOON_MS)
    await router.produce([Sent(kept.topic, kept.key, kept.value, NOON_MS)], dict(kept.headers))
    newer = tmp_path / "newer.yaml"
    newer.write_text(POLICY.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")

    code, output = ended(router, ["policy", "publish", str(newer), "--yes"], **allowed.settings())

    assert "is in every log, and followed by 0 of 4 partitions" in output
    assert "visitors/0, directory/0, accounts/0, desks/0: no worker reports it" in output
    assert code == 1, "no worker has taken it"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["watch", "--topic", "lead.routing"], "no right to use the topic lead.routing"),
        (["resume", "visitors", "0"], "no right to use the cluster: give the user Write to a topic"),
        (["topics", "create"], "needs the right Create"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
async def test_a_command_without_a_right_names_it(
    arguments: list[str], expected: str, allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = new_router(allowed.plain, 1)
    await router.remove() if "create" in arguments else await router.create()

    code, output = ended(router, arguments, **allowed.settings())

    assert code == 1
    assert expected in " ".join(output.split())
    assert "Traceback" not in output
