"""The hand-offs that were made in one week, each with the times of its way from the first touch to the first response.

In: the tables of the store. Out: one row for each hand-off. Times are milliseconds UTC; None: it has not happened.

- captured: the first touch that the store knows. Web activity is kept by day, so there it is the day's last activity.
- identified: the lead's first stage. eligible: the first stage that needs all gates passed.
- decided: the first revision of the hand-off. accepted: the step to the stage ``sal``. touched: the first answer of sales.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from schemas.topics import SALES_ACTIVITIES
from schemas.vocabulary import Stage
from workers.result_store.projection import ms_or_none, unpack

MOST_HANDOFFS: Final = 5_000
"""Hand-offs of a week that are read. The page shows whether there are more."""
OWN_REP: Final = "the account's own rep"
NO_CAMPAIGN: Final = "no campaign"
_REFUSED: Final = (Stage.RECYCLED, Stage.DISQUALIFIED)
_ELIGIBLE: Final = (Stage.NURTURE, Stage.MQL)


@dataclass(frozen=True, slots=True)
class WeekHandoff:
    """One hand-off of the week. ``rules``: the rules and gates that gave it points."""

    kind: str
    rep_id: str
    rep: str
    desk: str
    source: str
    is_matched: bool
    rules: tuple[str, ...]
    due_ms: int | None
    captured_ms: int
    identified_ms: int | None
    eligible_ms: int | None
    decided_ms: int
    accepted_ms: int | None
    refused_ms: int | None
    touched_ms: int | None


def handoffs_between(connection: sqlite3.Connection, from_ms: int, until_ms: int) -> list[WeekHandoff]:
    """Return the hand-offs that were made from ``from_ms`` up to before ``until_ms``. At most 5,000."""
    rows = connection.execute(
        """SELECT h.handoff_id, h.lead_id, h.kind, h.made_ms, r.document FROM handoffs h
        JOIN revisions r ON r.handoff_id = h.handoff_id AND r.revision = 1
        WHERE h.made_ms >= ? AND h.made_ms < ? ORDER BY h.made_ms LIMIT ?""",
        (from_ms, until_ms, MOST_HANDOFFS),
    ).fetchall()
    return [
        _handoff(connection, handoff_id, lead_id, kind, made_ms, unpack(document))
        for handoff_id, lead_id, kind, made_ms, document in rows
    ]


def _handoff(
    connection: sqlite3.Connection,
    handoff_id: str,
    lead_id: str,
    kind: str,
    made_ms: int,
    document: dict[str, Any],
) -> WeekHandoff:
    assignee = document.get("assignee") or {}
    campaign = document.get("campaign") or {}
    is_rep = assignee.get("type") == "rep"
    touched_ms = _touched_ms(connection, handoff_id, lead_id, made_ms)
    return WeekHandoff(
        kind,
        assignee.get("id", "") if is_rep else "",
        (assignee.get("name") or assignee.get("id", "")) if is_rep else "",
        _desk_of(connection, lead_id, made_ms) or (OWN_REP if is_rep else assignee.get("id", OWN_REP)),
        campaign.get("source") or campaign.get("name") or NO_CAMPAIGN,
        document.get("crm_account_id") is not None,
        tuple(sorted({line["rule"] for line in document["explanation"]["points"] if line["points"] > 0})),
        ms_or_none(document.get("first_response_due_at")),
        min(_captured_ms(connection, lead_id) or made_ms, made_ms),
        _step_ms(connection, lead_id, tuple(Stage), 0),
        _step_ms(connection, lead_id, _ELIGIBLE, 0),
        made_ms,
        _step_ms(connection, lead_id, (Stage.SAL,), made_ms),
        _step_ms(connection, lead_id, _REFUSED, made_ms),
        touched_ms,
    )


def _desk_of(connection: sqlite3.Connection, lead_id: str, made_ms: int) -> str | None:
    row = connection.execute(
        """SELECT desk FROM ledger WHERE lead_id = ? AND at_ms <= ? AND desk NOT LIKE 'rep:%'
        ORDER BY at_ms DESC LIMIT 1""",
        (lead_id, made_ms),
    ).fetchone()
    return row and str(row[0])


def _step_ms(
    connection: sqlite3.Connection, lead_id: str, stages: tuple[Stage, ...], since_ms: int
) -> int | None:
    marks = ", ".join("?" for _ in stages)
    (at_ms,) = connection.execute(
        f"SELECT min(at_ms) FROM stages WHERE lead_id = ? AND at_ms >= ? AND to_stage IN ({marks})",  # noqa: S608 - only marks
        (lead_id, since_ms, *stages),
    ).fetchone()
    return at_ms if at_ms is None else int(at_ms)


def _touched_ms(connection: sqlite3.Connection, handoff_id: str, lead_id: str, made_ms: int) -> int | None:
    (at_ms,) = connection.execute(
        """SELECT min(at_ms) FROM (
            SELECT at_ms FROM touches WHERE handoff_id = ? AND at_ms >= ?
            UNION ALL SELECT at_ms FROM touches WHERE lead_id = ? AND topic = ? AND at_ms >= ?)""",
        (handoff_id, made_ms, lead_id, SALES_ACTIVITIES.name, made_ms),
    ).fetchone()
    return at_ms if at_ms is None else int(at_ms)


def _captured_ms(connection: sqlite3.Connection, lead_id: str) -> int | None:
    (at_ms,) = connection.execute(
        """SELECT min(at_ms) FROM (
            SELECT min(at_ms) AS at_ms FROM touches WHERE lead_id = ? AND topic != ?
            UNION ALL SELECT min(last_ms) FROM web_days WHERE visitor IN (
                SELECT browser FROM browsers WHERE lead_id = ? UNION ALL SELECT CAST(? AS BLOB)))""",
        (lead_id, SALES_ACTIVITIES.name, lead_id, lead_id),
    ).fetchone()
    return at_ms if at_ms is None else int(at_ms)
