"""`lead-router notify`: messages for reps and desks, their answers, and the deliveries that failed."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from workers.commands.errors import CommandError
from workers.config import load_settings
from workers.log import configure_logging
from workers.notify.delivery_tables import DeliveryTables, open_tables
from workers.notify.notify_file import load_notify_file
from workers.settings import Settings

NotifySettings = Annotated[
    Path,
    typer.Option(
        "--file", "-f", help="The file with channels and addresses.", envvar="LEAD_ROUTER_NOTIFY_FILE"
    ),
]
DEFAULT_FILE = Path("notify.yaml")

notify_app = typer.Typer(
    help="Notify reps and desks at Slack, Teams, by mail or to a webhook, and take their answers.",
    no_args_is_help=True,
)


@notify_app.command()
def run(
    file: NotifySettings = DEFAULT_FILE,
    history: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--history", help="At a first start, also notify of earlier decisions that still hold."),
    ] = False,
) -> None:
    r"""Notify until SIGTERM or Ctrl-C. One process for an installation: a second one would double messages.

    [bold]Example[/]

      KAFKA_BOOTSTRAP=kafka:9092 SLACK_TOKEN=... lead-router notify run --file notify.yaml
    """
    from workers.notify.notifier import run_notifier  # noqa: PLC0415 - the services' clients take long to import

    settings = _settings()
    notify_file = load_notify_file(file)
    configure_logging(settings.log_level, settings.log_format)

    async def until_stopped() -> None:
        running = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel if running else lambda: None)
        await run_notifier(settings, notify_file, has_history=history)

    try:
        asyncio.run(until_stopped())
    except asyncio.CancelledError:
        return
    except ModuleNotFoundError as missing:
        raise CommandError("a channel of the kind apprise needs the extra: lead-router[apprise]") from missing
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


@notify_app.command()
def check(file: NotifySettings = DEFAULT_FILE) -> None:
    """Check the file and its secrets, one line per problem. Nothing is sent."""
    found = load_notify_file(file)
    typer.echo(f"{file}: {len(found.channels)} channels, {len(found.reps)} reps, {len(found.desks)} desks")


@notify_app.command()
def dead() -> None:
    """List the deliveries that a service refused or that were given up, the oldest first."""
    tables = _tables(_settings())
    for delivery_id, channel, subject, why, created_ms in tables.dead():
        made_at = time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(created_ms / 1000))
        typer.echo(f"{delivery_id}  {made_at}  {channel}  {why}  {subject}")


@notify_app.command()
def retry(
    delivery_id: Annotated[
        str | None, typer.Argument(help="The delivery.", show_default="all that are dead")
    ] = None,
) -> None:
    """Send dead deliveries again. The running notifier does it within a second."""
    tables = _tables(_settings())
    count = tables.revive(int(time.time() * 1000), delivery_id)
    if delivery_id is not None and not count:
        raise CommandError(
            f"{delivery_id} is not the id of a dead delivery; expected one of `lead-router notify dead`"
        )
    typer.echo(f"{count} deliveries wait again")


def _settings() -> Settings:
    """Return the settings. Raises CommandError for a shadow router: its decisions are not for reps."""
    settings = load_settings()
    if settings.shadow:
        raise CommandError(
            "LEAD_ROUTER_SHADOW is set; reps are notified of the decisions of the production router only"
        )
    return settings


def _tables(settings: Settings) -> DeliveryTables:
    from workers.notify.notifier import file_of  # noqa: PLC0415 - the services' clients take long to import

    path = file_of(settings)
    if not path.is_file():
        raise CommandError(
            f"{path} does not exist; run `lead-router notify run` first, in the same directory"
        )
    return open_tables(path)
