"""The router beside the one that a company has: it reads the same inputs, and writes only topics that end in `.shadow`.

In: an agent as it runs live. Out: the same agent among topics of other names, the internal logs too. Its hop is the
same function over the same records, so the decisions are those that it would make live; no subscriber, no rep and no
other router sees them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as changed

from schemas.topics import TOPICS, Direction, shadow_of, shadowed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.engine.api import (
        AgentSpec,
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
    """Return the settings under which a shadow runs: an app of its own, with a data directory of its own."""
    own = {"app_id": settings.app_id + SUFFIX, "data_dir": settings.data_dir / "shadow"}
    return settings.model_copy(update=own)


def topic_names() -> Mapping[str, str]:
    """Return what each topic of the contract is called for a shadow: inputs keep their names."""
    return {
        name: name if topic.direction is Direction.IN else shadow_of(name) for name, topic in TOPICS.items()
    }


def shadow_spec(spec: AgentSpec) -> AgentSpec:
    """Return the agent among the shadow's topics."""
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
    """Return the encoder whose letters stand beside the live ones."""
    names = topic_names()

    def dead_letter(agent: str, record: Record, reason: str, detail: str, now_ms: int) -> Emit:
        letter = encode(agent, record, reason, detail, now_ms)
        return changed(letter, topic=names[letter.topic])

    return dead_letter


class _Shadow:
    """A hop that sees and says the contract's names, among topics of the shadow's."""

    def __init__(self, hop: Hop[Any], names: Mapping[str, str]) -> None:
        self._hop = hop
        self._names = names
        self.key_of = hop.key_of
        self.is_ready = hop.is_ready

    def parse(self, record: Record) -> Any:
        return self._hop.parse(_named_live(record))

    def handle(self, event: Any, record: Record, rows: Rows, clock: Clock) -> list[Emit]:
        return self._said(self._hop.handle(event, _named_live(record), rows, clock))

    def on_timer(self, timer: Timer, rows: Rows, clock: Clock) -> list[Emit]:
        return self._said(self._hop.on_timer(timer, rows, clock))

    def on_cursor(self, cursor: Cursor, rows: Rows, clock: Clock) -> tuple[list[Emit], str | None]:
        emits, position = self._hop.on_cursor(cursor, rows, clock)
        return self._said(emits), position

    def on_config_changed(self, rows: Rows, clock: Clock) -> list[Emit]:
        return self._said(self._hop.on_config_changed(rows, clock))

    def announce(self, partition: int, partitions: int, rows: Rows, clock: Clock) -> list[Emit]:
        return self._said(self._hop.announce(partition, partitions, rows, clock))

    def _said(self, emits: list[Emit]) -> list[Emit]:
        return [changed(emit, topic=self._names[emit.topic]) for emit in emits]


def _named_live(record: Record) -> Record:
    name = shadowed_by(record.topic)
    return record if name == record.topic else changed(record, topic=name)
