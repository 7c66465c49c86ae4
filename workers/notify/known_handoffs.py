"""The last state of each hand-off, alert and rep, as the topics have it.

Personal data is here of open hand-offs only: a withdrawal has none, and an erasure deletes the rows.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from schemas.outputs import LeadAlert, LeadRouting


@dataclass(frozen=True, slots=True)
class HeldHandoff:
    """The last revision of a hand-off, and since which revision its holder has it."""

    value: LeadRouting
    held_since: int


class KnownHandoffs:
    """The tables of hand-offs, alerts and reps, through one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put_rep(self, rep_id: str, name: str | None, time_zone: str | None) -> None:
        """Set the name and the zone of a rep. Without a name the rep is deleted."""
        if name is None:
            self._db.execute("DELETE FROM notify_reps WHERE rep_id = ?", (rep_id,))
        else:
            self._db.execute("INSERT OR REPLACE INTO notify_reps VALUES (?, ?, ?)", (rep_id, name, time_zone))

    def rep(self, rep_id: str | None) -> tuple[str | None, str | None]:
        """Return the name and the time zone of a rep, each None if it is not known."""
        row = self._db.execute(
            "SELECT name, time_zone FROM notify_reps WHERE rep_id = ?", (rep_id,)
        ).fetchone()
        return row or (None, None)

    def rep_ids(self) -> list[tuple[str, str]]:
        """Return (rep_id, name) of all reps, by name."""
        return list(self._db.execute("SELECT rep_id, name FROM notify_reps ORDER BY name, rep_id"))

    def handoff(self, handoff_id: str | None) -> HeldHandoff | None:
        """Return the last revision of a hand-off."""
        row = self._db.execute(
            "SELECT value, held_since FROM notify_handoffs WHERE handoff_id = ?", (handoff_id,)
        ).fetchone()
        return None if row is None else HeldHandoff(LeadRouting.model_validate_json(row[0]), row[1])

    def put_handoff(self, value: LeadRouting, raw: bytes, now_ms: int) -> None:
        """Store a revision. The holder's beginning is kept while the holder stays."""
        holder = value.assignee.id if value.assignee is not None else ""
        row = self._db.execute(
            "SELECT holder, held_since FROM notify_handoffs WHERE handoff_id = ?", (value.handoff_id,)
        ).fetchone()
        since = row[1] if row is not None and row[0] == holder else value.revision
        self._db.execute(
            "INSERT OR REPLACE INTO notify_handoffs VALUES (?, ?, ?, ?, ?, ?, ?)",
            (value.handoff_id, value.revision, holder, since, value.lead_id, raw, now_ms),
        )

    def alert(self, alert_id: str | None) -> LeadAlert | None:
        """Return the last record of an alert."""
        row = self._db.execute("SELECT value FROM notify_alerts WHERE alert_id = ?", (alert_id,)).fetchone()
        return None if row is None else LeadAlert.model_validate_json(row[0])

    def put_alert(self, value: LeadAlert, raw: bytes, now_ms: int) -> None:
        """Store the last record of an alert."""
        self._db.execute(
            "INSERT OR REPLACE INTO notify_alerts VALUES (?, ?, ?, ?)",
            (value.alert_id, value.lead_id, raw, now_ms),
        )

    def forget(self, lead_id: str) -> None:
        """Delete what is known of a person. The withdrawal of the hand-off then closes its messages."""
        self._db.execute("DELETE FROM notify_handoffs WHERE lead_id = ?", (lead_id,))
        self._db.execute("DELETE FROM notify_alerts WHERE lead_id = ?", (lead_id,))
