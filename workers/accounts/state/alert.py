"""The row of an open alert, and the buying signals it carries.

In: the content of an alert that a handler has raised. Out: a row that keeps it until the alert is cleared. Nothing is
published here.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import Alert, DomainUse, Reason
from workers.accounts.state.parts import Part
from workers.engine.rows import Row


class SignalLine(Part, frozen=True, array_like=True):
    """Events of one lead that match one buying-signal rule."""

    lead_id: str
    rule: str
    """Name of the rule in the policy."""
    count: int
    """Number of events."""
    at_ms: int
    """Date of the latest event. Milliseconds UTC."""


class AlertRow(Row, frozen=True):
    """An open alert: key (account, alert_id). Deleted when the alert is cleared."""

    prefix: ClassVar[str] = "alert"
    alert: Alert
    lead_id: str | None = None
    handoff_id: str | None = None
    rep_id: str | None = None
    """Rep whom the alert concerns."""
    desk: str | None = None
    """Desk or partner whom the alert concerns."""
    due_ms: int | None = None
    """Deadline that the alert reports. Milliseconds UTC."""
    fact: str | None = None
    """Fact that the alert asks for."""
    why: Reason | None = None
    """Reason for which a claim was refused."""
    told: tuple[str, ...] = ()
    """Reps and managers who are notified, by rep_id. At most 5."""
    candidates: tuple[str, ...] = ()
    """Ids of the CRM accounts that match a company name equally well. At most 10."""
    signals: tuple[SignalLine, ...] = ()
    """Buying signals in the bundle. At most 20."""
    crm_account_id: str | None = None
    """CRM account whose domain is dropped, or whose record has a field that cannot be read."""
    domain: str | None = None
    """Domain that is dropped. None: the text is not a domain."""
    domain_use: DomainUse | None = None
    """Why the domain is dropped."""
    topic: str | None = None
    """Topic of a record with a field that cannot be read."""
    field: str | None = None
    """Field that cannot be read."""
    found: str | None = None
    """Unknown word of a closed list in that field."""
