"""`lead-router policy check`: whether a policy would be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.commands.sources import load_config, policy_file
from workers.policy.report import check_report

policy_app = typer.Typer(help="The written agreement: what an MQL is, and who gets it.", no_args_is_help=True)


@policy_app.callback()
def _group() -> None:
    """Keep `check` a command of its own, though it is the only one."""


@policy_app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
) -> None:
    r"""Read a policy as a worker would: keys, values, and whether an outsider could ever become an MQL.

    Every problem is told with its line, the key, what was found and what is expected. Exit code 1 if there is one.

    [bold]Example[/]

      lead-router policy check policy/default.yaml
    """
    load_config(file)
    _, lines = check_report(policy_file(file))
    for line in lines:
        typer.echo(line)
