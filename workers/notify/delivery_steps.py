"""The outbox as a pure state machine: which step is next for a message, and what its result means.

A card is one message at one place, such as one hand-off at Mia's Slack. A delivery is one change of a card, made by one
record. In: a card with its open deliveries. Out: the next step. The store persists each step before and after the call of the
service, so a crash leaves a delivery `unsure`: the call may have been made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SETTLE_MS: Final = 5_000
"""Milliseconds after an unsure attempt before a service is searched for the message. A request may still be on its way."""
_FIRST_BACKOFF_MS: Final = 1_000
_LONGEST_BACKOFF_MS: Final = 300_000


class Change(StrEnum):
    """The change that a delivery makes to its card."""

    OPEN = "open"
    UPDATE = "update"
    CLOSE = "close"


class State(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"  # the service does not have it
    UNSURE = "unsure"  # an attempt began, and its result is not known
    DONE = "done"
    SUPERSEDED = "superseded"  # a later delivery of the card has replaced it
    DEAD = "dead"  # refused or given up; an operator can retry it


class Act(StrEnum):
    """The call of the service that a step makes."""

    POST = "post"
    EDIT = "edit"
    FIND = "find"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change of a card. Times are milliseconds UTC."""

    delivery_id: str
    """The uuid5 of the record's event_id and the card. The services know the message by it."""
    number: int
    change: Change
    state: State = State.WAITING
    due_ms: int = 0
    """The earliest time of the next attempt."""
    attempts: int = 0
    tried_ms: int = 0
    """The start of the last attempt. 0: none yet."""
    created_ms: int = 0


@dataclass(frozen=True, slots=True)
class Ability:
    """The operations of a kind of channel on a message that it has."""

    can_edit: bool
    """Whether a message can be changed. Otherwise a withdrawal is a second message."""
    can_find: bool
    """Whether the service can be searched for a message by its delivery_id."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of a card. Without an act, the superseded deliveries alone are recorded."""

    act: Act | None
    delivery: Delivery | None = None
    superseded: tuple[Delivery, ...] = ()
    at_ms: int = 0
    """The earliest time of the act. Milliseconds UTC."""


NOTHING: Final = Step(None)


def next_step(*, is_posted: bool, deliveries: Sequence[Delivery], ability: Ability) -> Step:
    """Return the next step of a card.

    ``is_posted``: whether the service has the message. ``deliveries``: those that are waiting or unsure, by number. A card
    whose message was never posted and has ended is not posted at all.
    """
    unsure = next((one for one in deliveries if one.state is State.UNSURE), None)
    if unsure is not None and not (is_posted and ability.can_edit):
        return _step_of_unsure(unsure, is_posted=is_posted, can_find=ability.can_find)
    if not deliveries:
        return NOTHING
    has_ended = deliveries[-1].change is Change.CLOSE
    if is_posted and (ability.can_edit or has_ended):
        return _latest(Act.EDIT, deliveries, deliveries[-1].due_ms)
    if not is_posted and not has_ended:
        return _latest(Act.POST, deliveries, max(one.due_ms for one in deliveries))
    return Step(None, superseded=tuple(deliveries))


def _step_of_unsure(unsure: Delivery, *, is_posted: bool, can_find: bool) -> Step:
    """Return the step after an attempt without a known result: search if the service can be searched, else repeat."""
    if can_find and not is_posted:
        return Step(Act.FIND, unsure, at_ms=max(unsure.due_ms, unsure.tried_ms + SETTLE_MS))
    return Step(Act.EDIT if is_posted else Act.POST, unsure, at_ms=unsure.due_ms)


def _latest(act: Act, deliveries: Sequence[Delivery], at_ms: int) -> Step:
    """Return a step with the latest delivery. A message shows the present state, so it covers the earlier ones."""
    return Step(act, deliveries[-1], tuple(deliveries[:-1]), at_ms)


def backoff_ms(attempts: int) -> int:
    """Return the wait after that many attempts without success: 1 s, doubled each time, at most 5 minutes."""
    return min(_FIRST_BACKOFF_MS << min(max(attempts, 1) - 1, 20), _LONGEST_BACKOFF_MS)
