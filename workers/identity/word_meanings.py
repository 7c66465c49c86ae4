"""The company's own words in input records, replaced by the words of the contract that the policy names.

In: a record whose word of a closed list could not be read. Out: the record with the word of the contract, and without
the field among those that could not be read. A word that the policy does not name stays unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.form_fills import FormFill
from schemas.sales_activities import SalesActivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.tolerant_parsing import Reading
    from workers.policy.own_words import Words


def with_own_words(reading: Reading, words: Words) -> Reading:
    """Return the reading with the company's own word replaced. The same object if it has none."""
    if not reading.unread:
        return reading
    if isinstance(reading.body, FormFill):
        return _replace(reading, "request", words.requests)
    if isinstance(reading.body, SalesActivity):
        return _replace(reading, "reason", words.reasons)
    return reading


def _replace(reading: Reading, field: str, meanings: Mapping[str, object]) -> Reading:
    found = next((one for one in reading.unread if one.field == field), None)
    if found is None or found.word is None or found.word not in meanings:
        return reading
    body = reading.body.model_copy(update={field: meanings[found.word]})
    return type(reading)(body, tuple(one for one in reading.unread if one is not found))
