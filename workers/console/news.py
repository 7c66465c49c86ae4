"""News for open pages: a stream of server-sent events for each page, which names no record and no person.

In: the topics whose records were stored. Out: the event `changed` for each open page that these topics change. The browser then
loads the page again. Bursts are joined: a page gets at most two events a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

_JOIN_S: Final = 0.5
_ALIVE_S: Final = 15.0
"""A comment is sent after this time without news, so that a proxy keeps the connection. Seconds."""
MOST_STREAMS: Final = 500
CHANGED: Final = b"event: changed\ndata: 1\n\n"
_ALIVE: Final = b": alive\n\n"


class News:
    """The streams of all open pages of this process. It belongs to one event loop."""

    def __init__(self) -> None:
        self._streams: set[_Stream] = set()

    def publish(self, topics: frozenset[str]) -> None:
        """Report that records of these topics were stored."""
        for stream in self._streams:
            if stream.topics & topics:
                stream.event.set()

    @property
    def is_full(self) -> bool:
        """Whether no further stream is accepted."""
        return len(self._streams) >= MOST_STREAMS

    def close(self) -> None:
        """End all streams. The browser connects again."""
        for stream in self._streams:
            stream.is_closed = True
            stream.event.set()

    async def stream(self, topics: frozenset[str]) -> AsyncIterator[bytes]:
        """Yield the events of one open page until the browser leaves."""
        one = _Stream(topics)
        self._streams.add(one)
        try:
            yield _ALIVE
            while not one.is_closed:
                try:
                    await asyncio.wait_for(one.event.wait(), _ALIVE_S)
                except TimeoutError:
                    yield _ALIVE
                    continue
                one.event.clear()
                if not one.is_closed:
                    yield CHANGED
                    await asyncio.sleep(_JOIN_S)
        finally:
            self._streams.discard(one)


class _Stream:
    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.event = asyncio.Event()
        self.is_closed = False
