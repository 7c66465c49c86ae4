"""The channels of notify.yaml: one model for each kind, and the types of their values.

Scalars arrive as the text of the file. A text that cannot be read is refused with the expected form.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from workers.notify.secret_sources import Secret

_SPAN: Final = re.compile(r"([1-9][0-9]{0,3})(m|h|d)", re.ASCII)
_MINUTES: Final = {"m": 1, "h": 60, "d": 1440}
_QUIET: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_DAY_MS: Final = 86_400_000


def refused(expected: str) -> PydanticCustomError:
    """Return the error of a value. The text completes "found ..., expected ..."."""
    return PydanticCustomError("notify", "{expected}", {"expected": expected})


def _read_span_ms(value: Any) -> int:
    if isinstance(value, int):
        return value
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise refused("a time span, as 30m, 12h or 7d")
    return int(found[1]) * _MINUTES[found[2]] * 60_000


def _read_quiet(value: Any) -> tuple[time, time]:
    found = _QUIET.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[1] + found[2] == found[3] + found[4]:
        raise refused("two different times of day, as 20:00-07:30")
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused("an IANA time zone, as America/New_York") from None
    return value


def _check_url(value: str) -> str:
    is_local = re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)", value)
    if not (re.match(r"https://[^\s/]+", value) or is_local):
        raise refused("an address that begins with https:// (http:// on this machine only)")
    return value.rstrip("/")


def _read_listen(value: Any) -> tuple[str, int]:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not host or not port.isascii() or not port.isdigit() or not int(port) < 1 << 16:
        raise refused("an address and a port, as 127.0.0.1:8090")
    return host.strip("[]"), int(port)


def _check_mailbox(value: str) -> str:
    if not re.fullmatch(r"(?:[^<>@\r\n]* <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)", value):
        raise refused("a mail address, as leads@company.example or Leads <leads@company.example>")
    return value


Span = Annotated[int, BeforeValidator(_read_span_ms), Field(gt=0)]
Quiet = Annotated[tuple[time, time], BeforeValidator(_read_quiet)]
Zone = Annotated[str, AfterValidator(_check_zone)]
WebAddress = Annotated[str, AfterValidator(_check_url)]
Listen = Annotated[tuple[str, int], BeforeValidator(_read_listen)]
Mailbox = Annotated[str, AfterValidator(_check_mailbox)]
Places = dict[str, str]
"""Addresses by the name of the channel."""


class NotifyPart(BaseModel):
    """One part of notify.yaml. An unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SlackSettings(NotifyPart):
    """A Slack app with a bot token. Addresses are ids of users (U...) or channels (C...)."""

    kind: Literal["slack"]
    token: Secret
    signing_secret: Secret | None = None
    """Checks that a tap comes from Slack. Without it, messages have links instead of buttons."""
    api: WebAddress = "https://slack.com/api"
    give_up_after: Span = _DAY_MS


class TeamsSettings(NotifyPart):
    """Workflows of Teams. An address names the place of the secret address of one workflow."""

    kind: Literal["teams"]
    give_up_after: Span = _DAY_MS


class TeamsBotSettings(NotifyPart):
    """A bot of the company in Teams, which can edit its messages. Addresses are conversation ids."""

    kind: Literal["teams_bot"]
    tenant: str
    app_id: str
    app_secret: Secret
    login: WebAddress = "https://login.microsoftonline.com"
    service: WebAddress = "https://smba.trafficmanager.net/teams"
    give_up_after: Span = _DAY_MS


class MailSettings(NotifyPart):
    """A mail server. Addresses are mail addresses."""

    kind: Literal["mail"]
    server: Listen
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Secret | None = None
    sender: Mailbox = Field(alias="from")
    give_up_after: Span = _DAY_MS


class WebhookSettings(NotifyPart):
    """A program of the company. Addresses are texts that it gets as `recipient`."""

    kind: Literal["webhook"]
    url: WebAddress
    secret: Secret
    """The key of each request's signature. At least 24 characters."""
    give_up_after: Span = _DAY_MS


class AppriseSettings(NotifyPart):
    """Any service that Apprise knows. An address names the place of the secret Apprise URL."""

    kind: Literal["apprise"]
    give_up_after: Span = _DAY_MS


ChannelSettings = Annotated[
    SlackSettings | TeamsSettings | TeamsBotSettings | MailSettings | WebhookSettings | AppriseSettings,
    Field(discriminator="kind"),
]
