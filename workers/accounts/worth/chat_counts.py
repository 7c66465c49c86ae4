"""Activities in chats, and whether each belongs to a request for sales or to a support question.

In: activities and requests of conversations. Out: the bounded lists of a score row. An activity belongs to the latest
request before it. Before the first request of its conversation it belongs to that one. So the order in which turns
arrive does not matter. An activity that belongs to a support question earns nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.state.score import ChatEvent, ChatRequest

MOST_CHAT_EVENTS = 50
"""Most activities in chats that are kept for a lead: the latest."""
MOST_CHAT_REQUESTS = 20
"""Most requests in chats that are kept for a lead: the latest."""


def add_chat_event(chats: tuple[ChatEvent, ...], event: ChatEvent) -> tuple[ChatEvent, ...]:
    """Return the activities with one more, ascending by date. An activity that is known already stays once."""
    if any(one.event_id == event.event_id for one in chats):
        return chats
    return tuple(sorted((*chats, event), key=lambda one: (one.at_ms, one.event_id)))


def add_chat_request(requests: tuple[ChatRequest, ...], *more: ChatRequest) -> tuple[ChatRequest, ...]:
    """Return the requests with further ones, ascending by date. At most 20, the latest."""
    made = {*requests, *more}
    return tuple(sorted(made, key=_by_date)[-MOST_CHAT_REQUESTS:])


def is_for_support(requests: Iterable[ChatRequest], conversation_id: str, at_ms: int) -> bool:
    """Whether what happened in a conversation at ``at_ms`` belongs to a support question."""
    if not requests or not conversation_id:
        return False
    asked = sorted((one for one in requests if one.conversation_id == conversation_id), key=_by_date)
    before = [one for one in asked if one.at_ms <= at_ms]
    return bool(asked) and (before[-1] if before else asked[0]).is_support


def events_for_support(
    chats: Iterable[ChatEvent], requests: tuple[ChatRequest, ...]
) -> tuple[ChatEvent, ...]:
    """Return the activities that belong to support questions."""
    return tuple(one for one in chats if is_for_support(requests, one.conversation_id, one.at_ms))


def _by_date(one: ChatRequest) -> tuple[int, str, bool]:
    return (one.at_ms, one.conversation_id, one.is_support)
