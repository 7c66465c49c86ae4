"""Whose browser is it, and when? A browser's links by time, and which of them an activity belongs to.

A link is in force from its own time until the next one. What happened before the first link belongs to the first:
that is the history that an identification explains.
"""

from __future__ import annotations

from typing import Final

from workers.visitors.rows import Link

MAX_LINKS: Final = 8
"""People of one browser that are remembered; the earliest link goes."""


def link_at(links: tuple[Link, ...], at_ms: int) -> Link:
    """Return the link in force at a time. ``links`` are sorted by time and not empty."""
    for link in reversed(links):
        if link.since_ms <= at_ms:
            return link
    return links[0]


def linked(links: tuple[Link, ...], new: Link) -> tuple[Link, ...]:
    """Return the links after somebody identified at ``new.since_ms``; the same object where they change nothing.

    Where the next link is of the same person, it begins earlier instead. A person whose account key is another (the
    suffix list was upgraded) is linked anew.
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
