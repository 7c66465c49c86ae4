"""How a command fails: one clear line and an exit code; a traceback is for our own mistakes only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from aiokafka.errors import KafkaError
from rich.console import Console

from workers.broker.topic_plan import TopicsError
from workers.engine.datadir import DataDirLockedError
from workers.engine.decide import ConfigConflictError
from workers.local_kafka.kafka_error import LocalKafkaError
from workers.policy.load import PolicyError
from workers.settings import SettingsError

FAILED: Final = 1
INTERRUPTED: Final = 130


class CommandError(Exception):
    """The command cannot do what was asked; the text says why and what would help."""


_USER_ERRORS: Final = (
    CommandError,
    SettingsError,
    PolicyError,
    LocalKafkaError,
    ConfigConflictError,
    TopicsError,
    DataDirLockedError,
)


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Turn what users can mend into one message on standard error and exit code 1."""
    try:
        yield
    except _USER_ERRORS as error:
        _fail(str(error))
    except BrokenPipeError:
        raise SystemExit(FAILED) from None  # the reader of our output has gone: nobody is left to tell
    except KafkaError as error:
        _fail(f"{error}. Is KAFKA_BOOTSTRAP right, and the broker up?")
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _fail(text: str) -> NoReturn:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"lead-router: {text}", markup=False, style="red")
    raise SystemExit(FAILED)
