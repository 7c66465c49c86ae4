"""One owner per account, live: demo requests at one instant over several partitions, new owners, and killed workers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from crowd import team
from live_replay import differences_of
from moments import Orders
from one_owner import holders_at_every_prefix, turns_used
from router import KEY, POLICY, Router, Sent, of_line
from tape import Tape

from tests.scenarios.story import Story
from workers.config import load_config

pytestmark = pytest.mark.kafka

HELD_OPEN = Orders(linger_ms=25)
"""Each transaction is held open for 25 ms, so that answers take time and kills meet open transactions."""
SEEDS = (1, 2, 3, 4)
ACCOUNTS = 12
HANDS = 3
"""Number of people of one account who ask for a demo at the same instant."""
SETTLE_S = 240.0


class Wave:
    """Some accounts with demo requests at one instant. Half of the accounts get an owner at a seeded moment."""

    def __init__(self, story: Story, seed: int, minute: int) -> None:
        chance = random.Random(seed)
        when = f"tue 10:{minute:02d}"
        self.accounts = [f"wave{seed}x{number}" for number in range(ACCOUNTS)]
        self.owners: dict[str, str] = {}
        self.known = self._lines(story, lambda: [story.bank(name) for name in self.accounts])
        hands = self._lines(
            story, lambda: [self._raise(story, name, n, when) for name in self.accounts for n in range(HANDS)]
        )
        namings = []
        for name in self.accounts[::2]:
            owner = self.owners[name] = chance.choice(("olga", "pavel"))
            facts = chance.choice(({}, {"relationship": "customer"}))
            namings += self._lines(story, lambda: story.bank(name, when, owner_rep_id=owner, **facts))  # noqa: B023
        chance.shuffle(hands)
        chance.shuffle(namings)
        self.at_once = [*hands, *namings[::3]]
        chance.shuffle(self.at_once)
        self.while_answering = namings[1::3]
        self.afterwards = namings[2::3]

    @staticmethod
    def _raise(story: Story, name: str, number: int, when: str) -> None:
        email = f"p{number}@{name}.example"
        story.form(email, when, "demo", anonymous_id=f"browser-{name}-{number}")

    @staticmethod
    def _lines(story: Story, add: Callable[[], object]) -> list[Sent]:
        before = len(story._lines)
        add()
        return [of_line(line) for line in story._lines[before:]]


async def test_never_two_assignees_and_one_turn_whatever_comes_in_which_order(
    router: Router, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    team(story)
    await router.produce(map(of_line, story._lines))
    waves = [Wave(story, seed, minute) for minute, seed in enumerate(SEEDS)]
    await router.produce([record for wave in waves for record in wave.known])
    for name in "ab":
        router.start(name, orders=HELD_OPEN)
    inside = 0
    async with router.tape() as tape:
        await tape.until_settled(SETTLE_S)
        for seed, wave in zip(SEEDS, waves, strict=True):
            inside += await run_wave(router, tape, wave, random.Random(seed))
        await tape.until_settled(SETTLE_S)
        assert router.stop() == [0, 0]
        await tape.to_end()

    routings = tape.of("lead.routing")
    after = holders_at_every_prefix(routings)
    turns = turns_used(tape.of("desk.ledger"))
    returned = sum(event["type"] == "desk_return" for event in tape.of("desk.requests"))
    moved = sum(event["action"] == "reassigned" for event in routings)
    print(  # noqa: T201 - counted and printed
        f"{len(after)} accounts, {len(routings)} routing records, {sum(turns.values())} turns used, "
        f"{returned} requests given back, {moved} hand-offs moved; {len(SEEDS)} kills, {inside} in a transaction"
    )
    assert not {account: held for account, held in after.items() if any(len(who) > 1 for who in held)}
    accounts = {f"domain:{name}.example": wave.owners.get(name) for wave in waves for name in wave.accounts}
    assert after.keys() == accounts.keys()
    assert {account: after[account][-1] for account, owner in accounts.items() if owner} == {
        account: {owner} for account, owner in accounts.items() if owner
    }
    assert all(after[account][-1] <= {"mia", "tom"} for account, owner in accounts.items() if not owner)
    rotated = Counter(event["account_key"] for event in routings if event.get("how_chosen") == "rotation")
    assert {account: turns.get(account, 0) for account in accounts} == {
        account: min(rotated[account], 1) for account in accounts
    }
    first = Counter(
        (event["account_key"], event["lead_id"]) for event in routings if event["action"] == "assigned"
    )
    assert set(first.values()) == {1}
    assert len(first) == len(accounts) * HANDS
    assert returned > 0, (
        "no owner was named while a desk's answer was in transit, so the test proves less than it claims"
    )
    assert moved > 0
    found, _ = differences_of(tape, KEY, load_config(POLICY)[1])
    assert not found, [str(one) for one in found[:5]]


async def run_wave(router: Router, tape: Tape, wave: Wave, chance: random.Random) -> bool:
    """Send the demo requests, kill a worker, name owners. Return whether the kill met an open transaction."""
    asked = len(tape.domain_records("desk.requests"))
    handed = len(tape.domain_records("lead.routing"))
    name = chance.choice("ab")
    victim = router.workers[name]
    await router.produce(wave.at_once)
    await tape.until("desk.requests", asked + 1, SETTLE_S)
    await router.produce(wave.while_answering)
    # A worker that was started a moment ago may have no partition yet. It is then killed when others have done the wave.
    await tape.until_holds(
        lambda: (
            victim.moments.open_transactions > 0
            or len(tape.domain_records("lead.routing")) >= handed + ACCOUNTS
        ),
        SETTLE_S,
        "an open transaction of the worker to kill, or the end of the wave",
    )
    was_inside = victim.kill()
    router.start(name, orders=HELD_OPEN)
    await tape.until("lead.routing", handed + ACCOUNTS, SETTLE_S)
    await router.produce(wave.afterwards)
    return was_inside
