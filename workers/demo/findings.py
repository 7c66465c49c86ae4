"""Counts of the workers' outputs in the demo: hand-offs, scores, alerts, and the outcome of every input event.

In: committed records of the result topics, of `lead.events`, and of the changelog of `visitors`. Out: the figures of
the report. Every web event, form and chat turn has exactly one outcome:

- a fact about a lead,
- an event kept for a visitor who is still anonymous,
- an event that is only counted: without a visitor, not a visit, or sent with a refusal of tracking,
- a repeat,
- a dead letter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.outputs import LeadRouting, LedgerEntry
from schemas.topics import (
    CHAT_CONVERSATIONS,
    DEAD_LETTERS,
    DESK_LEDGER,
    FORM_FILLS,
    LEAD_ALERTS,
    LEAD_EVENTS,
    LEAD_ROUTING,
    LEAD_SCORES,
    LEAD_STAGES,
    VISITOR_EVENTS,
    WEB_ACTIVITY,
)
from schemas.vocabulary import Reason, Stage
from workers.demo.market.odd_records import ODD
from workers.demo.reasons_against import reason_against
from workers.desks.ledger_audit import Audit
from workers.engine.api import Record
from workers.engine.control import is_control
from workers.engine.rows import SEP, decode
from workers.visitors.rows import CountRow, HistoryRow

EDGE: Final = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name, VISITOR_EVENTS.name})
"""Topics of the dead letters that count as an outcome. Forwarded records are dead letters of visitor.events."""
_FACTS: Final = frozenset({"lead_activity", "lead_form", "lead_chat"})
SCANNED: Final = "scanner:clicks"
"""Points line of the clicks of mail scanners."""
_UNTRACKED: Final = "lead_consent"


class _LeadEvent(msgspec.Struct, frozen=True):
    type: str
    event_id: str = ""
    origin_account_key: str | None = None
    is_activity: bool = False


class _Gate(msgspec.Struct, frozen=True):
    gate: str
    state: str


class _Line(msgspec.Struct, frozen=True):
    rule: str
    count: int = 0


class _Change(msgspec.Struct, frozen=True):
    name: str


class _Explanation(msgspec.Struct, frozen=True):
    """The part of an explanation that the report needs."""

    reasons: tuple[Reason, ...] = ()
    total: int = 0
    gates: tuple[_Gate, ...] = ()
    points: tuple[_Line, ...] = ()
    points_missing: int = 0
    would_change: tuple[_Change, ...] = ()

    def gates_in(self, state: str) -> list[str]:
        """Return the names of the gates in this state."""
        return [gate.gate for gate in self.gates if gate.state == state]


class _Score(msgspec.Struct, frozen=True):
    stage: Stage
    explanation: _Explanation


class _Alert(msgspec.Struct, frozen=True):
    alert: str
    cleared: bool = False


class _Dead(msgspec.Struct, frozen=True):
    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The outcomes of the web events, forms and chat turns, counted."""

    produced: int
    of_leads: int
    of_unknown_visitors: int
    of_no_visitor: int
    no_visits: int
    """Number of records of robots and of heartbeats."""
    untracked: int
    """Number of activities of leads that came with a refusal of tracking."""
    repeated: int
    dead: int

    @property
    def accounted(self) -> int:
        """The number of events with a known outcome."""
        of_people = self.of_leads + self.of_unknown_visitors + self.untracked
        return of_people + self.of_no_visitor + self.no_visits + self.repeated + self.dead

    @property
    def adds_up(self) -> bool:
        """Whether every produced event has exactly one outcome."""
        return self.accounted == self.produced


@dataclass(slots=True)
class Findings:
    """The counts, updated record by record in the order of each partition.

    A record that is read twice changes only the counts of records.
    """

    routings: list[LeadRouting] = field(default_factory=list)
    scores: dict[str, _Score] = field(default_factory=dict)
    """The latest score of each lead, by lead_id."""
    scored: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    alerts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Number of dead letters by topic and reason."""
    turns: list[LedgerEntry] = field(default_factory=list)
    ledger: Audit = field(default_factory=Audit)
    """The audit of the desks' turns."""
    records: int = 0
    _facts: set[tuple[str, str]] = field(default_factory=set)
    _untracked: set[str] = field(default_factory=set)
    _history: set[bytes] = field(default_factory=set)
    _counts: dict[tuple[int, bytes], CountRow] = field(default_factory=dict)

    def add_record(self, record: Record) -> None:
        """Count one record of a result topic or of lead.events. Control records are ignored."""
        if record.value is None or is_control(record):
            return
        self.records += 1
        if record.topic == LEAD_EVENTS.name:
            self._count_fact(_lead_event(record.value))
        elif record.topic == LEAD_SCORES.name:
            self.scored += 1
            self.scores[(record.key or b"").decode()] = _score(record.value)
        elif record.topic == LEAD_ROUTING.name:
            self.routings.append(LeadRouting.model_validate_json(record.value))
        elif record.topic == LEAD_STAGES.name:
            self.stages[msgspec.json.decode(record.value)["to_stage"]] += 1
        elif record.topic == LEAD_ALERTS.name:
            alert = _alert(record.value)
            self.alerts[alert.alert, alert.cleared] += 1
        elif record.topic == DESK_LEDGER.name:
            entry = LedgerEntry.model_validate_json(record.value)
            self.turns.append(entry)
            self.ledger.add(entry)
        elif record.topic == DEAD_LETTERS.name:
            letter = _dead(record.value)
            self.dead[letter.topic, letter.reason] += 1

    def _count_fact(self, event: _LeadEvent) -> None:
        if event.origin_account_key is not None:
            return
        if event.type == _UNTRACKED and event.is_activity:
            self._untracked.add(event.event_id)
        elif event.type in _FACTS:
            self._facts.add((event.type, event.event_id))

    def add_row(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Apply one change of a row of `visitors`. Only history rows and count rows matter."""
        prefix = key.split(SEP, 1)[0].decode()
        if prefix not in {HistoryRow.prefix, CountRow.prefix}:
            return
        self.records += 1
        if prefix == HistoryRow.prefix:
            row_id = b"%d/%s" % (partition, key)
            if value is None:
                self._history.discard(row_id)
            else:
                self._history.add(row_id)
        else:
            self._counts[partition, key] = CountRow() if value is None else decode(CountRow, value)

    def reconciled(self, produced: int) -> Reconciliation:
        """Return the outcomes of ``produced`` web events, forms and chat turns."""
        return Reconciliation(
            produced=produced,
            of_leads=len(self._facts),
            of_unknown_visitors=len(self._history),
            of_no_visitor=sum(row.nobody for row in self._counts.values()),
            no_visits=sum(row.no_visits for row in self._counts.values()),
            untracked=len(self._untracked),
            repeated=sum(row.repeated for row in self._counts.values()),
            dead=sum(count for (topic, _), count in self.dead.items() if topic in EDGE),
        )

    def handoffs(self) -> dict[str, LeadRouting]:
        """Return the latest revision of each hand-off by handoff_id, in the order of their first revisions."""
        latest: dict[str, LeadRouting] = {}
        for event in self.routings:
            known = latest.get(event.handoff_id)
            if known is None or event.revision > known.revision:
                latest[event.handoff_id] = event
        return latest

    def odd_records(self) -> Counter[str]:
        """Count what became of the odd records: facts, hand-offs that they triggered, and clicks of mail scanners."""
        triggered = {
            event.handoff_id
            for event in self.routings
            if (event.explanation.triggering_event_id or "").startswith(ODD)
        }
        scanned = (
            line.count
            for score in self.scores.values()
            for line in score.explanation.points
            if line.rule == SCANNED
        )
        return Counter(
            {
                "facts about a lead": sum(event_id.startswith(ODD) for _, event_id in self._facts),
                "hand-offs that they triggered": len(triggered),
                "clicks of mail scanners, without points": sum(scanned),
                "kept for visitors who are still anonymous": sum(
                    ODD.encode() in key for key in self._history
                ),
            }
        )

    def shares(self) -> dict[str, tuple[int, float]]:
        """Return (turns, exact share by weight) of each rep over all desks, by rep_id."""
        found: dict[str, tuple[int, float]] = {}
        for desk in self.ledger.desks.values():
            for rep_id, share in desk.reps.items():
                turns, exact = found.get(rep_id, (0, 0.0))
                found[rep_id] = (turns + share.turns, exact + float(share.exact))
        return found

    def not_handed_over(self) -> Counter[str]:
        """Count the scored leads without a hand-off by the first reason against one."""
        handed = {event.lead_id for event in self.routings}
        return Counter(
            _reason_against(score) for lead_id, score in self.scores.items() if lead_id not in handed
        )


_lead_event = msgspec.json.Decoder(_LeadEvent).decode
_score = msgspec.json.Decoder(_Score).decode
_alert = msgspec.json.Decoder(_Alert).decode
_dead = msgspec.json.Decoder(_Dead).decode


def _reason_against(score: _Score) -> str:
    why = score.explanation
    return reason_against(
        score.stage,
        why.reasons,
        failed=why.gates_in("fail"),
        unknown=why.gates_in("unknown"),
        needed={change.name for change in why.would_change},
        points_missing=why.points_missing,
    )
