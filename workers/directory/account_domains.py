"""The domains of a CRM account: those that identify it, and those that are dropped.

In: the domains as the CRM has them, and the lists of the policy in force. Out: registrable domains, and the reason why
each other domain is dropped. Nothing is stored or published here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from schemas.lead_events import DroppedDomain
from schemas.vocabulary import DomainUse
from workers.identity.addresses import normalise_domain, registrable_domain
from workers.identity.company_names import is_spelled_by, normalise_company

if TYPE_CHECKING:
    from schemas.crm_accounts import CrmAccount
    from workers.identity.company_domains import CompanyDomains


_SEPARATORS: Final = re.compile(r"[\s,;|]+")


class SortedDomains(NamedTuple):
    """The domains of one record."""

    account: CrmAccount
    """The record with the registrable domains that identify it, each once."""
    dropped: tuple[DroppedDomain, ...]
    """The other domains, each once."""
    hosts: tuple[str, ...]
    """All host names, in the order of the record. Empty for a text that is not a domain."""


def sort_domains(account: CrmAccount, lists: CompanyDomains) -> SortedDomains:
    """Return which domains of a record identify its account."""
    hosts = (host for raw in account.domains for host in _hosts_in(raw))
    return sort_hosts(account, tuple(hosts), lists)


def _hosts_in(raw: str) -> list[str]:
    """Return the host of a text, or the hosts if several are written with commas, semicolons or bars between them."""
    host = normalise_domain(raw)
    parts = [] if host is not None else [part for part in _SEPARATORS.split(raw) if part]
    return [host or ""] if len(parts) < 2 else [normalise_domain(part) or "" for part in parts]  # noqa: PLR2004


def sort_hosts(account: CrmAccount, hosts: tuple[str, ...], lists: CompanyDomains) -> SortedDomains:
    """Return which host names of a record identify its account. An empty host name is not a domain."""
    kept: list[str] = []
    dropped: dict[str, DroppedDomain] = {}
    for host in hosts:
        use = _use_of(account, host, lists)
        if use is not None:
            dropped[host] = DroppedDomain(domain=host or None, use=use)
            continue
        domain = registrable_domain(host)
        if domain is not None and domain not in kept:
            kept.append(domain)
    return SortedDomains(account.model_copy(update={"domains": kept}), tuple(dropped.values()), hosts)


def _use_of(account: CrmAccount, host: str, lists: CompanyDomains) -> DomainUse | None:
    if not host:
        return DomainUse.NOT_A_DOMAIN
    use = lists.use_of_site(host)
    return None if use is DomainUse.SHARED_SITE and _is_operator(account, host) else use


def _is_operator(account: CrmAccount, host: str) -> bool:
    """Whether the account is the company that operates a shared site, because the domain spells its name."""
    domain = registrable_domain(host) or ""
    names = (normalise_company(name) for name in (account.name, *account.other_names))
    return any(name is not None and is_spelled_by(name, domain) for name in names)
