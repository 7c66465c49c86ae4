"""How this program speaks: one line per thing that happened, JSON in production, readable on a terminal.

In: events of structlog and lines of the standard library (Faust, mode, aiokafka). Out: one stream, by default
standard error. No line ever shows an e-mail address: whatever looks like one is masked, wherever it stands.
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
MOST_TEXTS: Final = 1_000  # a library that puts values into its texts must not fill the memory
# Their debug lines print keys and values, which are personal data: never below info, whatever is asked for.
LIBRARIES: Final = ("faust", "mode", "aiokafka", "kafka", "asyncio")

_AT: Final = "(?:@|\N{FULLWIDTH COMMERCIAL AT}|%40)"
_EDGE: Final = "\\s@\N{FULLWIDTH COMMERCIAL AT}\"'<>()\\[\\]{},;:=|&?/\\\\\x1b"
# Tried only where a word begins, or a long payload without a sign would cost its length squared.
_LOCAL_PART: Final = rf"(?:\"[^\"\n]{{1,64}}\"|(?<![^{_EDGE}])[^{_EDGE}]+)"
_ADDRESS: Final = re.compile(rf"{_LOCAL_PART}(?:{_AT}[^{_EDGE}]+)+")


def configure_logging(
    level: str = "info", log_format: LogFormat = LogFormat.AUTO, stream: TextIO | None = None
) -> None:
    """Send every log line through one handler; may be called again, and then replaces what stood.

    Call it after Faust has configured itself: its start-up spinner leaves the root logger at debug, and a
    tenth of the time went into log calls nobody reads.

    Args:
        level: the least that is logged: debug, info, warning or error. Libraries are heard from warning on, so that
            what this program says is what is read; with debug from info on.
        log_format: how lines look; `AUTO` asks whether the stream is a terminal.
        stream: where they go; standard error when not given.
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
    """A structlog processor: no value of an event shows anything that looks like an address."""
    return {name: value if name.startswith("_") else _masked(value) for name, value in event_dict.items()}


class RepeatFilter(logging.Filter):
    """Lets aiokafka say the same thing once in ten seconds: while a broker is gone it says it 200 times a second.

    The same is what has one logger and one text before its values are put in. ``now_s`` is asked for the time.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now_s = now_s
        self._said_at_s: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is logged."""
        if not record.name.startswith("aiokafka") or record.levelno < logging.WARNING:
            return True
        what, now_s = (record.name, str(record.msg)), self._now_s()
        if now_s - self._said_at_s.get(what, -REPEAT_AFTER_S) < REPEAT_AFTER_S:
            return False
        if len(self._said_at_s) >= MOST_TEXTS:
            self._said_at_s.clear()
        self._said_at_s[what] = now_s
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
