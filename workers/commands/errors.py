"""Errors of the commands: one clear message and an exit code. A traceback appears only for a bug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from aiokafka.errors import KafkaConnectionError, KafkaError, SaslAuthenticationFailed
from rich.console import Console

from workers.broker.availability import BrokerRefusedError
from workers.broker.clock_check import ClockDiffersError
from workers.broker.connection_errors import find_cause, reason_kept
from workers.broker.topic_plan import TopicsError
from workers.config import load_settings
from workers.engine.access_errors import AccessDeniedError, missing_right
from workers.engine.config_guard import ConfigConflictError
from workers.engine.datadir import DataDirLockedError
from workers.engine.heartbeats import MembershipLostError
from workers.local_kafka.kafka_error import LocalKafkaError
from workers.policy.load import PolicyError
from workers.result_store.store_file import StoreError
from workers.settings import SettingsError

FAILED: Final = 1
INTERRUPTED: Final = 130


class CommandError(Exception):
    """The command cannot do what the user asked. The text gives the cause and the remedy."""


_USER_ERRORS: Final = (
    CommandError,
    SettingsError,
    PolicyError,
    LocalKafkaError,
    ConfigConflictError,
    TopicsError,
    DataDirLockedError,
    BrokerRefusedError,
    ClockDiffersError,
    AccessDeniedError,
    MembershipLostError,
    StoreError,
)


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Turn the errors that users can fix into one message on standard error and exit code 1.

    The Kafka client's log lines are kept back: the user sees only the final error, with the reason of the last line.
    """
    try:
        with reason_kept() as last:
            yield
    except _USER_ERRORS as error:
        _fail(str(error))
    except BrokenPipeError:
        raise SystemExit(
            FAILED
        ) from None  # the reader of standard output has closed it, so no message can arrive
    except KafkaError as error:
        _fail(_explained(error, last.text or str(error)))
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _explained(error: KafkaError, why: str) -> str:
    if isinstance(error, KafkaConnectionError | SaslAuthenticationFailed):
        return f"{why}. {find_cause(load_settings(), why).advice}"
    return missing_right(error)


def _fail(text: str) -> NoReturn:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"lead-router: {text}", markup=False, style="red")
    raise SystemExit(FAILED)
