"""The Faust app that runs the engine: its plug points, one agent per hop, and a clean way out.

Group membership, rebalance signals, agents, the worker and its signal handling are Faust's.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import faust
import structlog
from faust.types import TP
from mode import Service

from workers.engine.runtime import Runtime
from workers.engine.transport import BatchSchema, BatchTransport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engine.api import AgentSpec
    from workers.engine.config_guard import ConfigConflictError
    from workers.engine.context import Context

log = structlog.get_logger(__name__)
_LOOK_EVERY_S = 1.0
LEFT_BY_FORCE = 3
"""The exit status of a process that clients of a broker that is gone would not let end."""
_STREAM_BUFFER_BATCHES = 4096
"""Counts batches. Never full: the agent only hands a batch on, and each task has bounds of its own."""


class EngineApp(faust.App):
    """A Faust app whose consumer delivers batches and whose agents hand them to partition tasks."""

    runtime: Runtime
    leave_within_s: float | None = None
    refusal: ConfigConflictError | None = None
    """Why this worker has left: its config is older than that of every partition that it was given."""

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker, self, self.loop)

    @Service.task
    async def _watch_group(self) -> None:
        while not self.should_stop:
            await self.sleep(_LOOK_EVERY_S)
            error = self.consumer.thread.group_error
            if error is not None:
                raise error
            self.refusal = self.runtime.refusal()
            if self.refusal is not None:
                signal.raise_signal(signal.SIGTERM)  # it leaves as if it had been told to
                return

    async def on_stop(self) -> None:
        """Finish and commit before the consumer leaves the group.

        Clients of a broker that is gone never let a process end (aiokafka 0.14 asks for its coordinator for ever). What
        is left then is nothing that could be lost, so the process is ended without them.
        """
        if self.leave_within_s is not None:
            last = threading.Timer(self.leave_within_s, _leave_by_force, (self.leave_within_s,))
            last.daemon = True
            last.start()
        await self.runtime.stop()
        await super().on_stop()


def _leave_by_force(after_s: float) -> None:
    log.error("left_by_force", after_s=after_s)
    os._exit(LEFT_BY_FORCE)


def build_app(
    specs: Sequence[AgentSpec],
    context: Context,
    *,
    session_timeout_s: float = 10.0,
    leave_within_s: float | None = 8.0,
    **faust_settings: Any,
) -> EngineApp:
    """Return the app for these agents; ``faust_settings`` carries broker address and credentials.

    An agent subscribes to all topics it will ever have: during a rolling upgrade that added a topic, the assignor gave
    two workers halves of one partition's topics. The process ends ``leave_within_s`` after the app was told to stop, with
    status 3 if by force; None is for an app in a process that is to live on.
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
    app.leave_within_s = leave_within_s
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
        if not app.should_stop:  # the group may give to who is leaving: nobody would end what is begun then
            runtime.begin(app.consumer, {TP(*tp) for tp in assigned})

    return app


def _add_agent(app: EngineApp, spec: AgentSpec) -> None:
    topic = app.topic(*spec.sources, schema=BatchSchema(), acks=False, internal=False)

    async def deliver(stream: Any) -> None:
        async for batch in stream:
            if batch.generation == app.consumer_generation_id:
                app.runtime.submit(batch)

    app.agent(topic, name=spec.name)(deliver)
