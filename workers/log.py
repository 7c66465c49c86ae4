"""Logging: one line per event, as JSON in production and readable on a terminal.

In: events of structlog and records of the standard library's logging (Faust, mode, aiokafka). Out: one stream, by
default standard error. No line shows an e-mail address: every text that looks like one is masked.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TextIO

import structlog

from workers.settings import LogFormat

MASK: Final = "[address]"
REPEAT_AFTER_S: Final = 10.0
MOST_TEXTS: Final = 1_000  # bounds the memory if a library formats values into its messages
# Never logged below info: their debug lines print keys and values, which are personal data.
LIBRARIES: Final = ("faust", "mode", "aiokafka", "kafka", "asyncio")

_AT: Final = "(?:@|\N{FULLWIDTH COMMERCIAL AT}|%40)"
_EDGE: Final = "\\s@\N{FULLWIDTH COMMERCIAL AT}\"'<>()\\[\\]{},;:=|&?/\\\\\x1b"
# Matched only at the beginning of a word. Otherwise a long payload without an "@" would take quadratic time.
_LOCAL_PART: Final = rf"(?:\"[^\"\n]{{1,64}}\"|(?<![^{_EDGE}])[^{_EDGE}]+)"
_ADDRESS: Final = re.compile(rf"{_LOCAL_PART}(?:{_AT}[^{_EDGE}]+)+")


def configure_logging(
    level: str = "info", log_format: LogFormat = LogFormat.AUTO, stream: TextIO | None = None
) -> None:
    """Send every log line through one handler. A later call replaces the earlier configuration.

    Call it after Faust has configured itself: Faust's start-up spinner leaves the root logger at debug. Disabled
    log calls then took a tenth of the time.

    Args:
        level: the lowest level that is logged: debug, info, warning or error. Libraries are logged from warning on;
            if the level is debug, from info on.
        log_format: how lines look. With `AUTO`, readable if the stream is a terminal, else JSON.
        stream: the output stream. Standard error by default.
    """
    out = stream or sys.stderr
    level_number = logging.getLevelNamesMapping()[level.upper()]
    is_pretty = log_format is LogFormat.PRETTY or (log_format is LogFormat.AUTO and out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_addresses,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(is_pretty=is_pretty, has_colors=out.isatty()),
            ],
        )
    )
    handler.addFilter(RepeatFilter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level_number)
    of_libraries = logging.INFO if level_number <= logging.DEBUG else max(level_number, logging.WARNING)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(of_libraries)


def mask_addresses(
    _logger: Any, _method: str, event_dict: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Mask everything that looks like an e-mail address in the values of an event. A structlog processor."""
    return {name: value if name.startswith("_") else _masked(value) for name, value in event_dict.items()}


class RepeatFilter(logging.Filter):
    """Passes a repeated warning of aiokafka once in ten seconds.

    While a broker is unreachable, aiokafka logs the same warning 200 times a second. Two records are the same if
    they have one logger and one message template. ``now_s`` returns the current time in seconds.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._logged_at_s: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        if not record.name.startswith("aiokafka") or record.levelno < logging.WARNING:
            return True
        what, now_s = (record.name, str(record.msg)), self._now_s()
        if now_s - self._logged_at_s.get(what, -REPEAT_AFTER_S) < REPEAT_AFTER_S:
            return False
        if len(self._logged_at_s) >= MOST_TEXTS:
            self._logged_at_s.clear()
        self._logged_at_s[what] = now_s
        return True


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {_masked(name): _masked(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    text = repr(value) if isinstance(value, BaseException) else str(value)
    return _ADDRESS.sub(MASK, text)


def _renderer(*, is_pretty: bool, has_colors: bool) -> structlog.typing.Processor:
    if is_pretty:
        return structlog.dev.ConsoleRenderer(
            colors=has_colors, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)
