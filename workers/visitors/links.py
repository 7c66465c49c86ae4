"""Links of a browser to leads, by time: to which lead an event of the browser belongs.

A link is in force from its own time until the next link. An event from before the first link belongs to the first
link's lead: an identification claims the history before it.
"""

from __future__ import annotations

from typing import Final

from workers.visitors.rows import Link

MAX_LINKS: Final = 8
"""Most links of one browser. The earliest link is dropped."""


def link_at(links: tuple[Link, ...], at_ms: int) -> Link:
    """Return the link that is in force at a time. ``links`` are sorted by time and not empty."""
    for link in reversed(links):
        if link.since_ms <= at_ms:
            return link
    return links[0]


def with_link(links: tuple[Link, ...], new: Link) -> tuple[Link, ...]:
    """Return the links after a person identified at ``new.since_ms``. Returns the same object if nothing changes.

    If the next link is the same person's, it starts earlier instead. A person with another account key (after an upgrade
    of the suffix list) is linked again.
    """
    if links and _is_same(link_at(links, new.since_ms), new):
        return links
    before = tuple(link for link in links if link.since_ms <= new.since_ms)
    after = links[len(before) :]
    if after and _is_same(after[0], new):
        after = after[1:]
    return (*before, new, *after)[-MAX_LINKS:]


def _is_same(one: Link, other: Link) -> bool:
    return one.lead_id == other.lead_id and one.account_key == other.account_key
