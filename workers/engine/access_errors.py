"""Names the right that is missing at the broker, from the errors of the Kafka client.

In: an error of aiokafka. Out: a text for an operator. The client names a topic in some errors only, so the caller may name the
topics that the request was about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHERE: Final = "`lead-router topics rights` prints what each role needs."
_KINDS: Final = (
    (TopicAuthorizationFailedError, "topic", "Read, Write or Describe"),
    (GroupAuthorizationFailedError, "group", "Read"),
    (TransactionalIdAuthorizationFailed, "transactional id", "Write"),
    (ClusterAuthorizationFailedError, "cluster", "Describe"),
)
ACCESS_ERRORS: Final = tuple(kind for kind, _, _ in _KINDS)
"""The errors of a request for which the user has no right."""


class AccessDeniedError(Exception):
    """The broker refuses a request, because the user lacks a right. The text names the right."""


def missing_right(error: BaseException, names: Iterable[str] = ()) -> str:
    """Return which right is missing. ``names``: what the request was about, if the error does not name it."""
    for kind, resource, operations in _KINDS:
        if isinstance(error, kind):
            found = sorted(_named(error.args) or set(names))
            about = f" {', '.join(found)}" if found else ""
            return f"no right to use the {resource}{about}: give the user {operations}, as its role needs. {_WHERE}"
    return str(error)


def _named(arguments: tuple[object, ...]) -> set[str]:
    """Return the names in an error's arguments: text, or a collection of texts."""
    names: set[str] = set()
    for one in arguments:
        names |= (
            {one} if isinstance(one, str) else {str(each) for each in one} if isinstance(one, set) else set()
        )
    return names
