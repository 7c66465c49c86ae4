"""A message is posted once and ends with its last content, whatever crashes or fails between any two steps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from workers.notify.channels.channel_calls import DeliveryFailedError, Outgoing
from workers.notify.delivery_steps import Ability, Change
from workers.notify.delivery_tables import STATEMENTS, Card, DeliveryTables
from workers.notify.message_maker import MessageMaker
from workers.notify.notices import Notice
from workers.notify.notify_metrics import NotifyMetrics
from workers.notify.sender import Sender

CARD = Card("card", "fake", "UDANA", "rep-dana", "lead-1", "h#1", None, 0)
FAULTS = ("none", "crash_before", "crash_after", "lost_before", "lost_after", "busy")
METRICS = NotifyMetrics()
CHANGES = (Change.UPDATE, Change.CLOSE)


class CrashError(BaseException):
    """The process was killed."""


class FakeService:
    """A service with the given abilities. ``fault`` is that of the next call."""

    def __init__(self, ability: Ability) -> None:
        self.ability = ability
        self.posts: list[str] = []
        self.content = ""
        self.fault = "none"
        self.effects_of_lost_calls = 0

    def _meet(self, effect: Iterator[None]) -> None:
        fault, self.fault = self.fault, "none"
        if fault == "crash_before":
            raise CrashError
        if fault == "lost_before":
            raise DeliveryFailedError("lost", is_unsure=True)
        if fault == "busy":
            raise DeliveryFailedError("busy", is_unsure=False)
        next(effect, None)
        if fault != "none":
            self.effects_of_lost_calls += 1
        if fault == "crash_after":
            raise CrashError
        if fault == "lost_after":
            raise DeliveryFailedError("lost", is_unsure=True)

    async def post(self, message: Outgoing) -> str:
        def effect() -> Iterator[None]:
            self.posts.append(message.delivery_id)
            self.content = message.notice.headline
            yield

        self._meet(effect())
        return "place"

    async def edit(self, place: str, message: Outgoing) -> None:
        assert place == "place"
        if not self.ability.can_edit:
            await self.post(message)
            return

        def effect() -> Iterator[None]:
            self.content = message.notice.headline
            yield

        self._meet(effect())

    async def find(self, message: Outgoing, since_ms: int) -> str | None:  # noqa: ARG002 - the interface
        self._meet(iter(()))
        return "place" if message.delivery_id in self.posts else None

    async def close(self) -> None:
        """Nothing is open."""


class Maker(MessageMaker):
    """Makes messages that show the number of the last change."""

    def __init__(self) -> None:
        self.version = 0

    def make(self, card: Card, delivery_id: str) -> Outgoing:
        return Outgoing(delivery_id, card.card_id, card.address, Notice(str(self.version)), {})

    def has_content(self, card: Card) -> bool:  # noqa: ARG002 - the interface
        return True


class World:
    """A sender with its tables, a service and a clock."""

    def __init__(self, ability: Ability) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for statement in STATEMENTS:
            connection.execute(statement)
        self.tables = DeliveryTables(connection)
        self.service = FakeService(ability)
        self.maker = Maker()
        self.now_ms = 1_000
        self.is_closed = False
        self.start()
        self.tables.add_card(CARD)
        self.change(Change.OPEN)

    def start(self) -> None:
        self.sender = Sender(
            "fake",
            self.service,
            self.tables,
            self.maker,
            METRICS,
            give_up_after_ms=1 << 50,
            now_ms=lambda: self.now_ms,
        )

    def change(self, change: Change) -> None:
        if self.is_closed:
            return
        self.maker.version += 1
        self.is_closed = change is Change.CLOSE
        self.tables.add_delivery(
            CARD, f"event-{self.maker.version}", change, due_ms=self.now_ms, now_ms=self.now_ms
        )

    async def step(self, fault: str) -> None:
        self.service.fault = fault
        try:
            await self.sender.step(CARD.card_id)
        except CrashError:
            self.start()
        self.service.fault = "none"
        self.now_ms += 400_000  # more than any wait

    async def settle(self) -> None:
        for _ in range(5):
            await self.step("none")
        assert self.tables.open_deliveries(CARD.card_id) == []


STEPS = st.lists(st.sampled_from(FAULTS) | st.sampled_from(CHANGES), max_size=10)


async def play(ability: Ability, steps: list[str | Change]) -> World:
    world = World(ability)
    for one in steps:
        if isinstance(one, Change):
            world.change(one)
        else:
            await world.step(one)
    await world.settle()
    return world


def run(ability: Ability, steps: list[str | Change]) -> World:
    return asyncio.run(play(ability, steps))


@given(STEPS)
@example(["crash_after", Change.UPDATE])
@example(["lost_after", "busy", Change.CLOSE])
@settings(max_examples=80)
def test_a_service_that_can_be_searched_has_each_message_once_with_its_last_content(
    steps: list[str | Change],
) -> None:
    world = run(Ability(can_edit=True, can_find=True), steps)
    assert len(world.service.posts) <= 1
    if world.service.posts:
        assert world.service.content == str(world.maker.version)
    else:
        assert world.is_closed


@given(STEPS)
@example(["lost_after", "busy", Change.CLOSE])
@settings(max_examples=50)
def test_a_receiver_that_keeps_keys_shows_each_message_once_with_its_last_content(
    steps: list[str | Change],
) -> None:
    world = run(Ability(can_edit=True, can_find=False), steps)
    assert len(set(world.service.posts)) <= 1
    if world.service.posts:
        assert world.service.content == str(world.maker.version)
    else:
        assert world.is_closed


@given(STEPS)
@example(["lost_after", "busy", Change.CLOSE])
@settings(max_examples=50)
def test_mail_is_doubled_only_by_a_call_whose_result_was_lost(steps: list[str | Change]) -> None:
    world = run(Ability(can_edit=False, can_find=False), steps)
    doubled = sum(count - 1 for count in Counter(world.service.posts).values())
    assert doubled <= world.service.effects_of_lost_calls
    was_posted, has_ended = bool(world.service.posts), world.is_closed
    assert was_posted or has_ended
    if was_posted and has_ended:
        assert len(set(world.service.posts)) == 2, "the end is a second message"
