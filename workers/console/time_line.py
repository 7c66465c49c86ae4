"""The time line of a lead: what the buyer did, what sales did, and what the router decided, in one order.

In: the store's touches, stages, hand-offs and alerts of one lead. Out: moments, the latest first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.topics import CHAT_CONVERSATIONS, FORM_FILLS, SALES_ACTIVITIES
from schemas.vocabulary import Turn
from workers.console.shown_text import entity, words
from workers.result_store.projection import unpack

MOST_SHOWN: Final = 200
_BUYER: Final = "buyer"
_SALES: Final = "sales"
_ROUTER: Final = "router"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. ``side``: `buyer`, `sales` or `router`. ``at_ms``: milliseconds UTC."""

    at_ms: int
    side: str
    what: str
    detail: str | None = None


def time_line(
    connection: sqlite3.Connection, lead_id: str, names: Mapping[str, str]
) -> tuple[tuple[Moment, ...], int]:
    """Return the latest 200 moments of a lead, and how many older ones are left out. ``names``: of reps, by rep_id."""
    found = [
        *_touches(connection, lead_id, names),
        *_web(connection, lead_id),
        *_alerts(connection, lead_id),
        *_stages(connection, lead_id),
        *_handoffs(connection, lead_id),
    ]
    found.reverse()  # of one moment, the effect is above its cause
    found.sort(key=lambda one: one.at_ms, reverse=True)
    return tuple(found[:MOST_SHOWN]), max(0, len(found) - MOST_SHOWN)


def _touches(connection: sqlite3.Connection, lead_id: str, names: Mapping[str, str]) -> Iterator[Moment]:
    rows = connection.execute(
        """SELECT topic, at_ms, rep_id, what, detail FROM touches WHERE lead_id = :lead
        UNION ALL SELECT topic, at_ms, rep_id, what, detail FROM touches
            WHERE browser IN (SELECT browser FROM browsers WHERE lead_id = :lead)
        UNION ALL SELECT topic, at_ms, rep_id, what, detail FROM touches
            WHERE lead_id IS NULL AND handoff_id IN (SELECT handoff_id FROM handoffs WHERE lead_id = :lead)""",
        {"lead": lead_id},
    )
    for topic, at_ms, rep_id, what, detail in rows:
        rep = names.get(rep_id, rep_id) if rep_id else None
        if topic == SALES_ACTIVITIES.name:
            text = f"{words(what)}{f', {words(detail)}' if detail else ''}"
            yield Moment(at_ms, _SALES, text, rep)
        elif topic == CHAT_CONVERSATIONS.name:
            side = _SALES if what == Turn.AGENT_MESSAGE else _BUYER
            yield Moment(at_ms, side, f"chat: {words(what)}", rep)
        elif topic == FORM_FILLS.name:
            yield Moment(at_ms, _BUYER, f"form {what}", words(detail) or None)


def _web(connection: sqlite3.Connection, lead_id: str) -> Iterator[Moment]:
    rows = connection.execute(
        """SELECT last_ms, activity, count, detail FROM web_days WHERE visitor = :own
        UNION ALL SELECT last_ms, activity, count, detail FROM web_days
            WHERE visitor IN (SELECT browser FROM browsers WHERE lead_id = :lead)""",
        {"own": lead_id.encode(), "lead": lead_id},
    )
    for last_ms, activity, count, detail in rows:
        times = f", {count} times on this day" if count > 1 else ""
        yield Moment(last_ms, _BUYER, f"{words(activity)}{times}", detail)


def _stages(connection: sqlite3.Connection, lead_id: str) -> Iterator[Moment]:
    rows = connection.execute(
        "SELECT at_ms, from_stage, to_stage, total, reasons FROM stages WHERE lead_id = ? ORDER BY at_ms, offset",
        (lead_id,),
    )
    for at_ms, before, now, total, reasons in rows:
        step = f"stage {words(before)} to {words(now)}" if before else f"stage {words(now)}"
        yield Moment(at_ms, _ROUTER, step, f"{total} points: {_reasons(reasons.split(','))}")


def _handoffs(connection: sqlite3.Connection, lead_id: str) -> Iterator[Moment]:
    for at_ms, document in connection.execute(
        "SELECT at_ms, document FROM revisions WHERE lead_id = ? ORDER BY at_ms, handoff_id, revision",
        (lead_id,),
    ):
        handoff = unpack(document)
        assignee = handoff.get("assignee") or {}
        holder = assignee.get("name") or entity(assignee.get("id"))
        to = f" to {holder}" if holder else ""
        what = f"{words(handoff['kind'])} {words(handoff['action'])}{to}"
        yield Moment(at_ms, _ROUTER, what, _reasons(handoff["explanation"]["reasons"]))


def _alerts(connection: sqlite3.Connection, lead_id: str) -> Iterator[Moment]:
    rows = connection.execute(
        "SELECT alert, raised_ms, is_open, at_ms, answered_ms FROM alerts WHERE lead_id = ?", (lead_id,)
    )
    for alert, raised_ms, is_open, at_ms, answered_ms in rows:
        yield Moment(raised_ms, _ROUTER, f"alert: {words(alert)}")
        if not is_open:
            ended = "answered" if answered_ms is not None else "ended without an answer"
            yield Moment(at_ms, _ROUTER, f"alert {ended}: {words(alert)}")


def _reasons(codes: list[str]) -> str:
    return ", ".join(words(one) for one in codes)
