"""What an account of 10,000 leads costs beside one of 10: per event, and how long new facts for it hold its partition.

The accounts hop over RocksDB, batches of 100 records, without Kafka: `python -m bench.large_account`. The two accounts have
leads of the same kind, and the same number of the same events comes for each, in turns, so that the machine's moods meet
both; what is taken is the processor's time. Then the CRM has new facts for the large one: its leads are judged again in
chunks, one a record, and what counts is the longest that a single record takes.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from schemas.crm_accounts import CrmAccount
from schemas.lead_events import AccountFacts, LeadActivity, LeadForm, LeadIdentified
from schemas.topics import LEAD_EVENTS
from workers.agents import make_specs
from workers.commands.sources import load_config
from workers.deadletters import dead_letter
from workers.engine.api import Record
from workers.engine.control import Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.store import RocksStore
from workers.outbox import fact_id

SMALL, LARGE = 10, 10_000
ROUNDS, EVENTS = 40, 100
"""Rounds of so many events for each account."""
VISITORS = 10
"""People of an account who come in one round, in each round others: what a batch reads is the same for both."""
GOAL_RATIO = 1.2
GOAL_CHUNK_MS = 25.0
"""As long as a batch may decide (the setting decide_ms)."""
NOON_MS = 1_772_452_800_000
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class LargeAccount:
    """What was measured."""

    small_us: float
    large_us: float
    chunks: int
    longest_chunk_ms: float

    @property
    def ratio(self) -> float:
        """The cost of an event of the large account, in events of the small one."""
        return self.large_us / self.small_us


class _Account:
    """One account of so many leads, on a store of its own."""

    def __init__(self, folder: Path, leads: int) -> None:
        _, config = load_config(ROOT / "policy")
        self.key = f"domain:bank{leads}.example"
        self.leads = [fact_id("lead", leads, number) for number in range(leads)]
        self.store = RocksStore(folder / str(leads), "none")
        spec = make_specs(b"a key for benches", 1)["accounts"]
        self.decider = Decider(spec, 0, 1, self.store, config, dead_letter)
        self.now_ms = NOON_MS
        self._offset = 0

    def fill(self) -> None:
        """Give each lead an address, facts that pass the gates, and a page or two."""
        self.facts(employees=800)
        for number, lead_id in enumerate(self.leads):
            head = {"account_key": self.key, "lead_id": lead_id, "occurred_at_ms": self.now_ms}
            self.take(
                LeadIdentified(event_id=f"i{number}", email=f"p{number}@bank.example", **head),
                LeadForm(
                    event_id=f"f{number}",
                    form_id="paper",
                    request="content",
                    job_title="CIO",
                    job_function="it",
                    **head,
                ),
            )
            if number % 100 == 99:
                self.commit()
        self.commit()

    def facts(self, employees: int) -> None:
        """The CRM's record of the company."""
        account = CrmAccount(
            event_id=f"crm{employees}",
            occurred_at="2026-03-02T12:00:00Z",
            crm_account_id="A",
            name="Bank",
            domains=[self.key.removeprefix("domain:")],
            sic=["6021"] if employees < 1_000 else ["6029"],
            revenue={"amount": 900_000_000, "currency": "USD"},
            employees=employees,
            country="US",
        )
        self.take(AccountFacts(account_key=self.key, account=account, primary_key=self.key))

    def events(self, number: int) -> float:
        """Decide and commit one round; return the microseconds of an event."""
        visits = [
            LeadActivity(
                event_id=f"v{number}.{at}",
                account_key=self.key,
                lead_id=self.leads[(number * VISITORS + at % VISITORS) * 7919 % len(self.leads)],
                occurred_at_ms=self.now_ms,
                activity="page_view",
                url=f"https://x.example/{at % 7}",
            )
            for at in range(EVENTS)
        ]
        records = [self.record(visit.model_dump_json().encode()) for visit in visits]
        begun = time.process_time()
        for record in records:
            self._decide(record)
        self.commit()
        return (time.process_time() - begun) / EVENTS * 1e6

    def judged_again(self) -> list[float]:
        """New facts of the company; return the milliseconds of each record until every lead is judged by them."""
        self.facts(employees=1_200)
        self.commit()
        taken: list[float] = []
        while self.decider.has_cursor():
            tick = control_emit(LEAD_EVENTS.name, 0, Tick(self.now_ms), self.now_ms)
            record = Record(LEAD_EVENTS.name, 0, self._offset, self.now_ms, None, tick.value, tick.headers)
            self._offset += 1
            begun = time.process_time()
            self._decide(record)
            self.commit()
            taken.append((time.process_time() - begun) * 1e3)
        return taken

    def take(self, *events: object) -> None:
        """Decide events."""
        for event in events:
            self._decide(self.record(event.model_dump_json().encode()))  # type: ignore[attr-defined]

    def record(self, value: bytes) -> Record:
        """The next record of the log."""
        self._offset += 1
        return Record(LEAD_EVENTS.name, 0, self._offset - 1, self.now_ms, self.key.encode(), value)

    def commit(self) -> None:
        """Write the batch."""
        self.store.write(self.decider.take().changes)
        self.decider.committed()

    def _decide(self, record: Record) -> None:
        while not self.decider.advance(record):
            pass
        self.decider.decide(record)


def measure() -> LargeAccount:
    """Run it all, about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_Account(Path(folder), leads) for leads in (SMALL, LARGE))
        for account in (small, large):
            account.fill()
        cost = {SMALL: [0.0] * ROUNDS, LARGE: [0.0] * ROUNDS}
        for number in range(ROUNDS):
            for account in (small, large):
                cost[len(account.leads)][number] = account.events(number)
        gc.freeze()  # as a worker does at its start; here it also spares the records that this bench has made
        chunks = large.judged_again()
    return LargeAccount(
        small_us=statistics.median(cost[SMALL]),
        large_us=statistics.median(cost[LARGE]),
        chunks=len(chunks),
        longest_chunk_ms=max(chunks),
    )


def main() -> int:
    """Print the figures; 1 where a goal is missed."""
    found = measure()
    is_met = found.ratio <= GOAL_RATIO and found.longest_chunk_ms <= GOAL_CHUNK_MS
    sys.stdout.write(
        f"an event in an account of {SMALL} leads: {found.small_us:.0f} us, of {LARGE:,}: {found.large_us:.0f} us,"
        f" ratio {found.ratio:.2f} (goal <= {GOAL_RATIO})\n"
        f"new facts for {LARGE:,} leads: {found.chunks} chunks, the longest {found.longest_chunk_ms:.1f} ms"
        f" (goal <= {GOAL_CHUNK_MS:.0f})\n"
    )
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
