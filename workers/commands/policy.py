"""`lead-router policy check` and `explain`: whether a policy would be loaded, and what it says in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.config import load_config, policy_file
from workers.policy.explain import Audience, explain
from workers.policy.report import check_report

policy_app = typer.Typer(help="The written agreement: what an MQL is, and who gets it.", no_args_is_help=True)


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


@policy_app.command("explain")
def explain_command(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
    audience: Annotated[
        Audience | None, typer.Option("--for", help="Only what concerns them.", show_default="everybody")
    ] = None,
) -> None:
    r"""Print the definitions page: what the policy says, in sentences, with every number that it names.

    [bold]Examples[/]

      lead-router policy explain
      lead-router policy explain policy/default.yaml --for sales
    """
    policy, _ = load_config(file)
    for line in explain(policy, audience):
        typer.echo(line)
