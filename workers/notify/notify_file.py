"""notify.yaml: the channels, the addresses of reps and desks, quiet hours and the answer page.

In: the text of the file. Out: typed settings, or every problem with line, key, what was found and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, ValidationError
from pydantic_core import PydanticCustomError

from schemas.vocabulary import AssigneeType
from workers.notify.channel_settings import (
    AppriseSettings,
    ChannelSettings,
    Listen,
    MailSettings,
    NotifyPart,
    Places,
    Quiet,
    SlackSettings,
    Span,
    TeamsSettings,
    WebAddress,
    Zone,
)
from workers.notify.secret_sources import Secret, read_secret
from workers.policy.document import Document, KeyPath, read
from workers.policy.problem import PolicyError, Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from schemas.outputs import LeadRouting

MOST_LINK_MS: Final = 7 * 86_400_000
"""The longest life of a link. The router knows a repeated event_id for seven days by default."""
_TAG_AT: Final = 2
"""The position of the kind in pydantic's path of a channel: channels, name, kind."""
_FEWEST_KEY_CHARACTERS: Final = 24
_EXPECTED: Final = {
    "missing": "the key {key}, which is required",
    "string_type": "a text",
    "dict_type": "keys and values, as {{key: value}}",
    "model_type": "keys and values, as {{key: value}}",
    "model_attributes_type": "keys and values, as {{key: value}}",
    "union_tag_not_found": "the key kind: slack, teams, teams_bot, mail, webhook or apprise",
    "union_tag_invalid": "a kind: slack, teams, teams_bot, mail, webhook or apprise",
    "too_short": "at least one entry",
}


class Answers(NotifyPart):
    """The page and the endpoint through which reps answer."""

    public_url: WebAddress
    """The address of the page as a browser of a rep reaches it, through a proxy of the company."""
    key: Secret
    """Makes the links unforgeable. At least 24 characters."""
    listen: Listen = ("127.0.0.1", 8090)
    links_expire_after: Span = Field(default=MOST_LINK_MS, le=MOST_LINK_MS)


class NotifyFile(NotifyPart):
    """The whole file."""

    channels: dict[str, ChannelSettings] = Field(min_length=1)
    reps: dict[str, Places] = Field(default_factory=dict)
    desks: dict[str, Places] = Field(default_factory=dict)
    partners: dict[str, Places] = Field(default_factory=dict)
    otherwise: Places = Field(default_factory=dict)
    """The places for those who have none. Left out: they get no message, and the log names them."""
    time_zone: Zone = "UTC"
    """The zone of times for desks, and for reps whose record has none."""
    quiet_hours: Quiet | None = None
    answers: Answers | None = None

    def places_of(self, kind: AssigneeType, assignee_id: str) -> Places:
        """Return the places of a rep, a desk or a partner. Empty if there are none."""
        found = {
            AssigneeType.REP: self.reps,
            AssigneeType.DESK: self.desks,
            AssigneeType.PARTNER: self.partners,
        }[kind]
        return found.get(assignee_id.partition(":")[2] or assignee_id, {}) or self.otherwise

    def places_of_holder(self, handoff: LeadRouting) -> Places:
        """Return the places of the present holder of a hand-off."""
        if handoff.assignee is None:
            return {}
        return self.places_of(handoff.assignee.type, handoff.assignee.id)

    def rep_at(self, channel: str, address: str) -> str | None:
        """Return the rep who has this address at a channel."""
        return next((rep for rep, places in self.reps.items() if places.get(channel) == address), None)

    @property
    def has_buttons(self) -> bool:
        """Whether messages may have links to the answer page."""
        return self.answers is not None


def load_notify_file(path: Path) -> NotifyFile:
    """Return the settings of a file. Raises PolicyError, which lists every problem."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else "text that is not UTF-8"
        raise PolicyError(
            [Problem(str(path), 1, 1, "", found, "a file with the channels, in UTF-8")]
        ) from None
    return parse_notify_file(text, str(path))


def parse_notify_file(text: str, source: str = "notify.yaml") -> NotifyFile:
    """Return the settings of a text. ``source`` is the file's name in errors. Raises PolicyError."""
    document = read(text, source)
    try:
        file = NotifyFile.model_validate(document.tree)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise PolicyError([_problem(detail, document) for detail in details]) from None
    problems = [*_check_places(file, document), *_check_keys(file, document)]
    if problems:
        raise PolicyError(problems)
    return file


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    path: KeyPath = tuple(
        part
        for at, part in enumerate(detail["loc"])
        if not (at == _TAG_AT and detail["loc"][0] == "channels")
    )
    if detail["type"] == "extra_forbidden":
        return document.make_problem(
            path, f"the unknown key {path[-1]}", "a key of docs/notify.md", at_key=True
        )
    if detail["type"] == "missing":
        return document.make_problem(path, "no such key", f"the key {path[-1]}, which is required")
    context = detail.get("ctx", {})
    expected = context.get("expected") or _EXPECTED.get(detail["type"], "").format(
        key=path[-1] if path else ""
    )
    if detail["type"] == "less_than_equal":
        expected = "at most 7d: the router knows a repeated answer that long"
    is_secret = "found" in context
    found = context["found"] if is_secret else document.describe_value_at(path)
    return document.make_problem(path, found, str(expected or detail["msg"]))


def _check_places(file: NotifyFile, document: Document) -> Iterator[Problem]:
    """Yield the problems of addresses: an unknown channel, or an address that the channel cannot have."""
    for path, places in _all_places(file):
        for channel, address in places.items():
            settings = file.channels.get(channel)
            if settings is None:
                known = ", ".join(file.channels)
                yield document.make_problem(
                    (*path, channel), f"the channel {channel}", f"one of {known}", at_key=True
                )
            elif expected := _address_problem(settings, address):
                yield document.make_problem((*path, channel), *expected)


def _all_places(file: NotifyFile) -> Iterator[tuple[KeyPath, Mapping[str, str]]]:
    for part in ("reps", "desks", "partners"):
        for name, places in getattr(file, part).items():
            yield (part, name), places
    yield ("otherwise",), file.otherwise


def _address_problem(settings: ChannelSettings, address: str) -> tuple[str, str] | None:
    """Return what is found and what is expected, for an address that the channel cannot have. No text shows it."""
    if isinstance(settings, TeamsSettings | AppriseSettings):
        try:
            read_secret(address)
        except PydanticCustomError as error:
            context = error.context or {}
            return context["found"], context["expected"]
    elif isinstance(settings, SlackSettings) and not re.fullmatch(r"[UWCGD][A-Z0-9]{2,}", address):
        return "another text", "the id of a Slack user (U...) or channel (C...)"
    elif isinstance(settings, MailSettings) and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
        return "another text", "a mail address"
    return None


def _check_keys(file: NotifyFile, document: Document) -> Iterator[Problem]:
    """Yield the secrets that are short enough to be guessed."""
    secrets: list[tuple[KeyPath, Any]] = [
        (("channels", name, "secret"), getattr(settings, "secret", None))
        for name, settings in file.channels.items()
    ]
    if file.answers is not None:
        secrets.append((("answers", "key"), file.answers.key))
    for path, secret in secrets:
        if secret is not None and len(secret.get_secret_value()) < _FEWEST_KEY_CHARACTERS:
            yield document.make_problem(
                path,
                "a secret that could be guessed",
                f"at least {_FEWEST_KEY_CHARACTERS} characters, as `openssl rand -hex 32` makes them",
            )
