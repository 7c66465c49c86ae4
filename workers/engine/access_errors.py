"""Names the right that is missing at the broker, from the errors of the Kafka client.

In: an error of aiokafka. Out: a text for an operator. The client names a topic in some errors only, so the caller may name what
the request was about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.structs import TopicPartition

from workers.engine.restore import reader, stop_reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_POLL_MS: Final = 500
_WHERE: Final = "`lead-router topics rights` prints what each role needs."
_KINDS: Final = (
    (TopicAuthorizationFailedError, "topic", "Read, Write or Describe"),
    (GroupAuthorizationFailedError, "group", "Read"),
    (TransactionalIdAuthorizationFailed, "transactional id", "Write"),
    (ClusterAuthorizationFailedError, "cluster", "Write to a topic, or IdempotentWrite to the cluster"),
)
ACCESS_ERRORS: Final = tuple(kind for kind, _, _ in _KINDS)
"""The errors of a request for which the user has no right."""


class AccessDeniedError(Exception):
    """The broker refuses a request, because the user lacks a right. The text names the right."""


async def refuse_unreadable(client: Mapping[str, Any], sources: Sequence[tuple[str, int]]) -> None:
    """Raise TopicAuthorizationFailedError if the user may not read one of these partitions. Reads no record for a task."""
    consumer = reader(client)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(*tp) for tp in sources])
        await consumer.seek_to_end()
        await consumer.getmany(timeout_ms=_POLL_MS)
    finally:
        await stop_reader(consumer)


def missing_right(error: BaseException, names: Iterable[str] = ()) -> str:
    """Return which right is missing. ``names``: what the request was about, if the error does not name it."""
    for kind, resource, operations in _KINDS:
        if isinstance(error, kind) or kind.__name__ in str(
            error
        ):  # aiokafka wraps those of the group in a text
            found = sorted((_named(error.args) if isinstance(error, kind) else set()) or set(names))
            one_of = f"one of the {resource}s" if len(found) > 1 else f"the {resource}"
            about = f" {', '.join(found)}" if found else ""
            return f"no right to use {one_of}{about}: give the user {operations}, as its role needs. {_WHERE}"
    return str(error)


def _named(arguments: tuple[object, ...]) -> set[str]:
    """Return the names in an error's arguments: texts, or sets of texts."""
    texts = {one for one in arguments if isinstance(one, str)}
    return texts.union(*({str(each) for each in one} for one in arguments if isinstance(one, set)))
