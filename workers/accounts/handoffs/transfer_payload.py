"""The data of a lead that goes to another account key, and how it is merged with what that key knows of the lead.

In: stored rows. Out: rows as plain values for a record, and a sent row merged into a stored one. Every field of a lead
moves, also a field that is added to the row later. Only the fields in ``STAYS`` do not move. No row is read or written
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from workers.accounts.rulebook.tally import add_counts
from workers.accounts.state.lead import LeadRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.counts import MOST_RECENT, add_sent_counts, keys_by_rule, merge_firsts
from workers.accounts.worth.facts import merge_facts
from workers.accounts.worth.future_dated import keep_latest
from workers.accounts.worth.unread_notes import merge_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.rulebook.terms import Terms

STAYS: Final = frozenset(
    {"stage", "stage_n", "fit_mark", "pending", "handoffs", "service", "wanted", "wants_of_company", "home"}
)
"""Fields of a lead that do not move, because they belong to the account key: numbers of its outputs, what is open there."""
_CYCLE: Final = (
    "reached_mql",
    "raised_hand",
    "handed",
    "accepted",
    "qualified",
    "claimed",
    "responded_day",
    "request_answered",
    "accepted_by_partner",
    "qualified_by_partner",
    "clock",
    "asked_ms",
    "mql_kind",
)
"""Fields of a lead about its present cycle."""
_VERDICT: Final = ("verdict", "verdict_why", "said_no_ms", "expired_with_handoff", "ended_before_ms")
"""Fields of a lead about the end of its cycle."""
T = TypeVar("T", bound=msgspec.Struct)


def pack_row(row: msgspec.Struct) -> dict[str, Any]:
    """Return a row as plain values, without the fields that have their defaults."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(row))
    return plain


def unpack_row(plain: dict[str, Any], type_: type[T]) -> T:
    """Return the row of plain values. Fields that this version does not know are ignored."""
    return msgspec.convert(plain, type_)


def merge_leads(held: LeadRow, sent: LeadRow, *, is_new: bool) -> LeadRow:
    """Return the lead as this key stores it from now on. ``is_new``: this key did not know the lead.

    Of each fact, the later value is kept. If one key has a later cycle of the lead, the state of that cycle is kept. If
    both have the same cycle, what either key has set is kept, and of two ends of the cycle the later one.
    """
    if is_new:
        return replace(sent, **{name: getattr(held, name) for name in STAYS})
    campaigns = [one for one in (held.campaign, sent.campaign) if one is not None]
    made = replace(
        _fill_blanks(held, sent, STAYS),
        role_address=held.role_address or sent.role_address,
        facts=merge_facts(held.facts, sent.facts),
        campaign=max(campaigns, key=lambda one: (one.at_ms, one.name), default=None),
        cycle=max(held.cycle, sent.cycle),
        bounces=held.bounces + sent.bounces,
        moves=max(held.moves, sent.moves),
        unread=merge_notes(held.unread, sent.unread),
        **{name: getattr(held, name) for name in (*_CYCLE, *_VERDICT)},
    )
    if sent.cycle > held.cycle:
        return replace(made, **{name: getattr(sent, name) for name in (*_CYCLE, *_VERDICT)})
    if sent.cycle < held.cycle:
        return made
    if sent.said_no_ms > held.said_no_ms:
        made = replace(made, **{name: getattr(sent, name) for name in _VERDICT})
    return replace(made, **{name: getattr(held, name) or getattr(sent, name) for name in _CYCLE})


def merge_scores(terms: Terms, held: ScoreRow, sent: ScoreRow) -> ScoreRow:
    """Return the counts of both keys, added up: each event was counted under one of them.

    If this key has counted nothing yet, the sent row is stored with its dwells (activities of unknown duration).
    Otherwise the sent dwells count with the duration known so far. Later activities do not change it any more.
    Activities in chats are merged by the caller, because a later request may show that they are for support.
    """
    if not held.counts and not held.since and not held.dwells:
        untracked = held.untracked if sent.untracked is None else sent.untracked
        touched_day = max(held.touched_day, sent.touched_day)
        ahead = keep_latest((*held.ahead, *sent.ahead))
        return replace(
            sent,
            revision=held.revision,
            untracked=untracked,
            touched_day=touched_day,
            imported_ms=max(held.imported_ms, sent.imported_ms),
            ahead=ahead,
            chats=held.chats,
            chat_requests=held.chat_requests,
        )
    keys = keys_by_rule(sent)
    made = add_sent_counts(terms, held, [(count, keys.get(count.rule, {})) for count in sent.counts])
    since = held.since
    if sent.since is not None:
        since = add_counts(held.since or (), sent.since)
    return replace(
        made,
        latest_day=max(made.latest_day, sent.latest_day),
        touched_day=max(held.touched_day, sent.touched_day),
        since=since,
        recent=tuple(sorted({*held.recent, *sent.recent})[-MOST_RECENT:]),
        imported_ms=max(held.imported_ms, sent.imported_ms),
        ahead=keep_latest((*held.ahead, *sent.ahead)),
        firsts=merge_firsts(held.firsts, sent.firsts),
        settled=None
        if made.settled is None
        else replace(made.settled, firsts=merge_firsts(made.settled.firsts, sent.firsts)),
    )


def _fill_blanks(held: T, sent: T, stays: Iterable[str]) -> T:
    """Return ``held``. Each of its fields with the default value, except ``stays``, gets the value of ``sent``."""
    blank = {
        one.name: getattr(sent, one.name)
        for one in msgspec.structs.fields(held)
        if one.name not in stays and getattr(held, one.name) == one.default
    }
    return replace(held, **blank)
