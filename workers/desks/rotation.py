"""Smooth weighted round robin: choose whose turn it is, and keep every rep within one turn of its exact share.

Input: the candidates of one turn with their weights and credits. Output: the taker, and every candidate's new credit.

The base rule (nginx's upstream balancer, 2012). A credit is the part of a turn that a candidate is owed. In each turn
every candidate gains its share, weight / total weight. The largest credit takes the turn and pays one turn. Weights
5/1/1 give A A B A C A A, where plain weighted round robin gives A A A A A B C. Ties go by list order: members in the
order of their rep_id.

Credits are integers in millionths of a turn. The candidates change from turn to turn, and a turn must cost the same
for every set of candidates. With constant candidates the numbers are nginx's times a constant, so ties stay ties.

The addition: due dates. With five candidates or more the base rule can leave one of them a whole turn behind its exact
share (8/8/8/1/1 does). So each turn first looks ahead. If waiting longer would let some candidate's lag reach one
turn, the turn goes to the largest credit among those who must be served now.

Why no candidate is ever a whole turn off, as long as the candidates stay the same. The credits before a turn are c
(they sum to 0), the gains are g (they sum to 1). x(k) = c + k*g is a candidate's credit after k turns if it takes
none. owed(k) is the sum of max(0, floor x(k)) over the candidates: the turns that they must take within the next k
turns, or a lag reaches one turn. k is tight if owed(k) = k: no turn is to spare up to then.

1. No lag reaches one turn. owed(k) <= k can be kept for all k. It holds at first, because sum of floor(k*g) <= k. If
   some k are tight, take the least. The taker is one of those who are owed a turn by then. They are owed it by every
   later k too, so no later sum exceeds its k.
2. No lead reaches one turn: the taker's c + g is always above 0. For the largest of all credits it is, because the
   sum is 1. It is for the largest of those owed a turn by the least tight k, too. If all of these were at or below 0
   after one gain, then owed(k) = k <= sum of x(k) <= (k - 1) * sum of their gains <= k - 1, a contradiction.
3. The look ahead can end early. If no x(k) is below 0, then owed(k) <= sum of x(k) = k, and a tight k restricts no
   choice. So it is needed only while a candidate is ahead of its share, and only until all such have been caught up
   with.

So every credit stays above minus one turn and below one turn. The due dates are those of the chairman assignment
problem (R. Tijdeman, 1980) and of level schedules (G. Steiner and S. Yeomans, 1993). tests/property/test_rotation.py
tries all small weights.

If the candidates change, no rule can keep this bound. Example: two pairs share a turn each; then the two candidates
who went without share one, and one of them is owed a whole turn. The part beyond the bound lapses (see
``apply_turn``), and the ledger shows it. A turn that was returned is owed in full. docs/adr/0016 records the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

FULL_TURN = 1_000_000
"""The price of a turn, in millionths.

The actual price is the sum of the integer shares. It is less by at most the candidates' total weight.
"""
MOST_OWED = FULL_TURN - 1
"""Most that a turn may leave a rep behind or ahead of its share, in millionths: just below one turn."""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn: its taker, and the gain of each rep who took part. A gain is ``unit`` times the weight."""

    taker: str
    unit: int
    weights: tuple[tuple[str, int], ...]

    @property
    def price(self) -> int:
        """Return what the taker paid: the sum of all gains."""
        return self.unit * sum(weight for _, weight in self.weights)


def next_turn(
    weights: Sequence[tuple[str, int]], credits_: Mapping[str, int], held: Sequence[tuple[str, int]] = ()
) -> Step:
    """Choose the taker of one turn among ``weights`` (rep_id and weight, in list order, at least one).

    ``held`` are absent reps whose turn is kept for them. They gain like the others, up to one turn, and never take
    one.
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
    """Return the index of the taker among (credit, gain) lines; the first of equals."""
    best = max(range(len(lines)), key=lambda at: sum(lines[at]))
    # The others can be owed more turns than there are only while a candidate is ahead of its share.
    ahead = [-credit // gain for credit, gain in lines if credit < 0]
    must = _must_be_served(lines, turn, max(ahead, default=0) + 1)
    return best if not must or best in must else max(sorted(must), key=lambda at: sum(lines[at]))


def _must_be_served(lines: Sequence[tuple[int, int]], turn: int, horizon: int) -> set[int]:
    """Return the indices of all candidates to whom the next turns are owed. Empty: a turn is to spare.

    Owed turns are taken in the order of their due dates, until as many are owed as there are turns up to then.
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
    """Return the credits after ``step``.

    No turn leaves a rep a whole turn off its share; the part beyond that lapses.
    """
    after = dict(credits_)
    for rep_id, weight in step.weights:
        before = after.get(rep_id, 0)
        paid = step.price if rep_id == step.taker else 0
        after[rep_id] = limit_credit(before, before + weight * step.unit - paid)
    return after


def limit_credit(before: int, after: int) -> int:
    """Return ``after``, limited to less than one turn.

    A credit that was farther off before, because turns were returned, may stay there and goes no farther.
    """
    if after >= FULL_TURN:
        return min(after, max(before, MOST_OWED))
    if after <= -FULL_TURN:
        return max(after, min(before, -MOST_OWED))
    return after


def undo_turn(credits_: Mapping[str, int], step: Step) -> dict[str, int]:
    """Return the credits as if ``step`` had not happened, whatever turns came after it.

    A rep who has left since (is not in ``credits_``) is skipped.
    """
    after = dict(credits_)
    for rep_id, weight in step.weights:
        if rep_id in after:
            after[rep_id] -= weight * step.unit
    if step.taker in after:
        after[step.taker] += step.price
    return after
