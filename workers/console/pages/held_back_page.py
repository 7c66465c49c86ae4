"""The page "not handed over": why leads are not with sales, and which change would free most of them.

In: counts of leads by stage, reason and what they lack. Out: the changes by the number of leads that lack nothing else, and
the reasons with their leads, those that lack the fewest points first.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Final

from schemas.topics import LEAD_SCORES
from schemas.vocabulary import Stage
from workers.console.page import Asked, Page
from workers.result_store.score_table import LACKS_SEPARATOR

MOST_CHANGES: Final = 15
"""Changes that are shown."""
MOST_REASONS: Final = 20
MOST_LEADS: Final = 5
"""Leads that are shown for each reason."""
_STAGES: Final = (
    Stage.NURTURE,
    Stage.WAITING_FOR_FACTS,
    Stage.OUTSIDE,
    Stage.KNOWN,
    Stage.RECYCLED,
    Stage.EXPIRED,
    Stage.DISQUALIFIED,
)
"""The stages of leads that are not with sales."""
_IN_STAGES: Final = f"stage IN ({', '.join('?' for _ in _STAGES)})"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as `gate:country`. ``alone``: leads that need nothing else. ``together``: leads that need more than it."""

    what: str
    name: str
    alone: int
    together: int


@dataclass(frozen=True, slots=True)
class HeldBackLead:
    """A lead that is not with sales. ``missing``: points missing to the threshold."""

    lead_id: str
    account_key: str
    company: str | None
    total: int
    missing: int


@dataclass(frozen=True, slots=True)
class Held:
    """Leads of one stage with one reason, and those of them that lack the fewest points."""

    stage: str
    reason: str
    count: int
    leads: tuple[HeldBackLead, ...]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The view of the page. ``left_out``: reasons that are not shown, because others have more leads."""

    count: int
    changes: tuple[Change, ...]
    reasons: tuple[Held, ...]
    left_out: int


def load(connection: sqlite3.Connection, asked: Asked) -> HeldBack:
    """Read the page."""
    del asked
    reasons: Counter[tuple[str, str]] = Counter()
    alone: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for stage, reason, lacks, leads in connection.execute(
        f"SELECT stage, reason, lacks, leads FROM lead_counts WHERE {_IN_STAGES}",  # noqa: S608 - only marks
        _STAGES,
    ):
        reasons[stage, reason] += leads
        changes = lacks.split(LACKS_SEPARATOR) if lacks else []
        named.update(dict.fromkeys(changes, leads))
        if len(changes) == 1:
            alone[changes[0]] += leads
    most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return HeldBack(
        count=reasons.total(),
        changes=tuple(
            _change(code, alone[code], named[code])
            for code in sorted(named, key=lambda code: (-alone[code], -named[code], code))[:MOST_CHANGES]
        ),
        reasons=tuple(
            Held(stage, reason, count, _nearest(connection, stage, reason))
            for (stage, reason), count in most[:MOST_REASONS]
        ),
        left_out=len(most[MOST_REASONS:]),
    )


def _change(code: str, alone: int, named: int) -> Change:
    what, _, name = code.partition(":")
    return Change(what, name, alone, named - alone)


def _nearest(connection: sqlite3.Connection, stage: str, reason: str) -> tuple[HeldBackLead, ...]:
    """Return the leads with the fewest missing points of each combination of lacks, the fewest first."""
    combinations = connection.execute(
        "SELECT lacks FROM lead_counts WHERE stage = ? AND reason = ? ORDER BY leads DESC LIMIT 50",
        (stage, reason),
    ).fetchall()
    found = [
        HeldBackLead(*row)
        for (lacks,) in combinations
        for row in connection.execute(
            f"""SELECT lead_id, account_key, (SELECT name FROM companies c WHERE c.account_key = l.account_key LIMIT 1),
                total, missing FROM leads l WHERE stage = ? AND reason = ? AND lacks = ?
            ORDER BY missing LIMIT {MOST_LEADS}""",  # noqa: S608 - a constant
            (stage, reason, lacks),
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.missing, -one.total, one.lead_id))[:MOST_LEADS])


PAGE: Final = Page(
    name="held_back",
    path="/not-handed-over",
    title="Not handed over",
    load=load,
    changes_with=frozenset({LEAD_SCORES.name}),
)
