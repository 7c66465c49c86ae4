"""Why there is no embedded Kafka: the one error of this package, written for whoever started it."""

from __future__ import annotations

from typing import Final

WITHOUT_IT: Final = "or set KAFKA_BOOTSTRAP=host:port to use a Kafka that already runs"


class LocalKafkaError(RuntimeError):
    """The embedded Kafka cannot be fetched, started or kept running.

    Attributes:
        cause: what happened, in the words of the part that failed.
        remedy: what the reader can do about it.
    """

    def __init__(self, what: str, *, cause: str, remedy: str) -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{what}\n  cause: {cause}\n  what to do: {remedy}, {WITHOUT_IT}")
