"""The Faust app that runs the engine, with one Faust agent per hop.

Faust provides group membership, rebalance signals, agents, the worker process and its signal handling. In: the agents'
specs and the context. Out: an app whose consumer delivers record batches to :class:`workers.engine.runtime.Runtime`.
On shutdown the tasks finish and commit before the consumer leaves the group.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import faust
import structlog
from faust.types import TP
from mode import Service

from workers.engine.access_errors import AccessDeniedError, missing_right
from workers.engine.assignor import EngineAssignor
from workers.engine.health import Pulse
from workers.engine.heartbeats import MembershipLostError
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
"""The exit status of a process that was ended by force, because Kafka clients without a broker did not stop."""
_STREAM_BUFFER_BATCHES = 4096
"""Size of Faust's stream buffer, in batches. It never fills: the agent only forwards a batch to its task, which has bounds."""


class EngineApp(faust.App):
    """A Faust app whose consumer delivers batches and whose agents hand them to partition tasks."""

    runtime: Runtime
    pulse: Pulse
    leave_within_s: float | None = None
    refusal: ConfigConflictError | AccessDeniedError | MembershipLostError | None = None
    """Why this worker leaves by itself: its config, its rights or the group let it decide no partition. None: it stays."""

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker, self, self.loop)

    @Service.task
    async def _watch_group(self) -> None:
        while not self.should_stop:
            await self.sleep(_LOOK_EVERY_S)
            self.pulse.beat()
            error = self.consumer.thread.final_error(time.monotonic())
            if error is not None:
                self._leave_group(error)
                return
            self.refusal = self.runtime.refusal()
            if self.refusal is not None:
                signal.raise_signal(signal.SIGTERM)  # leave as on a SIGTERM from outside
                return

    def _leave_group(self, error: BaseException) -> None:
        """Leave as on a SIGTERM if the group may not be used, or has lost this worker. Raise any other error, which ends it."""
        if isinstance(error, MembershipLostError):
            log.error("membership_lost", why=str(error))
            self.refusal = error
            signal.raise_signal(signal.SIGTERM)
            return
        text = missing_right(error, [self.conf.id])
        if text == str(error):
            raise error
        log.error("group_denied", why=text)
        self.refusal = AccessDeniedError(text)
        signal.raise_signal(signal.SIGTERM)

    async def on_stop(self) -> None:
        """Finish and commit before the consumer leaves the group.

        Without a broker this would never end: aiokafka 0.14 looks for its coordinator for ever. So a timer ends the
        process after ``leave_within_s`` seconds. Nothing is lost: what is committed is in Kafka, and the next worker
        decides the rest.
        """
        if self.leave_within_s is not None:
            timer = threading.Timer(self.leave_within_s, _exit_by_force, (self.leave_within_s,))
            timer.daemon = True
            timer.start()
        await self.runtime.stop()
        await super().on_stop()


def _exit_by_force(after_s: float) -> None:
    log.error("left_by_force", after_s=after_s)
    os._exit(LEFT_BY_FORCE)


def build_app(
    specs: Sequence[AgentSpec],
    context: Context,
    *,
    session_timeout_s: float = 10.0,
    leave_within_s: float | None = 8.0,
    instance_id: str | None = None,
    standby: int = 0,
    **faust_settings: Any,
) -> EngineApp:
    """Return the app for these agents. ``faust_settings`` are passed to Faust, credentials for example.

    ``leave_within_s``: seconds after the stop of the app at which a process that still runs is ended by force, with exit
    status 3. None: it is never ended by force. ``instance_id``: the name of this worker as a static member of the group;
    None: it gets another name at each start. ``standby``: how many other workers keep a copy of each partition.

    The topics of an agent must never change. In a rolling upgrade that added one, the assignor gave some topics of a
    partition to one worker and the others to another, so neither could decide it.
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
        consumer_group_instance_id=instance_id,
        # A static member that returns gets the answer meant for the one before it, which names its address.
        **({} if instance_id is None else {"canonical_url": f"http://{instance_id}"}),
        table_standby_replicas=standby,
        PartitionAssignor=EngineAssignor,
        **faust_settings,
    )
    app.leave_within_s = leave_within_s
    app.pulse = Pulse()
    runtime = app.runtime = Runtime(specs, context)
    app.assignor.report_copies(
        {topic: context.data_dir.copies(spec.name) for spec in specs for topic in spec.sources}
    )
    for spec in specs:
        _add_agent(app, spec)

    @app.on_partitions_revoked.connect(weak=False)
    async def _on_revoked(_: Any, revoked: set[TP], **__: Any) -> None:
        if revoked:
            await runtime.end()

    @app.on_partitions_assigned.connect(weak=False)
    async def _on_assigned(_: Any, assigned: set[TP], **__: Any) -> None:
        await runtime.end()
        await runtime.keep_standbys(set() if app.should_stop else _standby_tps(app))
        # The group may assign partitions to a worker that is stopping. Their tasks would never be closed.
        if not app.should_stop:
            runtime.begin(app.consumer, {TP(*tp) for tp in assigned})

    return app


def _standby_tps(app: EngineApp) -> set[TP]:
    return set(app.assignor.assigned_standbys()) if app.assignor.replicas else set()


def _add_agent(app: EngineApp, spec: AgentSpec) -> None:
    topic = app.topic(*spec.sources, schema=BatchSchema(), acks=False, internal=False)

    async def deliver(stream: Any) -> None:
        async for batch in stream:
            if batch.generation == app.consumer_generation_id:
                app.runtime.submit(batch)

    app.agent(topic, name=spec.name)(deliver)
