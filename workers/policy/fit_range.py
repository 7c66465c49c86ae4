"""The lowest and the highest fit that passes, worked out from the points of gates and of other facts.

In: a policy. Out: points. The lowest fit is that of a lead that passes the gates which must pass, with the lowest points
of each, and that has the lowest points of every fact that is not a gate. An unknown fact gives 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workers.policy.fit_points import MARKET_GATES, PERSON_GATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workers.policy.fit_lines import SizeLine
    from workers.policy.gates import Range
    from workers.policy.model import Policy


class FactRange(NamedTuple):
    """The lowest and the highest points of a fact that is not a gate."""

    lowest: int
    highest: int


def fact_ranges(policy: Policy) -> dict[str, FactRange]:
    """Return the range of points of each fact that is not a gate, by name."""
    if policy.fit is None:
        return {}
    return {
        name: FactRange(min(values), max(values))
        for name in policy.fit.values_by_fact
        if name not in policy.fit.gates and (values := [*_values(policy, name)])
    }


def lowest_of_gates(policy: Policy, points: Mapping[str, int]) -> int:
    """Return the fewest points of the gates of a lead that passes. ``points``: those of each gate that passes."""
    total = 0
    named: set[str] = set()
    for one in policy.gates.values():
        found = sorted(points[name] for name in one.of if name in points)
        total += sum(found[: one.at_least]) + sum(point for point in found[one.at_least :] if point < 0)
        named |= set(one.of)
    return total + sum(point for name, point in points.items() if name not in named)


def highest_of_gates(policy: Policy) -> int:
    """Return the most points that all gates give together."""
    highest = dict(policy.gate_points) | {"title": max(title.points for title in policy.buyers.titles)}
    if policy.fit is not None:
        for name in policy.fit.gates:
            highest[name] = max(one for one in policy.fit.values_by_fact[name] if isinstance(one, int))
    needed = needed_gates(policy)
    return sum(point if name in needed else max(point, 0) for name, point in highest.items())


def needed_gates(policy: Policy) -> frozenset[str]:
    """Return the gates that every lead must pass, because no entry of ``gates`` names them."""
    named = {name for one in policy.gates.values() for name in one.of}
    return frozenset(policy.gate_points) - named


def is_side_gated(policy: Policy, side: frozenset[str]) -> bool:
    """Whether every lead that passes has passed a closed gate of a side: of the market or of the person.

    A closed gate passes listed values only. Joined gates count if one of the side is among any number of them that is enough.
    """
    closed = side & closed_gates(policy)
    if closed & needed_gates(policy):
        return True
    return any(one.at_least > len(set(one.of) - closed) for one in policy.gates.values())


def closed_gates(policy: Policy) -> frozenset[str]:
    """Return the gates that pass listed values only. A title or function ``"*"`` passes every value."""
    found = set(policy.served_market.gate_points)
    if not policy.buyers.functions.is_open:
        found.add("function")
    if policy.buyers.open_title is None:
        found.add("title")
    if policy.fit is not None:
        found |= {name for name in policy.fit.gates if policy.fit.values_by_fact[name][-1] == "outside"}
    return frozenset(found)


def is_market_gated(policy: Policy) -> bool:
    """Whether every lead that passes has passed a gate of the company."""
    return is_side_gated(policy, MARKET_GATES)


def is_person_gated(policy: Policy) -> bool:
    """Whether every lead that passes has passed a gate of the person."""
    return is_side_gated(policy, PERSON_GATES)


def _values(policy: Policy, name: str) -> Iterator[int]:
    """Yield the points that a fact may give to a lead that passes. 0 if the fact may be unknown."""
    fit, market, needed = policy.fit, policy.served_market, needed_gates(policy)
    assert fit is not None, "called only with the section fit"  # noqa: S101 - an invariant
    sizes: dict[str, tuple[tuple[SizeLine, ...] | None, Range | None]] = {
        "employees": (fit.employees, market.employees),
        "revenue": (fit.revenue, market.revenue),
        "age": (fit.age, None),
    }
    otherwise = fit.values_by_fact[name][-1]
    if name not in needed and not (
        name == "functions" and "function" in needed and not policy.buyers.functions.is_open
    ):
        yield 0
    if name in sizes:
        lines, gate = sizes[name]
        yield from _of_sizes(lines or (), gate if name in needed else None, otherwise)
    elif name == "country" and market.country is not None and name in needed:
        for code in market.country.in_:
            tier = next((line for line in fit.country or () if code in line.in_), None)
            yield _whole(otherwise if tier is None else tier.value)
    elif name == "functions":
        for function in policy.buyers.functions.names:
            tier_of = next((line for line in fit.functions or () if function in line.in_), None)
            yield _whole(otherwise if tier_of is None else tier_of.value)
    else:
        yield from map(_whole, fit.values_by_fact[name])


def _of_sizes(lines: Iterable[SizeLine], gate: Range | None, otherwise: int | str) -> Iterator[int]:
    """Yield the points of each band that a size within the gate may have, and of sizes in no band."""
    bands = [line for line in lines if line.otherwise is None]
    edges = {
        0,
        *(edge for band in (*bands, *((gate,) if gate else ())) for edge in _edges(band.from_, band.to)),
    }
    for size in edges:
        if size >= 0 and (gate is None or gate.holds(size)):
            band = next((line for line in bands if line.touches(size, size)), None)
            yield _whole(otherwise if band is None else band.value)


def _edges(low: int | None, high: int | None) -> Iterator[int]:
    for edge in (low, high):
        if edge is not None:
            yield from (edge - 1, edge, edge + 1)


def _whole(value: int | str) -> int:
    assert isinstance(value, int), "a fact that is not a gate has no line outside"  # noqa: S101 - an invariant
    return value
