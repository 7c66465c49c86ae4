"""The one error of this package, written for the user who started the local Kafka."""

from __future__ import annotations

from typing import Final

WITHOUT_IT: Final = "or set KAFKA_BOOTSTRAP=host:port to use a Kafka that already runs"


class LocalKafkaError(RuntimeError):
    """The local Kafka cannot be downloaded or started.

    Attributes:
        cause: the error as the failing part reported it.
        remedy: the action that the user can take.
    """

    def __init__(self, what: str, *, cause: str, remedy: str) -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{what}\n  cause: {cause}\n  what to do: {remedy}, {WITHOUT_IT}")
