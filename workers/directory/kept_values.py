"""Fields of a CRM record that could not be read: the last version's value stays, because the CRM did not remove it.

In: a record with the fields that could not be read, and the content of the last version. Out: the record with these
values, and the names of the fields as a row keeps them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from schemas.base import UnreadField
from workers.directory.versions import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.base import InboundEvent
    from schemas.topics import Topic

    R = TypeVar("R", bound=InboundEvent)

Unread: TypeAlias = tuple[tuple[str, str | None], ...]
"""(field, unknown word of a closed list) of each field that could not be read."""


def pack_unread(unread: Iterable[UnreadField]) -> Unread:
    """Return the fields as a row keeps them."""
    return tuple((one.field, one.word) for one in unread)


def unpack_unread(topic: Topic, unread: Unread) -> list[UnreadField] | None:
    """Return the fields as a message names them, or None if all could be read."""
    return [UnreadField(topic=topic.name, field=name, word=word) for name, word in unread] or None


def with_kept_values(record: R, unread: Iterable[UnreadField], content: str) -> R:
    """Return the record with the last version's value in each field that could not be read and has its default now."""
    tops = sorted({one.field.partition(".")[0] for one in unread})
    lost = [name for name in tops if getattr(record, name) == _default_of(record, name)]
    held = json.loads(content) if content and lost else {}
    kept = {name: held[name] for name in lost if not is_blank(held.get(name))}
    if not kept:
        return record
    before = type(record).model_validate(record.model_dump() | kept)
    return record.model_copy(update={name: getattr(before, name) for name in kept})


def _default_of(record: InboundEvent, name: str) -> object:
    field = type(record).model_fields[name]
    return "" if field.is_required() else field.get_default(call_default_factory=True)
