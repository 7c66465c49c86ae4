"""`lead-router console`: web pages over the results, for people."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from workers.commands.errors import CommandError
from workers.commands.kafka import Shadow
from workers.config import load_settings
from workers.log import configure_logging
from workers.settings import Settings

Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="The port.", show_default="LEAD_ROUTER_CONSOLE_PORT")
]


def console(port: Port = None, shadow: Shadow = None) -> None:
    r"""Serve web pages: who needs a person now, live hand-offs, and the story of each lead with its reasons.

    The console reads the topics into a file of its own and changes nothing. Open the printed address in a browser. It needs
    LEAD_ROUTER_LEAD_ID_KEY, so that a search by address finds the lead. End it with Ctrl-C.

    [bold]Examples[/]

      lead-router console
      lead-router console --port 9000
    """
    settings = load_settings(shadow=shadow)
    if port is not None:
        settings = settings.model_copy(update={"console_port": port})
    settings.required_lead_id_key()
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    from workers.console.run_console import ConsoleError, run_console  # noqa: PLC0415 - only this command needs a web server

    running = asyncio.ensure_future(
        run_console(settings, lambda address: typer.echo(f"the console is at {address}"))
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return
    except ConsoleError as error:
        raise CommandError(str(error)) from None
