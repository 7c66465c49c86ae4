"""Leads on which two policies differ, as sentences and as a CSV table.

In: changed leads. Out: text with lead_ids, account keys and names of reps, never an address.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from typing import TextIO

    from workers.backtest.comparison import ChangedLead
    from workers.backtest.lead_decisions import Decisions
    from workers.backtest.result_facts import RepFacts

_OF_EACH: Final = ("mql_at", "stage", "kind", "handoff_at", "owner", "route", "reasons", "points")
COLUMNS: Final = (
    "lead_id",
    "account_key",
    "changes",
    *(f"present_{name}" for name in _OF_EACH),
    *(f"new_{name}" for name in _OF_EACH),
    "converted_at",
    "won_at",
    "rotation_only",
)
"""The columns of the CSV table. Times are RFC 3339 with the offset of the new policy's time zone."""


class LeadWords:
    """Words for leads and reps.

    Args:
        reps: the reps by rep_id.
        zone: the time zone of the times.
    """

    def __init__(self, reps: Mapping[str, RepFacts], zone: ZoneInfo) -> None:
        self._reps = reps
        self._zone = zone

    def rep(self, rep_id: str) -> str:
        """Return the name of a rep, or the rep_id if the history has no name."""
        facts = self._reps.get(rep_id)
        return facts.name if facts is not None and facts.name else rep_id

    def assignee(self, name: str) -> str:
        """Return a name for ``rep:ID``, a desk or a partner."""
        return self.rep(name.removeprefix("rep:")) if name.startswith("rep:") else name

    def time(self, at_ms: int) -> str:
        """Return a time for people, to the minute."""
        return f"{datetime.fromtimestamp(at_ms / 1_000, self._zone):%Y-%m-%d %H:%M}"

    def describe(self, lead: Decisions) -> str:
        """Return what a policy decides about a lead, with the reasons."""
        parts = []
        if lead.mql is not None:
            why = ", ".join(map(_words, lead.mql.reasons))
            parts.append(f"MQL on {self.time(lead.mql.at_ms)} with {lead.mql.total} points ({why})")
        elif not lead.stage:
            parts.append("no such lead")
        else:
            parts.append(f"{_words(lead.stage)}, no MQL{_obstacle(lead)}")
        first = lead.first
        if first is not None:
            names = ", then ".join(self.assignee(name) for name, _ in first.assignees)
            why = ", ".join(map(_words, first.reasons))
            parts.append(
                f"{_words(first.kind)} on {self.time(first.at_ms)} to {names or 'no assignee'} ({why})"
            )
        if len(lead.handoffs) > 1:
            parts.append(f"{len(lead.handoffs)} hand-offs")
        return "; ".join(parts)

    def row(self, lead: ChangedLead) -> list[str]:
        """Return the row of a lead in the CSV table."""
        return [
            lead.lead_id,
            lead.account_key,
            " ".join(sorted(lead.changes)),
            *self._cells(lead.before),
            *self._cells(lead.after),
            self._instant(lead.sales.converted_ms),
            self._instant(lead.sales.won_ms),
            "yes" if lead.is_turn_only else "",
        ]

    def _cells(self, lead: Decisions) -> list[str]:
        first = lead.first
        mql = lead.mql
        reasons = mql.reasons if mql is not None else first.reasons if first is not None else ()
        points = mql.total if mql is not None else lead.best.total if lead.best is not None else None
        return [
            self._instant(None if mql is None else mql.at_ms),
            lead.stage,
            "" if first is None else first.kind,
            self._instant(None if first is None else first.at_ms),
            "" if first is None else " ".join(name for name, _ in first.assignees),
            "" if first is None else first.route,
            " ".join(reasons),
            "" if points is None else str(points),
        ]

    def _instant(self, at_ms: int | None) -> str:
        return (
            ""
            if at_ms is None
            else datetime.fromtimestamp(at_ms / 1_000, self._zone).isoformat("T", "seconds")
        )


def _obstacle(lead: Decisions) -> str:
    best = lead.best
    if best is None:
        return ""
    if best.obstacles:
        return f" ({', '.join(best.obstacles)})"
    return f" (at most {best.total} points)"


def _words(code: str) -> str:
    return code.replace("_", " ")


def csv_writer(file: TextIO) -> Any:
    """Return a writer of the CSV table, and write its first line."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    return writer
