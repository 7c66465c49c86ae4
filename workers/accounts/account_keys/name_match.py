"""The CRM account that a lead means by a company name.

In: the CRM accounts of that name, facts of the lead's account, the policy's demands. Out: the matching account and
whether a second fact proves the match; else the candidates that match equally well. Pure: it reads and writes no rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from schemas.vocabulary import Relationship
from workers.accounts.state.parts import NameMatch
from workers.identity.company_names import is_spelled_by
from workers.identity.country_names import read_country
from workers.identity.phone_numbers import is_same_phone
from workers.identity.placeholders import is_filler, is_placeholder
from workers.identity.text_folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.accounts.state.parts import NamedAccount, NameQuery
    from workers.policy.matching import ByName, Evidence

MOST_CANDIDATES: Final = 10
"""Most candidates of a match, lowest crm_account_id first."""
_NON_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")
_COUNTRY_SIGN = re.compile(r"^\s*[a-z]{1,3}\s*-\s*(?=\d)")
"""The sign of a country before a postal code, as in D-10115."""
_FEWEST_CODE_CHARACTERS: Final = 5
"""Fewest characters of a postal code that may be the first part of a longer one, as with ZIP+4."""
NO_MATCH: Final = NameMatch()


def match_company(
    policy: ByName | None, name: str, asker: NameQuery, named: Sequence[NamedAccount]
) -> NameMatch:
    """Return the account that is meant, or NO_MATCH.

    Accounts of another country are left out, then those without the evidence that the policy demands. A tie is broken
    by the domain, then by a customer, then by an open opportunity. If it remains, the match contains the candidates.
    """
    if policy is None:
        return NO_MATCH
    left = [one for one in named if not _is_conflict(read_country(asker.country), read_country(one.country))]
    if policy.demands:
        left = [one for one in left if _has_evidence(policy.demands, name, asker, one)]
    tests: tuple[Callable[[NamedAccount], bool], ...] = (
        lambda one: _has_evidence(("domain",), name, asker, one),
        lambda one: one.relationship is Relationship.CUSTOMER,
        lambda one: one.has_open_opportunity,
    )
    for test in tests:
        if len(left) > 1:
            left = [one for one in left if test(one)] or left
    if not left:
        return NO_MATCH
    if len(left) > 1:
        return NameMatch(candidates=tuple(sorted(one.crm_account_id for one in left)[:MOST_CANDIDATES]))
    one = left[0]
    is_proven = _has_evidence(policy.proven_by, name, asker, one)
    return NameMatch(one.crm_account_id, one.primary_key, is_unproven=not is_proven)


def _is_conflict(one: str | None, other: str | None) -> bool:
    """Whether both values are known and differ."""
    return bool(one and other and one != other)


def _has_evidence(evidence: Sequence[Evidence], name: str, asker: NameQuery, account: NamedAccount) -> bool:
    """Whether at least one kind of evidence agrees. A fact that one side does not know agrees with nothing."""
    domain = asker.domain
    found = {
        "domain": domain is not None and (domain in account.domains or is_spelled_by(name, domain)),
        "phone": is_same_phone(
            asker.phone, account.phone, *map(read_country, (asker.country, account.country))
        ),
        "postal_code": is_same_postal_code(asker.postal_code, account.postal_code),
    }
    return any(found[one] for one in evidence)


def is_same_postal_code(one: str | None, other: str | None) -> bool:
    """Whether two postal codes are the same in any spelling. A shorter one may be the start of a longer (ZIP+4)."""
    mine, theirs = (_postal_code(code or "") for code in (one, other))
    short, long = sorted((mine, theirs), key=len)
    return bool(short) and (
        short == long or (len(short) >= _FEWEST_CODE_CHARACTERS and long.startswith(short))
    )


def _postal_code(text: str) -> str:
    """Return a postal code in the form in which it is compared. Empty if it proves nothing, as 00000 or N/A."""
    plain = _COUNTRY_SIGN.sub("", fold(text))
    code = _NON_ALPHANUMERIC.sub("", plain)
    return "" if is_placeholder(text) or is_filler(code) else code
