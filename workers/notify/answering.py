"""Applies the answer of a rep to a message: who may give it, whether it is the first, and the event that it becomes.

In: a tap at Slack or a button of the answer page. Out: a stored answer, or the sentence that refuses it. The event's id is made
from the hand-off, its holder and the answer, so a double tap, and the same answer through two channels, count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from schemas.sales_activities import SalesActivity
from schemas.vocabulary import AssigneeType, RejectReason, SalesAction
from workers.notify.delivery_steps import Change
from workers.notify.given_answers import StoredAnswer
from workers.notify.message_maker import holds
from workers.notify.notices import Answer
from workers.outbox import fact_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.outputs import LeadRouting
    from workers.notify.delivery_tables import Card, DeliveryTables
    from workers.notify.known_handoffs import HeldHandoff

PRODUCER: Final = "lead-router-notify"
_ACTIONS: Final = {
    Answer.ACCEPT: SalesAction.ACCEPTED,
    Answer.REJECT: SalesAction.REJECTED,
    Answer.NOT_ME: SalesAction.RETURNED,
}
_DONE: Final = {Answer.ACCEPT: "accepted", Answer.REJECT: "rejected", Answer.NOT_ME: "returned"}
_UNKNOWN: Final = "This message is no longer known."
_ENDED: Final = "This hand-off was withdrawn or has another holder."


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a tap. ``sentence`` is for the rep."""

    is_taken: bool
    sentence: str


def give_answer(
    tables: DeliveryTables,
    card_id: str,
    answer: Answer,
    *,
    rep_id: str | None,
    reason: str | None,
    known_reps: Collection[str],
    now_ms: int,
) -> Outcome:
    """Store an answer with the changes of the messages that show it. Call it within a transaction.

    ``rep_id``: the rep who taps; None for a link, whose message names the rep. ``known_reps``: who may answer for a desk.
    """
    card = tables.card(card_id)
    held = None if card is None else tables.handoff(card.handoff_id)
    if card is None or held is None:
        return Outcome(is_taken=False, sentence=_UNKNOWN)
    handoff = held.value
    by = _answering_rep(handoff, card, rep_id, known_reps)
    if isinstance(by, Outcome):
        return by
    if answer is Answer.REJECT and reason not in {one.value for one in RejectReason}:
        return Outcome(is_taken=False, sentence="A rejection needs one of the listed reasons.")
    earlier = earlier_answer(tables, held, answer)
    if earlier is not None:
        name = tables.rep(earlier.rep_id)[0] or earlier.rep_id
        return Outcome(
            is_taken=False, sentence=f"This lead was already {_DONE[Answer(earlier.answer)]} by {name}."
        )
    given = _stored(held, answer, by, reason if answer is Answer.REJECT else None, now_ms)
    tables.add_answer(given)
    for one in tables.cards_about(handoff.handoff_id):
        tables.add_delivery(one, given.event_id, Change.UPDATE, due_ms=now_ms, now_ms=now_ms)
    return Outcome(is_taken=True, sentence=f"The lead is {_DONE[answer]}.")


def earlier_answer(tables: DeliveryTables, held: HeldHandoff, answer: Answer) -> StoredAnswer | None:
    """Return the answer that stops this one: any end, or an acceptance unless the rep now rejects."""
    holder = _holder(held.value)
    for one in tables.answers_of(held.value.handoff_id, holder, 0):
        is_of_now = one.event_id == _event_id(held, Answer(one.answer), one.rep_id)
        is_end = one.answer != Answer.ACCEPT
        if is_of_now and (is_end or answer is not Answer.REJECT):
            return one
    return None


def activity_of(answer: StoredAnswer) -> SalesActivity:
    """Return the event of an answer. `not_me` is `returned`: the holder gives the lead back without a rejection."""
    return SalesActivity(
        event_id=answer.event_id,
        occurred_at=datetime.fromtimestamp(answer.at_ms / 1000, UTC),
        producer=PRODUCER,
        action=_ACTIONS[Answer(answer.answer)],
        handoff_id=answer.handoff_id,
        rep_id=answer.rep_id,
        reason=None if answer.reason is None else RejectReason(answer.reason),
    )


def _answering_rep(
    handoff: LeadRouting, card: Card, rep_id: str | None, known_reps: Collection[str]
) -> str | Outcome:
    if handoff.assignee is None:
        return Outcome(is_taken=False, sentence=_ENDED)
    rep_id = rep_id or card.rep_id
    if handoff.assignee.type is AssigneeType.REP and rep_id != handoff.assignee.id:
        name = handoff.assignee.name or handoff.assignee.id
        return Outcome(is_taken=False, sentence=f"This lead is with {name}.")
    if not holds(handoff, card) or not (card.is_open or card.alert_id):
        return Outcome(is_taken=False, sentence=_ENDED)
    if handoff.assignee.type is AssigneeType.PARTNER:
        return handoff.assignee.id
    if rep_id is None or rep_id not in known_reps:
        return Outcome(is_taken=False, sentence="Your name is not in the list of reps (notify.yaml, reps).")
    return rep_id


def _stored(held: HeldHandoff, answer: Answer, rep_id: str, reason: str | None, now_ms: int) -> StoredAnswer:
    handoff_id, holder = held.value.handoff_id, _holder(held.value)
    return StoredAnswer(
        _event_id(held, answer, rep_id), handoff_id, holder, rep_id, answer.value, reason, now_ms
    )


def _event_id(held: HeldHandoff, answer: Answer, rep_id: str) -> str:
    """Return the id of an answer's event. A hand-off that comes back to the same holder can be answered again."""
    return fact_id("notify_answer", held.value.handoff_id, held.held_since, rep_id, answer.value)


def _holder(handoff: LeadRouting) -> str:
    return handoff.assignee.id if handoff.assignee is not None else ""
