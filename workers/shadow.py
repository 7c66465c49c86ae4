"""Shadow mode: run beside a company's present router, and write only topics that end in `.shadow`.

The inputs are the same. An agent becomes the same agent with other topic names, internal logs included. Its hop is the
same function over the same records, so it makes the decisions that it would make live. No subscriber, rep or other
router sees them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as changed

from schemas.topics import TOPICS, Direction, shadow_of, shadowed_by
from workers.engine.api import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.engine.api import (
        AgentSpec,
        Canary,
        Clock,
        Config,
        Cursor,
        DeadLetterEncoder,
        Emit,
        Hop,
        Record,
        Timer,
    )
    from workers.engine.rows import Rows
    from workers.settings import Settings

SUFFIX = "-shadow"


def settings_of_shadow(settings: Settings) -> Settings:
    """Return the settings of a shadow: its own app id, data directory and store of results."""
    own = {
        "app_id": settings.app_id + SUFFIX,
        "data_dir": settings.data_dir / "shadow",
        "console_dir": settings.console_dir / "shadow",
    }
    return settings.model_copy(update=own)


def topic_names() -> Mapping[str, str]:
    """Return the shadow's name of each topic of the contract. Input topics keep their names."""
    return {
        name: name if topic.direction is Direction.IN else shadow_of(name) for name, topic in TOPICS.items()
    }


def shadow_spec(spec: AgentSpec) -> AgentSpec:
    """Return the agent with the shadow's topic names."""
    names = topic_names()
    make_hop = spec.make_hop

    def make_shadow(config: Config) -> Hop[object]:
        return _Shadow(make_hop(config), names)

    return replace(
        spec,
        sources=tuple(names[topic] for topic in spec.sources),
        own_log=names[spec.own_log],
        downstream_logs=tuple(names[topic] for topic in spec.downstream_logs),
        make_hop=make_shadow,
    )


def shadow_dead_letters(encode: DeadLetterEncoder) -> DeadLetterEncoder:
    """Return an encoder that writes dead letters to the shadow's topic."""
    names = topic_names()

    def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        letter = encode(agent, record, reason, detail, now_ms)
        return changed(letter, topic=names[letter.topic])

    return dead_letter


class _Shadow:
    """Wraps a hop: the hop sees and emits the contract's topic names, and this class maps them to the shadow's."""

    def __init__(self, hop: Hop[Any], names: Mapping[str, str]) -> None:
        self._hop = hop
        self._names = names
        self.key_of = hop.key_of
        self.quick_key_of = hop.quick_key_of  # of inputs only, and their topics keep their names
        self.is_ready = hop.is_ready
        self.unread_of = hop.unread_of
        self.is_outdated = hop.is_outdated

    def parse(self, record: Record) -> Any:
        return self._hop.parse(_rename_to_live(record))

    def handle(self, event: Any, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        try:
            return self._rename(self._hop.handle(event, _rename_to_live(record), rows, clock))
        except RefusedError as refused:
            outputs = tuple(self._rename(refused.outputs))
            raise RefusedError(refused.reason, refused.detail, outputs) from None

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        return self._rename(self._hop.on_timer(timer, rows, clock))

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        emits, position = self._hop.on_cursor(cursor, rows, clock)
        return self._rename(emits), position

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        return self._rename(self._hop.on_config_changed(rows, clock))

    def on_canary_changed(self, before: Canary | None, rows: Rows, clock: Clock) -> list[Emit]:
        return self._rename(self._hop.on_canary_changed(before, rows, clock))

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        return self._rename(self._hop.announce(partition, partitions, rows, clock))

    def _rename(self, emits: Iterable[Emit]) -> list[Emit]:
        """Return the emits with the shadow's topic names."""
        return [changed(emit, topic=self._names[emit.topic]) for emit in emits]


def _rename_to_live(record: Record) -> Record:
    """Return the record with the contract's topic name."""
    name = shadowed_by(record.topic)
    return record if name == record.topic else changed(record, topic=name)
