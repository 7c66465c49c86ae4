"""The Faust app that runs the engine: its plug points, one agent per hop, and a clean way out.

Group membership, rebalance signals, agents, the worker and its signal handling are Faust's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faust
from faust.types import TP

from workers.engine.runtime import Runtime
from workers.engine.transport import BatchSchema, BatchTransport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engine.api import AgentSpec
    from workers.engine.context import Context

_STREAM_BUFFER_BATCHES = 4096
"""Counts batches. Never full: the agent only hands a batch on, and each task has bounds of its own."""


class EngineApp(faust.App):
    """A Faust app whose consumer delivers batches and whose agents hand them to partition tasks."""

    runtime: Runtime

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker, self, self.loop)

    async def on_stop(self) -> None:
        """Finish and commit before the consumer leaves the group."""
        await self.runtime.stop()
        await super().on_stop()


def build_app(
    specs: Sequence[AgentSpec], context: Context, *, session_timeout_s: float = 10.0, **faust_settings: Any
) -> EngineApp:
    """Return the app for these agents; ``faust_settings`` carries broker address and credentials.

    An agent subscribes to all topics it will ever have: during a rolling upgrade that added a topic, the assignor gave
    two workers halves of one partition's topics.
    """
    app = EngineApp(
        context.app_id,
        broker=f"kafka://{context.client['bootstrap_servers']}",
        store="memory://",
        web_enabled=False,
        topic_partitions=context.partitions,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=_STREAM_BUFFER_BATCHES,
        broker_session_timeout=session_timeout_s,
        broker_heartbeat_interval=session_timeout_s / 5,
        broker_commit_interval=3600.0,
        datadir=str(context.data_dir.root / "faust"),
        **faust_settings,
    )
    runtime = app.runtime = Runtime(specs, context)
    for spec in specs:
        _add_agent(app, spec)

    @app.on_partitions_revoked.connect(weak=False)
    async def _on_revoked(_: Any, revoked: set[TP], **__: Any) -> None:
        if revoked:
            await runtime.end()

    @app.on_partitions_assigned.connect(weak=False)
    async def _on_assigned(_: Any, assigned: set[TP], **__: Any) -> None:
        await runtime.end()
        runtime.begin(app.consumer, {TP(*tp) for tp in assigned})

    return app


def _add_agent(app: EngineApp, spec: AgentSpec) -> None:
    topic = app.topic(*spec.sources, schema=BatchSchema(), acks=False, internal=False)

    async def deliver(stream: Any) -> None:
        async for batch in stream:
            if batch.generation == app.consumer_generation_id:
                app.runtime.submit(batch)

    app.agent(topic, name=spec.name)(deliver)
