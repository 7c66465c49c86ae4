"""The composition root: settings -> policy -> the Faust app and its four agents."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import faust
import structlog
import uvloop
from prometheus_client import start_http_server

from workers.agents import AGENTS, make_specs
from workers.broker.clients import client_arguments
from workers.broker.cluster import cluster_facts
from workers.broker.topic_plan import TopicsError, check_topics
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.clocks import StampClock, WallClock
from workers.engine.context import Bounds, Context, changelog_topic
from workers.engine.datadir import DataDir
from workers.engine.decide import Limits
from workers.engine.faust_app import EngineApp, build_app
from workers.engine.quarantine import QuarantineLimits
from workers.log import configure_logging
from workers.settings import Clock, Security, Settings, SettingsError
from workers.shadow import shadow_dead_letters, shadow_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engine.api import Config

log = structlog.get_logger(__name__)


def build_context(
    settings: Settings,
    config: Config,
    cluster_id: str,
    delete_retention_ms: dict[str, int],
    erase_within_ms: int,
) -> Context:
    """Return what the tasks of this process share; takes the lock on the data directory."""
    return Context(
        app_id=settings.app_id,
        client=client_arguments(settings),
        partitions=settings.partitions,
        data_dir=DataDir(settings.data_dir, settings.app_id),
        edge_clock=StampClock() if settings.clock is Clock.STAMPS else WallClock(),
        config=config,
        dead_letter=shadow_dead_letters(dead_letter) if settings.shadow else dead_letter,
        limits=Limits(
            quarantine=QuarantineLimits(
                share_percent=settings.dead_letter_share_percent, run=settings.dead_letter_run
            )
        ),
        bounds=Bounds(
            max_batch_records=settings.max_batch_records,
            max_batch_bytes=settings.max_batch_bytes,
            decide_ms=settings.decide_ms,
            gather_ms=settings.gather_ms,
            compact_every_s=erase_within_ms / 2_000,
        ),
        first_start_timeout_s=settings.first_start_timeout_s,
        cluster_id=cluster_id,
        delete_retention_ms=delete_retention_ms,
    )


def make_app(settings: Settings, only: Sequence[str] = ()) -> EngineApp:
    """Return the app of a worker, checked against the broker.

    Raises TopicsError where topics are missing or differ, SettingsError, PolicyError, DataDirLockedError.
    """
    specs = make_specs(settings.required_lead_id_key(), settings.partitions)
    if settings.shadow:
        specs = {name: shadow_spec(spec) for name, spec in specs.items()}
    unknown = [name for name in only if name not in specs]
    if unknown:
        raise SettingsError(f"no agent is called {', '.join(unknown)}; there are {', '.join(specs)}")
    policy, config = load_config(settings.policy)
    erase_within_ms = policy.privacy.erase_within
    problems = asyncio.run(check_topics(settings, erase_within_ms))
    if problems:
        raise TopicsError("the topics are not as they must be:\n  " + "\n  ".join(map(str, problems)))
    chosen = [specs[name] for name in AGENTS if not only or name in only]
    changelogs = {changelog_topic(settings.app_id, spec.name): spec.name for spec in chosen}
    cluster_id, retention = asyncio.run(cluster_facts(client_arguments(settings), changelogs))
    by_agent = {changelogs[topic]: kept_ms for topic, kept_ms in retention.items()}
    context = build_context(settings, config, cluster_id, by_agent, erase_within_ms)
    return build_app(
        chosen, context, session_timeout_s=settings.session_timeout_s, **_faust_security(settings, context)
    )


def _faust_security(settings: Settings, context: Context) -> dict[str, Any]:
    if settings.security is Security.PLAINTEXT:
        return {}
    ssl_context = context.client["ssl_context"]
    if settings.security is Security.SSL:
        return {"broker_credentials": faust.SSLCredentials(context=ssl_context)}
    credentials = faust.SASLCredentials(
        username=context.client["sasl_plain_username"],
        password=context.client["sasl_plain_password"],
        mechanism=settings.sasl_mechanism,
        ssl_context=ssl_context,
    )
    return {"broker_credentials": credentials}


def run_worker(settings: Settings, only: Sequence[str] = ()) -> None:
    """Run a worker until it is told to stop.

    Raises what :func:`make_app` raises, and ConfigConflictError where every partition follows a newer policy.
    """
    configure_logging(settings.log_level, settings.log_format)
    uvloop.install()  # most of a transaction's cost is event-loop turns: a third less latency, measured
    app = make_app(settings, only)
    if settings.metrics_port is not None:
        start_http_server(settings.metrics_port, addr="127.0.0.1", registry=app.runtime.metrics.registry)
    worker = faust.Worker(app, override_logging=False, loglevel=settings.log_level, quiet=True)
    worker.spinner = (
        None  # it writes signs for a terminal between the lines of a log, whatever standard output is
    )
    configure_logging(
        settings.log_level, settings.log_format
    )  # after Faust, whose spinner leaves the root at DEBUG
    gc.freeze()  # what is imported stays: a full collection that walks over it is a pause of 30 ms, measured
    log.info("worker_started", app_id=settings.app_id, agents=[*(only or AGENTS)])
    try:
        worker.execute_from_commandline()
    finally:
        if app.refusal is not None:
            raise app.refusal
