"""Chaos on a real Kafka: three workers under load are killed, frozen, cut off and replaced, and the broker is killed.

In: a seed and the number of each disturbance. Out: the counts of the run and a list of problems, which must be empty. The plan
depends on the seed alone; the moment of each disturbance in the workers depends on the machine.

Steps: the records of a generated market are produced while the plan runs, so that every disturbance meets workers under
load. Then nothing is disturbed any more until every record is handled. Then the outputs are checked from outside, and the
recorded logs are replayed: every output must be equal to the byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Final

from confluent_kafka import Producer

from tests.conftest import IMPATIENT
from tests.integration.live_replay import differences_of
from tests.prove import generated_market, outside_checks
from tests.prove.crew import Crew, Routes
from tests.prove.generated_market import Produced
from tests.prove.outcome import Outcome
from tests.prove.recorder import Recorder
from workers.agents import make_specs
from workers.broker.topic_plan import create_topics
from workers.config import load_config
from workers.demo.market.seeded_random import SeededRandom
from workers.local_kafka.server import LocalKafka
from workers.local_kafka.server_properties import Ports, free_ports
from workers.settings import Clock, Settings

KEY: Final = b"a key for the proof only"
POLICY: Final = Path(__file__).parents[2] / "policy" / "default.yaml"
PARTITIONS: Final = 6
SESSION_S: Final = 2.5
NAMES: Final = ("a", "b", "c")
GUEST: Final = "d"
MOST_WAITING: Final = 8_000
"""Records that wait at most, so that the load is spread over all disturbances."""
CATCH_UP_S: Final = 30.0
"""Time after which a disturbance comes although the workers are behind. Seconds."""
QUIET_S: Final = 240.0
"""Time without a handled record after which the run has failed. Seconds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a run."""

    events: int
    kills: int
    broker_kills: int
    rebalances: int
    freezes: int
    cuts: int
    rolling_restarts: int

    def scaled(self, percent: float) -> Plan:
        """Return the plan with this share of the events and disturbances, at least one of each kind."""
        return Plan(*(max(1, round(getattr(self, name.name) * percent / 100)) for name in fields(self)))


FULL: Final = Plan(
    events=1_000_000, kills=200, broker_kills=50, rebalances=50, freezes=20, cuts=20, rolling_restarts=4
)


class Chaos:
    """One run on one broker. ``folder`` must be empty."""

    def __init__(self, seed: int, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self._seed = seed
        self._plan = plan
        self._folder = folder
        self._say = say
        self._chance = SeededRandom(f"chaos {seed}")
        self.outcome = Outcome()
        self._bad_names: list[str] = []
        self._sent = 0
        self._visits = 0
        self._allowed = 0

    async def run(self) -> Outcome:
        """Run the plan, wait until all is handled, and check."""
        ports = free_ports()
        routes = [(free_ports().broker, free_ports().controller) for _ in NAMES]
        with (
            LocalKafka(
                self._folder / "kafka", properties=_listeners(ports, routes), ports=ports
            ) as self._kafka,
            Routes(routes) as self._routes,
            Crew(self._folder, self._bootstraps(routes), self._settings()) as self._crew,
        ):
            bootstrap = self._kafka.bootstrap
            await create_topics(
                Settings(bootstrap=bootstrap, app_id="proof", partitions=PARTITIONS), keep_forever=True
            )
            specs = make_specs(KEY, PARTITIONS)
            async with Recorder(bootstrap, "proof", specs.values(), PARTITIONS) as self._recorder:
                await self._disturb_under_load(bootstrap)
                await self._settle()
                await self._recorder.to_end()
            self._check()
        return self.outcome

    def _bootstraps(self, routes: list[tuple[int, int]]) -> dict[str, str]:
        through = {name: f"127.0.0.1:{listen}" for name, (listen, _) in zip(NAMES, routes, strict=True)}
        return through | {GUEST: through[NAMES[0]]}

    def _settings(self) -> Mapping[str, object]:
        return {
            "app_id": "proof",
            "partitions": PARTITIONS,
            "lead_id_key": KEY.decode(),
            "clock": Clock.STAMPS.value,
            "policy": POLICY,
            "session_timeout_s": SESSION_S,
            "log_format": "json",
        }

    # Load.

    async def _disturb_under_load(self, bootstrap: str) -> None:
        producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,  # a retry must not write a record twice
                "message.timeout.ms": 0,
                "partitioner": "murmur2_random",
                "linger.ms": 10,
                "log_level": 2,  # a broker that is gone is expected here
            }
        )
        for record in generated_market.first_crm_records(self._seed):
            self._produce(producer, record)
        await asyncio.to_thread(producer.flush)
        for name in NAMES:
            self._crew.start(name)
        records = islice(generated_market.later_records(self._seed), self._plan.events)
        feeding = asyncio.create_task(self._feed(producer, records))
        reading = asyncio.create_task(self._read())
        try:
            await self._until(lambda: self._recorder.handled > 0, QUIET_S, feeding, reading)
            await self._follow_plan(feeding, reading)
            self._allowed = self._plan.events
            await feeding
            await asyncio.to_thread(producer.flush)
        finally:
            for task in (feeding, reading):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _feed(self, producer: Producer, records: Iterator[Produced]) -> None:
        """Produce the records that the plan allows so far, and keep a bounded number of them waiting."""
        self._allowed = min(MOST_WAITING, self._plan.events)
        while True:
            room = min(self._allowed - self._sent, MOST_WAITING - (self._sent - self._recorder.handled))
            taken = list(islice(records, max(0, min(room, 500))))
            for record in taken:
                self._produce(producer, record)
            producer.poll(0)
            if not taken and self._sent >= self._allowed == self._plan.events:
                return
            await asyncio.sleep(0 if taken else 0.02)

    def _produce(self, producer: Producer, record: Produced) -> None:
        self._sent += 1
        self._visits += record.is_visit
        if record.bad_name:
            self._bad_names.append(record.bad_name)
        producer.produce(record.topic, record.value, record.key, timestamp=record.timestamp_ms)

    async def _read(self) -> None:
        while True:
            await self._recorder.more()

    # Disturbances.

    async def _follow_plan(self, *tasks: asyncio.Task[None]) -> None:
        plan = self._disturbances()
        for number, (name, act) in enumerate(plan, start=1):
            self._allowed = self._plan.events * number // len(plan)
            handled = self._recorder.handled
            behind = self._allowed - MOST_WAITING
            with contextlib.suppress(TimeoutError):
                await self._until(
                    lambda: self._recorder.handled > max(handled, behind),  # noqa: B023
                    CATCH_UP_S,
                    *tasks,
                )
            await asyncio.sleep(self._chance.random() * 0.3)
            await act()
            self._crew.revive()
            if number % 10 == 0 or number == len(plan):
                self._say(
                    f"{number} of {len(plan)}: {name}; {self._sent:,} sent, {self._recorder.handled:,} handled"
                )

    def _disturbances(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the disturbances in a random order that depends on the seed."""
        plan = self._plan
        pairs = plan.kills // 4
        made: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        made += [("kill of two", lambda: self._kill(2))] * pairs
        made += [("kill", lambda: self._kill(1))] * (plan.kills - 2 * pairs)
        made += [("broker kill", self._kill_broker)] * plan.broker_kills
        made += [("join and leave", self._join_and_leave)] * max(1, plan.rebalances // 2)
        made += [("freeze", self._freeze)] * plan.freezes
        made += [("cut", self._cut)] * plan.cuts
        self._chance.shuffle(made)
        step = len(made) // (plan.rolling_restarts + 1)
        for number in range(plan.rolling_restarts, 0, -1):
            made.insert(step * number, ("rolling restart", self._rolling_restart))
        return made

    async def _kill(self, workers: int) -> None:
        for name in self._chance.sample(NAMES, workers):
            self._crew.kill(name)
            self.outcome.counts["kill -9 of a worker"] += 1
            await asyncio.sleep(self._chance.random() * 0.5)
            self._crew.start(name)

    async def _kill_broker(self) -> None:
        await asyncio.to_thread(self._kafka.kill)
        self.outcome.counts["kill -9 of the broker"] += 1
        await asyncio.sleep(self._chance.random() * 2)
        await asyncio.to_thread(self._kafka.start)

    async def _join_and_leave(self) -> None:
        self._crew.start(GUEST)
        await asyncio.sleep(2 + self._chance.random() * 3)
        self.outcome.counts["exit codes other than 0 of asked stops"] += self._crew.stop(GUEST) != 0
        self.outcome.counts["rebalances by a join or a leave"] += 2

    async def _freeze(self) -> None:
        name = self._chance.choice(NAMES)
        self._crew.freeze(name)
        await asyncio.sleep(SESSION_S * (1.3 + self._chance.random()))
        self._crew.wake(name)
        self.outcome.counts["freezes longer than the session"] += 1

    async def _cut(self) -> None:
        route = self._chance.randrange(len(NAMES))
        self._routes.order(self._chance.choice(("cut", "stall")), route)
        await asyncio.sleep(SESSION_S * self._chance.uniform(0.3, 2.5))
        self._routes.order("heal", route)
        self.outcome.counts["network cuts"] += 1

    async def _rolling_restart(self) -> None:
        """Replace each worker in turn. The release changes at each rolling restart, between this one and a later one."""
        others = {"this": "later", "later": "this"}
        for name in NAMES:
            self.outcome.counts["exit codes other than 0 of asked stops"] += self._crew.stop(name) != 0
            self._crew.release[name] = others[self._crew.release[name]]
            self._crew.start(name)
            await asyncio.sleep(1.0)
        self.outcome.counts["rolling restarts onto changed row types"] += 1

    # End.

    async def _until(self, holds: Callable[[], bool], within_s: float, *tasks: asyncio.Task[None]) -> None:
        """Wait for a condition while tasks run. Raises TimeoutError, or the error of a task that has ended."""
        give_up_at = time.monotonic() + within_s
        while not holds():
            for task in tasks:
                if task.done() and (error := task.exception()):
                    raise error
            self._crew.revive()
            if time.monotonic() > give_up_at:
                raise TimeoutError
            await asyncio.sleep(0.02)

    async def _settle(self) -> None:
        """Read until every record is handled. Disturb nothing any more."""
        self._say("no more disturbances; waiting until every record is handled")
        handled, since = -1, time.monotonic()
        while (what := self._recorder.unhandled()) is not None or self._recorder.handled < self._sent:
            await self._recorder.more()
            self._crew.revive()
            if self._recorder.handled != handled:
                handled, since = self._recorder.handled, time.monotonic()
            if time.monotonic() - since > QUIET_S:
                self.outcome.problems.append(f"nothing was handled for {QUIET_S:.0f} s: {what}")
                return
        for name in self._crew.running:
            self._crew.stop(name)

    def _check(self) -> None:
        recorder, counts, problems = self._recorder, self.outcome.counts, self.outcome.problems
        values = recorder.values()
        problems += outside_checks.faults(values, self._bad_names)
        accounted = recorder.outcomes.accounted(recorder.dead_visits(frozenset(self._bad_names)))
        if accounted != self._visits:
            problems.append(f"{self._visits:,} visits were produced, {accounted:,} have an outcome")
        found, compared = differences_of(recorder, KEY, load_config(POLICY)[1])
        if found:
            shown = "; ".join(map(str, found[:5]))
            problems.append(f"the replay of the recorded logs differs in {len(found)} outputs: {shown}")
        counts["events"] = self._sent
        counts["visits with exactly one outcome"] = accounted
        counts["bad inputs, each in dead.letters once"] = len(self._bad_names)
        counts["outputs, each once"] = sum(map(len, values.values()))
        counts["outputs that a replay gave again to the byte"] = compared.total()
        counts["workers that ended by themselves"] = self._crew.unasked.total()
        if self._crew.unasked:
            self._say(f"exit codes of workers that ended by themselves: {dict(self._crew.unasked)}")


def _listeners(ports: Ports, routes: list[tuple[int, int]]) -> dict[str, str]:
    """Return broker properties with a listener for each route, whose clients are sent back to the route's own port."""
    names = [f"ROUTE{number}" for number in range(len(routes))]
    own = [f"PLAINTEXT://127.0.0.1:{ports.broker}", f"CONTROLLER://127.0.0.1:{ports.controller}"]
    targets = [f"{name}://127.0.0.1:{target}" for name, (_, target) in zip(names, routes, strict=True)]
    through = [f"{name}://127.0.0.1:{listen}" for name, (listen, _) in zip(names, routes, strict=True)]
    return IMPATIENT | {
        "listeners": ",".join([*own, *targets]),
        "advertised.listeners": ",".join([own[0], *through]),
        "listener.security.protocol.map": ",".join(
            f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", *names)
        ),
    }
