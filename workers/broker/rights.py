"""The rights (ACLs) at the broker that each role of an installation needs.

In: the contract's topics, the names of one installation and a role. Out: rights, and the commands of Kafka's own tool that
give them. No role needs a right on the cluster. READ and WRITE include DESCRIBE at the broker.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from schemas.topics import TOPICS, Direction
from workers.broker.topic_plan import AGENTS
from workers.config import mapped_sources
from workers.engine.context import changelog_topic, config_topic, watermark_topic
from workers.result_store.console_tables import console_topics
from workers.shadow import topic_names
from workers.sources.agent import agent_of, log_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workers.settings import Settings

_LOGS: Final = ("visitor.events", "directory.events", "lead.events", "desk.requests")
_IMPORTED: Final = ("web.activity", "form.fills", "chat.conversations")
_READ_BY_WORKERS: Final = ("dead.letters",)
"""Outputs that a worker reads too."""
_NOTIFIED: Final = ("crm.reps", "lead.alerts", "lead.routing")
"""The topics that the notifier reads."""
_ACTIONS: Final = "dead.letters.actions"
"""The output that only commands write."""


class Role(StrEnum):
    """The roles of an installation. Each can have a user of its own at the broker."""

    WORKER = "worker"
    OPERATOR = "operator"
    READER = "reader"
    IMPORTER = "importer"
    LETTERS = "letters"
    CONSOLE = "console"
    NOTIFIER = "notifier"


PURPOSE: Final = {
    Role.WORKER: "`worker`: all hops of one `app_id`",
    Role.OPERATOR: "`topics create`, `topics check`, `resume`, `policy followed`, `policy publish`",
    Role.READER: "`watch`, `why`; a subscriber needs a group of its own as well",
    Role.IMPORTER: "`history import`",
    Role.LETTERS: "`dlq list`, `dlq show`, `dlq retry`, `dlq drop`",
    Role.CONSOLE: "`console`",
    Role.NOTIFIER: "`notify run`",
}


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One operation on one resource. ``resource``: topic, group or transactional_id. ``is_prefix``: the name is a prefix."""

    resource: str
    name: str
    operation: str
    is_prefix: bool = False


def rights_of(role: Role, settings: Settings) -> list[Right]:
    """Return the rights of a role in an installation, by resource and name."""
    return sorted({*_RIGHTS[role](settings)})


def acl_commands(rights: Iterable[Right], principal: str, bootstrap: str) -> list[str]:
    """Return the commands of Kafka's own tool that give the rights to a principal, one for each resource."""
    operations: dict[tuple[str, str, bool], list[str]] = {}
    for right in rights:
        operations.setdefault((right.resource, right.name, right.is_prefix), []).append(right.operation)
    return [
        f"kafka-acls.sh --bootstrap-server {bootstrap} --add --allow-principal '{principal}'"
        f"{''.join(f' --operation {one}' for one in found)} --{resource.replace('_', '-')} '{name}'"
        f"{' --resource-pattern-type prefixed' if is_prefix else ''}"
        for (resource, name, is_prefix), found in operations.items()
    ]


def _names(settings: Settings, *directions: Direction) -> list[str]:
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    return [names[name] for name, topic in TOPICS.items() if topic.direction in directions]


def _changelogs(settings: Settings) -> list[str]:
    return [changelog_topic(settings.app_id, agent) for agent in AGENTS]


def _source_topics(settings: Settings) -> list[str]:
    """Return the logs and changelogs of the mapped sources."""
    sources = [mapping.source for mapping in mapped_sources(settings)]
    changelogs = [changelog_topic(settings.app_id, agent_of(source)) for source in sources]
    return [*map(log_of, sources), *changelogs]


def _planned(settings: Settings) -> list[str]:
    sources = [*(mapping.topic for mapping in mapped_sources(settings)), *_source_topics(settings)]
    return [*_names(settings, *Direction), *_changelogs(settings), *_shared(settings), *sources]


def _shared(settings: Settings) -> list[str]:
    return [watermark_topic(settings.app_id), config_topic(settings.app_id)]


def _topics(names: Iterable[str], *operations: str) -> Iterator[Right]:
    for name in names:
        yield from (Right("topic", name, operation) for operation in operations)


def _worker(settings: Settings) -> Iterator[Right]:
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    own = [*_changelogs(settings), *_shared(settings)]
    inputs, logs, outputs = (_names(settings, direction) for direction in Direction)
    mappings = mapped_sources(settings)
    if mappings:
        yield from _topics([mapping.topic for mapping in mappings], "Read", "DescribeConfigs")
        yield from _topics(_source_topics(settings), "Read", "Write", "DescribeConfigs")
        yield from _topics(inputs, "Write")
    yield from _topics([*inputs, *logs, *(names[name] for name in _READ_BY_WORKERS), *own], "Read")
    written = [name for name in outputs if name != names[_ACTIONS]]
    yield from _topics([*logs, *written, *own], "Write")
    yield Right("topic", names[_ACTIONS], "Describe")
    yield from _topics([*inputs, *logs, *outputs, *own], "DescribeConfigs")
    yield Right("group", settings.app_id, "Read")
    yield Right("transactional_id", f"{settings.app_id}-", "Write", is_prefix=True)


def _operator(settings: Settings) -> Iterator[Right]:
    yield from _topics(_planned(settings), "Create", "Describe", "DescribeConfigs")
    yield from _topics(_changelogs(settings), "AlterConfigs")
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    yield from _topics([names[name] for name in _LOGS], "Write")
    yield from _topics([log_of(mapping.source) for mapping in mapped_sources(settings)], "Write")
    yield from _topics(_shared(settings), "Read")
    yield from _topics([config_topic(settings.app_id)], "Write")
    yield Right("transactional_id", f"{settings.app_id}-publish", "Write")


def _reader(settings: Settings) -> Iterator[Right]:
    yield from _topics(_names(settings, Direction.OUT), "Read")


def _importer(settings: Settings) -> Iterator[Right]:
    yield from _topics(_planned(settings), "Describe", "DescribeConfigs")
    yield from _topics(_IMPORTED, "Write")


def _letters(settings: Settings) -> Iterator[Right]:
    """Yield the rights to read letters and their records, to send records again, and to write down who did it."""
    names = topic_names() if settings.shadow else {name: name for name in TOPICS}
    sources = _names(settings, Direction.IN, Direction.INTERNAL)
    yield from _topics([*sources, names["dead.letters"], names[_ACTIONS]], "Read")
    yield from _topics([*sources, names[_ACTIONS]], "Write")
    yield Right("transactional_id", f"{settings.app_id}-dlq", "Write")


def _console(settings: Settings) -> Iterator[Right]:
    names = topic_names() if settings.shadow else {}
    yield from _topics([names.get(name, name) for name in console_topics(settings.app_id)], "Read")
    if not settings.shadow:
        yield from _topics(["sales.activities"], "Write")


def _notifier(settings: Settings) -> Iterator[Right]:
    """Yield the rights to read what reps are notified of, and to write their answers."""
    if settings.shadow:
        return
    yield from _topics(_NOTIFIED, "Read")
    yield from _topics(["sales.activities"], "Write")


_RIGHTS: Final = {
    Role.WORKER: _worker,
    Role.OPERATOR: _operator,
    Role.READER: _reader,
    Role.IMPORTER: _importer,
    Role.LETTERS: _letters,
    Role.CONSOLE: _console,
    Role.NOTIFIER: _notifier,
}
