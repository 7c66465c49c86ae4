"""The values of the interleaving search: a decision, facts about the rows of one key, and a state of the whole search."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.property.reader import Reader


class Decision(NamedTuple):
    """The effect of one message on one place. Rows, places and messages are given by their numbers."""

    rows: int
    """The rows after the message."""
    messages: tuple[tuple[int, int], ...]
    """(place, message) of each message to another log."""
    results: tuple[Any, ...]
    """The output events, in order."""


class RowFacts(NamedTuple):
    """Properties of the rows of a place that the search needs."""

    has_chunk: bool = False
    """Whether work in chunks is unfinished."""
    is_alias: bool = False
    """Whether the account key is an alias."""
    leads: tuple[str, ...] = ()
    """The lead_ids that are stored there."""


class State(NamedTuple):
    """Everything that later steps depend on. Two equal states have the same future.

    ``rows`` and ``logs`` have one entry for each place, in the order of the places' numbers.
    """

    rows: tuple[int, ...] = ()
    """The number of each place's rows."""
    logs: tuple[tuple[int, ...], ...] = ()
    """The numbers of the waiting messages of each place. Empty logs at the end are left out."""
    arrived: tuple[int, ...] = ()
    """The count of records of each source that have arrived."""
    reader: Reader = Reader()
    """The view of a reader of the results."""
