"""Was it fair? The lines of a desk's ledger, added up again: shares, differences, and what does not add up.

In: entries of one desk.ledger in their order. Out: for each rep the turns had and the exact share by weight, and a list of
what contradicts the rotation's promise: a credit that does not go on from the line before, a gain that is not the weight's
share, a turn for somebody who was passed over, a difference of a whole turn. Nothing is taken from the router's own state.
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
    """What one rep had of a desk's turns. Turns given back are not counted on either side."""

    turns: int = 0
    exact: Fraction = Fraction(0)
    """The sum of the rep's weight over all candidates' weights, turn by turn."""
    lapsed: int = 0
    """What could not be made good within a turn when the candidates changed, in millionths; below zero: forgiven."""
    most_off: int = 0
    """The largest difference from the exact share after any turn, in millionths."""
    current: int = 0
    since_turn: int = 0


@dataclass(slots=True)
class DeskShares:
    """What a desk's lines add up to."""

    turns: int = 0
    given_back: int = 0
    reps: dict[str, Share] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class Audit:
    """Takes the lines one after the other. A line that comes again (the same event_id) counts once."""

    def __init__(self) -> None:
        self.desks: dict[str, DeskShares] = {}
        self._seen: set[str] = set()
        self._steps: dict[tuple[str, str], tuple[str, Mapping[str, Fraction]]] = {}

    def add(self, entry: LedgerEntry) -> None:
        """Add a line up."""
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
            check.require(one.current_before == 0, f"{one.rep_id} joined and began with {one.current_before}")
        else:
            check.require(
                one.current_before == share.current,
                f"{one.rep_id} had {share.current} after the line before and {one.current_before} here",
            )
        share.current = one.current_after

    def _add_turn(self, desk: DeskShares, entry: LedgerEntry, check: _Problems) -> None:
        part = [one for one in entry.candidates if one.gained]
        total = sum(one.weight for one in part)
        unit, price = FULL_TURN // total, sum(one.gained for one in part)
        taker = next((one for one in part if one.rep_id == entry.rep_id), None)
        check.require(
            taker is not None and taker.passed_over is None, f"{entry.rep_id} got it and is no candidate"
        )
        desk.turns += 1
        for one in part:
            share = desk.reps[one.rep_id]
            is_held = one.passed_over is PassedOver.ABSENT
            check.require(one.passed_over in _COULD or is_held, f"{one.rep_id} gained and could not take it")
            check.require(one.gained == one.weight * unit, f"{one.rep_id} gained {one.gained}, not its share")
            moved = one.current_before + one.gained - (price if one is taker else 0)
            check.require(
                one.current_after == limit_credit(one.current_before, moved),
                f"{one.rep_id} is at {one.current_after}, but {moved} adds up",
            )
            share.lapsed += moved - one.current_after
            share.turns += one is taker
            share.exact += Fraction(one.weight, total)
            share.most_off = max(share.most_off, abs(one.current_after))
            check.require(
                abs(one.current_after) < max(FULL_TURN, abs(one.current_before) + 1),
                f"{one.rep_id} is a whole turn off its share: {one.current_after}",
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
    def __init__(self, desk: DeskShares, entry: LedgerEntry) -> None:
        self._desk = desk
        self._where = f"{entry.desk} turn {entry.turn} ({entry.entry})"

    def require(self, holds: bool, text: str) -> None:  # noqa: FBT001 - it reads as a sentence
        if not holds:
            self._desk.problems.append(f"{self._where}: {text}")


def audit(entries: Iterable[LedgerEntry]) -> dict[str, DeskShares]:
    """Add up the lines; return what each desk that had turns comes to."""
    taking = Audit()
    for entry in entries:
        taking.add(entry)
    return taking.desks
