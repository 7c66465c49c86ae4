"""Mail: each message has a Message-ID made from its delivery_id; an end is a reply to the first message.

SMTP has no idempotency key. After a crash a mail is sent again with the same Message-ID, and many mailboxes show it once.
"""

from __future__ import annotations

import html
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Final

import aiosmtplib

from workers.notify.channels.channel_calls import (
    TIMEOUT_S,
    DeliveryFailedError,
    DeliveryRefusedError,
    Outgoing,
)
from workers.notify.delivery_steps import Ability
from workers.notify.notices import ANSWER_WORDS

if TYPE_CHECKING:
    from workers.notify.channel_settings import MailSettings

_FIRST_PERMANENT: Final = 500
_NOT_SENT: Final = (
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPConnectTimeoutError,
    aiosmtplib.SMTPAuthenticationError,
)


class MailChannel:
    """A mail server."""

    ability = Ability(can_edit=False, can_find=False)

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._domain = parseaddr(settings.sender)[1].partition("@")[2]

    async def post(self, message: Outgoing) -> str:
        """Send a mail and return its Message-ID."""
        mail = self.mail_of(message, reply_to=message.thread)
        settings = self._settings
        try:
            await aiosmtplib.send(
                mail,
                hostname=settings.server[0],
                port=settings.server[1],
                username=settings.user,
                password=None if settings.password is None else settings.password.get_secret_value(),
                use_tls=settings.encryption == "tls",
                start_tls=settings.encryption == "starttls",
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPException as error:
            raise _failure(error) from None
        except (TimeoutError, OSError) as error:
            raise DeliveryFailedError(type(error).__name__, is_unsure=True) from None
        return str(mail["Message-ID"])

    async def edit(self, place: str, message: Outgoing) -> None:
        """Reply to the first mail: a mail cannot be changed."""
        await self.post(
            Outgoing(
                message.delivery_id, message.card_id, message.address, message.notice, message.links, place
            )
        )

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return None: a mail server cannot be searched."""
        raise NotImplementedError(message, since_ms)

    async def close(self) -> None:
        """Close nothing: each mail has a connection of its own."""

    def mail_of(self, message: Outgoing, reply_to: str | None = None) -> EmailMessage:
        """Return the mail of a message, as plain text and as HTML."""
        notice = message.notice
        links = [(ANSWER_WORDS[one], message.links[one]) for one in notice.answers if one in message.links]
        mail = EmailMessage()
        mail["From"] = self._settings.sender
        mail["To"] = message.address
        mail["Subject"] = notice.headline
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = f"<{message.delivery_id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if reply_to is not None:
            mail["In-Reply-To"] = mail["References"] = reply_to
        lines = [f"{label}: {text}" for label, text in (*notice.lines, *links)]
        mail.set_content("\n".join([notice.headline, "", *lines, ""]))
        mail.add_alternative(_html(message, links), subtype="html")
        return mail


def _html(message: Outgoing, links: list[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><th align=left>{html.escape(label)}</th><td>{html.escape(text)}</td></tr>"
        for label, text in message.notice.lines
    )
    buttons = " &nbsp; ".join(
        f'<a href="{html.escape(url)}">{html.escape(words)}</a>' for words, url in links
    )
    return f"<h3>{html.escape(message.notice.headline)}</h3><table>{rows}</table><p>{buttons}</p>"


def _failure(error: aiosmtplib.SMTPException) -> Exception:
    """Return how a mail failed. A reply of the server is sure; a lost connection is not."""
    if isinstance(error, _NOT_SENT):
        return DeliveryFailedError(type(error).__name__, is_unsure=False)
    codes = (
        [one.code for one in error.recipients] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else []
    )
    if isinstance(error, aiosmtplib.SMTPResponseException):
        codes = [error.code]
    if codes and all(code >= _FIRST_PERMANENT for code in codes):
        return DeliveryRefusedError(f"smtp_{codes[0]}")
    if codes:
        return DeliveryFailedError(f"smtp_{codes[0]}", is_unsure=False, concerns_all=False)
    return DeliveryFailedError(type(error).__name__, is_unsure=True)
