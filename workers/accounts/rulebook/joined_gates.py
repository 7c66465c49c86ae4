"""The gates together: which of their answers decide, and the fewest points of those that are missing (policy key ``gates``).

In: the answers of all gates. Out: pass, fail or unknown, and the gates that are in the way. A gate that no entry of
``gates`` names must pass. Of the gates of an entry, ``at_least`` must pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import GateState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemas.explanation import GateResult
    from workers.policy.fit_points import JoinedGates

_PASS, _FAIL, _UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN


class Verdict(NamedTuple):
    """The answer of all gates together."""

    state: GateState
    """Fail if gates that are needed fail, else unknown if one is unknown, else pass."""
    in_the_way: tuple[GateResult, ...]
    """Gates that do not pass, and without which the lead does not pass."""
    least_gain: int
    """Fewest points that the missing gates would give."""


def judge(
    gates: Sequence[GateResult], joined: Iterable[JoinedGates], fewest_points: Mapping[str, int]
) -> Verdict:
    """Return the answer of all gates. ``fewest_points``: the lowest points of each gate that passes, by name."""
    groups = [(one.at_least, [gate for gate in gates if gate.gate in one.of]) for one in joined]
    named = {gate.gate for _, group in groups for gate in group}
    groups += [(1, [gate]) for gate in gates if gate.gate not in named]
    states: set[GateState] = set()
    missing: set[str] = set()
    gain = 0
    for at_least, group in groups:
        passing = sum(gate.state is _PASS for gate in group)
        if passing >= at_least:
            continue
        unknown = sum(gate.state is _UNKNOWN for gate in group)
        states.add(_UNKNOWN if passing + unknown >= at_least else _FAIL)
        others = [gate.gate for gate in group if gate.state is not _PASS]
        missing.update(others)
        gain += sum(sorted(fewest_points[name] for name in others)[: at_least - passing])
    state = _FAIL if _FAIL in states else _UNKNOWN if states else _PASS
    return Verdict(state, tuple(gate for gate in gates if gate.gate in missing), gain)
