"""Normalise e-mail addresses and domains to one spelling, by which a person or a company is identified.

In: an address or domain as a form, a browser or the CRM gives it. Out: the normalised address or the registrable domain,
or None if the text holds none. Nothing here uses the network. No error text repeats the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList

from workers.identity.address_spellings import find_address, is_symbol, with_usual_characters

_CACHED_RESULTS: Final = 50_000
"""Most results in each cache. Validating takes 32 microseconds, and the same people return."""

_NEVER_FIRST: Final = tuple("'`=*-/|\\~%\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a")
"""Quotes and punctuation that are also valid before the @. An address that begins with one was pasted with it."""

_AROUND_DOMAIN: Final = " \t\r\n\"'`<>\u201c\u201d\u2018\u2019"
_SCHEME: Final = re.compile(r"^(?:https?(?::/*|//+))+", re.IGNORECASE)
"""The scheme of a web address, also with a slip in its punctuation, as https//bank.example."""

_SUFFIXES: Final = PublicSuffixList(only_icann=False)

DATA_VERSION: Final = f"publicsuffixlist {version('publicsuffixlist')}"
"""Version of the list that decides registrable domains."""

ROLES: Final = frozenset(
    {
        # RFC 2142
        *(
            "info",
            "marketing",
            "sales",
            "support",
            "abuse",
            "noc",
            "security",
            "postmaster",
            "hostmaster",
            "usenet",
        ),
        *("news", "webmaster", "www", "uucp", "ftp"),
        # also in common use
        *(
            "accounting",
            "accounts",
            "admin",
            "administrator",
            "billing",
            "careers",
            "contact",
            "contactus",
            "enquiries",
        ),
        *(
            "feedback",
            "finance",
            "hello",
            "help",
            "helpdesk",
            "hr",
            "inquiries",
            "it",
            "jobs",
            "kontakt",
            "legal",
            "mail",
        ),
        *(
            "newsletter",
            "no-reply",
            "noreply",
            "office",
            "orders",
            "press",
            "privacy",
            "purchasing",
            "reception",
        ),
        *("recruiting", "service", "services", "team"),
    }
)
"""Names of mailboxes that belong to a function. Such a mailbox can be a lead, but never an account's contact."""


class BadAddressError(ValueError):
    """Raised for a text that is not an address or domain. The error text never repeats it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A normalised address: lower case, the domain in ASCII. Dots and plus tags are unchanged."""

    email: str
    domain: str
    is_role: bool


def normalise(raw: str) -> Address:
    """Remove what is around the address, validate it without DNS, lower-case it. Raises BadAddressError."""
    address = _normalise(raw)
    if address is None:
        raise BadAddressError("expected an e-mail address, as name@company.com")
    return address


@lru_cache(maxsize=_CACHED_RESULTS)
def _normalise(raw: str) -> Address | None:
    text = raw.strip() if raw.isascii() else with_usual_characters(raw).strip()
    is_plain = not text.startswith(_NEVER_FIRST) and (text.isascii() or not any(map(is_symbol, text)))
    address = _validate(text) if is_plain else None
    if address is None:
        written = find_address(raw)
        address = None if written is None else _validate(written)
    return address


def _validate(text: str) -> Address | None:
    try:
        found = validate_email(text, check_deliverability=False, allow_display_name=True)
    except EmailNotValidError:
        return None
    local, domain = found.local_part.lower(), (found.ascii_domain or "").lower()
    return Address(f"{local}@{domain}", domain, local.split("+", 1)[0] in ROLES)


@lru_cache(maxsize=_CACHED_RESULTS)
def normalise_domain(raw: str) -> str | None:
    """Return the host name in lower-case ASCII, or None if the text holds none.

    A CRM field may hold a web address: its host is used. A host that could not be part of an e-mail address gives None.
    """
    text = raw.strip(_AROUND_DOMAIN).replace("\\", "/")
    text = _SCHEME.sub("//", text, count=1).removeprefix("*.").lstrip("@")
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return None
    address = _normalise(f"postmaster@{host.rstrip('.')}") if host else None
    return None if address is None else address.domain


@lru_cache(maxsize=_CACHED_RESULTS)
def registrable_domain(domain: str) -> str | None:
    """Return the domain one level below its public suffix. None for a public suffix.

    Uses the public suffix list (publicsuffix.org) with its private section: two firms on ``github.io`` are two firms.
    ``domain`` is normalised.
    """
    found: str | None = _SUFFIXES.privatesuffix(domain)
    return found
