"""After which errors of its group a worker leaves, and after which it joins again."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InconsistentGroupProtocolError,
    InvalidSessionTimeoutError,
    KafkaError,
)

from workers.engine.group_errors import MOST_S, GroupErrors

PASSES = KafkaError("Unexpected exception in heartbeat task: UnknownError()")


@pytest.mark.parametrize(
    "error",
    [
        GroupAuthorizationFailedError("app"),
        InvalidSessionTimeoutError(),
        InconsistentGroupProtocolError(),
        KafkaError(repr(GroupAuthorizationFailedError("app"))),
    ],
    ids=repr,
)
def test_a_worker_leaves_at_once_if_another_try_would_only_repeat_the_error(error: KafkaError) -> None:
    assert GroupErrors().is_final(error, 0.0)


def test_a_worker_joins_again_after_errors_that_pass_and_leaves_when_they_do_not_end() -> None:
    errors = GroupErrors()
    seconds = [0.0, 20.0, 40.0, MOST_S, MOST_S + 1.0]
    assert [errors.is_final(PASSES, at_s) for at_s in seconds] == [False, False, False, False, True]


def test_errors_far_apart_never_end_a_worker() -> None:
    errors = GroupErrors()
    assert not any(errors.is_final(PASSES, 31.0 * number) for number in range(100))


async def test_a_worker_that_still_connects_stays() -> None:
    consumer = AIOKafkaConsumer("in", bootstrap_servers="127.0.0.1:1", group_id="app")
    try:
        assert GroupErrors().final_error(consumer, asyncio.get_running_loop(), 0.0) is None
    finally:
        await consumer.stop()
