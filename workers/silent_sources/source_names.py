"""The sources of an event: its producer, its site, and its form or page.

Names are bounded in length. They have no query, no fragment, no id and no e-mail address.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

MOST_CHARACTERS = 120
MOST_SEGMENTS = 4
OTHERS = "(others)"
"""The name under which sources beyond the bound are counted together."""
_ID = ":id"
_ADDRESS = "[address]"
_AT = ("@", "\N{FULLWIDTH COMMERCIAL AT}", "\N{SMALL COMMERCIAL AT}")
_HAS_ID = re.compile(
    r"\d{4,}|^[0-9a-f]{8,}$|^[0-9a-f]{4,}-[0-9a-f-]+$|^\d+$|^(?=.*\d)(?=.*[a-zA-Z])[\w-]{20,}$"
)
_HOST = re.compile(r"[a-z0-9.-]+")


class SourceKind(StrEnum):
    """The kinds of sources, from the widest to the narrowest."""

    PRODUCER = "producer"
    SITE = "site"
    FORM = "form"
    PAGE = "page"


class Source(NamedTuple):
    """A source: what sends, and its name within its kind."""

    kind: SourceKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def producer_source(topic: str, producer: str | None) -> Source:
    """Return the producer of an event. A topic without named producers is one producer."""
    name = _clean(producer or "")
    return Source(SourceKind.PRODUCER, (f"{topic} from {name}" if name else topic)[:MOST_CHARACTERS])


def site_source(topic: str, url: str | None) -> Source | None:
    """Return the site on which an event of ``topic`` happened. None if the URL names no host."""
    host = _host(url)
    return Source(SourceKind.SITE, f"{topic} on {host}"[:MOST_CHARACTERS]) if host else None


def form_source(form_id: str) -> Source | None:
    """Return the form. None if its id is empty."""
    name = _clean(form_id)
    return Source(SourceKind.FORM, name) if name else None


def page_source(url: str | None) -> Source | None:
    """Return the page: host and path. Parts of the path that look like ids are replaced. None if the URL names no host."""
    host = _host(url)
    if not host or url is None:
        return None
    segments = [segment for segment in _unquoted(urlsplit(_with_scheme(url)).path).split("/") if segment]
    kept = [_ID if _HAS_ID.search(one) or _has_address(one) else one for one in segments[:MOST_SEGMENTS]]
    return Source(SourceKind.PAGE, _clean("/".join([host, *kept]).lower()))


def _host(url: str | None) -> str:
    if not url:
        return ""
    try:
        host = (urlsplit(_with_scheme(url)).hostname or "").rstrip(".")
    except ValueError:  # an address such as http://[
        return ""
    return host if _HOST.fullmatch(host) and "." in host else ""


def _with_scheme(url: str) -> str:
    return url if "//" in url[:10] else f"//{url}"


def _has_address(text: str) -> bool:
    return any(at in text for at in _AT)


def _unquoted(text: str) -> str:
    for _ in range(3):  # a link that was encoded again on its way
        text, before = unquote(text), text
        if text == before:
            break
    return text


def _clean(text: str) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in _unquoted(text))
    words = (_ADDRESS if _has_address(word) else word for word in printable.split())
    return " ".join(words)[:MOST_CHARACTERS]
