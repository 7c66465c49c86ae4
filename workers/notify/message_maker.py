"""Makes the message of a card from the present state of the store, when it is sent.

So a message that waited shows what holds now, and the outbox itself holds no texts about people.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas.vocabulary import AssigneeType
from workers.notify.channels.channel_calls import Outgoing
from workers.notify.notices import Answer, GivenAnswer, Notice, alert_notice, handoff_notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.outputs import LeadRouting
    from workers.notify.answer_links import AnswerLinks
    from workers.notify.delivery_tables import Card, DeliveryTables


class MessageMaker:
    """Makes messages. ``zone_of`` returns the time zone of a rep. Without ``links``, messages have none."""

    def __init__(
        self, tables: DeliveryTables, zone_of: Callable[[str | None], str], links: AnswerLinks | None
    ) -> None:
        self._tables = tables
        self._zone_of = zone_of
        self._links = links

    def make(self, card: Card, delivery_id: str) -> Outgoing:
        """Return the message of a card. Its delivery_id makes a repetition recognisable."""
        notice = self._notice(card)
        links = (
            {}
            if self._links is None
            else {answer: self._links.url_of(card.card_id, answer) for answer in notice.answers}
        )
        thread = self._tables.place_of_handoff(card) if card.alert_id is not None else None
        return Outgoing(delivery_id, card.card_id, card.address, notice, links, thread)

    def has_content(self, card: Card) -> bool:
        """Return whether there is something to post. An erasure deletes a hand-off before its withdrawal is read."""
        about = self._tables.alert(card.alert_id) if card.alert_id else self._tables.handoff(card.handoff_id)
        return about is not None

    def _notice(self, card: Card) -> Notice:
        held = self._tables.handoff(card.handoff_id)
        handoff = None if held is None else held.value
        zone = self._zone_of(card.rep_id)
        alert = self._tables.alert(card.alert_id)
        if alert is not None:
            is_holder = handoff is not None and holds(handoff, card) and self._given(card, handoff) is None
            return alert_notice(alert, handoff, zone=zone, is_holder=is_holder)
        if handoff is None:
            return Notice("No longer known", is_closed=True)
        return handoff_notice(handoff, zone=zone, is_holder=card.is_open, given=self._given(card, handoff))

    def _given(self, card: Card, handoff: LeadRouting) -> GivenAnswer | None:
        """Return the last answer to the hand-off since the card was opened."""
        holder = handoff.assignee.id if handoff.assignee is not None else ""
        answers = self._tables.answers_of(handoff.handoff_id, holder, card.opened_ms)
        if not answers:
            return None
        last = answers[-1]
        name = self._tables.rep(last.rep_id)[0] or last.rep_id
        return GivenAnswer(Answer(last.answer), name, datetime.fromtimestamp(last.at_ms / 1000, UTC))


def holds(handoff: LeadRouting, card: Card) -> bool:
    """Return whether the readers of a card have the hand-off: its rep, or the desk or partner as a whole."""
    if handoff.assignee is None:
        return False
    if handoff.assignee.type is AssigneeType.REP:
        return card.rep_id == handoff.assignee.id
    return card.rep_id is None
