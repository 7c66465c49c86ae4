"""`lead-router policy check` and `policy explain`: validate a policy, and print it as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from workers.commands.new_file import NewFile, write_new
from workers.commands.rep_names import rep_names
from workers.commands.seen_history import read_seen
from workers.config import load_config, policy_file
from workers.policy.load import PolicyError
from workers.policy.model import Policy
from workers.policy.pages.check_output import check_policy_file, describe_unseen, name_defaults
from workers.policy.pages.explain_output import Audience, explain_policy
from workers.policy.pages.page_formats import Format, write_page
from workers.policy.pages.party_pages import explain_desk, explain_partner, with_names
from workers.policy.pages.policy_diff import describe_difference

policy_app = typer.Typer(
    help="Check and explain the policy: what an MQL is, and which rep gets it.", no_args_is_help=True
)


_PAGES: Final[
    Mapping[str, tuple[Callable[[Policy], Mapping[str, object]], Callable[[Policy, str], list[str]]]]
] = {
    "partner": (lambda policy: policy.partners, explain_partner),
    "desk": (lambda policy: policy.desks, explain_desk),
}
"""The names that have a page of their own, and its writer, by kind."""


@policy_app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against",
            help="Files with records as `replay` reads them: note what the policy names and they lack.",
        ),
    ] = None,
) -> None:
    r"""Check a policy as a worker does at its start: keys, values, and whether an outsider could ever become an MQL.

    Every problem is printed with its line, its key, the value found and the value expected. Exit code 1 if there is one.

    [bold]Examples[/]

      lead-router policy check policy/default.yaml
      lead-router policy check policy/default.yaml --against march.jsonl
    """
    path = policy_file(file)
    try:
        policy, _ = load_config(file)
    except PolicyError:
        for line in name_defaults(path):
            typer.echo(line)
        raise
    _, lines = check_policy_file(path)
    for line in [*lines, *(describe_unseen(path, read_seen(against, policy)) if against else ())]:
        typer.echo(line)


@policy_app.command("explain")
def explain_command(
    file: Annotated[Path, typer.Argument(help="The policy, or a folder with default.yaml.")] = Path("policy"),
    reader: Annotated[
        str | None,
        typer.Option(
            "--for",
            help="Only what concerns marketing, sales, service or partners, in at most 40 lines; or one partner or desk:"
            " partner:NAME, desk:NAME.",
            show_default="all sections",
        ),
    ] = None,
    page_format: Annotated[Format, typer.Option("--format", help="The format of the page.")] = Format.TEXT,
    reps: Annotated[
        list[Path] | None,
        typer.Option("--reps", help="Files with records of crm.reps, one a line, for the names of people."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The file for the page.", show_default="standard output"),
    ] = None,
) -> None:
    r"""Print the policy as sentences, with its numbers and computed examples of who becomes an MQL.

    The result is the page of definitions that marketing, sales, service and partners agree on. The page of one partner has
    the terms of that partner only.

    [bold]Examples[/]

      lead-router policy explain
      lead-router policy explain policy/default.yaml --for sales
      lead-router policy explain --for partner:island_dealers --format html --out island_dealers.html
      lead-router policy explain --for desk:inside_sales --reps march.jsonl
    """
    policy, _ = load_config(file)
    if reps:
        policy = with_names(policy, rep_names(reps))
    text = "\n".join(write_page(_lines_for(policy, reader), page_format)) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def _lines_for(policy: Policy, reader: str | None) -> list[str]:
    """Return the text for a reader. Raises typer.BadParameter for an unknown one."""
    if reader is None or reader in set(Audience):
        return explain_policy(policy, None if reader is None else Audience(reader))
    kind, _, name = reader.partition(":")
    if kind in {"partner", "desk"}:
        known, explain = _PAGES[kind]
        if name in known(policy):
            return explain(policy, name)
        names = (
            ", ".join(f"{kind}:{one}" for one in known(policy)) or f"no {kind}, because the policy has none"
        )
        raise typer.BadParameter(f"{reader!r} is not in this policy; expected {names}", param_hint="--for")
    raise typer.BadParameter(
        f"{reader!r} is not a reader; expected {', '.join(Audience)}, partner:NAME or desk:NAME",
        param_hint="--for",
    )


@policy_app.command("diff")
def diff_command(
    before: Annotated[
        Path, typer.Argument(help="The policy that holds, or a folder with default.yaml.", show_default=False)
    ],
    after: Annotated[Path, typer.Argument(help="The policy to compare with it.", show_default=False)],
    page_format: Annotated[Format, typer.Option("--format", help="The format of the page.")] = Format.TEXT,
) -> None:
    r"""Print in sentences what a policy changes: values, new and removed entries, and what follows from them.

    [bold]Example[/]

      lead-router policy diff policy/default.yaml stricter.yaml
    """
    old, new = load_config(before)[0], load_config(after)[0]
    for line in write_page(describe_difference(old, new), page_format):
        typer.echo(line)


class Start(StrEnum):
    """The kinds of companies for which a start of a policy exists."""

    FIRST = "first"
    ANALYTICS = "analytics"
    CHANNEL = "channel"
    DEVTOOLS = "devtools"
    NO_SCORING = "no-scoring"
    SAAS = "saas"


@policy_app.command("new")
def new_command(
    like: Annotated[Start, typer.Option("--like", help="The kind of company.")] = Start.FIRST,
    out: NewFile = None,
) -> None:
    r"""Write a commented start of a policy that passes the check.

    first: the least that a policy needs. devtools: points for titles and actions, desks by size and region. analytics: a
    product that is tried first, points in bands, territories. channel: dealers by region. no-scoring: an answer to a
    programme is an MQL. saas: a product that is tried without sales.

    [bold]Example[/]

      lead-router policy new --like channel --out policy.yaml
    """
    name = "policy/saas.yaml" if like is Start.SAAS else f"policy/starts/{like}.yaml"
    text = policy_file(Path(name)).read_text("utf-8")
    if out is None:
        typer.echo(text, nl=False)
        return
    write_new(out, text)
    typer.echo(f"{out} is written; next: lead-router policy check {out}", err=True)
