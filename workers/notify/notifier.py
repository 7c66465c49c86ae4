"""The notifier as one process: the reader of the topics, a sender for each channel, the answer page and the answers' producer.

In: settings and notify.yaml. Out: nothing until it is cancelled or a part fails. All parts share one file, `notify.sqlite`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog
import uvicorn
from prometheus_client import start_http_server

from workers.notify.answer_links import AnswerLinks
from workers.notify.answer_page import AnswerPage
from workers.notify.answer_producer import AnswerProducer
from workers.notify.channel_settings import (
    AppriseSettings,
    ChannelSettings,
    MailSettings,
    SlackSettings,
    TeamsBotSettings,
    TeamsSettings,
)
from workers.notify.channels.apprise_channel import AppriseChannel
from workers.notify.channels.channel_calls import Channel, new_session
from workers.notify.channels.mail_channel import MailChannel
from workers.notify.channels.slack_channel import SlackChannel
from workers.notify.channels.teams_bot import TeamsBot
from workers.notify.channels.teams_workflow import TeamsWorkflow
from workers.notify.channels.webhook_channel import WebhookChannel
from workers.notify.delivery_tables import DeliveryTables, open_tables
from workers.notify.intake import Deliveries, zone_of
from workers.notify.message_maker import MessageMaker
from workers.notify.notify_metrics import NotifyMetrics
from workers.notify.sender import MOST_WAITING, Sender
from workers.notify.wall_clock import wall_ms
from workers.result_store.store_file import ResultStore
from workers.result_store.topic_follower import follow

if TYPE_CHECKING:
    from workers.notify.notices import Answer
    from workers.notify.notify_file import NotifyFile
    from workers.settings import Settings

log = structlog.get_logger(__name__)
FILE_NAME: Final = "notify.sqlite"
_CARE_S: Final = 10.0
"""Seconds between two updates of the gauges, and between two checks of the bound of waiting deliveries."""
_PRUNE_EVERY: Final = 8_640
"""Updates between two deletions of old rows: a day."""
_KEPT_MS: Final = 90 * 86_400_000
"""How long rows are kept: as long as the router knows a closed hand-off."""


class NotifyStore(ResultStore):
    """A result store that reads the notifier's topics only: lead.routing carries each erasure that concerns it."""

    def __init__(self, path: Path, file: NotifyFile, now_ms: Callable[[], int] = wall_ms) -> None:
        super().__init__(path, (Deliveries(file, now_ms),), b"")

    @property
    def topics(self) -> frozenset[str]:
        """The topics that the notifier reads."""
        return Deliveries.topics


def file_of(settings: Settings) -> Path:
    """Return the notifier's database of an installation."""
    return settings.data_dir / "notify" / FILE_NAME


def make_channel(settings: ChannelSettings) -> Channel:
    """Return the channel of its settings. Raises ModuleNotFoundError if it needs an extra that is not installed."""
    if isinstance(settings, SlackSettings):
        return SlackChannel(settings)
    if isinstance(settings, TeamsSettings):
        return TeamsWorkflow(settings)
    if isinstance(settings, TeamsBotSettings):
        return TeamsBot(settings)
    if isinstance(settings, MailSettings):
        return MailChannel(settings)
    if isinstance(settings, AppriseSettings):
        return AppriseChannel(settings)
    return WebhookChannel(settings)


async def run_notifier(settings: Settings, file: NotifyFile, *, has_history: bool = False) -> None:
    """Notify until cancelled.

    ``has_history``: at a first start also notify of what was decided before it.

    Raises:
        StoreError: another notifier uses the file.
        KafkaError: the user may not read or write a topic.
        OSError: an address to listen on is taken.
    """
    path = file_of(settings)
    async with AsyncExitStack() as stack:
        store = NotifyStore(path, file)
        stack.callback(store.close)
        tables = open_tables(path)
        stack.callback(tables.close)
        tables.begin(0 if has_history else wall_ms())
        parts = _Parts(settings, file, tables)
        if settings.metrics_port is not None:
            start_http_server(settings.metrics_port, settings.metrics_host, parts.metrics.registry)
        async with asyncio.TaskGroup() as tasks:
            for sender in parts.senders:
                tasks.create_task(sender.run())
            tasks.create_task(parts.producer.run())
            tasks.create_task(follow(settings, store, lambda _topics: parts.wake_senders()))
            tasks.create_task(parts.take_care(store))
            if file.answers is not None:
                await tasks.create_task(parts.serve(stack))


class _Server(uvicorn.Server):
    """A server that leaves the signals to the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handler."""
        yield


class _Parts:
    """The parts of one notifier."""

    def __init__(self, settings: Settings, file: NotifyFile, tables: DeliveryTables) -> None:
        self._file = file
        self._tables = tables
        self.metrics = NotifyMetrics()
        self._links = None if file.answers is None else AnswerLinks(file.answers)
        maker = MessageMaker(tables, lambda rep_id: zone_of(tables, file, rep_id), self._links)
        self.senders = [
            Sender(name, make_channel(one), tables, maker, self.metrics, give_up_after_ms=one.give_up_after)
            for name, one in file.channels.items()
        ]
        self.producer = AnswerProducer(settings, tables)

    def wake_senders(self) -> None:
        """Make each sender look for deliveries."""
        for sender in self.senders:
            sender.wake()

    async def serve(self, stack: AsyncExitStack) -> None:
        """Serve the answer page until cancelled."""
        if self._file.answers is None or self._links is None:
            return
        session = await stack.enter_async_context(new_session())
        page = AnswerPage(
            self._tables, self._file, self._links, given=self._answer_given,
            reply=lambda url, sentence: _reply(session, url, sentence),
        )  # fmt: skip
        listening = socket.create_server(self._file.answers.listen)
        config = uvicorn.Config(
            page.app(), log_config=None, access_log=False, lifespan="off", server_header=False
        )
        await _Server(config).serve([listening])

    async def take_care(self, store: ResultStore) -> None:
        """Keep the gauges and the bounds."""
        rounds = 0
        while True:
            self._refresh_gauges()
            for sender in self.senders:
                with self._tables.transaction():
                    buried = self._tables.bury_oldest(sender.name, MOST_WAITING)
                if buried:
                    log.error("deliveries_overflowed", channel=sender.name, count=buried)
            if rounds % _PRUNE_EVERY == 0:
                await asyncio.to_thread(store.prune, wall_ms() - _KEPT_MS)
            rounds += 1
            await asyncio.sleep(_CARE_S)

    def _refresh_gauges(self) -> None:
        now_ms, dead = wall_ms(), self._tables.dead_counts()
        oldest = self._tables.oldest_due_ms(now_ms)
        for sender in self.senders:
            name = sender.name
            self.metrics.waiting.labels(name).set(self._tables.waiting(name))
            self.metrics.oldest_seconds.labels(name).set(max(now_ms - oldest.get(name, now_ms), 0) / 1000)
            self.metrics.dead.labels(name).set(dead.get(name, 0))

    def _answer_given(self, answer: Answer) -> None:
        self.metrics.answers.labels(answer.value).inc()
        self.producer.wake()
        self.wake_senders()


async def _reply(session: aiohttp.ClientSession, url: str, sentence: str) -> None:
    """Send a sentence that only the rep at Slack sees. It is lost if Slack does not take it."""
    body = {"response_type": "ephemeral", "replace_original": False, "text": sentence}
    with suppress(aiohttp.ClientError, asyncio.TimeoutError):
        async with session.post(url, json=body, allow_redirects=False):
            pass
