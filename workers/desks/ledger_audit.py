"""Audit a desk's ledger: add its lines up again, and report what contradicts a fair rotation.

Input: entries of desk.ledger in their order. Output: for each rep the turns taken and the exact share by weight, and a
list of problems. Nothing is read from the router's own state. A problem is one of these:

- a credit that differs from the one after the line before,
- a gain that is not the weight's share,
- a turn for a rep who was passed over,
- a difference of a whole turn from the exact share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from schemas.outputs import LedgerCandidate, LedgerEntry
from schemas.vocabulary import PassedOver
from workers.desks.rotation import FULL_TURN, limit_credit

_TURNS = frozenset({"turn", "released"})
_COULD = frozenset({None, PassedOver.NOT_ITS_TURN})


@dataclass(slots=True)
class Share:
    """One rep's part of a desk's turns. Turns that were returned are not counted on either side."""

    turns: int = 0
    exact: Fraction = Fraction(0)
    """The sum of the rep's weight divided by all candidates' weights, turn by turn."""
    lapsed: int = 0
    """Credit that lapsed because the candidates changed, in millionths of a turn.

    Below 0: a lead over the share that lapsed.
    """
    most_off: int = 0
    """The largest difference from the exact share after any turn, in millionths of a turn."""
    current: int = 0
    """The rep's credit after the last line, in millionths of a turn."""
    since_turn: int = 0
    """The turn after which the rep joined."""


@dataclass(slots=True)
class DeskShares:
    """The totals of one desk's lines, and the problems found."""

    turns: int = 0
    given_back: int = 0
    reps: dict[str, Share] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Audit:
    """Adds up ledger lines, one after the other. A repeated line (the same event_id) counts once."""

    def __init__(self) -> None:
        self.desks: dict[str, DeskShares] = {}
        self._seen: set[str] = set()
        self._steps: dict[tuple[str, str], tuple[str, Mapping[str, Fraction]]] = {}

    def add(self, entry: LedgerEntry) -> None:
        """Add one line."""
        if entry.event_id in self._seen:
            return
        self._seen.add(entry.event_id)
        if not any(one.gained for one in entry.candidates):
            return
        desk = self.desks.setdefault(entry.desk, DeskShares())
        check = _Problems(desk, entry)
        for one in entry.candidates:
            self._check_credit(desk, one, check)
        if entry.entry in _TURNS:
            self._add_turn(desk, entry, check)
        elif entry.entry == "return":
            self._add_return(desk, entry)

    def _check_credit(self, desk: DeskShares, one: LedgerCandidate, check: _Problems) -> None:
        share = desk.reps.get(one.rep_id)
        if share is None:
            share = desk.reps[one.rep_id] = Share(since_turn=one.since_turn)
        elif share.since_turn != one.since_turn:
            share.since_turn = one.since_turn
            check.require(
                one.current_before == 0, f"{one.rep_id} joined with a credit of {one.current_before}"
            )
        else:
            check.require(
                one.current_before == share.current,
                f"{one.rep_id} has a credit of {one.current_before}; after the line before it had {share.current}",
            )
        share.current = one.current_after

    def _add_turn(self, desk: DeskShares, entry: LedgerEntry, check: _Problems) -> None:
        part = [one for one in entry.candidates if one.gained]
        total = sum(one.weight for one in part)
        unit, price = FULL_TURN // total, sum(one.gained for one in part)
        taker = next((one for one in part if one.rep_id == entry.rep_id), None)
        check.require(
            taker is not None and taker.passed_over is None,
            f"{entry.rep_id} took the turn but was not a candidate",
        )
        desk.turns += 1
        for one in part:
            share = desk.reps[one.rep_id]
            is_held = one.passed_over is PassedOver.ABSENT
            check.require(
                one.passed_over in _COULD or is_held,
                f"{one.rep_id} gained although it could not take the turn",
            )
            check.require(
                one.gained == one.weight * unit, f"{one.rep_id} gained {one.gained}, which is not its share"
            )
            moved = one.current_before + one.gained - (price if one is taker else 0)
            check.require(
                one.current_after == limit_credit(one.current_before, moved),
                f"{one.rep_id} has a credit of {one.current_after}; {moved} was expected",
            )
            share.lapsed += moved - one.current_after
            share.turns += one is taker
            share.exact += Fraction(one.weight, total)
            share.most_off = max(share.most_off, abs(one.current_after))
            check.require(
                abs(one.current_after) < max(FULL_TURN, abs(one.current_before) + 1),
                f"{one.rep_id} is a whole turn off its exact share: {one.current_after}",
            )
        self._steps[entry.desk, entry.request_id] = (
            entry.rep_id or "",
            {one.rep_id: Fraction(one.weight, total) for one in part},
        )

    def _add_return(self, desk: DeskShares, entry: LedgerEntry) -> None:
        desk.given_back += 1
        taker, shares = self._steps.pop((entry.desk, entry.request_id), (None, {}))
        for one in entry.candidates:
            share = desk.reps[one.rep_id]
            if one.gained and shares:
                share.exact -= shares.get(one.rep_id, 0)
                share.turns -= one.rep_id == taker


class _Problems:
    """Collects the problems of one line, with its desk, turn and entry type."""

    def __init__(self, desk: DeskShares, entry: LedgerEntry) -> None:
        self._desk = desk
        self._where = f"{entry.desk} turn {entry.turn} ({entry.entry})"

    def require(self, holds: bool, text: str) -> None:  # noqa: FBT001 - it reads as a sentence
        """Add ``text`` to the problems unless ``holds``."""
        if not holds:
            self._desk.problems.append(f"{self._where}: {text}")


def audit(entries: Iterable[LedgerEntry]) -> dict[str, DeskShares]:
    """Audit the lines; return the totals of each desk that had turns."""
    taking = Audit()
    for entry in entries:
        taking.add(entry)
    return taking.desks
