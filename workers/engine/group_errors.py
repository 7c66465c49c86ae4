"""Decides what an error of the worker's group means: the worker leaves, or it joins again.

A broker that starts or loads its groups may answer a heartbeat or a join with an error that aiokafka does not expect. aiokafka
then waits for its user: ``getmany`` raises the error once, and the next call continues. Faust does not call ``getmany``, and
a worker that left at any such error would end because a broker was restarted.
In: the consumer, and the time in seconds of any steady clock. Out: the error for which the worker leaves.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
    KafkaError,
)

if TYPE_CHECKING:
    import asyncio

log = structlog.get_logger(__name__)

MOST_S: Final = 60.0
"""A worker that has had errors for longer than this leaves. Seconds."""
_APART_S: Final = 30.0
"""An error that comes later than this after the one before begins another series. Seconds."""
_FINAL: Final = (
    GroupAuthorizationFailedError,
    InconsistentGroupProtocolError,
    InvalidGroupIdError,
    InvalidSessionTimeoutError,
)
"""Errors that another try would only repeat."""


class GroupErrors:
    """The errors of one worker's group."""

    def __init__(self) -> None:
        self._first_s: float | None = None
        self._latest_s = 0.0

    def final_error(
        self, consumer: Any, loop: asyncio.AbstractEventLoop, now_s: float
    ) -> BaseException | None:
        """Return the error for which the worker must leave, such as a session timeout that the broker refuses.

        After any other error the consumer joins the group again, in its own event loop ``loop``.
        """
        coordinator, fetcher = consumer._coordinator, consumer._fetcher  # noqa: SLF001 - aiokafka has no other way
        if consumer._closed or coordinator is None:  # noqa: SLF001 - it stops, or is not connected yet
            return None
        for routine in (coordinator._coordination_task, fetcher.error_future):  # noqa: SLF001
            if routine.done():
                return _error_of(routine)
        error: BaseException | None = coordinator._pending_exception  # noqa: SLF001
        if error is None or self.is_final(error, now_s):
            return error
        log.warning("group_error", error=str(error))
        loop.call_soon_threadsafe(_join_again, coordinator)
        return None

    def is_final(self, error: BaseException, now_s: float) -> bool:
        """Return whether the worker must leave: it cannot join with its settings, or its errors do not end."""
        if self._first_s is None or now_s - self._latest_s > _APART_S:
            self._first_s = now_s
        self._latest_s = now_s
        # aiokafka wraps the errors that it does not expect in a text.
        is_known = any(isinstance(error, kind) or kind.__name__ in str(error) for kind in _FINAL)
        return is_known or now_s - self._first_s > MOST_S


def _error_of(routine: asyncio.Task[None]) -> BaseException:
    error = None if routine.cancelled() else routine.exception()
    return error or KafkaError(f"the Kafka client's {routine.get_name()} has ended: {routine.get_coro()}")


def _join_again(coordinator: Any) -> None:
    with suppress(KafkaError):
        coordinator.check_errors()  # raises the error, and lets the coordinator continue
    coordinator.request_rejoin()  # its heartbeats may have ended
