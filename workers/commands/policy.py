"""`lead-router policy check` and `policy explain`: validate a policy, and print it as sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.config import load_config, policy_file
from workers.policy.load import PolicyError
from workers.policy.pages.check_output import check_policy_file, describe_defaults
from workers.policy.pages.explain_output import Audience, explain_policy

policy_app = typer.Typer(
    help="Check and explain the policy: what an MQL is, and which rep gets it.", no_args_is_help=True
)


@policy_app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
) -> None:
    r"""Check a policy as a worker does at its start: keys, values, and whether an outsider could ever become an MQL.

    Every problem is printed with its line, its key, the value found and the value expected. Exit code 1 if there is one.

    [bold]Example[/]

      lead-router policy check policy/default.yaml
    """
    path = policy_file(file)
    try:
        load_config(file)
    except PolicyError:
        for line in describe_defaults(path, None):
            typer.echo(line)
        raise
    _, lines = check_policy_file(path)
    for line in lines:
        typer.echo(line)


@policy_app.command("explain")
def explain_command(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
    audience: Annotated[
        Audience | None,
        typer.Option("--for", help="Only the sections for this audience.", show_default="all sections"),
    ] = None,
) -> None:
    r"""Print the policy as sentences, with every number that it contains.

    The result is the page of definitions that marketing, sales, service and partners agree on.

    [bold]Examples[/]

      lead-router policy explain
      lead-router policy explain policy/default.yaml --for sales
    """
    policy, _ = load_config(file)
    for line in explain_policy(policy, audience):
        typer.echo(line)
