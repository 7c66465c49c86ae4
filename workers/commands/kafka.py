"""`lead-router worker`, `topics` and `resume`: the commands that change a running Kafka."""

from __future__ import annotations

import asyncio
import signal
import time
from enum import StrEnum
from typing import Annotated, Final, NoReturn

import typer
from aiokafka import AIOKafkaProducer

from schemas.topics import DESK_REQUESTS, DIRECTORY_EVENTS, LEAD_EVENTS, VISITOR_EVENTS, shadow_of
from workers.broker.clients import client_arguments
from workers.broker.rights import Role, acl_commands, rights_of
from workers.commands.errors import FAILED, CommandError
from workers.config import load_config, load_settings, mapped_sources
from workers.engine.control import Resume, control_emit
from workers.settings import Settings
from workers.sources.agent import agent_of, log_of


class Agent(StrEnum):
    """The names of the agents. Each runs one stage of the pipeline (hop)."""

    VISITORS = "visitors"
    DIRECTORY = "directory"
    ACCOUNTS = "accounts"
    DESKS = "desks"


OWN_LOGS: Final = {
    Agent.VISITORS: VISITOR_EVENTS.name,
    Agent.DIRECTORY: DIRECTORY_EVENTS.name,
    Agent.ACCOUNTS: LEAD_EVENTS.name,
    Agent.DESKS: DESK_REQUESTS.name,
}
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="Run only this stage: visitors, directory, accounts, desks, or source_NAME of a mapped source. May be repeated.",
        show_default="all stages",
    ),
]

Shadow = Annotated[
    bool | None,
    typer.Option(
        "--shadow",
        help="Use the topics of the shadow router, which runs beside the production router.",
        show_default=False,
    ),
]

topics_app = typer.Typer(help="Create and check the topics at the broker.", no_args_is_help=True)


def worker(only: Only = None, shadow: Shadow = None) -> None:
    r"""Run the pipeline stages until SIGTERM or Ctrl-C, then finish the current batch, commit, and leave within 10 s.

    Start any number of workers on one or several machines; they share the partitions. Each needs its own
    LEAD_ROUTER_DATA_DIR. Settings come from the environment, a .env file, or lead-router.toml.

    [bold]Examples[/]

      KAFKA_BOOTSTRAP=kafka:9092 LEAD_ROUTER_LEAD_ID_KEY=... lead-router worker
      LEAD_ROUTER_DATA_DIR=data/second lead-router worker --only accounts --only desks
      lead-router worker --shadow
    """
    signal.signal(signal.SIGTERM, _leave_at_once)
    from workers.app import run_worker  # noqa: PLC0415 - Faust takes a second to import, and the other commands do not need it

    settings = load_settings(shadow=shadow)
    settings.required_lead_id_key()
    run_worker(settings, only or ())


def _leave_at_once(*_: object) -> NoReturn:
    """Exit with code 0 on SIGTERM before the app runs. The app installs its own handler."""
    raise SystemExit(0)


def resume(
    agent: Annotated[
        str,
        typer.Argument(
            help="The stage whose partition has stopped: visitors, directory, accounts, desks, or source_NAME of a mapped source."
        ),
    ],
    partition: Annotated[int, typer.Argument(min=0, help="The number of the stopped partition.")],
    shadow: Shadow = None,
) -> None:
    r"""Resume a partition that stopped because of too many dead letters. Look at dead.letters first.

    The command writes a record into the stage's own log. The worker that holds the partition reads it and continues.

    [bold]Example[/]

      lead-router resume visitors 3
    """
    settings = load_settings(shadow=shadow)
    if partition >= settings.partitions:
        raise CommandError(f"unknown partition {partition}; expected 0 to {settings.partitions - 1}")
    logs = {one.value: log for one, log in OWN_LOGS.items()}
    logs |= {agent_of(one.source): log_of(one.source) for one in mapped_sources(settings)}
    if agent not in logs:
        raise CommandError(f"unknown stage {agent}; expected one of {', '.join(logs)}")
    asyncio.run(_resume(settings, agent, logs[agent], partition))
    typer.echo(f"{agent}/{partition}: resume requested")


@topics_app.command()
def create(shadow: Shadow = None) -> None:
    """Create the missing topics, with partitions, retention and compaction from the contract and the settings.

    Of existing topics it changes only the changelogs' segment.bytes, if it is larger than planned.
    """
    from workers.broker.topic_changes import shorten_segments  # noqa: PLC0415 - the client takes long to import
    from workers.broker.topic_plan import create_topics  # noqa: PLC0415 - the same

    settings = load_settings(shadow=shadow)
    policy, _ = load_config(settings.policy)
    erase_within_ms = policy.privacy.erase_within
    for line in asyncio.run(create_topics(settings, erase_within_ms=erase_within_ms)):
        typer.echo(f"created {line}")
    for line in asyncio.run(shorten_segments(settings)):
        typer.echo(f"set segment.bytes of {line}")


@topics_app.command("check")
def check_topics_command(shadow: Shadow = None) -> None:
    """Compare the topics at the broker with the contract, one line per difference. Exit code 1 unless all are warnings."""
    from workers.broker.topic_plan import inspect_topics  # noqa: PLC0415 - the client takes long to import

    settings = load_settings(shadow=shadow)
    policy, _ = load_config(settings.policy)
    problems = asyncio.run(inspect_topics(settings, policy.privacy.erase_within))
    for line in problems:
        typer.echo(line)
    if not all(problem.is_warning for problem in problems):
        raise typer.Exit(FAILED)
    typer.echo("every topic matches the contract")


@topics_app.command("rights")
def rights_command(
    role: Annotated[Role, typer.Argument(help="The role of the user.")],
    principal: Annotated[
        str, typer.Option("--principal", help="The user at the broker. With a client certificate: its name.")
    ] = "User:lead-router",
    shadow: Shadow = None,
) -> None:
    r"""Print the rights that a role needs at the broker, as commands of Kafka's own tool. Change nothing.

    [bold]Example[/]

      lead-router topics rights worker --principal User:lead-router-worker
    """
    settings = load_settings(shadow=shadow)
    for line in acl_commands(rights_of(role, settings), principal, settings.bootstrap):
        typer.echo(line)


async def _resume(settings: Settings, agent: str, log: str, partition: int) -> None:
    own_log = shadow_of(log) if settings.shadow else log
    emit = control_emit(own_log, partition, Resume(agent), int(time.time() * 1_000))
    async with AIOKafkaProducer(
        **client_arguments(settings), acks="all", enable_idempotence=True
    ) as producer:
        await producer.send_and_wait(
            emit.topic,
            value=emit.value,
            partition=emit.partition,
            headers=list(emit.headers),
            timestamp_ms=emit.timestamp_ms,
        )
