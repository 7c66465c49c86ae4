"""`lead-router why`: why did this go to Ben?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console, RenderableType

from schemas.topics import DESK_LEDGER, LEAD_ROUTING, LEAD_SCORES
from workers.commands.errors import CommandError
from workers.commands.kafka import Shadow
from workers.commands.replay import DEMO_KEY
from workers.commands.result_files import read_results
from workers.commands.topic_records import read_topics
from workers.config import load_settings
from workers.identity.addresses import BadAddressError, company_domain, normalise, normalise_domain
from workers.identity.lead_ids import lead_id_of
from workers.settings import Settings
from workers.shadow import topic_names
from workers.views.decision_page import Decisions, Subject, page_of

_LEAD_ID: Final = re.compile(r"[0-9a-f]{6}[0-9a-f-]{0,30}")
_WIDTH: Final = 110
"""Of a page that goes into a file or a pipe."""
_ROUTED: Final = (LEAD_ROUTING.name, DESK_LEDGER.name)
_SCORED: Final = (LEAD_SCORES.name,)

Who = Annotated[
    str,
    typer.Argument(
        help="A hand-off, an account or its domain, a lead_id or its beginning, or an address.",
        show_default=False,
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        help="Results that `replay --out` or `watch --json` wrote; may be repeated.",
        show_default="the topics",
    ),
]


def why(who: Who, files: Files = None, shadow: Shadow = None) -> None:
    r"""Say why a lead went where it went, or nowhere: points, gates, routes, turn, and what would have changed it.

    An address is turned into its lead_id here; the page shows none.

    [bold]Examples[/]

      lead-router why harbor-national.example
      lead-router why domain:harbor-national.example#1.1
      lead-router why 2fbb7730
      lead-router why 2fbb7730 --from now.jsonl
    """
    settings = load_settings(shadow=shadow)
    story = Decisions(subject_of(who, _key(settings, files)))
    page = _from_files(story, files) if files else asyncio.run(_from_topics(story, settings))
    if page is None:
        raise CommandError(
            f"no decision about this {_kind(story.subject)} is there; who has not said who they are has none"
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    console.print(page)


def subject_of(who: str, key: Callable[[], bytes]) -> Subject:
    """Return of whom is asked; ``key`` gives what lead ids are made from. Raises CommandError for what cannot be asked."""
    text = who.strip()
    if "#" in text:
        return Subject(handoff_id=text)
    if "@" in text:
        try:
            email = normalise(text).email
        except BadAddressError:
            raise CommandError("that is no address") from None
        return Subject(lead_id=lead_id_of(email, key()))
    if ":" in text:
        return Subject(account_key=text)
    if _LEAD_ID.fullmatch(text.lower()):
        return Subject(lead_id=text.lower())
    domain = normalise_domain(text)
    company = domain and company_domain(domain)
    if company:
        return Subject(account_key=f"domain:{company}")
    raise CommandError(
        f"{who!r} is no hand-off (domain:bank.example#1.1), no account (domain:bank.example), no domain of a company,"
        " no lead_id of six signs or more, and no address"
    )


def _key(settings: Settings, files: list[Path] | None) -> Callable[[], bytes]:
    """Files of a replay without a key are made with the demo's."""
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
    """Scores are many: they are read only where nothing was handed over."""
    for names in (_ROUTED, _SCORED):
        theirs = {topic_names()[name] if settings.shadow else name: name for name in names}
        async for record in read_topics(settings, tuple(theirs), from_start=True, to_end=True):
            if record.value is not None:
                story.add_record(theirs[record.topic], record.value)
        page = page_of(story)
        if page is not None:
            return page
    return None
