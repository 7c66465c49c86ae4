"""`lead-router try`: one lead through the hops by a policy, without Kafka, and what another fact would change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches, unified_diff
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from schemas.topics import CRM_ACCOUNTS, FORM_FILLS, WEB_ACTIVITY
from workers.commands.errors import CommandError
from workers.commands.progress import show_bad_lines
from workers.commands.replay import DEMO_KEY, Key, PolicyPath, read_time
from workers.config import load_config
from workers.identity.addresses import BadAddressError, normalise
from workers.identity.lead_ids import lead_id_of
from workers.replay.history_files import History
from workers.replay.single_lead import STEP_MS, Try, account_in, refused_inputs, run_try, stand_in_reps
from workers.replay.topic_roles import INPUT_RANKS
from workers.views.decision_page import Decisions, Subject, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import RenderableType

    from schemas.topics import Topic
    from workers.policy.model import Policy
    from workers.replay.history_lines import Input

_WIDTH: Final = 110
_OTHER_NAMES: Final = {"title": "job_title", "function": "job_function"}
"""Short names of fields of a form."""
_ACCOUNT: Final = "account."
_CUSTOM: Final = "fields."
_NEVER_CHANGED: Final = frozenset({"email"})
"""Fields of the form that identify the lead: with another value it is another lead."""


def try_lead(
    form: Annotated[
        Path | None,
        typer.Argument(
            help="The form as a JSON object, with the fields of form.fills.", show_default="by --set"
        ),
    ] = None,
    *,
    facts: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            "-s",
            help="A fact: FIELD=VALUE of the form, account.FIELD=VALUE of the company; fields.NAME=VALUE and"
            " account.fields.NAME=VALUE for custom fields. May be repeated.",
        ),
    ] = None,
    account: Annotated[
        Path | None,
        typer.Option("--account", help="The account as a JSON object, with the fields of crm.accounts."),
    ] = None,
    activities: Annotated[
        list[str] | None,
        typer.Option(
            "--did",
            help="An activity before the form, one minute apart: download, 'page_view url=https://x.example/pricing'. May be"
            " repeated.",
        ),
    ] = None,
    history: Annotated[
        list[Path] | None,
        typer.Option(
            "--history", help="Files with records before the try, as `replay` reads them. May be repeated."
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--change", "-c", help="A fact as for --set: show what would differ with it. May be repeated."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="The time of the form: RFC 3339 with an offset, or milliseconds.",
            show_default="after the history, else now",
        ),
    ] = None,
    policy: PolicyPath = Path("policy"),
    lead_id_key: Key = DEMO_KEY,
) -> None:
    r"""Try a lead: decide one form by a policy, without Kafka, and print the decision as [cyan]why[/] prints it.

    Without a history that has reps, each desk has one rep who is there. With several [cyan]--change[/], all of them are
    applied together.

    [bold]Examples[/]

      lead-router try -s email=noor@alder.example -s title=CIO -s request=demo -s account.country=US
      lead-router try form.json --account account.json --history march.jsonl --at 2026-03-16T10:00:00-04:00
      lead-router try form.json --account account.json --did download --did download -c title=Student -c account.country=DE
    """
    config_policy, config = load_config(policy)
    records = _read_history(history)
    fields, company = _read_object(form, "form"), _read_object(account, "account")
    _apply(facts, fields, company, config_policy)
    given = Try(
        at_ms=_time_of(records, len(activities or ())) if at is None else read_time(at, "--at"),
        form=fields,
        account=company or None,
        activities=[_read_activity(one) for one in activities or ()],
        history=records,
    )
    given = replace(given, history=[one for one in records if one.timestamp_ms < given.at_ms])
    subject = _subject(fields, lead_id_key)
    known = account_in(given)
    if company:
        given = replace(given, account={**known, **company})
    changed_form, changed_company = dict(fields), {**known, **company}
    _apply(changes, changed_form, changed_company, config_policy, is_change=True)
    from workers.agents import make_specs  # noqa: PLC0415 - imports Faust, which takes a second that --help does not need

    def decide(one: Try) -> list[str]:
        results = run_try(one, make_specs(lead_id_key.encode(), 1), config, config_policy)
        story = Decisions(subject)
        for emit in results:
            if emit.value is not None:
                story.add_record(emit.topic, emit.value)
        page = page_of(story)
        if page is None:
            refused = refused_inputs(results)
            raise CommandError(
                "no decision about this lead: "
                + ("; ".join(refused) or "its form was dropped, as those of robots are")
            )
        return _render(page)

    page = decide(given)
    typer.echo("\n".join(page))
    invented = stand_in_reps(given, config_policy)
    if invented:
        typer.echo(f"\nWithout reps in a history, these are at work: {', '.join(invented)}.", err=True)
    if changes:
        other = decide(replace(given, form=changed_form, account=changed_company or None))
        typer.echo(f"\nWith {', '.join(changes)}:")
        typer.echo("\n".join(_differences(page, other)) or "  nothing differs")


def _read_history(files: Iterable[Path] | None) -> list[Input]:
    """Return the records of the files. Raises CommandError if a line cannot be read."""
    if not files:
        return []
    history = History(list(files), INPUT_RANKS)
    if history.bad:
        show_bad_lines(history.bad, Console(stderr=True, highlight=False))
        raise CommandError(f"{len(history.bad)} lines of the history cannot be read")
    return list(history.in_order())


def _time_of(records: list[Input], activities: int) -> int:
    """Return the time of a form without --at, after the history. Milliseconds UTC."""
    if not records:
        return int(datetime.now(UTC).timestamp() * 1_000)
    return records[-1].timestamp_ms + (activities + 3) * STEP_MS


def _read_object(file: Path | None, what: str) -> dict[str, Any]:
    """Return the fields of a JSON file, or none. Raises CommandError for anything else than an object."""
    if file is None:
        return {}
    expected = f"expected a JSON object with the fields of the {what}"
    try:
        fields = json.loads(file.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise CommandError(f"{file}: text that is not UTF-8; {expected}") from None
    except json.JSONDecodeError as error:
        raise CommandError(f"{file}:{error.lineno}: no JSON at column {error.colno}; {expected}") from None
    if not isinstance(fields, dict):
        raise CommandError(f"{file}: found something else; {expected}")
    topic = FORM_FILLS if what == "form" else CRM_ACCOUNTS
    for name in fields:
        _require_field(topic, name, str(file))
    return fields


def _apply(
    facts: Iterable[str] | None,
    form: dict[str, Any],
    company: dict[str, Any],
    policy: Policy,
    *,
    is_change: bool = False,
) -> None:
    """Write facts of the command line into the form and the company, in place."""
    for fact in facts or ():
        name, sign, text = fact.partition("=")
        if not sign or not name:
            raise CommandError(
                f"{fact!r} is not a fact; expected FIELD=VALUE, as title=CIO or account.country=US"
            )
        fields, own_name = _custom_field(name, form, company)
        if own_name:
            fields["fields"] = {**fields.get("fields", {}), own_name: text}
            continue
        if name.startswith(_ACCOUNT):
            field = _require_field(CRM_ACCOUNTS, name.removeprefix(_ACCOUNT), fact)
            company[field] = _value_of(field, text, policy)
            continue
        field = _require_field(FORM_FILLS, _OTHER_NAMES.get(name, name), fact)
        if is_change and field in _NEVER_CHANGED:
            raise CommandError(f"{field} cannot be changed: it is another lead then; try that lead by itself")
        form[field] = text


def _custom_field(name: str, form: dict[str, Any], company: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the record of a custom field, and the name of the field. Empty: it is not a custom field."""
    record = company if name.startswith(_ACCOUNT) else form
    plain = name.removeprefix(_ACCOUNT)
    return record, plain.removeprefix(_CUSTOM) if plain.startswith(_CUSTOM) else ""


def _value_of(field: str, text: str, policy: Policy) -> Any:
    """Return a value of an account: a list for a field with several values, an amount in the policy's currency."""
    if field in {"sic", "naics", "domains", "other_names"}:
        return [one.strip() for one in text.split(",") if one.strip()]
    if field == "revenue":
        return {"amount": text, "currency": policy.currency}
    return text


def _require_field(topic: Topic, name: str, where: str) -> str:
    """Return a field of a topic. Raises CommandError with the field that is probably meant."""
    known = list(topic.model.model_fields)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; expected one of {', '.join(known)}"
        raise CommandError(f"{where}: {topic.name} has no field {name}{hint}")
    return name


def _read_activity(text: str) -> dict[str, Any]:
    """Return an activity from its name and its fields, as ``page_view url=https://x.example/pricing``."""
    name, *fields = text.split()
    activity: dict[str, Any] = {"activity": name}
    for one in fields:
        key, _, value = one.partition("=")
        activity[_require_field(WEB_ACTIVITY, key, text)] = value
    return activity


def _subject(form: Mapping[str, Any], lead_id_key: str) -> Subject:
    try:
        email = normalise(str(form["email"])).email
    except KeyError:
        raise CommandError("the form has no email; give it with --set email=name@company.example") from None
    except BadAddressError:
        raise CommandError(
            "the email of the form is not an e-mail address; expected name@company.example"
        ) from None
    return Subject(lead_id=lead_id_of(email, lead_id_key.encode()))


def _render(page: RenderableType) -> list[str]:
    text = StringIO()
    Console(file=text, highlight=False, width=_WIDTH, no_color=True).print(page)
    return [line.rstrip() for line in text.getvalue().splitlines()]


def _differences(before: list[str], after: list[str]) -> list[str]:
    """Return the lines that differ: with - as it was, with + as it would be."""
    lines = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    return [f"  {line}" for line in lines if not line.startswith("@@")]
