"""An output record as one readable line.

In: an output topic, a key and a value. Out: a line of rich text, in colours on a terminal and plain in a pipe. People
are shown by lead_id; no line shows an e-mail address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from rich.text import Text

from schemas.outputs import (
    ChatAnswer,
    DeadLetter,
    LeadAlert,
    LeadRouting,
    LeadScore,
    LeadStage,
    LedgerEntry,
    LetterAction,
)
from schemas.topics import (
    CHAT_ANSWERS,
    DEAD_LETTERS,
    DEAD_LETTERS_ACTIONS,
    DESK_LEDGER,
    LEAD_ALERTS,
    LEAD_ROUTING,
    LEAD_SCORES,
    LEAD_STAGES,
    TOPICS,
)
from schemas.vocabulary import Action, MqlKind

_TOPIC_WIDTH: Final = 12
_ID_WIDTH: Final = 8
_COLOURS: Final = {
    LEAD_ROUTING.name: "bold green",
    LEAD_STAGES.name: "cyan",
    LEAD_SCORES.name: "dim",
    LEAD_ALERTS.name: "yellow",
    CHAT_ANSWERS.name: "magenta",
    DESK_LEDGER.name: "blue",
    DEAD_LETTERS.name: "red",
    DEAD_LETTERS_ACTIONS.name: "bold red",
}
WATCHED: Final = tuple(_COLOURS)
"""The topics whose records can be shown as a line."""


def line_of(topic: str, key: bytes | None, value: bytes | None) -> Text:
    """Return the line for one record. For a value that violates the contract, the line names the error."""
    shown_key = "" if key is None else key.decode("utf-8", "replace")
    if value is None:
        return _line(topic, "", Text(f"{shown_key} is deleted", style="dim"))
    try:
        model = TOPICS[topic].adapter.validate_python(msgspec.json.decode(value), strict=False)
    except ValueError as error:
        return _line(topic, "", Text(f"{shown_key} cannot be read: {type(error).__name__}", style="red"))
    return _line(topic, format_time(model.occurred_at), Text(_SENTENCES[topic](model)))


def short_id(lead_id: str) -> str:
    """Return the first 8 characters of a lead_id, enough to distinguish people on a screen."""
    return lead_id[:_ID_WIDTH]


def _line(topic: str, at: str, content: Text) -> Text:
    line = Text(f"{at:<19}")
    line.append(f"{topic:<{_TOPIC_WIDTH}}  ", style=_COLOURS.get(topic, ""))
    line.append(content)
    return line


def format_time(at: datetime) -> str:
    """Return a time as text: date, hour and minute in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def _label(event: LeadRouting) -> str:
    """Return the answer to the MQL question, or what made the lead an MQL if it is not its points."""
    by_points = event.mql_kind is MqlKind.POINTS
    label = event.qualification or (None if by_points else event.mql_kind)
    return f" ({label})" if label else ""


def _routing(event: LeadRouting) -> str:
    holder = "no holder"
    if event.assignee is not None:
        holder = event.assignee.name or event.assignee.id
        if event.assignee.deputy_for:
            holder += f" (deputy for {event.assignee.deputy_for})"
    why = event.explanation
    parts = [
        f"{event.action} {event.kind}{_label(event)}",
        f"-> {holder}" + (f", {event.how_chosen}" if event.how_chosen else ""),
        f"{why.grade} {why.total} points",
        f"because {', '.join(why.reasons)}",
        f"{event.account_key} lead {short_id(event.lead_id)}",
    ]
    if event.first_response_due_at is not None and event.action is not Action.WITHDRAWN:
        parts.append(f"answer by {format_time(event.first_response_due_at)}")
    return " | ".join(parts)


def _score(event: LeadScore) -> str:
    why = event.explanation
    worth = f"{why.grade} {why.total} points (fit {why.fit} + behaviour {why.behaviour})"
    return f"{worth} | {event.stage} | {event.account_key} lead {short_id(event.lead_id)}"


def _stage(event: LeadStage) -> str:
    why = ", ".join(event.explanation.reasons)
    return f"{event.from_stage or 'new'} -> {event.to_stage} | because {why} | {event.account_key} lead {short_id(event.lead_id)}"


def _alert(event: LeadAlert) -> str:
    about = [event.account_key]
    about += [f"lead {short_id(event.lead_id)}"] if event.lead_id else []
    about += [f"rep {event.rep_id}"] if event.rep_id else []
    about += [f"desk {event.desk}"] if event.desk else []
    about += [f"fact {event.fact}"] if event.fact else []
    about += [f"{event.topic} {event.field}"] if event.topic and event.field else []
    about += [f"found {event.found}"] if event.found else []
    about += [f"due {format_time(event.due_at)}"] if event.due_at else []
    about += [f"answered {format_time(event.answered_at)}"] if event.answered_at else []
    about += [f"policy key {event.policy_key}"] if event.policy_key else []
    alert = event.alert.replace("_", " ")
    return f"{alert}{' cleared' if event.cleared else ''} | {' '.join(about)}"


def _chat(event: ChatAnswer) -> str:
    rep = "no rep" if event.assignee is None else event.assignee.name or event.assignee.id
    since = (
        f" from {format_time(event.available_from)}" if event.available_from and event.reply != "now" else ""
    )
    lead = f" lead {short_id(event.lead_id)}" if event.lead_id else ""
    return f"{event.reply} -> {rep}{since} | conversation {event.conversation_id} {event.account_key}{lead}"


def _ledger(event: LedgerEntry) -> str:
    passed = ", ".join(f"{c.rep_id}: {c.passed_over}" for c in event.candidates if c.passed_over)
    rep = event.rep_id or "no rep"
    waiting = f" | {event.waiting} waiting" if event.waiting else ""
    return f"{event.desk} turn {event.turn} {event.entry} -> {rep}{f' | {passed}' if passed else ''}{waiting}"


def _dead_letter(event: DeadLetter) -> str:
    where = f"{event.topic}/{event.partition} offset {event.offset}"
    return f"{event.reason} | {where} | {event.agent}: {event.detail}"


def letter_action_sentence(action: LetterAction) -> str:
    """Return what an operator did about a record, and why."""
    where = f"{action.topic}/{action.partition} offset {action.offset}"
    fixed = f" with other {', '.join(action.fixed_fields)}" if action.fixed_fields else ""
    again = (
        f" as {action.sent_topic}/{action.sent_partition} offset {action.sent_offset}"
        if action.sent_topic
        else ""
    )
    return f"{action.action} by {action.by} | {where}{fixed}{again} | {action.why}"


_SENTENCES: Final[dict[str, Callable[[Any], str]]] = {
    LEAD_ROUTING.name: _routing,
    LEAD_SCORES.name: _score,
    LEAD_STAGES.name: _stage,
    LEAD_ALERTS.name: _alert,
    CHAT_ANSWERS.name: _chat,
    DESK_LEDGER.name: _ledger,
    DEAD_LETTERS.name: _dead_letter,
    DEAD_LETTERS_ACTIONS.name: letter_action_sentence,
}
