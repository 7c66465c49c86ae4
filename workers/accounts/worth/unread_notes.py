"""Notes about fields of a lead's records that could not be read: which are open after one more record.

In: the notes of a lead, and a record with the fields that could not be read. Out: the notes that are open. Of each topic
and field the latest record decides, whatever the order of arrival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.accounts.state.parts import UnreadNote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schemas.base import UnreadField
    from workers.accounts.state.facts import Fact

MOST_NOTES: Final = 20
"""Most open notes of one lead. Further fields are counted by the metric alone."""


def notes_of(unread: Iterable[UnreadField] | None, at_ms: int) -> tuple[UnreadNote, ...]:
    """Return a note for each field of a record that could not be read."""
    return tuple(UnreadNote(one.topic, one.field, one.word, at_ms) for one in unread or ())


def merge_notes(held: tuple[UnreadNote, ...], others: Iterable[UnreadNote]) -> tuple[UnreadNote, ...]:
    """Return the latest note of each topic and field, sorted. At most 20."""
    made = {(one.topic, one.field): one for one in held}
    for one in others:
        place = (one.topic, one.field)
        if place in made:
            made[place] = max(made[place], one, key=lambda note: (note.at_ms, note.word or ""))
        elif len(made) < MOST_NOTES:
            made[place] = one
    return tuple(made[place] for place in sorted(made))


def notes_after(
    held: tuple[UnreadNote, ...],
    topic: str,
    at_ms: int,
    odd: tuple[UnreadNote, ...],
    has_value: Callable[[str], bool],
) -> tuple[UnreadNote, ...]:
    """Return the notes after a record of a topic with the fields ``odd``.

    ``has_value``: whether the record has a readable value in a field. Such a value ends an earlier note.
    """
    unread = {one.field for one in odd}
    kept = tuple(
        one
        for one in held
        if one.topic != topic or one.at_ms > at_ms or one.field in unread or not has_value(one.field)
    )
    return merge_notes(kept, odd)


def is_known_since(facts: tuple[Fact, ...], note: UnreadNote) -> bool:
    """Whether a form of the same time or later has given the fact that a note is about."""
    return any(fact.name == note.field and not fact.is_crm and fact.at_ms >= note.at_ms for fact in facts)
