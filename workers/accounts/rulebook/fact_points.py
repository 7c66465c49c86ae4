"""Points for facts that are not gates (policy key ``fit``), and the gates that such a fact becomes by a line ``outside``.

In: facts of the company, the function of the person, the address, and what forms and the CRM state beside them. Out: for each fact a gate's answer, or its points
with the value that was found. An unknown fact gives 0 points. A size that is known as a range gives the fewest points of
the bands that it touches. It reads no activity and writes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from schemas.explanation import GateResult, PointsLine
from schemas.vocabulary import DomainUse, GateState
from workers.accounts.state.company_bounds import employees_bounds, range_text, revenue_bounds
from workers.identity.country_names import read_country
from workers.identity.industry_codes import is_covered
from workers.policy.fit_lines import OUTSIDE
from workers.policy.fit_points import OWN_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workers.accounts.state.company_bounds import Bounds
    from workers.accounts.state.facts import Company
    from workers.identity.company_domains import CompanyDomains
    from workers.policy.fit_lines import FactLine, IndustryLine, Line, PatternLine, SizeLine
    from workers.policy.fit_points import FitPoints
    from workers.policy.model import Policy

FACT_LINE = "fact:"
"""Begin of the name of a points line for a fact that is not a gate."""
_NEEDED = "a value that the policy does not call outside"


class Stated(NamedTuple):
    """The facts beside company, title and function that give points. What the policy does not ask for is left out."""

    domain: str = ""
    """Domain of the address. Empty: not known."""
    is_role: bool = False
    """Whether the address is that of a role, such as info@."""
    age: int | None = None
    """Age of the company in calendar years. None: not known."""
    product: str | None = None
    """Product in which the person is interested. None: not known."""
    fields: tuple[str | None, ...] = ()
    """Values of the custom fields of ``FactPoints.fields``, in their order. None: not known."""


NOTHING_STATED = Stated()
"""The facts of a lead where the policy asks for none of them."""


class _Known(NamedTuple):
    """The known part of a fact."""

    values: frozenset[int | str]
    """Points of the lines that may apply, or ``outside``. Empty: the fact is unknown."""
    found: str | None = None
    """The fact, as text."""


_UNKNOWN = _Known(frozenset())


class FactPoints:
    """The facts of ``fit`` of one policy."""

    def __init__(self, policy: Policy, domains: CompanyDomains) -> None:
        self._policy = policy
        self._domains = domains
        self._fit = policy.fit
        fit = self._fit
        self.gates = frozenset(fit.gates) if fit is not None else frozenset[str]()
        """Names of the facts that are gates."""
        self.asks_address = fit is not None and not (
            fit.free_mail is None and fit.role_address is None and fit.domains is None
        )
        """Whether the address gives points."""
        self.asks_age = fit is not None and fit.age is not None
        """Whether the age of the company gives points."""
        self.asks_product = fit is not None and fit.product_interest is not None
        """Whether the product interest gives points."""
        self.fields = () if fit is None else tuple(fit.by_field)
        """Custom fields that give points."""
        self.asks_more = self.asks_address or self.asks_age or self.asks_product or bool(self.fields)
        """Whether facts beside company, title and function give points."""

    def results(
        self, company: Company | None, function: str | None, stated: Stated
    ) -> tuple[list[GateResult], list[PointsLine]]:
        """Return the answers of the facts that are gates, and the points of the other known facts."""
        gates: list[GateResult] = []
        lines: list[PointsLine] = []
        if self._fit is None:
            return gates, lines
        for name, known in self._known_facts(company, function, stated):
            points = [one for one in known.values if isinstance(one, int)]
            if name in self.gates:
                state = _state_of(known.values)
                earned = min(points) if state is GateState.PASS else 0
                gates.append(GateResult(gate=name, state=state, found=known.found, points=earned))
            elif points:
                lines.append(PointsLine(rule=f"{FACT_LINE}{name}", points=min(points), found=known.found))
        return gates, lines

    def needed(self) -> dict[str, str]:
        """Return the text of the values with which each fact that is a gate passes, by its name."""
        return dict.fromkeys(self.gates, _NEEDED)

    def _known_facts(
        self, company: Company | None, function: str | None, stated: Stated
    ) -> Iterator[tuple[str, _Known]]:
        fit = self._fit
        assert fit is not None, "called only with the section fit"  # noqa: S101 - an invariant
        if fit.employees is not None:
            yield "employees", _in_bands(fit.employees, employees_bounds(company))
        if fit.revenue is not None:
            yield "revenue", _in_bands(fit.revenue, revenue_bounds(company, self._policy.currency))
        if fit.country is not None:
            country = read_country(company.country) if company else None
            yield "country", _in_tiers(fit.country, country, lambda line: country in line.in_)
        if fit.industry is not None:
            yield "industry", self._industry(fit.industry, company)
        if fit.functions is not None:
            yield "functions", _in_tiers(fit.functions, function, lambda line: function in line.in_)
        if stated.domain:
            yield from self._facts_of_address(fit, stated)
        if fit.age is not None:
            bounds = None if stated.age is None else (Decimal(stated.age), Decimal(stated.age))
            yield "age", _in_bands(fit.age, bounds)
        if fit.product_interest is not None:
            yield "product_interest", _in_patterns(fit.product_interest, stated.product)
        for (name, lines), value in zip(fit.by_field.items(), stated.fields, strict=False):
            yield f"{OWN_FIELD}{name}", _in_patterns(lines, value)

    def _facts_of_address(self, fit: FitPoints, address: Stated) -> Iterator[tuple[str, _Known]]:
        if fit.free_mail is not None:
            is_free = self._domains.use_of(address.domain) is DomainUse.FREE_MAIL
            yield (
                "free_mail",
                _Known(frozenset({fit.free_mail if is_free else 0}), "yes" if is_free else "no"),
            )
        if fit.role_address is not None:
            is_role = address.is_role
            yield (
                "role_address",
                _Known(frozenset({fit.role_address if is_role else 0}), "yes" if is_role else "no"),
            )
        if fit.domains is not None:
            yield "domains", _in_tiers(fit.domains, address.domain, lambda line: line.covers(address.domain))

    def _industry(self, lines: tuple[IndustryLine, ...], company: Company | None) -> _Known:
        """Return the line of the first tier that has one of the company's codes. A range across tiers is unknown."""
        codes = (
            [("sic", code) for code in company.sic] + [("naics", code) for code in company.naics]
            if company
            else []
        )
        found = ", ".join(map(" ".join, codes))
        gate = self._policy.served_market.industry
        if not codes and company is not None and company.industry is not None and gate is not None:
            code = gate.code_of(company.industry)
            codes = [("sic", code), ("naics", code)] if code is not None else []
            found = f"{company.industry} ({code})"[:600]
        if not codes:
            return _UNKNOWN
        for line in lines:
            answers = {is_covered(code, line.prefixes[system]) for system, code in codes}
            if True in answers:
                return _Known(frozenset({line.value}), found)
            if None in answers:
                return _Known(frozenset(), found)
        return _Known(frozenset({_otherwise(lines)}), found)


def _state_of(values: frozenset[int | str]) -> GateState:
    if not values or (OUTSIDE in values and len(values) > 1):
        return GateState.UNKNOWN
    return GateState.FAIL if OUTSIDE in values else GateState.PASS


def _otherwise(lines: tuple[FactLine, ...]) -> int | str:
    return lines[-1].value if lines[-1].otherwise is not None else 0


def _in_tiers(lines: tuple[Line, ...], value: str | None, covers: Callable[[Line], bool]) -> _Known:
    """Return the line of the first tier that covers a value."""
    if value is None:
        return _UNKNOWN
    tier = next((line for line in lines if line.otherwise is None and covers(line)), None)
    return _Known(frozenset({_otherwise(lines) if tier is None else tier.value}), value)


def _in_patterns(lines: tuple[PatternLine, ...], value: str | None) -> _Known:
    """Return the first line whose pattern matches a text."""
    return _in_tiers(lines, value, lambda line: line.pattern.match(value or "") is not None)


def _in_bands(lines: tuple[SizeLine, ...], bounds: Bounds | None) -> _Known:
    """Return the bands that a size touches, with ``otherwise`` if the bands leave a gap in it."""
    if bounds is None:
        return _UNKNOWN
    low, high = bounds
    bands = sorted((line for line in lines if line.otherwise is None), key=lambda line: line.from_ or 0)
    touched = [line for line in bands if line.touches(low, high)]
    values = {line.value for line in touched}
    if _has_gap(touched, low, high):
        values.add(_otherwise(lines))
    return _Known(frozenset(values), range_text(low, high))


def _has_gap(bands: Iterable[SizeLine], low: Decimal, high: Decimal) -> bool:
    """Whether a whole number from ``low`` to ``high`` is in none of the bands, which ascend."""
    first_open = low
    for band in bands:
        if band.from_ is not None and band.from_ > first_open:
            return True
        if band.to is None:
            return False
        first_open = Decimal(band.to + 1)
    return first_open <= high
