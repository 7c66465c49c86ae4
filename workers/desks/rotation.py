"""Whose turn it is: smooth weighted round robin, kept below one turn off the exact share.

In: the candidates of one turn with their weights and credits. Out: who takes it and what everybody's credit is after.
Each candidate gains its share of a turn, the largest credit takes the turn and pays one: 5/1/1 gives A A B A C A A
(nginx's upstream balancer, 2012). Ties go by list order: members in the order of their rep_id. Credits are counted in
millionths of a turn, because the candidates change from turn to turn and a turn must cost the same whoever was there;
with the same candidates the numbers are the classical ones times a constant, so ties stay ties.

The plain rule falls a whole turn behind from five candidates on (8/8/8/1/1 does). So a turn that must be taken now,
lest somebody's lag reach one turn later on, goes to the largest credit among those who must be served (the due dates
of Tijdeman's chairman assignment, 1980; tests/property/test_rotation.py holds the bound).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FULL_TURN = 1_000_000
"""What a turn costs, in millionths; less by at most the candidates' total weight, so that shares add up to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: who took it, and what each who took part gained. ``unit`` times weight is a gain; credits sum to 0."""

    taker: str
    unit: int
    weights: tuple[tuple[str, int], ...]

    @property
    def price(self) -> int:
        """What the taker paid: all the gains together."""
        return self.unit * sum(weight for _, weight in self.weights)


def next_turn(
    weights: Sequence[tuple[str, int]], credits_: Mapping[str, int], held: Sequence[tuple[str, int]] = ()
) -> Step:
    """Decide one turn among ``weights`` (rep_id and weight, in list order, at least one).

    ``held`` are absent reps whose turn is kept for them: they gain like the others, up to one turn, and take none.
    """
    total = sum(weight for _, weight in weights)
    waiting: list[tuple[str, int]] = []
    for rep_id, weight in held:
        if credits_.get(rep_id, 0) + weight * (FULL_TURN // (total + weight)) < FULL_TURN:
            waiting.append((rep_id, weight))
            total += weight
    unit = FULL_TURN // total
    step_weights = (*weights, *waiting)
    lines = [(credits_.get(rep_id, 0), unit * weight) for rep_id, weight in weights]
    chosen = _most_due(lines, unit * total)
    return Step(weights[chosen][0], unit, tuple(step_weights))


def _most_due(lines: Sequence[tuple[int, int]], turn: int) -> int:
    """Return the index of the taker among (credit, gain) lines, the first of equals."""
    best = max(range(len(lines)), key=lambda at: sum(lines[at]))
    ahead = [-credit // gain for credit, gain in lines if credit < 0]
    # Only while somebody is ahead of its share can the others be owed more turns than there are.
    for turns in range(1, max(ahead, default=0) + 2):
        owed = 0
        for credit, gain in lines:
            due = credit + turns * gain
            if due >= turn:
                owed += due // turn
        if owed >= turns:
            must = [at for at, (credit, gain) in enumerate(lines) if credit + turns * gain >= turn]
            return best if best in must else max(must, key=lambda at: sum(lines[at]))
    return best


def taken(credits_: Mapping[str, int], step: Step) -> dict[str, int]:
    """Return the credits after ``step``."""
    after = dict(credits_)
    for rep_id, weight in step.weights:
        after[rep_id] = after.get(rep_id, 0) + weight * step.unit
    after[step.taker] -= step.price
    return after


def given_back(credits_: Mapping[str, int], step: Step) -> dict[str, int]:
    """Return the credits as if ``step`` had never been: the exact opposite, whatever came between.

    Who has left since (is not in ``credits_``) is left out, and its part is spread over the others.
    """
    after = dict(credits_)
    for rep_id, weight in step.weights:
        if rep_id in after:
            after[rep_id] -= weight * step.unit
    if step.taker in after:
        after[step.taker] += step.price
    missing = any(rep_id not in credits_ for rep_id, _ in step.weights)
    return balanced(after, dict(step.weights)) if missing else after


def without(credits_: Mapping[str, int], leaver: str, weights: Mapping[str, int]) -> dict[str, int]:
    """Return the credits after ``leaver`` left: what it had or owed is spread, so that it leaves no debt."""
    after = {rep_id: credit for rep_id, credit in credits_.items() if rep_id != leaver}
    return balanced(after, weights)


def balanced(credits_: Mapping[str, int], weights: Mapping[str, int]) -> dict[str, int]:
    """Return credits that sum to 0: what is missing or over is spread by weight (1 where none is given)."""
    off = -sum(credits_.values())
    after = dict(credits_)
    if not off or not after:
        return after
    total = sum(weights.get(rep_id, 1) for rep_id in after)
    spread = 0
    for rep_id in after:
        part = off * weights.get(rep_id, 1) // total
        after[rep_id] += part
        spread += part
    first = next(iter(after))
    after[first] += off - spread
    return after
