"""The row of an alert that is open, and the signals it carries.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import Alert, Reason
from workers.accounts.state.parts import Part
from workers.engine.rows import Row


class SignalLine(Part, frozen=True, array_like=True):
    """What one person of an account did by one rule that is a buying signal, how often and when last."""

    lead_id: str
    rule: str
    count: int
    at_ms: int


class AlertRow(Row, frozen=True):
    """An alert that is up: key (account, alert_id). Deleted when it is cleared."""

    prefix: ClassVar[str] = "alert"
    alert: Alert
    lead_id: str | None = None
    handoff_id: str | None = None
    rep_id: str | None = None
    desk: str | None = None
    due_ms: int | None = None
    fact: str | None = None
    why: Reason | None = None
    told: tuple[str, ...] = ()
    """At most 5."""
    candidates: tuple[str, ...] = ()
    """At most 10."""
    signals: tuple[SignalLine, ...] = ()
    """At most 20."""
