"""The command line `lead-router`. Its commands are defined in `workers/commands/`."""

from __future__ import annotations

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from workers.commands.backtest import backtest
from workers.commands.console import console
from workers.commands.demo import demo
from workers.commands.dlq import dlq_app
from workers.commands.errors import errors_as_messages
from workers.commands.fairness import fairness
from workers.commands.history import history_app
from workers.commands.kafka import resume, topics_app, worker
from workers.commands.map_file import map_file
from workers.commands.notify import notify_app
from workers.commands.policy import policy_app
from workers.commands.policy_publish import followed, publish
from workers.commands.policy_solve import solve
from workers.commands.replay import replay
from workers.commands.source import source_app
from workers.commands.sources import sources
from workers.commands.try_lead import try_lead
from workers.commands.watch import watch
from workers.commands.why import why

app = typer.Typer(
    name="lead-router",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - typer passes the option's value
    if asked:
        typer.echo(f"lead-router {installed_version('lead-router')}")
        raise typer.Exit


@app.callback()
def lead_router(
    version: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option(
            "--version",
            help="Show the version and exit.",
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Event-driven lead routing: every qualified lead gets exactly one owner immediately, with the reason."""


app.command()(demo)
app.command()(worker)
app.add_typer(topics_app, name="topics")
app.command()(replay)
app.command()(backtest)
app.add_typer(history_app, name="history")
app.command("try")(try_lead)
app.command("map")(map_file)
app.add_typer(source_app, name="source")
app.command()(console)
app.command()(watch)
app.command()(why)
app.command()(fairness)
app.command()(sources)
policy_app.command()(solve)
policy_app.command()(publish)
policy_app.command()(followed)
app.add_typer(policy_app, name="policy")
app.command()(resume)
app.add_typer(dlq_app, name="dlq")
app.add_typer(notify_app, name="notify")


def main() -> None:
    """Run the command line."""
    with errors_as_messages():
        app()


if __name__ == "__main__":
    main()
