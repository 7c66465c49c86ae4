"""The whole router under kill -9, joins and leaves while a market's fortnight flows: once each, and the replay agrees."""

from __future__ import annotations

import asyncio
import random

import pytest
from live_replay import differences_of
from market_slice import market_slice
from moments import Orders
from router import KEY, POLICY, Router, RouterWorker, of_happening
from waiting import eventually

from schemas.topics import TOPICS, Direction
from workers.commands.sources import load_config

pytestmark = pytest.mark.kafka

SLOW = {"max_batch_records": 16}
HELD_OPEN = Orders(linger_ms=30)
"""Many transactions, each held open for a moment: the fortnight outlasts all kills."""
KILLS = 5
RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
EVENTS = frozenset({"web.activity", "form.fills"})


@pytest.mark.parametrize("seed", [3])
async def test_kills_joins_and_leaves_cost_and_double_nothing_and_the_replay_agrees_to_the_byte(
    router: Router, seed: int
) -> None:
    chance = random.Random(seed)
    crm, rest = market_slice(seed, 6)
    await router.produce(map(of_happening, crm))
    for name in "ab":
        router.start(name, orders=HELD_OPEN, **SLOW)
    flow = asyncio.create_task(router.produce(map(of_happening, rest)))
    inside = 0
    for number in range(KILLS):
        name = chance.choice(sorted(router.workers))
        victim = router.workers[name]
        await until_commits(victim, chance.randint(5, 30))
        if chance.random() < 0.8:
            await until_in_transaction(victim)
        inside += victim.kill()
        router.start(name, orders=HELD_OPEN, **SLOW)
        if number == KILLS // 3:
            router.start("c", orders=HELD_OPEN, **SLOW)
        if number == 2 * KILLS // 3:
            leaver = router.workers.pop("c")
            await leaver.until("partition_opened")
            leaver.terminate()
            assert leaver.wait(10.0) == 0
    await flow
    async with router.tape() as tape:
        await tape.to_end()
        assert tape.lacking() is not None, "all was done before the last kill: it proves less than it says"
        router.kill_all()
        for name in "ab":
            router.start(name)
        await tape.until_settled(240.0)
        assert router.stop() == [0, 0]
        await tape.to_end()

    found, counts = differences_of(tape, KEY, load_config(POLICY)[1])
    print(f"{KILLS} kills, {inside} inside an open transaction; {len(crm)} + {len(rest)} records in")  # noqa: T201
    print("replayed to the byte:", dict(sorted(counts.items())))  # noqa: T201 - counted and printed
    assert inside * 2 >= KILLS
    assert not found, [str(one) for one in found[:5]]
    assert {name: tape.doubled(name) for name in RESULTS} == {name: [] for name in RESULTS}


async def until_commits(worker: RouterWorker, count: int) -> None:
    enough = worker.moments.commits + count
    await eventually(lambda: worker.moments.commits >= enough, 60.0, f"{count} commits more")


async def until_in_transaction(worker: RouterWorker) -> None:
    await eventually(lambda: worker.moments.open_transactions > 0, 30.0, "a transaction that is open")
