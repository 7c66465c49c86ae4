"""One account with any number of leads: the accounts hop over RocksDB, without Kafka and with simulated desks."""

from __future__ import annotations

import json
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from schemas.crm_accounts import CrmAccount
from schemas.desk_requests import MoveWhy
from schemas.lead_events import (
    AccountFacts,
    Clock,
    DeskAnswer,
    LeadActivity,
    LeadForm,
    LeadIdentified,
    RepChanged,
    SalesAnswered,
)
from schemas.sales_activities import SalesActivity
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS
from schemas.vocabulary import HowChosen
from workers.agents import make_specs
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.api import Record
from workers.engine.control import Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.store import RocksStore
from workers.outbox import fact_id

if TYPE_CHECKING:
    from schemas.base import Model

EVENTS = 100
"""Events in one round."""
VISITORS = 10
"""People of an account in one round. Each round has others, so a batch reads the same number of leads in any account."""
TOUCHES = 10
"""Calls of sales among the events of a round, in an account with hand-offs. Each is a repeat of an earlier call."""
NOON_MS = 1_772_452_800_000
NOON = "2026-03-02T12:00:00Z"
DAY_MS = 86_400_000
BEFORE = "before"
"""The rep who has called every second lead."""
ROOT = Path(__file__).resolve().parent.parent


class Account:
    """An account with a store of its own. ``owner``: the rep of a customer, who holds an open hand-off of every lead."""

    def __init__(self, folder: Path, leads: int, owner: str | None = None) -> None:
        _, config = load_config(ROOT / "policy")
        self.key = f"domain:bank{leads}.example"
        self.leads = [fact_id("lead", leads, number) for number in range(leads)]
        self.store = RocksStore(folder / f"{leads}{owner}", "none")
        spec = make_specs(b"a key for benches", 1)["accounts"]
        self.decider = Decider(spec, 0, 1, self.store, config, dead_letter)
        self.now_ms = NOON_MS
        self.has_present_reps = True
        """Whether desks assign a rep. Otherwise they keep each request waiting."""
        self._owner = owner
        self._offset = 0
        self._facts = 0
        self._answers: deque[DeskAnswer] = deque()

    def fill(self) -> None:
        """Create the leads with an address and facts that pass the gates. With an owner, each also gets a hand-off."""
        self.take(self.facts(employees=800))
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
            if self._owner is not None and number % 2:
                self.take(self._touched(lead_id))
            if number % 100 == 99:
                self.commit()
        self.commit()

    def facts(self, *, employees: int = 800, owner: str | None = None, primary: str | None = None) -> Model:
        """Return the next record of the company from the CRM."""
        self._facts += 1
        self._owner = owner or self._owner
        account = CrmAccount(
            event_id=f"crm{self._facts}",
            occurred_at=NOON,
            crm_account_id="A",
            name="Bank",
            domains=[self.key.removeprefix("domain:")],
            sic=["6021"] if employees < 1_000 else ["6029"],
            revenue={"amount": 900_000_000, "currency": "USD"},
            employees=employees,
            country="US",
            owner_rep_id=self._owner,
            relationship="customer" if self._owner else "prospect",
        )
        return AccountFacts(account_key=self.key, account=account, primary_key=primary or self.key)

    def rep(self, rep_id: str, change: Literal["left", "away", "returned"]) -> Model:
        """Return the event of a rep who has left, is away or has returned."""
        return RepChanged(
            event_id=f"{rep_id} {change}",
            account_key=self.key,
            rep_id=rep_id,
            change=change,
            since_ms=self.now_ms,
        )

    def events(self, number: int) -> float:
        """Decide and commit one round. Return the time per event. Microseconds."""
        records = [self._record(self._event(number, at)) for at in range(EVENTS)]
        begun = time.process_time()
        for record in records:
            self._decide(record)
        self.commit()
        return (time.process_time() - begun) / EVENTS * 1e6

    def until_quiet(self, *events: Model) -> list[float]:
        """Decide events, answers and cursors until all is done. Return the time of each record. Milliseconds.

        Only the deciding thread is measured: the store's background threads hold no partition.
        """
        waiting = deque(events)
        taken: list[float] = []
        while waiting or self._answers or self.decider.has_cursor():
            if waiting or self._answers:
                record = self._record(waiting.popleft() if waiting else self._answers.popleft())
            else:
                record = self._tick()
            begun = time.thread_time()
            self._decide(record)
            self.commit()
            taken.append((time.thread_time() - begun) * 1e3)
        return taken

    def take(self, *events: Model) -> None:
        """Decide events, and the answers of the desks to their requests."""
        for event in events:
            self._decide(self._record(event))
        while self._answers:
            self._decide(self._record(self._answers.popleft()))

    def commit(self) -> None:
        """Commit the batch to the store."""
        self.store.write(self.decider.take().changes)
        self.decider.committed()

    def _event(self, number: int, at: int) -> Model:
        visitor, is_call = at % VISITORS, self._owner is not None and at % (EVENTS // TOUCHES) == 0
        if is_call:
            visitor = (2 * (at // TOUCHES) + 1) % VISITORS  # an odd number: these leads were called before
        lead_id = self.leads[(number * VISITORS + visitor) * 7919 % len(self.leads)]
        if is_call:
            return self._touched(lead_id)
        return LeadActivity(
            event_id=f"v{number}.{at}",
            account_key=self.key,
            lead_id=lead_id,
            occurred_at_ms=self.now_ms,
            activity="page_view",
            url=f"https://x.example/{at % 7}",
        )

    def _touched(self, lead_id: str) -> Model:
        """Return a call of the rep. It has the same id each time, so later ones are repeats."""
        call = SalesActivity(
            event_id=f"t{lead_id}",
            occurred_at=NOON,
            action="touched",
            email="p@bank.example",
            rep_id=BEFORE,
        )
        return SalesAnswered(account_key=self.key, lead_id=lead_id, occurred_at_ms=NOON_MS, activity=call)

    def _record(self, event: Model) -> Record:
        self._offset += 1
        value = event.model_dump_json(exclude_none=True).encode()
        return Record(LEAD_EVENTS.name, 0, self._offset - 1, self.now_ms, self.key.encode(), value)

    def _tick(self) -> Record:
        self._offset += 1
        tick = control_emit(LEAD_EVENTS.name, 0, Tick(self.now_ms), self.now_ms)
        return Record(LEAD_EVENTS.name, 0, self._offset - 1, self.now_ms, None, tick.value, tick.headers)

    def _decide(self, record: Record) -> None:
        before = self.decider.output_count
        while not self.decider.advance(record):
            pass
        self.decider.decide(record)
        for emit in self.decider.outputs_since(before):
            if emit.topic == DESK_REQUESTS.name:
                asked = json.loads(emit.value or b"")
                if asked["type"] == "desk_request":
                    self._answers.append(self._answer(asked))

    def _answer(self, asked: dict[str, object]) -> DeskAnswer:
        """Return a desk's answer: the requested rep with one day to answer, or that every rep is away."""
        due = {"due_soon_at_ms": self.now_ms + DAY_MS // 2, "due_at_ms": self.now_ms + DAY_MS}
        same = {
            name: asked[name]
            for name in ("account_key", "request_id", "lead_id", "handoff_id", "desk", "mode")
        }
        if not self.has_present_reps and asked.get("move") != MoveWhy.BACK:
            return DeskAnswer(outcome="waiting", everyone_away=True, **same)
        clocks = [Clock(handoff_id=one["handoff_id"], **due) for one in asked.get("clocks", [])]
        rep_id = asked.get("rep_id") or "next"
        how = HowChosen.ROTATION if rep_id == "next" else None
        return DeskAnswer(outcome="assigned", rep_id=rep_id, how_chosen=how, clocks=clocks, **due, **same)
