"""Whose turn it is: smooth weighted round robin, kept below one turn off the exact share.

In: the candidates of one turn with their weights and credits. Out: who takes it and what everybody's credit is after.
Each candidate gains its share of a turn, the largest credit takes the turn and pays one: 5/1/1 gives A A B A C A A
(nginx's upstream balancer, 2012). Ties go by list order: members in the order of their rep_id. Credits are counted in
millionths of a turn, because the candidates change from turn to turn and a turn must cost the same whoever was there;
with the same candidates the numbers are the classical ones times a constant, so ties stay ties.

The plain rule falls a whole turn behind from five candidates on (8/8/8/1/1 does). So a turn that must be taken now, lest
somebody's lag reach one turn later on, goes to the largest credit among those who must be served.

Why that holds the bound, with the same candidates all along. Write c for the credits before a turn (they sum to 0), g
for the gains (they sum to 1), x(k) = c + k*g for what a credit would be after k turns without taking one, and
owed(k) = sum of max(0, floor x(k)): the turns that must be taken within the next k, or a lag reaches one.

1. owed(k) <= k for all k can be kept. It holds at first: sum of floor(k*g) <= k. Let k be the least with owed(k) = k. The
   taker is one of those who are owed by then, and these are owed by every later k too, so no later sum is exceeded.
2. Nobody ever gets a whole turn ahead: the taker's c + g is above 0. The largest of all is, because the sum is 1. Among
   those owed by the least tight k it is too: were all of them at or below 0 after one gain, then owed(k) = k <=
   sum of x(k) <= (k - 1) * sum of their gains <= k - 1.
3. If nobody's x(k) is below 0, owed(k) <= sum of x(k) = k, and a tight k binds nobody: only while somebody is ahead of
   its share is there anything to look for, and no further than until all of them have been caught up with.

So every credit stays within one turn, above and below (the deadlines of Tijdeman's chairman assignment problem, 1980,
and of level schedules, Steiner and Yeomans, 1993); tests/property/test_rotation.py goes through all small weights.

Where the candidates change, no rule can promise that: let two pairs share a turn each, and then the two who went without
share one; one of them is now owed a whole turn. What such a change makes impossible lapses (``taken``), and the ledger
shows it; a turn given back is owed whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

FULL_TURN = 1_000_000
"""What a turn costs, in millionths; less by at most the candidates' total weight, so that shares add up to it."""
MOST_OWED = FULL_TURN - 1
"""What a turn may leave somebody owed or ahead: less than one turn."""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: who took it, and what each who took part gained. ``unit`` times weight is a gain."""

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
    chosen = _choose_taker(lines, unit * total)
    return Step(weights[chosen][0], unit, tuple(step_weights))


def _choose_taker(lines: Sequence[tuple[int, int]], turn: int) -> int:
    """Return the index of the taker among (credit, gain) lines, the first of equals."""
    best = max(range(len(lines)), key=lambda at: sum(lines[at]))
    # Only while somebody is ahead of its share can the others be owed more turns than there are.
    ahead = [-credit // gain for credit, gain in lines if credit < 0]
    must = _must_be_served(lines, turn, max(ahead, default=0) + 1)
    return best if not must or best in must else max(sorted(must), key=lambda at: sum(lines[at]))


def _must_be_served(lines: Sequence[tuple[int, int]], turn: int, horizon: int) -> set[int]:
    """Return the indices of whom the next turns are owed to, all of them; empty: there is a turn to spare.

    Turns that are owed are taken in the order of their due dates, until as many are owed as there are turns up to then;
    ``horizon`` is the last due date that can matter.
    """
    due = [(max(-((credit - turn) // gain), 1), 1, at) for at, (credit, gain) in enumerate(lines)]
    heap = [one for one in due if one[0] <= horizon]
    heapify(heap)
    served: set[int] = set()
    owed = 0
    while heap:
        date, number, at = heap[0]
        credit, gain = lines[at]
        owed += 1
        served.add(at)
        later = max(-((credit - (number + 1) * turn) // gain), 1)
        if later <= horizon:
            heapreplace(heap, (later, number + 1, at))
        else:
            heappop(heap)
        if owed >= date and (not heap or heap[0][0] > date):
            return served
    return set()


def apply_turn(credits_: Mapping[str, int], step: Step) -> dict[str, int]:
    """Return the credits after ``step``: no turn takes anybody a whole turn off; what would lapses."""
    after = dict(credits_)
    for rep_id, weight in step.weights:
        before = after.get(rep_id, 0)
        paid = step.price if rep_id == step.taker else 0
        after[rep_id] = limit_credit(before, before + weight * step.unit - paid)
    return after


def limit_credit(before: int, after: int) -> int:
    """Return ``after`` kept below one turn; somebody who stood farther off (turns were given back) goes no farther."""
    if after >= FULL_TURN:
        return min(after, max(before, MOST_OWED))
    if after <= -FULL_TURN:
        return max(after, min(before, -MOST_OWED))
    return after


def undo_turn(credits_: Mapping[str, int], step: Step) -> dict[str, int]:
    """Return the credits as if nobody had gained or paid in ``step``, whatever came between.

    Who has left since (is not in ``credits_``) is left out.
    """
    after = dict(credits_)
    for rep_id, weight in step.weights:
        if rep_id in after:
            after[rep_id] -= weight * step.unit
    if step.taker in after:
        after[step.taker] += step.price
    return after
