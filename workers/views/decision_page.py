"""The decisions about one account, hand-off or person, as a page that answers "why did this go to Ben?".

In: records of lead.routing, desk.ledger, lead.scores and lead.alerts. Out: rich text. The page shows only what the records hold;
nothing is computed again. People are shown by lead_id; no line shows an e-mail address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from pydantic import ValidationError
from rich.console import Group
from rich.table import Table
from rich.text import Text

from schemas.outputs import LeadAlert, LeadRouting, LeadScore, LedgerEntry
from schemas.topics import DESK_LEDGER, LEAD_ALERTS, LEAD_ROUTING, LEAD_SCORES
from schemas.vocabulary import Action, Alert, GateState, MqlKind
from workers.views.record_line import format_time, short_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from schemas.explanation import Explanation, WouldChange

MOST_KEPT: Final = 10_000
"""Most hand-offs and ledger entries kept about one subject. Older ones are dropped."""
Decision: TypeAlias = LeadRouting | LedgerEntry | LeadScore | LeadAlert
"""A record about the subject's decisions."""
_MODELS: Final[Mapping[str, type[Decision]]] = {
    LEAD_ALERTS.name: LeadAlert,
    LEAD_ROUTING.name: LeadRouting,
    DESK_LEDGER.name: LedgerEntry,
    LEAD_SCORES.name: LeadScore,
}
_MOST_SHOWN: Final = 12
_SIZES: Final = frozenset({"revenue", "employees"})
_DIGITS: Final = re.compile(r"\d{5,}")
_MARKS: Final = {GateState.PASS: "passed", GateState.FAIL: "failed", GateState.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of the question. Exactly one field is set.

    ``lead_id`` may be the beginning of an id.
    """

    account_key: str = ""
    handoff_id: str = ""
    lead_id: str = ""

    @property
    def search_bytes(self) -> bytes:
        """Bytes that every record about the subject contains. Records without them need not be decoded."""
        return (self.account_key or self.handoff_id.partition("#")[0] or self.lead_id).encode()

    def matches(self, account_key: str, lead_id: str) -> bool:
        """Return whether a decision is about the subject."""
        if self.handoff_id:
            return account_key == self.handoff_id.partition("#")[0]
        return account_key == self.account_key if self.account_key else lead_id.startswith(self.lead_id)


@dataclass(slots=True)
class Decisions:
    """The decisions about a subject, in the order of the topics."""

    subject: Subject
    handoffs: dict[str, list[LeadRouting]] = field(default_factory=dict)
    """The revisions of each hand-off, by handoff_id. Sorted by revision."""
    ledger: list[LedgerEntry] = field(default_factory=list)
    score: LeadScore | None = None
    """The latest score about the subject."""
    unread: dict[str, LeadAlert] = field(default_factory=dict)
    """Open alerts about fields that could not be read, by alert_id."""

    def add_record(self, topic: str, value: bytes) -> None:
        """Add the decision in a record if it is about the subject. A record that cannot be read is ignored."""
        if self.subject.search_bytes not in value:
            return
        model = _MODELS.get(topic)
        if model is not None:
            with suppress(ValidationError):
                self.add_decision(model.model_validate_json(value))

    def add_decision(self, decision: Decision) -> None:
        """Add a decision if it is about the subject."""
        if not self.subject.matches(decision.account_key, decision.lead_id or ""):
            return
        if isinstance(decision, LeadAlert):
            self._add_alert(decision)
        elif isinstance(decision, LeadRouting):
            revisions = self.handoffs.pop(decision.handoff_id, [])
            self.handoffs[decision.handoff_id] = sorted([*revisions, decision], key=lambda one: one.revision)
            if len(self.handoffs) > MOST_KEPT:
                del self.handoffs[next(iter(self.handoffs))]
        elif isinstance(decision, LedgerEntry):
            self.ledger = [*self.ledger[1 - MOST_KEPT :], decision]
        elif self.score is None or self.score.occurred_at <= decision.occurred_at:
            self.score = decision

    def _add_alert(self, alert: LeadAlert) -> None:
        if alert.alert is not Alert.FIELD_UNREADABLE:
            return
        self.unread.pop(alert.alert_id, None)
        if not alert.cleared and len(self.unread) < MOST_KEPT:
            self.unread[alert.alert_id] = alert

    def unread_about(self, lead_id: str) -> list[LeadAlert]:
        """Return the open alerts about a lead's own records and those of its account."""
        return [one for one in self.unread.values() if one.lead_id in {None, lead_id}]

    def latest(self) -> LeadRouting | None:
        """Return the hand-off to explain, in its latest revision.

        That is the hand-off in the question, else the latest one with a holder, else the latest one.
        """
        if self.subject.handoff_id:
            found = self.handoffs.get(self.subject.handoff_id)
            return found[-1] if found else None
        last = [one[-1] for one in self.handoffs.values()]
        return max(last, key=lambda one: (one.assignee is not None, one.occurred_at), default=None)

    def find_turn(self, routed: LeadRouting) -> LedgerEntry | None:
        """Return the desk's ledger entry that led to an assignment.

        That is the last entry before the assignment that gave the account to its holder.
        """
        wanted = self.handoffs[routed.handoff_id][0] if routed.action is Action.RELABELLED else routed
        holder = routed.assignee
        rep_ids = set() if holder is None else {holder.id, holder.deputy_for}
        found = [
            one
            for one in self.ledger
            if one.rep_id in rep_ids
            and one.rep_id
            and one.entry != "return"
            and one.occurred_at <= wanted.occurred_at
        ]
        return max(found, key=lambda one: one.occurred_at, default=None)


def page_of(story: Decisions) -> RenderableType | None:
    """Return the page: a hand-off with its reasons, or the reasons why there is none.

    Return None if no decision is known.
    """
    routed = story.latest()
    if routed is not None:
        return Group(*_handed_over(story, routed))
    return None if story.score is None else Group(*_not_handed_over(story, story.score))


def _handed_over(story: Decisions, routed: LeadRouting) -> Iterable[RenderableType]:
    revisions = story.handoffs[routed.handoff_id]
    is_by_points = routed.mql_kind in {None, MqlKind.POINTS}
    label = routed.qualification or (None if is_by_points else _words(str(routed.mql_kind)))
    kind = _words(routed.kind) + (f" ({label})" if label else "")
    yield Text(
        f"{routed.account_key}, lead {short_id(routed.lead_id)}: {kind} -> {_holder(routed)}", style="bold"
    )
    rows = _rows()
    rows.add_row(
        "hand-off", f"{routed.handoff_id}, revision {routed.revision}, {format_time(routed.occurred_at)}"
    )
    rows.add_row("because", ", ".join(_words(one) for one in routed.explanation.reasons))
    if routed.first_response_due_at:
        rows.add_row("answer by", format_time(routed.first_response_due_at))
    rows.add_row("route", _route_of(routed))
    for number, line in enumerate(routed.earlier_routes):
        about = f" ({_words(line.fact)} {line.needed})" if line.fact and line.needed else ""
        rep = f" {line.rep_id}" if line.rep_id else ""
        route = Text(f"{_words(line.route)}: {_words(line.why)}{rep}{about}", style="dim")
        rows.add_row("" if number else "earlier lines", route)
    _add_turn(rows, story, routed)
    _add_score(rows, routed.explanation)
    _add_unread(rows, story, routed.lead_id)
    for one in revisions[-_MOST_SHOWN:]:
        reasons = ", ".join(_words(reason) for reason in one.explanation.reasons)
        rows.add_row(
            "history" if one is revisions[-_MOST_SHOWN:][0] else "",
            f"{format_time(one.occurred_at)} {one.action} -> {_holder(one)}: {reasons}",
        )
    others = [one[-1] for handoff_id, one in story.handoffs.items() if handoff_id != routed.handoff_id]
    for number, one in enumerate(sorted(others, key=_timestamp)[-_MOST_SHOWN:]):
        rows.add_row(
            "" if number else "other hand-offs",
            f"{one.handoff_id} lead {short_id(one.lead_id)}: {_words(one.kind)} {one.action} -> {_holder(one)}",
        )
    yield rows


def _not_handed_over(story: Decisions, score: LeadScore) -> Iterable[RenderableType]:
    yield Text(f"{score.account_key}, lead {short_id(score.lead_id)}: not handed over", style="bold")
    rows = _rows()
    rows.add_row("stage", f"{_words(score.stage)}, {format_time(score.occurred_at)}")
    rows.add_row("because", ", ".join(_words(one) for one in score.explanation.reasons))
    if score.own_stage:
        rows.add_row("own stage", score.own_stage)
    if score.path:
        rows.add_row("path", score.path)
    _add_score(rows, score.explanation)
    _add_unread(rows, story, score.lead_id)
    yield rows


def _add_turn(rows: Table, story: Decisions, routed: LeadRouting) -> None:
    turn = story.find_turn(routed)
    if turn is not None:
        rows.add_row(
            "turn", f"{_entity(turn.desk)}, {_words(turn.entry)}" + (f" {turn.turn}" if turn.turn else "")
        )
    passed_over = [(one.rep_id, one.why) for one in routed.passed_over]
    if turn is not None and turn.entry in {"turn", "released"}:
        passed_over = [
            (one.rep_id, one.passed_over) for one in turn.candidates if one.passed_over is not None
        ]
    if passed_over:
        rows.add_row("passed over", ", ".join(f"{rep_id}: {_words(why)}" for rep_id, why in passed_over))
    if routed.ages is not None:
        rows.add_row("waited", f"{routed.ages.wait_seconds // 60:,} minutes")


def _add_unread(rows: Table, story: Decisions, lead_id: str) -> None:
    """Add the fields of input records that could not be read. Their content is not known here."""
    for number, one in enumerate(story.unread_about(lead_id)[:_MOST_SHOWN]):
        word = f", unknown word {one.found}" if one.found else ""
        rows.add_row("" if number else "not readable", f"{one.topic}: {one.field}{word}")


_LINES = {"scanner:clicks": "clicks of a mail scanner"}
"""Names of points lines that are not a rule's."""


def _add_score(rows: Table, why: Explanation) -> None:
    missing = f"; {why.points_missing} below the threshold" if why.points_missing else ""
    rows.add_row(
        "score", f"{why.grade}, {why.total} points: fit {why.fit} + behaviour {why.behaviour}{missing}"
    )
    is_summed = any(line.rule == "fit" for line in why.points)  # a partner sees two lines instead of all
    for gate in why.gates:
        found = f", {gate.found}" if gate.found else ""
        style = "" if gate.state is GateState.PASS else "bold"
        points = "" if is_summed else str(gate.points)
        rows.add_row("", Text(f"{points:>4}  {gate.gate} {_MARKS[gate.state]}{found}", style=style))
    for line in why.points:
        if not line.rule.startswith("fit:"):
            times = f" x{line.count}" if line.count else ""
            is_trigger = line.event_id is not None and line.event_id == why.triggering_event_id
            name = _LINES.get(line.rule, line.rule)
            if line.found is not None:
                name = f"{_words(line.rule.removeprefix('fact:'))}, {line.found} (not a gate)"
            rows.add_row(
                "", f"{line.points:>4}  {name}{times}" + (" <- triggering event" if is_trigger else "")
            )
    for number, change in enumerate(why.would_change):
        rows.add_row("" if number else "would change if", f"{_words(change.name)}: {_needed(change)}")
    rows.add_row("policy", f"{why.policy.name} {why.policy.version} ({why.policy.hash})")


def _route_of(routed: LeadRouting) -> str:
    return _words(routed.route) + (f", {_words(routed.how_chosen)}" if routed.how_chosen else "")


def _holder(routed: LeadRouting) -> str:
    if routed.assignee is None:
        return "no holder"
    holder = routed.assignee.name or _entity(routed.assignee.id)
    return f"{holder} (deputy for {routed.assignee.deputy_for})" if routed.assignee.deputy_for else holder


def _needed(change: WouldChange) -> str:
    """Return what a fact or gate needs. Sizes have separators of thousands."""
    if change.name not in _SIZES:
        return change.needed
    return _DIGITS.sub(lambda found: f"{int(found[0]):,}", change.needed)


def _entity(entity_id: str) -> str:
    """Return the id of a desk or partner in words: "desk inside_sales"."""
    kind, colon, name = entity_id.partition(":")
    return f"{kind} {name}" if colon and kind in {"desk", "partner", "rep"} else entity_id


def _timestamp(one: LeadRouting) -> float:
    return one.occurred_at.timestamp()


def _words(code: str) -> str:
    return str(code).replace("_", " ")


def _rows() -> Table:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="cyan", no_wrap=True)
    rows.add_column()
    return rows
