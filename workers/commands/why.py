"""`lead-router why`: the decisions about one lead or account, with their reasons."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console, RenderableType

from schemas.topics import DESK_LEDGER, LEAD_ALERTS, LEAD_ROUTING, LEAD_SCORES
from workers.commands.errors import CommandError
from workers.commands.kafka import Shadow
from workers.commands.replay import DEMO_KEY
from workers.commands.result_files import read_results
from workers.commands.topic_records import read_topics
from workers.config import load_settings
from workers.identity.addresses import BadAddressError, normalise, normalise_domain
from workers.identity.company_domains import SHIPPED
from workers.identity.lead_ids import lead_id_of
from workers.settings import Settings
from workers.shadow import topic_names
from workers.views.decision_page import Decisions, Subject, page_of

_LEAD_ID: Final = re.compile(r"[0-9a-f]{6}[0-9a-f-]{0,30}")
_WIDTH: Final = 110
"""Columns of a page that is written into a file or a pipe."""
_ROUTED: Final = (LEAD_ROUTING.name, DESK_LEDGER.name, LEAD_ALERTS.name)
_SCORED: Final = (LEAD_SCORES.name,)

SubjectText = Annotated[
    str,
    typer.Argument(
        help="A hand-off id, an account key, a company domain, a lead_id or its first 6+ characters, or an e-mail"
        " address.",
        show_default=False,
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        help="Read results that `replay --out` or `watch --json` wrote. May be repeated.",
        show_default="the topics",
    ),
]


def why(subject: SubjectText, files: Files = None, shadow: Shadow = None) -> None:
    r"""Show why a lead went to its rep, or to none: points, gates, routes, turn, and what would change the decision.

    An e-mail address is converted into a lead_id on this machine. The page shows no address.

    [bold]Examples[/]

      lead-router why harbor-national.example
      lead-router why domain:harbor-national.example#1.1
      lead-router why 2fbb7730
      lead-router why 2fbb7730 --from now.jsonl
    """
    settings = load_settings(shadow=shadow)
    story = Decisions(subject_of(subject, _key(settings, files)))
    page = _from_files(story, files) if files else asyncio.run(_from_topics(story, settings))
    if page is None:
        raise CommandError(
            f"no decision about this {_kind(story.subject)} was found; visitors who are still anonymous have none"
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    console.print(page)


def subject_of(given: str, key: Callable[[], bytes]) -> Subject:
    """Return the subject that a text names. ``key`` returns the secret from which lead ids are made.

    Raises:
        CommandError: the text names no possible subject.
    """
    text = given.strip()
    if "#" in text:
        return Subject(handoff_id=text)
    if "@" in text:
        try:
            email = normalise(text).email
        except BadAddressError:
            raise CommandError("that is not an e-mail address; expected name@company.example") from None
        return Subject(lead_id=lead_id_of(email, key()))
    if ":" in text:
        return Subject(account_key=text)
    if _LEAD_ID.fullmatch(text.lower()):
        return Subject(lead_id=text.lower())
    domain = normalise_domain(text)
    company = domain and SHIPPED.of_address(domain)
    if company:
        return Subject(account_key=f"domain:{company}")
    raise CommandError(
        f"{given!r} is not a hand-off id (domain:bank.example#1.1), an account key (domain:bank.example), a company"
        " domain, a lead_id prefix (6+ characters) or an e-mail address"
    )


def _key(settings: Settings, files: list[Path] | None) -> Callable[[], bytes]:
    """Return a function that gives the key of lead ids. For files, the demo's key is used if none is set."""
    if files and settings.lead_id_key is None:
        return DEMO_KEY.encode
    return settings.required_lead_id_key


def _kind(subject: Subject) -> str:
    return "hand-off" if subject.handoff_id else "account" if subject.account_key else "person"


def _from_files(story: Decisions, files: list[Path]) -> RenderableType | None:
    for file in files:
        for _, topic, value in read_results(file):
            story.add_record(topic, value)
    return page_of(story)


async def _from_topics(story: Decisions, settings: Settings) -> RenderableType | None:
    """Return the page from the topics. Scores are many, so they are read only if no hand-off was found."""
    for names in (_ROUTED, _SCORED):
        topics = {topic_names()[name] if settings.shadow else name: name for name in names}
        async for record in read_topics(settings, tuple(topics), from_start=True, to_end=True):
            if record.value is not None:
                story.add_record(topics[record.topic], record.value)
        page = page_of(story)
        if page is not None:
            return page
    return None
