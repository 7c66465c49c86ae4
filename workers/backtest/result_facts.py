"""Reading of a run's results, and of the history's reports from sales, as compact lines.

In: emits of the result topics, and records of `sales.activities` and `crm.reps`. Out: lines of leads and of desks. Of each
lead only the highest scores of a part are kept, so the lines are far fewer than the results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from schemas.crm_reps import CrmRep
from schemas.parsing import ContractError
from schemas.sales_activities import SalesActivity
from schemas.tolerant_parsing import read_record
from schemas.topics import (
    CRM_REPS,
    DEAD_LETTERS,
    DESK_LEDGER,
    LEAD_ROUTING,
    LEAD_SCORES,
    LEAD_STAGES,
    SALES_ACTIVITIES,
)
from workers.backtest.lead_lines import Handoff, LeadLine, SalesReport, Score, Step
from workers.engine.api import Emit
from workers.identity.addresses import BadAddressError, normalise
from workers.identity.event_time import to_ms
from workers.identity.lead_ids import lead_id_of
from workers.replay.history_lines import Input


class QueueLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The queue of a desk after one entry of its ledger."""

    desk: str
    at_ms: int
    waiting: int
    """The leads that wait for capacity."""
    wait_seconds: int
    """How long the lead waited that got its turn. -1: no lead got one after a wait."""


class _Gate(msgspec.Struct, frozen=True):
    gate: str
    state: str


class _Points(msgspec.Struct, frozen=True):
    rule: str
    points: int


class _Explanation(msgspec.Struct, frozen=True):
    reasons: tuple[str, ...] = ()
    total: int = 0
    gates: tuple[_Gate, ...] = ()


class _HandoffExplanation(msgspec.Struct, frozen=True):
    reasons: tuple[str, ...] = ()
    fit: int = 0
    total: int = 0
    points: tuple[_Points, ...] = ()


class _ScoreValue(msgspec.Struct, frozen=True):
    lead_id: str
    stage: str
    explanation: _Explanation


class _StageValue(msgspec.Struct, frozen=True):
    lead_id: str
    account_key: str
    to_stage: str
    explanation: _Explanation
    from_stage: str = ""


class _Assignee(msgspec.Struct, frozen=True):
    type: str
    id: str


class _RoutingValue(msgspec.Struct, frozen=True):
    lead_id: str
    account_key: str
    handoff_id: str
    action: str
    kind: str
    route: str
    explanation: _HandoffExplanation
    qualification: str = ""
    assignee: _Assignee | None = None
    how_chosen: str = ""
    first_response_due_at: datetime | None = None


class _Ages(msgspec.Struct, frozen=True):
    wait_seconds: int = 0


class _LedgerValue(msgspec.Struct, frozen=True):
    desk: str
    entry: str
    waiting: int = 0
    ages: _Ages | None = None


class _LetterValue(msgspec.Struct, frozen=True):
    topic: str
    reason: str


class RepFacts(msgspec.Struct, frozen=True):
    """The facts of a rep that the reports show."""

    name: str
    desks: tuple[str, ...] = ()
    """The desks of which the rep is an active member."""


_read_score: Final = msgspec.json.Decoder(_ScoreValue).decode
_read_stage: Final = msgspec.json.Decoder(_StageValue).decode
_read_routing: Final = msgspec.json.Decoder(_RoutingValue).decode
_read_ledger: Final = msgspec.json.Decoder(_LedgerValue).decode
_read_letter: Final = msgspec.json.Decoder(_LetterValue).decode


class ResultFacts:
    """Collects the lines of a run. `take` ends a part.

    Args:
        lead_id_key: the secret from which lead ids are made.
    """

    def __init__(self, lead_id_key: bytes) -> None:
        self._key = lead_id_key
        self.count = 0
        """The number of lines so far, over all parts."""
        self.lines: list[LeadLine] = []
        self.queues: list[QueueLine] = []
        self.reps: dict[str, RepFacts] = {}
        """The reps by rep_id, as their latest records have them."""
        self.letters: Counter[str] = Counter()
        """The dead letters, counted by ``TOPIC REASON``."""
        self.leads_of_handoffs: dict[str, str] = {}
        """The lead of each hand-off, for sales reports that name only the hand-off."""
        self._best: dict[str, tuple[bool, int]] = {}

    def resume(
        self, count: int, letters: Mapping[str, int], reps: Mapping[str, RepFacts], leads: dict[str, str]
    ) -> None:
        """Continue after the parts that had these counts, reps, and leads of hand-offs."""
        self.count = count
        self.letters.update(letters)
        self.reps.update(reps)
        self.leads_of_handoffs = leads

    def take(self) -> tuple[list[LeadLine], list[QueueLine]]:
        """Return the lines of the part that ends, and begin the next one."""
        taken = self.lines, self.queues
        self.lines, self.queues = [], []
        self._best.clear()
        return taken

    def add_input(self, read: Input, record: int) -> None:
        """Note a report of sales, or a rep. ``record`` is its number in the history."""
        if read.topic == SALES_ACTIVITIES.name:
            self._add_sales(read, record)
        elif read.topic == CRM_REPS.name:
            self._add_rep(read)

    def add_result(self, emit: Emit) -> None:
        """Note one result."""
        if emit.value is None:
            return
        at_ms = emit.timestamp_ms or 0
        match emit.topic:
            case LEAD_SCORES.name:
                self._add_score(_read_score(emit.value), at_ms)
            case LEAD_STAGES.name:
                one = _read_stage(emit.value)
                why = one.explanation
                self.lines.append(
                    Step(
                        one.lead_id,
                        self._next(),
                        at_ms,
                        one.account_key,
                        one.from_stage,
                        one.to_stage,
                        why.reasons,
                        why.total,
                    )
                )
            case LEAD_ROUTING.name:
                self._add_routing(_read_routing(emit.value), at_ms)
            case DESK_LEDGER.name:
                entry = _read_ledger(emit.value)
                waited = entry.ages.wait_seconds if entry.ages and entry.entry == "released" else -1
                self.queues.append(QueueLine(entry.desk, at_ms, entry.waiting, waited))
            case DEAD_LETTERS.name:
                letter = _read_letter(emit.value)
                self.letters[f"{letter.topic} {letter.reason}"] += 1
            case _:
                pass

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _add_score(self, score: _ScoreValue, at_ms: int) -> None:
        gates = score.explanation.gates
        obstacles = tuple(f"{gate.gate} {gate.state}" for gate in gates if gate.state != "pass")
        rank = (bool(gates) and not obstacles, score.explanation.total)
        if rank > self._best.get(score.lead_id, (False, -1_000_000)):
            self._best[score.lead_id] = rank
            self.lines.append(Score(score.lead_id, self._next(), at_ms, *rank, score.stage, obstacles))

    def _add_routing(self, one: _RoutingValue, at_ms: int) -> None:
        self.leads_of_handoffs[one.handoff_id] = one.lead_id
        to = one.assignee
        name = "" if to is None else f"rep:{to.id}" if to.type == "rep" else to.id
        why = one.explanation
        self.lines.append(
            Handoff(
                one.lead_id,
                self._next(),
                at_ms,
                one.account_key,
                one.handoff_id,
                one.action,
                one.kind,
                one.qualification,
                name,
                one.route,
                one.how_chosen,
                why.reasons,
                why.total,
                0 if one.first_response_due_at is None else to_ms(one.first_response_due_at),
                why.fit,
                tuple((line.rule, line.points) for line in why.points),
            )
        )

    def _add_sales(self, read: Input, record: int) -> None:
        try:
            body = read_record(SALES_ACTIVITIES, read.value).body
        except ContractError:
            return
        if not isinstance(body, SalesActivity):
            return
        lead_id = self.leads_of_handoffs.get(body.handoff_id or "")
        if lead_id is None and body.email is not None:
            try:
                lead_id = lead_id_of(normalise(body.email).email, self._key)
            except BadAddressError:
                return
        if lead_id is not None:
            at_ms = min(to_ms(body.occurred_at), read.timestamp_ms)
            self.lines.append(SalesReport(lead_id, self._next(), at_ms, record, body.action.value))

    def _add_rep(self, read: Input) -> None:
        if read.value is None:
            return
        try:
            body = read_record(CRM_REPS, read.value).body
        except ContractError:
            return
        if isinstance(body, CrmRep):
            desks = tuple(one.desk for one in body.desks) if body.active else ()
            self.reps[body.rep_id] = RepFacts(body.name, desks)
