"""Runs the console: one process reads the topics into the store and serves the pages.

In: the settings. Out: the address, once it answers. It ends on a signal, or when the broker refuses to give a topic.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import uvicorn

from schemas.topics import DAY_MS
from workers.console.access_file import AccessFile, load_access_file
from workers.console.activity_writer import write_activity
from workers.console.news import News
from workers.console.silence_check import watch_sources
from workers.console.web_app import make_app, newest_ms
from workers.result_store.console_tables import console_tables
from workers.result_store.store_file import ResultStore, reading
from workers.result_store.topic_follower import follow
from workers.settings import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from workers.settings import Settings

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PRUNE_EVERY_S: Final = 3_600.0
_BACKLOG: Final = 128
_CLOSE_S: Final = 3
_START_S: Final = 0.02


class ConsoleError(Exception):
    """The console cannot start. The text names the cause and what to do."""


class _Server(uvicorn.Server):
    def capture_signals(self) -> Any:
        """Leave the signals to the command."""
        return nullcontext()


def store_path(settings: Settings) -> Path:
    """Return the file of results."""
    return settings.console_dir / "results.sqlite"


def allowed_hosts(settings: Settings, access: AccessFile | None = None) -> tuple[str, ...]:
    """Return the host names under which browsers may ask, besides those of loopback. A proxy forwards its public name."""
    if settings.console_host in {"0.0.0.0", "::"}:  # noqa: S104 - it is compared, not used
        return ("*",)
    public = urlsplit(access.oidc.public_url).hostname if access and access.oidc else None
    return (settings.console_host, public) if public else (settings.console_host,)


def access_of(settings: Settings) -> AccessFile | None:
    """Return who may log in. Raises ConsoleError if everyone on the network could see the pages, and PolicyError."""
    if settings.console_access is not None:
        return load_access_file(settings.console_access)
    if settings.console_host not in _LOOPBACK:
        raise ConsoleError(
            f"the console would show its pages to everyone who reaches {settings.console_host}; name who may log in with"
            " LEAD_ROUTER_CONSOLE_ACCESS (docs/console.md)"
        )
    return None


async def run_console(settings: Settings, ready: Callable[[str], None], port: int | None = None) -> None:
    """Serve the console until the task is cancelled.

    Args:
        settings: the settings of the installation.
        ready: called with the address when it answers.
        port: the port, if it is not the setting's. 0: any free one.

    Raises:
        ConsoleError: the address cannot be used.
        PolicyError: the access file has a problem.
        StoreError: the store cannot be used.
        aiokafka.errors.KafkaError: the user may not read a topic, or the login fails.
    """
    access = access_of(settings)
    listener = listen(settings.console_host, settings.console_port if port is None else port)
    try:
        key = settings.required_lead_id_key()
        store = ResultStore(store_path(settings), console_tables(settings.app_id, key), key)
    except BaseException:
        listener.close()
        raise
    news = News()
    try:
        async with _serving(settings, store.path, news, listener, access):
            ready(f"http://{_shown_host(settings.console_host)}:{listener.getsockname()[1]}/")
            await _follow_and_prune(settings, store, news)
    finally:
        store.close()


async def _follow_and_prune(settings: Settings, store: ResultStore, news: News) -> None:
    def now() -> int:
        return _now_ms(settings, store)

    beside = (
        asyncio.create_task(_prune(settings, store), name="prune"),
        asyncio.create_task(watch_sources(store, settings.policy, now, news.publish), name="silent sources"),
    )
    try:
        await follow(settings, store, news.publish)
    finally:
        for task in beside:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _prune(settings: Settings, store: ResultStore) -> None:
    while True:
        await asyncio.to_thread(prune_once, settings, store)
        await asyncio.sleep(_PRUNE_EVERY_S)


def prune_once(settings: Settings, store: ResultStore) -> None:
    """Delete what is older than the setting's days, and what was erased from the log of the file."""
    store.prune(_now_ms(settings, store) - settings.results_days * DAY_MS)


def _now_ms(settings: Settings, store: ResultStore) -> int:
    """Return the time of the clock, or of the newest result. Milliseconds UTC."""
    now_ms = clock_of(settings)()
    if now_ms is None:
        with reading(store.path) as connection:
            now_ms = newest_ms(connection)
    return now_ms


def clock_of(settings: Settings) -> Callable[[], int | None]:
    """Return the clock of the pages: the machine's, or None for the time of the newest result."""
    if settings.clock is Clock.STAMPS:
        return lambda: None
    return lambda: int(time.time() * 1_000)


@asynccontextmanager
async def _serving(
    settings: Settings, store: Path, news: News, listener: socket.socket, access: AccessFile | None
) -> AsyncIterator[None]:
    config = uvicorn.Config(
        make_app(
            store,
            news,
            clock_of(settings),
            settings.required_lead_id_key(),
            allowed_hosts(settings, access),
            access,
            None if settings.shadow else partial(write_activity, settings),
        ),
        lifespan="off",
        ws="none",
        access_log=False,  # a line for each page would log who was looked at
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_CLOSE_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="console")
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for its start
            await asyncio.sleep(_START_S)
        yield
    finally:
        news.close()
        server.should_exit = True
        await serving


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. ``port`` 0: any free one. Raises ConsoleError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConsoleError(
            f"the console cannot use {host}:{port} ({error.strerror or error}); choose another port with --port or"
            " LEAD_ROUTER_CONSOLE_PORT"
        ) from None


def _shown_host(host: str) -> str:
    if host == "0.0.0.0":  # noqa: S104 - it is compared, not used
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
