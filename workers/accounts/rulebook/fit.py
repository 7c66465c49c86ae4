"""Fit: the policy's gates, evaluated on the facts of a company and a person.

In: facts of the company (CRM, enrichment) and of the person (CRM, forms). Out: pass, fail or unknown for each gate,
with its points. A missing fact is unknown. A fact that the policy does not list fails. It reads no activity and writes
nothing. The gates come from the policy keys ``served_market`` and ``buyers``; the country is the company's. Points of
facts that are not gates come from ``fit`` (fact_points.py). Which gates must pass comes from ``gates`` (joined_gates.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Raw

from schemas.explanation import GateResult, PointsLine, WouldChange
from schemas.vocabulary import GateState, Reason, Relationship
from workers.accounts.rulebook.fact_points import NOTHING_STATED, FactPoints
from workers.accounts.rulebook.joined_gates import judge
from workers.accounts.state.company_bounds import employees_bounds, range_text, revenue_bounds
from workers.identity.company_domains import domains_of
from workers.identity.country_names import read_country
from workers.identity.industry_codes import is_covered
from workers.policy.text_patterns import normalize_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.base import Model
    from workers.accounts.rulebook.fact_points import Stated
    from workers.accounts.state.company_bounds import Bounds
    from workers.accounts.state.facts import Company
    from workers.policy.gates import Industry, Range
    from workers.policy.model import Policy

PERSON_GATES = frozenset({"function", "title"})
PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Fit:
    """The gates' answers for one person at one company."""

    state: GateState
    """Fail if a gate fails, else unknown if a gate is unknown, else pass. Of joined gates, some are enough."""
    points: int
    """Sum of the points of the gates that pass and of the other facts."""
    gates: tuple[GateResult, ...]
    """Answer of each gate of the policy: those of the company, function and title, then those of ``fit``."""
    lines: tuple[PointsLine, ...]
    """One line ``fit:<gate>`` per gate that gives points, and ``fact:<fact>`` per known fact that is not a gate."""
    would_change: tuple[WouldChange, ...]
    """Fact or value that each failed or unknown gate needs, if it is in the way."""
    wanted_of_company: tuple[str, ...]
    """Names of the company's gates that are unknown and in the way."""
    wanted_of_person: tuple[str, ...]
    """Names of the person's gates that are unknown and in the way."""
    mark: str
    """Hash of the answers, the facts behind them and the policy. 12 hexadecimal digits."""
    raw_gates: Raw
    """``gates`` as JSON. Encoded once, because a score is emitted with each event and its fit seldom changes."""
    raw_lines: tuple[Raw, ...]
    """``lines`` as JSON."""
    raw_would_change: tuple[Raw, ...]
    """``would_change`` as JSON."""
    least_gain: int
    """Fewest points that the gates would give that do not pass now."""


class Gates:
    """The gates of one policy, precompiled."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._market = policy.served_market
        self.facts = FactPoints(policy, domains_of(policy))
        self._needed = self._needed_values()
        self._fewest_points = policy.gate_points
        self._industry = lru_cache(maxsize=10_000)(self._industry_gate)
        self.fit = lru_cache(maxsize=20_000)(self._fit)
        self._excluded = lru_cache(maxsize=20_000)(self._exclusion)

    def exclusion(self, account_key: str, company: Company | None, address_domain: str = "") -> Reason | None:
        """Return why a lead is never handed off (policy key ``served_market.never``), or None.

        ``address_domain``: the domain of the lead's address. Without it the answer is that for the account as a whole.
        """
        if company is None:
            return self._excluded(account_key, address_domain, (), None)
        return self._excluded(account_key, address_domain, company.domains, company.relationship)

    def _exclusion(
        self,
        account_key: str,
        address_domain: str,
        domains: tuple[str, ...],
        relationship: Relationship | None,
    ) -> Reason | None:
        """Return why an account of this key, domains and relationship is excluded, or a person of it, or None.

        A domain in ``own_domains`` excludes its people. Another account that lists it too is not our company.
        """
        never = self._market.never
        key_domain = account_key.removeprefix("domain:") if account_key.startswith("domain:") else ""
        if any(_is_under(one, never.own_domains) for one in (key_domain, address_domain)):
            return Reason.OWN_DOMAIN
        if any(_is_under(one, never.domains) for one in (key_domain, address_domain, *domains)):
            return Reason.EXCLUDED
        if relationship in never.relationship:
            return Reason.COMPETITOR if relationship is Relationship.COMPETITOR else Reason.EXCLUDED
        return None

    def _fit(
        self,
        company: Company | None,
        job_title: str | None,
        job_function: str | None,
        stated: Stated = NOTHING_STATED,
    ) -> Fit:
        """Return the fit of a person with this title, function and other facts at this company."""
        function = self._function_of(job_title, job_function)
        own_gates, facts = self.facts.results(company, function, stated)
        gates = (*self._company_gates(company), *self._person_gates(job_title, job_function), *own_gates)
        verdict = judge(gates, self._policy.gates.values(), self._fewest_points)
        unknown = [gate.gate for gate in verdict.in_the_way if gate.state is UNKNOWN]
        lines = (
            *(PointsLine(rule=f"fit:{gate.gate}", points=gate.points) for gate in gates if gate.points),
            *facts,
        )
        would_change = tuple(self._would_change(verdict.in_the_way))
        return Fit(
            state=verdict.state,
            points=sum(line.points for line in lines),
            gates=gates,
            lines=lines,
            would_change=would_change,
            wanted_of_company=tuple(name for name in unknown if name not in PERSON_GATES),
            wanted_of_person=tuple(name for name in unknown if name in PERSON_GATES),
            mark=_mark(
                self._policy.hash,
                *(f"{gate.state}{gate.points}{gate.found}" for gate in gates),
                *(f"{line.points}{line.found}" for line in facts),
            ),
            raw_gates=Raw(b"[" + b",".join(map(_json, gates)) + b"]"),
            raw_lines=tuple(Raw(_json(line)) for line in lines),
            raw_would_change=tuple(Raw(_json(one)) for one in would_change),
            least_gain=verdict.least_gain,
        )

    def role(self, job_title: str | None, job_function: str | None) -> tuple[str | None, str | None]:
        """Return the policy's function and title level of a person. None: the policy lists no match."""
        function = self._function_of(job_title, job_function)
        title = self._policy.buyers.title_of(job_title) if job_title else None
        return function, None if title is None else title.level

    def _function_of(self, job_title: str | None, job_function: str | None) -> str | None:
        return self._function_in(job_function, is_stated=True) or self._function_in(job_title)

    # The company.

    def _company_gates(self, company: Company | None) -> Iterable[GateResult]:
        market = self._market
        if market.industry is not None:
            known = (company.sic, company.naics, company.industry) if company else ((), (), None)
            yield self._industry(*known)
        if market.revenue is not None:
            yield self._revenue(market.revenue, company)
        if market.employees is not None:
            yield self._employees(market.employees, company)
        if market.country is not None:
            country = read_country(company.country) if company else None
            state = UNKNOWN if country is None else PASS if country in market.country.in_ else FAIL
            yield _result("country", state, country, market.country.points)

    def _industry_gate(
        self, sic: tuple[str, ...], naics: tuple[str, ...], industry: str | None
    ) -> GateResult:
        gate = self._market.industry
        assert gate is not None, "called only where the policy has the gate"  # noqa: S101 - an invariant
        codes = [("sic", code) for code in sic] + [("naics", code) for code in naics]
        if not codes:
            return self._industry_in_words(gate, industry)
        answers = {code: is_covered(code[1], gate.prefixes[code[0]]) for code in codes}
        fitting = next((code for code in codes if answers[code]), None)
        if fitting is not None:
            return _result("industry", PASS, " ".join(fitting), gate.points)
        state = UNKNOWN if None in answers.values() else FAIL
        return _result("industry", state, ", ".join(map(" ".join, codes)), gate.points)

    def _industry_in_words(self, gate: Industry, industry: str | None) -> GateResult:
        """Return the gate's answer for an industry in words, whose code is in the policy's table."""
        code = None if industry is None else gate.code_of(industry)
        if code is None:
            return _result("industry", UNKNOWN, industry, gate.points)
        answers = {is_covered(code, listed) for listed in gate.prefixes.values() if listed}
        state = PASS if True in answers else UNKNOWN if None in answers else FAIL
        return _result("industry", state, f"{industry} ({code})"[:600], gate.points)

    def _revenue(self, gate: Range, company: Company | None) -> GateResult:
        if company is None or company.revenue is None:
            return _result("revenue", UNKNOWN, None, gate.points)
        found = f"{range_text(company.revenue, company.revenue_to or company.revenue)} {company.currency}"
        if company.currency != self._policy.currency:
            return _result("revenue", UNKNOWN, found, gate.points)
        return _in_range("revenue", gate, revenue_bounds(company, company.currency), found)

    def _employees(self, gate: Range, company: Company | None) -> GateResult:
        bounds = employees_bounds(company)
        return _in_range("employees", gate, bounds, None if bounds is None else range_text(*bounds))

    # The person.

    def _person_gates(self, job_title: str | None, job_function: str | None) -> Iterable[GateResult]:
        buyers = self._policy.buyers
        yield self._function(job_title, job_function)
        if job_function is not None and buyers.is_excluded(job_function):
            yield _result("title", FAIL, job_function, 0)
        elif job_title is None or not _has_letters(job_title):
            # Without never words, every title passes an open line, so an unknown one does too.
            other = None if buyers.never else buyers.open_title
            yield _result("title", UNKNOWN if other is None else PASS, None, other.points if other else 0)
        else:
            title = buyers.title_of(job_title)
            if title is None:
                yield _result("title", FAIL, job_title, 0)
            else:
                yield _result("title", PASS, f"{job_title} ({title.level})"[:600], title.points)

    def _function(self, job_title: str | None, job_function: str | None) -> GateResult:
        """Return the gate ``function``: a stated function, or a title that names one, passes.

        Only a stated function can fail. A title that names no function leaves the gate unknown.
        """
        points = self._policy.buyers.functions.points
        stated = job_function if job_function and _has_letters(job_function) else None
        if (name := self._function_in(stated, is_stated=True)) is not None:
            return _result("function", PASS, f"{stated} ({name})", points)
        if (name := self._function_in(job_title)) is not None:
            return _result("function", PASS, f"{job_title} ({name})"[:600], points)
        if (other := self._policy.buyers.functions.open_name) is not None:
            found = stated or job_title
            return _result("function", PASS, found and f"{found} ({other})"[:600], points)
        return _result("function", FAIL if stated is not None else UNKNOWN, stated, points)

    def _function_in(self, text: str | None, *, is_stated: bool = False) -> str | None:
        """Return the first function whose words are in ``text``. A stated text may also be a function's name."""
        if text is None:
            return None
        for name, pattern in self._policy.buyers.functions.patterns.items():
            if (is_stated and normalize_words(name) == normalize_words(text)) or pattern.found_in(text):
                return name
        return None

    # Values that a gate needs.

    def _needed_values(self) -> dict[str, str]:
        """Return the text of the values with which each gate passes, by the name of the gate."""
        market, buyers = self._market, self._policy.buyers
        needed = {
            "function": "one of " + ", ".join(buyers.functions.names),
            "title": "one of " + ", ".join(title.level for title in buyers.titles),
        }
        if market.industry is not None:
            needed["industry"] = "; ".join(
                f"{name} {', '.join(codes)}" for name, codes in market.industry.codes.items()
            )
        if market.revenue is not None:
            needed["revenue"] = f"{_bounds(market.revenue)} {self._policy.currency}"
        if market.employees is not None:
            needed["employees"] = _bounds(market.employees)
        if market.country is not None:
            needed["country"] = "one of " + ", ".join(market.country.in_)
        return needed | self.facts.needed()

    def _would_change(self, gates: tuple[GateResult, ...]) -> Iterable[WouldChange]:
        for gate in gates:
            if gate.state is UNKNOWN:
                yield WouldChange(what="fact", name=gate.gate, needed=self._needed[gate.gate])
            elif gate.state is FAIL:
                yield WouldChange(what="gate", name=gate.gate, needed=self._needed[gate.gate])


def _is_under(domain: str, listed: tuple[str, ...]) -> bool:
    """Whether ``domain`` is one of the listed domains or a subdomain of one."""
    return any(domain == one or domain.endswith(f".{one}") for one in listed)


def _json(model: Model) -> bytes:
    return model.model_dump_json(exclude_none=True).encode()


def _mark(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()[:12]


def _result(gate: str, state: GateState, found: str | None, points: int) -> GateResult:
    return GateResult(gate=gate, state=state, found=found, points=points if state is PASS else 0)


def _in_range(name: str, gate: Range, bounds: Bounds | None, found: str | None) -> GateResult:
    """Return the answer of a gate for a value within bounds. A range across a bound of the gate leaves it unknown."""
    if bounds is None:
        return _result(name, UNKNOWN, None, gate.points)
    low, high = bounds
    if (gate.from_ is not None and high < gate.from_) or (gate.to is not None and low > gate.to):
        return _result(name, FAIL, found, gate.points)
    is_within = gate.holds(low) and gate.holds(high)
    return _result(name, PASS if is_within else UNKNOWN, found, gate.points)


def _bounds(gate: Range) -> str:
    if gate.from_ is None:
        return f"at most {gate.to}"
    return f"at least {gate.from_}" if gate.to is None else f"{gate.from_} to {gate.to}"


def _has_letters(text: str) -> bool:
    """Whether a text has a letter. A number or a row of dashes is neither a title nor a function: it is unknown."""
    return any(map(str.isalpha, text))
