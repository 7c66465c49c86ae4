"""The explanation of a score for a page: its gates, its lines, and the changes that would have led to another decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the score. ``points`` may be below zero."""

    name: str
    points: int
    times: int
    found: str | None
    is_trigger: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """The result of one gate: `pass`, `fail` or `unknown`."""

    name: str
    state: str
    found: str | None
    points: int


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One change that would have led to another decision."""

    name: str
    needed: str


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation as it was published."""

    reasons: tuple[str, ...]
    grade: str
    total: int
    fit: int
    behaviour: int
    missing: int
    gates: tuple[Gate, ...]
    lines: tuple[Line, ...]
    otherwise: tuple[Otherwise, ...]
    policy: str


def explain(stated: dict[str, Any], decided: dict[str, Any]) -> Why:
    """Return the explanation of ``stated``, with what would have changed ``decided``. Both are explanations of the contract."""
    trigger = stated.get("triggering_event_id")
    policy = stated["policy"]
    return Why(
        reasons=tuple(stated["reasons"]),
        grade=stated["grade"],
        total=stated["total"],
        fit=stated["fit"],
        behaviour=stated["behaviour"],
        missing=stated["points_missing"],
        gates=tuple(
            Gate(one["gate"], one["state"], one.get("found"), one.get("points", 0)) for one in stated["gates"]
        ),
        lines=tuple(
            Line(
                one["rule"],
                one["points"],
                one.get("count", 0),
                one.get("found"),
                trigger is not None and one.get("event_id") == trigger,
            )
            for one in stated["points"]
            if not one["rule"].startswith("fit:")
        ),
        otherwise=tuple(Otherwise(one["name"], one["needed"]) for one in decided.get("would_change", ())),
        policy=f"{policy['name']} {policy['version']} ({policy['hash']})",
    )
