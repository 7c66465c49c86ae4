"""The page of a lead: its whole story, and why it went where it went.

In: everything that the store has about one lead. Out: the score with its lines, the picture of the points, the latest hand-off with
the routes that were tried and the turn, and both sides' touches on one time line (time_line.py).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from schemas.lead_routing import LeadRouting
from schemas.outputs import LedgerEntry
from schemas.topics import (
    CHAT_CONVERSATIONS,
    DESK_LEDGER,
    FORM_FILLS,
    LEAD_ALERTS,
    LEAD_ROUTING,
    LEAD_SCORES,
    LEAD_STAGES,
    SALES_ACTIVITIES,
)
from schemas.vocabulary import AssigneeType
from workers.console.explained_score import Why, explain
from workers.console.page import Asked, Page
from workers.console.pages.search_page import name_of
from workers.console.points_chart import Chart, Step, draw
from workers.console.time_line import Moment, time_line
from workers.result_store.projection import ms_or_none, unpack
from workers.views.decision_page import Decisions, Subject

_MOST_TURNS: Final = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """A route before the one that applied, and why it did not."""

    route: str
    why: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """The entry of a desk's ledger that gave the lead to its holder. ``number`` 0: it used no turn."""

    desk: str
    entry: str
    number: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A candidate who did not get the lead, with the reason."""

    rep: str
    why: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """The latest hand-off, in its latest revision."""

    handoff_id: str
    revision: int
    at_ms: int
    action: str
    kind: str
    holder: str
    may_answer: bool
    deputy_for: str | None
    route: str
    how_chosen: str | None
    due_ms: int | None
    reasons: tuple[str, ...]
    tried: tuple[Tried, ...]
    turn: Turn | None
    passed_over: tuple[Passed, ...]
    waited_seconds: int | None
    request: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """An open alert about the lead."""

    alert: str
    due_ms: int | None
    raised_ms: int


@dataclass(frozen=True, slots=True)
class Story:
    """The view of the page. ``person`` and ``title`` are left out for a user who may not see people."""

    lead_id: str
    account_key: str
    company: str | None
    person: str | None
    title: str | None
    stage: str | None
    own_stage: str | None
    path: str | None
    why: Why | None
    handoff: Handoff | None
    alerts: tuple[Alert, ...]
    chart: Chart | None
    moments: tuple[Moment, ...]
    moments_left_out: int


def load(connection: sqlite3.Connection, asked: Asked) -> Story | None:
    """Read the page."""
    lead_id = asked.place["lead_id"]
    names = dict(connection.execute("SELECT rep_id, name FROM reps WHERE name IS NOT NULL"))
    score = connection.execute(
        "SELECT account_key, stage, own_stage, path, document FROM leads WHERE lead_id = ?", (lead_id,)
    ).fetchone()
    scored = unpack(score[4]) if score else None
    latest = _latest_handoff(connection, lead_id)
    moments, left_out = time_line(connection, lead_id, names)
    if scored is None and latest is None and not moments:
        return None
    account_key = score[0] if score else latest["account_key"] if latest else f"lead:{lead_id}"
    stated = _later(latest, scored)
    person = (latest or {}).get("person") or {}
    name = " ".join(filter(None, (person.get("first_name"), person.get("last_name"))))
    return Story(
        lead_id=lead_id,
        account_key=account_key,
        company=name_of(connection, account_key) or person.get("company"),
        person=(name or None) if asked.may_see_people else None,
        title=person.get("job_title") if asked.may_see_people else None,
        stage=score[1] if score else None,
        own_stage=score[2] if score else None,
        path=score[3] if score else None,
        why=explain(stated["explanation"], _decided(stated, latest)["explanation"]) if stated else None,
        handoff=_handoff(connection, latest, names, may_act=asked.may_act) if latest else None,
        alerts=_alerts(connection, lead_id),
        chart=_chart(connection, lead_id, asked.now_ms),
        moments=moments,
        moments_left_out=left_out,
    )


def _latest_handoff(connection: sqlite3.Connection, lead_id: str) -> dict[str, Any] | None:
    """Return the last revision of the open hand-off that changed last, else of the one that changed last."""
    row = connection.execute(
        """SELECT r.document FROM handoffs h JOIN revisions r USING (handoff_id, revision) WHERE h.lead_id = ?
        ORDER BY h.holder_id IS NULL, h.at_ms DESC, h.handoff_id DESC LIMIT 1""",
        (lead_id,),
    ).fetchone()
    return unpack(row[0]) if row else None


def _later(*records: dict[str, Any] | None) -> dict[str, Any] | None:
    known = [one for one in records if one is not None]
    return max(known, key=lambda one: ms_or_none(one["occurred_at"]) or 0, default=None)


def _decided(stated: dict[str, Any], latest: dict[str, Any] | None) -> dict[str, Any]:
    """Return the record that decided: an open hand-off, whatever was scored since, else the latest record."""
    return latest if latest is not None and latest.get("assignee") else stated


def _handoff(
    connection: sqlite3.Connection, latest: dict[str, Any], names: dict[str, str], *, may_act: bool
) -> Handoff:
    turn = _turn_of(connection, latest)
    assignee = latest.get("assignee") or {}
    passed = [(one["rep_id"], one["why"]) for one in latest.get("passed_over", ())]
    if turn is not None and turn.entry in {"turn", "released"}:
        passed = [(one.rep_id, one.passed_over) for one in turn.candidates if one.passed_over is not None]
    ages = latest.get("ages") or {}
    return Handoff(
        handoff_id=latest["handoff_id"],
        revision=latest["revision"],
        at_ms=ms_or_none(latest["occurred_at"]) or 0,
        action=latest["action"],
        kind=latest["kind"],
        holder=assignee.get("name") or assignee.get("id") or "",
        may_answer=may_act and assignee.get("type") == AssigneeType.REP,
        deputy_for=assignee.get("deputy_for"),
        route=latest["route"],
        how_chosen=latest.get("how_chosen"),
        due_ms=ms_or_none(latest.get("first_response_due_at")),
        reasons=tuple(latest["explanation"]["reasons"]),
        tried=tuple(_tried(one, names) for one in latest.get("earlier_routes", ())),
        turn=None if turn is None else Turn(turn.desk, turn.entry, turn.turn),
        passed_over=tuple(Passed(names.get(rep_id, rep_id), why) for rep_id, why in passed),
        waited_seconds=ages.get("wait_seconds"),
        request=latest.get("request"),
    )


def _tried(line: dict[str, Any], names: dict[str, str]) -> Tried:
    rep_id = line.get("rep_id")
    fact = f"{line['fact']} {line['needed']}" if line.get("fact") and line.get("needed") else None
    return Tried(line["route"], line["why"], names.get(rep_id, rep_id) if rep_id else fact)


def _turn_of(connection: sqlite3.Connection, latest: dict[str, Any]) -> LedgerEntry | None:
    """Return the ledger's entry that led to the assignment, as `lead-router why` finds it."""
    decisions = Decisions(Subject(account_key=latest["account_key"]))
    revisions = connection.execute(
        "SELECT document FROM revisions WHERE handoff_id = ? ORDER BY revision", (latest["handoff_id"],)
    )
    for (document,) in revisions:
        decisions.add_decision(LeadRouting.model_validate(unpack(document)))
    entries = connection.execute(
        "SELECT lead_id, document FROM ledger WHERE account_key = ? ORDER BY at_ms DESC LIMIT ?",
        (latest["account_key"], _MOST_TURNS),
    )
    for lead_id, document in entries:
        decisions.add_decision(LedgerEntry.model_validate(unpack(document) | {"lead_id": lead_id or ""}))
    routed = LeadRouting.model_validate(latest)
    return decisions.find_turn(routed)


def _alerts(connection: sqlite3.Connection, lead_id: str) -> tuple[Alert, ...]:
    rows = connection.execute(
        "SELECT alert, due_ms, raised_ms FROM alerts WHERE is_open AND lead_id = ? ORDER BY raised_ms",
        (lead_id,),
    )
    return tuple(Alert(*row) for row in rows)


def _chart(connection: sqlite3.Connection, lead_id: str, now_ms: int) -> Chart | None:
    steps = connection.execute(
        "SELECT at_ms, total, missing FROM points WHERE lead_id = ? ORDER BY at_ms", (lead_id,)
    )
    assigned = connection.execute(
        "SELECT at_ms FROM revisions WHERE lead_id = ? AND revision = 1 ORDER BY at_ms", (lead_id,)
    )
    return draw([Step(*row) for row in steps], [at_ms for (at_ms,) in assigned], now_ms)


PAGE: Final = Page(
    name="story",
    path="/leads/{lead_id}",
    title="Lead",
    load=load,
    changes_with=frozenset(
        topic.name
        for topic in (
            LEAD_SCORES,
            LEAD_STAGES,
            LEAD_ROUTING,
            LEAD_ALERTS,
            DESK_LEDGER,
            FORM_FILLS,
            CHAT_CONVERSATIONS,
            SALES_ACTIVITIES,
        )
    ),
    in_menu=False,
)
