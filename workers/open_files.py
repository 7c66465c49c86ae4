"""The limit of open files of a worker, and the share of each local copy.

In: the limits of the operating system and the number of copies that the worker may open. Out: a raised soft limit, and
how many files of rows each copy may keep open.
"""

from __future__ import annotations

import resource
from contextlib import suppress
from typing import Final

import structlog

log = structlog.get_logger(__name__)
_RESERVED: Final = 100
"""Files of the process besides those of its copies: libraries, logs, connections of the group."""
_FIXED: Final = 10
"""Files and connections that one copy and its task need besides the files of rows. 8 to 10 measured."""
LEAST: Final = 20
"""RocksDB raises a smaller number to this."""
MOST: Final = 128


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one. Return the limit that holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems refuse an unlimited hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 2**31 if limit == resource.RLIM_INFINITY else limit


def files_of_rows(limit: int, copies: int) -> int:
    """Return how many files of rows each of ``copies`` local copies may keep open. Log it if not all copies may open."""
    needed = _RESERVED + copies * (_FIXED + 1)
    if limit < needed:
        log.warning("open_files_low", limit=limit, needed=needed, copies=copies)
    return max(LEAST, min(MOST, (limit - _RESERVED) // max(1, copies) - _FIXED))
