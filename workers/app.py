"""The composition root: builds the Faust app and its agents from the settings and the policy."""

from __future__ import annotations

import asyncio
import gc
from itertools import product
from typing import TYPE_CHECKING, Any

import faust
import structlog
import uvloop

from schemas.topics import DEAD_LETTERS_ACTIONS, LEAD_ROUTING
from schemas.vocabulary import DeadLetterReason
from workers.agents import AGENTS, make_specs
from workers.broker.availability import wait_for_broker
from workers.broker.clients import client_arguments
from workers.broker.clock_check import check_clock
from workers.broker.cluster import cluster_facts
from workers.broker.topic_plan import TopicsError, check_topics
from workers.config import load_config, mapped_sources
from workers.connection_settings import Mechanism, Security
from workers.deadletters import dead_letter, decode_skip
from workers.engine.batch import Limits
from workers.engine.clocks import StampClock, WallClock
from workers.engine.context import Bounds, Context, changelog_topic, config_topic
from workers.engine.datadir import DataDir
from workers.engine.faust_app import EngineApp, build_app
from workers.engine.metrics import Metrics
from workers.engine.quarantine import QuarantineLimits
from workers.engine.skips import SkipSource
from workers.engine.store_options import configure
from workers.engine.worker_process import WorkerProcess
from workers.log import configure_logging
from workers.metrics_page import serve_page
from workers.monitoring.lead_metrics import LeadMetrics
from workers.open_files import files_of_rows, raise_limit
from workers.policy.load import load_held_policy
from workers.settings import Clock, Settings, SettingsError
from workers.shadow import shadow_dead_letters, shadow_spec, topic_names
from workers.sources.agent import agent_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engine.api import Config

log = structlog.get_logger(__name__)
COLLECT_AFTER = (10_000, 10, 10)
"""How many new objects start a collection of garbage. Python's 700 took 5 % of a worker's time, and pauses of 80 ms."""


def build_context(
    settings: Settings,
    config: Config,
    cluster_id: str,
    delete_retention_ms: dict[str, int],
) -> Context:
    """Return the context that all tasks of this process share. Locks the data directory."""
    edge_clock = StampClock() if settings.clock is Clock.STAMPS else WallClock()
    metrics = Metrics()
    agents = [*(agent_of(mapping.source) for mapping in mapped_sources(settings)), *AGENTS]
    for agent, reason in product(agents, DeadLetterReason):
        metrics.dead_letters.labels(agent, reason)  # 0 until there is one, so that an alert sees the first
    routing_topic = topic_names()[LEAD_ROUTING.name] if settings.shadow else LEAD_ROUTING.name
    is_served = settings.metrics_port is not None
    return Context(
        app_id=settings.app_id,
        client=client_arguments(settings),
        partitions=settings.partitions,
        data_dir=DataDir(settings.data_dir, settings.app_id),
        edge_clock=edge_clock,
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
            stopped_hold_s=settings.stopped_hold_s,
        ),
        first_start_timeout_s=settings.first_start_timeout_s,
        cluster_id=cluster_id,
        delete_retention_ms=delete_retention_ms,
        skip_source=SkipSource(
            topic_names()[DEAD_LETTERS_ACTIONS.name] if settings.shadow else DEAD_LETTERS_ACTIONS.name,
            decode_skip,
        ),
        compact_every_s=_compact_every_s,
        config_topic=config_topic(settings.app_id),
        metrics=metrics,
        observers=LeadMetrics(metrics.registry, routing_topic, edge_clock.now_ms).observers()
        if is_served
        else {},
    )


def _compact_every_s(config: Config) -> float:
    """Return the time between two compactions of a local copy: half of the policy's ``erase_within``. Seconds."""
    return load_held_policy(config.text, config.name).privacy.erase_within / 2_000


def configure_copies(settings: Settings, copies: int) -> None:
    """Set the memory and the open files of the local copies of this process, which may open ``copies`` of them."""
    configure(settings.rocksdb_cache_mb << 20, files_of_rows(raise_limit(), copies))


def make_app(settings: Settings, only: Sequence[str] = ()) -> EngineApp:
    """Return the app of a worker. It waits for the broker, and checks its topics.

    Args:
        settings: the settings of this process.
        only: names of the agents to run. All agents if empty.

    Raises:
        TopicsError: a topic is missing, or differs from the contract.
        SettingsError: ``only`` names an unknown agent, or the lead id key is not set.
        PolicyError: the policy cannot be loaded.
        BrokerRefusedError: the broker refuses the certificate, the user or the password.
        DataDirLockedError: another process uses the data directory.
        ClockDiffersError: the clock differs from the broker's by more than an hour.
    """
    specs = make_specs(settings.required_lead_id_key(), settings.partitions, mapped_sources(settings))
    if settings.shadow:
        specs = {name: shadow_spec(spec) for name, spec in specs.items()}
    unknown = [name for name in only if name not in specs]
    if unknown:
        raise SettingsError(f"unknown agent {', '.join(unknown)}; expected one of {', '.join(specs)}")
    policy, config = load_config(settings.policy)
    erase_within_ms = policy.privacy.erase_within
    asyncio.run(wait_for_broker(settings))  # only now: a wrong setting is reported at once
    problems = asyncio.run(check_topics(settings, erase_within_ms))
    if problems:
        raise TopicsError(
            "the broker's topics differ from the contract:\n  " + "\n  ".join(map(str, problems))
        )
    if settings.clock is Clock.WALL:
        asyncio.run(check_clock(settings))
    chosen = [spec for name, spec in specs.items() if not only or name in only]
    changelogs = {changelog_topic(settings.app_id, spec.name): spec.name for spec in chosen}
    cluster_id, retention = asyncio.run(cluster_facts(client_arguments(settings), changelogs))
    by_agent = {changelogs[topic]: kept_ms for topic, kept_ms in retention.items()}
    context = build_context(settings, config, cluster_id, by_agent)
    configure_copies(settings, len(chosen) * settings.partitions)
    return build_app(
        chosen,
        context,
        session_timeout_s=settings.session_timeout_s,
        instance_id=settings.instance_id,
        standby=settings.standby,
        **_faust_security(settings, context),
    )


def _faust_security(settings: Settings, context: Context) -> dict[str, Any]:
    if settings.security is Security.PLAINTEXT:
        return {}
    ssl_context = context.client["ssl_context"]
    if settings.security is Security.SSL:
        return {"broker_credentials": faust.SSLCredentials(context=ssl_context)}
    if settings.sasl_mechanism is Mechanism.OAUTHBEARER:
        provider = context.client["sasl_oauth_token_provider"]
        return {"broker_credentials": faust.OAuthCredentials(oauth_cb=provider, ssl_context=ssl_context)}
    credentials = faust.SASLCredentials(
        username=context.client["sasl_plain_username"],
        password=context.client["sasl_plain_password"],
        mechanism=settings.sasl_mechanism.value,
        ssl_context=ssl_context,
    )
    return {"broker_credentials": credentials}


def run_worker(settings: Settings, only: Sequence[str] = ()) -> None:
    """Run a worker until SIGTERM or SIGINT.

    Raises:
        ConfigConflictError: the policy is another text of the version that is followed, or the followed one cannot be read.
        Exception: as :func:`make_app` raises them.
    """
    configure_logging(settings.log_level, settings.log_format)
    uvloop.install()  # measured: a third less latency, since a transaction's cost is mostly event-loop iterations
    app = make_app(settings, only)
    if settings.metrics_port is not None:
        serve_page(settings.metrics_host, settings.metrics_port, app.runtime, app.pulse)
    worker = WorkerProcess(app, override_logging=False, loglevel=settings.log_level, quiet=True)
    # Faust's spinner writes terminal control characters between log lines, even into a file.
    worker.spinner = None
    # Configured a second time: Faust's spinner leaves the root logger at DEBUG.
    configure_logging(settings.log_level, settings.log_format)
    # Excludes imported objects from collection: scanning them is a pause of 30 ms, measured.
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    log.info("worker_started", app_id=settings.app_id, agents=app.runtime.agents)
    try:
        worker.execute_from_commandline()
    finally:
        if app.refusal is not None:
            raise app.refusal
