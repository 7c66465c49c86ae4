"""The result of mapping a file: events by topic, what was dropped, refused or unread, and which facts leads will miss.

In: the lines of a file. Out: counts, and for each reason the first lines that have it. Values are never shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from schemas.parsing import ContractError
from schemas.tolerant_parsing import is_blank, read_record
from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, FORM_FILLS, TOPICS, WEB_ACTIVITY
from workers.sources.field_values import address_of, fold_word
from workers.sources.record_mapping import map_value
from workers.sources.record_shapes import NoRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.sources.mapping_model import Mapping
    from workers.sources.record_mapping import MappedEvent
    from workers.sources.source_files import Line

_FACTS_OF_LEADS: Final = {
    "job_title": ("job_title", "job_function"),
    "company": ("company",),
    "country": ("country", "company.country"),
    "phone": ("phone",),
    "name": ("last_name", "first_name"),
    "marketing consent": ("consent.marketing",),
}
_FACTS_OF_ACCOUNTS: Final = {
    "domain": ("domains",),
    "industry or code": ("industry", "sic", "naics"),
    "employees": ("employees",),
    "revenue": ("revenue",),
    "country": ("country",),
    "owner": ("owner_rep_id",),
}
_SHOWN_LINES: Final = 5


@dataclass(slots=True)
class Group:
    """The lines that share a reason."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    """The first ones."""

    def add(self, line: int) -> None:
        """Count one more record of a line."""
        self.count += 1
        if len(self.lines) < _SHOWN_LINES and line not in self.lines:
            self.lines.append(line)


class LineResult:
    """The result of one line."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.events: list[MappedEvent] = []
        self.notes: list[tuple[str, str]] = []
        """(kind, text): the kinds are dropped, refused and unread."""


@dataclass(slots=True)
class MappingReport:
    """The counts of one file."""

    lines: int = 0
    events: Counter[str] = field(default_factory=Counter)
    """Number of events by topic and, for activities, their word."""
    notes: dict[tuple[str, str], Group] = field(default_factory=dict)
    """By kind and reason."""
    people: dict[str, set[str]] = field(default_factory=dict)
    """The facts that are known of each person, by address."""
    accounts: dict[str, set[str]] = field(default_factory=dict)
    """The facts that are known of each account, by its id."""
    without_visitor: int = 0
    """Web events and forms that name neither a browser nor a person."""
    forms: int = 0
    forms_without_browser: int = 0

    def count_of(self, kind: str) -> int:
        """Return the number of records that were dropped, refused or have an unread field."""
        return sum(group.count for (one, _), group in self.notes.items() if one == kind)

    def missing_of_leads(self) -> list[tuple[str, int]]:
        """Return the number of people without each fact."""
        return _missing(self.people, _FACTS_OF_LEADS)

    def missing_of_accounts(self) -> list[tuple[str, int]]:
        """Return the number of accounts without each fact."""
        return _missing(self.accounts, _FACTS_OF_ACCOUNTS)

    def map_lines(self, mapping: Mapping, lines: Iterator[Line], arrival_ms: int) -> Iterator[LineResult]:
        """Map each line, count what becomes of it, and yield it. ``arrival_ms`` dates records without a time."""
        for line in lines:
            self.lines += 1
            result = LineResult(line.number)
            try:
                outcomes = map_value(mapping, line.value, arrival_ms)
            except NoRecordError as error:
                result.notes.append(("refused", error.detail))
                outcomes = []
            for outcome in outcomes:
                result.notes += [("dropped", text) for text in outcome.dropped]
                result.notes += [("refused", text) for text in outcome.refused]
                result.notes += [("unread", f"{topic}: {name}") for topic, name in outcome.unread]
                for event in outcome.events:
                    self._check(event, result)
            for note in result.notes:
                self.notes.setdefault(note, Group()).add(line.number)
            yield result

    def _check(self, event: MappedEvent, result: LineResult) -> None:
        """Read an event as the router will, and count what it knows."""
        if event.value is not None:
            try:
                reading = read_record(TOPICS[event.topic], event.encode())
            except ContractError as error:
                result.notes.append(("refused", error.detail))
                return
            result.notes += [("unread", f"{event.topic}: {one.field}") for one in reading.unread]
            self._count_facts(event.topic, event.value, {one.field for one in reading.unread})
        result.events.append(event)
        self.events[_name_of(event)] += 1

    def _count_facts(self, topic: str, body: dict[str, Any], unread: set[str]) -> None:
        known = {name for name in _dotted(body) if name not in unread}
        if topic == CRM_ACCOUNTS.name:
            self.accounts[str(body["crm_account_id"])] = known
            return
        address = address_of(body.get("email"))
        if address is not None:
            self.people.setdefault(address, set()).update(known)
        if topic in (WEB_ACTIVITY.name, FORM_FILLS.name):
            has_browser = "anonymous_id" in known
            self.without_visitor += address is None and not has_browser
            self.forms += topic == FORM_FILLS.name
            self.forms_without_browser += topic == FORM_FILLS.name and not has_browser


def _name_of(event: MappedEvent) -> str:
    if event.value is None:
        return f"{event.topic} deleted"
    word = event.value.get("activity") or event.value.get("request") or event.value.get("turn")
    return (
        f"{event.topic} {fold_word(word)}"
        if isinstance(word, str) and event.topic != CRM_CONTACTS.name
        else event.topic
    )


def _dotted(body: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in body.items():
        if is_blank(value):
            continue
        yield before + name
        if isinstance(value, dict):
            yield from _dotted(value, f"{before}{name}.")


def _missing(known: dict[str, set[str]], facts: dict[str, tuple[str, ...]]) -> list[tuple[str, int]]:
    return [(fact, sum(have.isdisjoint(names) for have in known.values())) for fact, names in facts.items()]
