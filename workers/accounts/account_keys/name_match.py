"""Which company does somebody mean by a name? The one that is left when nothing speaks against it and ties are broken.

In: the CRM's accounts of that name, what is known of who names it, what the policy demands. Out: a match, with whether
anything beside the name proves it; or none, and the candidates between whom nothing decides. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Relationship
from workers.accounts.state.parts import NameMatch
from workers.identity.company_names import is_spelled_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.accounts.state.parts import NamedAccount, NameQuery
    from workers.policy.matching import ByName, Evidence

MOST_CANDIDATES: Final = 10
_NO_DIGIT = re.compile(r"\D+")
_NO_CODE = re.compile(r"[^0-9a-z]+")
_MOST_OF_COUNTRY: Final = 3
"""Digits of a country's code (ITU-T E.164)."""
_FEWEST_DIGITS: Final = 7
_FEWEST_OF_CODE: Final = 5
"""Of a longer postal code (ZIP+4) the first part suffices."""


NOBODY: Final = NameMatch()


def decide(policy: ByName | None, name: str, asker: NameQuery, named: Sequence[NamedAccount]) -> NameMatch:
    """Return which account is meant. Ties: domain, customer, open opportunity, else nobody and the candidates."""
    if policy is None:
        return NOBODY
    left = [one for one in named if not _conflicts(asker.country, one.country)]
    if policy.demands:
        left = [one for one in left if _agrees(policy.demands, name, asker, one)]
    tests: tuple[Callable[[NamedAccount], bool], ...] = (
        lambda one: _agrees(("domain",), name, asker, one),
        lambda one: one.relationship is Relationship.CUSTOMER,
        lambda one: one.has_open_opportunity,
    )
    for test in tests:
        if len(left) > 1:
            left = [one for one in left if test(one)] or left
    if not left:
        return NOBODY
    if len(left) > 1:
        return NameMatch(candidates=tuple(sorted(one.crm_account_id for one in left)[:MOST_CANDIDATES]))
    one = left[0]
    is_proven = _agrees(policy.proven_by, name, asker, one)
    return NameMatch(one.crm_account_id, one.primary_key, is_unproven=not is_proven)


def _conflicts(one: str | None, other: str | None) -> bool:
    return bool(one and other and one.upper() != other.upper())


def _agrees(evidence: Sequence[Evidence], name: str, asker: NameQuery, account: NamedAccount) -> bool:
    """Whether any of these agrees; what one side does not know agrees with nothing."""
    domain = asker.domain
    found = {
        "domain": domain is not None and (domain in account.domains or is_spelled_by(name, domain)),
        "phone": same_phone(asker.phone, account.phone),
        "postal_code": same_postal_code(asker.postal_code, account.postal_code),
    }
    return any(found[one] for one in evidence)


def same_phone(one: str | None, other: str | None) -> bool:
    """Whether two numbers are one, however they are written, with or without the country's code."""
    mine, theirs = (_NO_DIGIT.sub("", number or "").lstrip("0") for number in (one, other))
    short, long = sorted((mine, theirs), key=len)
    is_whole = len(short) >= _FEWEST_DIGITS and len(long) - len(short) <= _MOST_OF_COUNTRY
    return is_whole and long.endswith(short)


def same_postal_code(one: str | None, other: str | None) -> bool:
    """Whether two codes are one; a longer one (ZIP+4) begins with the shorter."""
    mine, theirs = (_NO_CODE.sub("", (code or "").lower()) for code in (one, other))
    short, long = sorted((mine, theirs), key=len)
    return bool(short) and (short == long or (len(short) >= _FEWEST_OF_CODE and long.startswith(short)))
