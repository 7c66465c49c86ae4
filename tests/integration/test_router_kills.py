"""The whole router under kill -9, joins and leaves: every event counts once, and the replay gives the same bytes."""

from __future__ import annotations

import random

import pytest
from live_replay import differences_of
from market_slice import market_slice
from moments import Orders
from router import KEY, POLICY, Router, RouterWorker, of_market_record
from tape import Tape
from waiting import eventually

from schemas.topics import TOPICS, Direction
from workers.config import load_config
from workers.demo.findings import Findings, Reconciliation

pytestmark = pytest.mark.kafka

SLOW = {"max_batch_records": 8}
HELD_OPEN = Orders(linger_ms=30)
"""Many small transactions, each held open for 30 ms, so that records produced before a kill are still unhandled."""
KILLS = 5
SETTLE_S = 240.0
RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
EVENTS = frozenset({"web.activity", "form.fills", "chat.conversations"})


@pytest.mark.parametrize("seed", [3])
async def test_kills_joins_and_leaves_lose_and_double_nothing_and_the_replay_gives_the_same_bytes(
    router: Router, seed: int
) -> None:
    chance = random.Random(seed)
    crm, rest = market_slice(seed, 6)
    await router.produce(map(of_market_record, crm))
    for name in "ab":
        router.start(name, orders=HELD_OPEN, **SLOW)
    portions = [
        rest[len(rest) * number // KILLS : len(rest) * (number + 1) // KILLS] for number in range(KILLS)
    ]
    inside = 0
    async with router.tape() as tape:
        for number, portion in enumerate(portions):
            await router.produce(map(of_market_record, portion))
            name = chance.choice(sorted(router.workers))
            victim = router.workers[name]
            enough = victim.moments.commits + chance.randint(3, 15)
            await tape.until_holds(lambda: victim.moments.commits >= enough, SETTLE_S, f"{enough} commits")  # noqa: B023
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
        await tape.to_end()
        assert tape.unhandled() is not None, (
            "all records were handled before the last kill, so the test proves less than it claims"
        )
        router.kill_all()
        for name in "ab":
            router.start(name)
        await tape.until_settled(SETTLE_S)
        assert router.stop() == [0, 0]
        await tape.to_end()

    found, counts = differences_of(tape, KEY, load_config(POLICY)[1])
    print(f"{KILLS} kills, {inside} inside an open transaction; {len(crm)} + {len(rest)} records in")  # noqa: T201
    print("replayed to the byte:", dict(sorted(counts.items())))  # noqa: T201 - counted and printed
    sums = reconciled(tape, sum(record.topic in EVENTS for record in rest))
    print(sums)  # noqa: T201 - counted and printed
    assert sums.adds_up
    assert inside * 2 >= KILLS
    assert not found, [str(one) for one in found[:5]]
    assert {name: tape.doubled(name) for name in RESULTS} == {name: [] for name in RESULTS}


def reconciled(tape: Tape, produced: int) -> Reconciliation:
    """Return the outcomes of all visits, as the demo's report counts them."""
    findings = Findings()
    for topic in (*RESULTS, "lead.events"):
        for record in tape.records[topic]:
            findings.add_record(record)
    for partition, key, value in tape.rows("visitors"):
        findings.add_row(partition, key, value)
    return findings.reconciled(produced)


async def until_in_transaction(worker: RouterWorker) -> None:
    await eventually(lambda: worker.moments.open_transactions > 0, 30.0, "a transaction that is open")
