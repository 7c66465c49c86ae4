"""Sends the deliveries of one channel. Each channel has a sender, so a slow service delays no other.

Each step is stored before and after the call of the service. A crash between the two leaves the delivery unsure, and
`delivery_steps` decides how it continues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from workers.notify.channels.channel_calls import DeliveryFailedError, DeliveryRefusedError
from workers.notify.delivery_steps import Act, Delivery, State, Step, backoff_ms, next_step
from workers.notify.wall_clock import wall_ms

if TYPE_CHECKING:
    from workers.notify.channels.channel_calls import Channel
    from workers.notify.delivery_tables import Card, DeliveryTables
    from workers.notify.message_maker import MessageMaker
    from workers.notify.notify_metrics import NotifyMetrics

log = structlog.get_logger(__name__)
AT_ONCE: Final = 8
"""The most calls of a channel at the same time."""
MOST_WAITING: Final = 10_000
"""The most deliveries of a channel that wait. Beyond it the oldest go to the list of dead deliveries."""
_LONGEST_WAIT_S: Final = 3_600.0
_POLL_S: Final = 0.5


class Sender:
    """The sender of one channel. Call ``wake`` after deliveries were added."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        tables: DeliveryTables,
        maker: MessageMaker,
        metrics: NotifyMetrics,
        *,
        give_up_after_ms: int,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self.name = name
        self._channel = channel
        self._tables = tables
        self._maker = maker
        self._metrics = metrics
        self._give_up_after_ms = give_up_after_ms
        self._now_ms = now_ms
        self._woken = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._paused_until_ms = 0
        self._failures = 0

    def wake(self) -> None:
        """Look for deliveries now."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. Calls that have begun then end by themselves."""
        try:
            while True:
                self._woken.clear()
                self._start_due()
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _POLL_S)
        finally:
            await asyncio.gather(*self._busy.values(), return_exceptions=True)
            await self._channel.close()

    def _start_due(self) -> None:
        now_ms = self._now_ms()
        if now_ms < self._paused_until_ms:
            return
        for card_id in self._tables.due_cards(self.name, now_ms, AT_ONCE + len(self._busy)):
            if len(self._busy) >= AT_ONCE:
                return
            if card_id not in self._busy:
                task = asyncio.create_task(self.step(card_id))
                self._busy[card_id] = task
                task.add_done_callback(partial(self._end, card_id))

    def _end(self, card_id: str, done: asyncio.Task[None]) -> None:
        self._busy.pop(card_id, None)
        self._woken.set()
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("delivery_step_failed", channel=self.name, why=type(error).__name__)
            self._pause(backoff_ms(self._failures + 1))

    async def step(self, card_id: str) -> None:
        """Do the next step of a card, if one is due."""
        begun = self._begin(card_id)
        if begun is None:
            return
        card, step, delivery = begun
        message = self._maker.make(card, delivery.delivery_id)
        try:
            place: str | None = None
            if step.act is Act.POST:
                place = await self._channel.post(message)
            elif step.act is Act.FIND:
                place = await self._channel.find(message, delivery.tried_ms)
            else:
                await self._channel.edit(card.place or "", message)
        except DeliveryRefusedError as refused:
            self._count(step, "refused")
            self._bury(delivery, refused.code)
        except DeliveryFailedError as failed:
            self._count(step, "unsure" if failed.is_unsure else "failed")
            self._retry(step, delivery, failed)
        else:
            self._count(step, "done")
            self._finish(card, step, delivery, place)

    def _begin(self, card_id: str) -> tuple[Card, Step, Delivery] | None:
        """Store that an attempt begins. Return None if no step is due."""
        now_ms = self._now_ms()
        with self._tables.transaction():
            card = self._tables.card(card_id)
            deliveries = self._tables.open_deliveries(card_id)
            if card is None or (card.place is None and not self._maker.has_content(card)):
                self._tables.set_deliveries([replace(one, state=State.SUPERSEDED) for one in deliveries])
                return None
            step = next_step(
                is_posted=card.place is not None, deliveries=deliveries, ability=self._channel.ability
            )
            if step.act is None or step.delivery is None:
                self._tables.set_deliveries([replace(one, state=State.SUPERSEDED) for one in step.superseded])
                return None
            if step.at_ms > now_ms:
                self._tables.set_deliveries([replace(one, due_ms=step.at_ms) for one in deliveries])
                return None
            self._tables.set_deliveries([replace(one, state=State.SUPERSEDED) for one in step.superseded])
            begun = step.delivery
            if step.act is not Act.FIND:
                begun = replace(begun, state=State.UNSURE, tried_ms=now_ms, attempts=begun.attempts + 1)
                self._tables.set_deliveries([begun])
        return card, step, begun

    def _finish(self, card: Card, step: Step, delivery: Delivery, place: str | None) -> None:
        """Store the result of a call. A search without a result makes the delivery wait again."""
        self._failures = 0
        now_ms = self._now_ms()
        with self._tables.transaction():
            if place is not None:
                self._tables.set_place(card.card_id, place)
            if step.act is Act.FIND and place is None:
                self._tables.set_deliveries([replace(delivery, state=State.WAITING, due_ms=now_ms)])
                return
            self._tables.set_deliveries([replace(delivery, state=State.DONE)])
        self._metrics.seconds.labels(self.name).observe(max(now_ms - delivery.created_ms, 0) / 1000)

    def _retry(self, step: Step, delivery: Delivery, failed: DeliveryFailedError) -> None:
        now_ms = self._now_ms()
        wait_ms = backoff_ms(max(delivery.attempts, self._failures + 1 if failed.concerns_all else 1))
        if failed.wait_s is not None:
            wait_ms = int(min(failed.wait_s, _LONGEST_WAIT_S) * 1000)
        if failed.concerns_all:
            self._failures += 1
            self._pause(wait_ms)
        if now_ms - delivery.created_ms >= self._give_up_after_ms:
            self._bury(delivery, f"gave_up_{failed.code}")
            return
        # An earlier attempt stays unsure, although this one surely failed.
        is_unsure = failed.is_unsure or (step.delivery is not None and step.delivery.state is State.UNSURE)
        state = State.UNSURE if is_unsure else State.WAITING
        with self._tables.transaction():
            self._tables.set_deliveries(
                [replace(delivery, state=state, due_ms=now_ms + wait_ms)], failed.code
            )
        if self._failures == 1 or not failed.concerns_all:
            log.warning("delivery_delayed", channel=self.name, why=failed.code, wait_ms=wait_ms)

    def _bury(self, delivery: Delivery, code: str) -> None:
        with self._tables.transaction():
            self._tables.set_deliveries([replace(delivery, state=State.DEAD)], code)
        log.error("delivery_dead", channel=self.name, delivery=delivery.delivery_id, why=code)

    def _pause(self, wait_ms: int) -> None:
        self._paused_until_ms = max(self._paused_until_ms, self._now_ms() + wait_ms)

    def _count(self, step: Step, result: str) -> None:
        if step.act is not None:
            self._metrics.calls.labels(self.name, step.act.value, result).inc()
