"""Mail through a server on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sent_messages import message

from workers.notify.channel_settings import MailSettings
from workers.notify.channels.channel_calls import DeliveryFailedError, DeliveryRefusedError
from workers.notify.channels.mail_channel import MailChannel


class Mailbox:
    """The handler of a mail server. ``refusals`` are the replies to RCPT, each once."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refusals: list[str] = []
        self.replies: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the name that the server calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if self.replies:
            return self.replies.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


class TestMail:
    @pytest.fixture
    def mailbox(self) -> Iterator[Mailbox]:
        handler = Mailbox()
        controller = Controller(handler, hostname="127.0.0.1", port=0)
        # The controller connects to its own port to see whether it is up; with port 0 it must be given one.
        with socket.create_server(("127.0.0.1", 0)) as free:
            controller.port = free.getsockname()[1]
        controller.start()
        self.port = controller.port
        yield handler
        controller.stop()

    def channel(self) -> MailChannel:
        settings = {"kind": "mail", "server": f"127.0.0.1:{self.port}", "encryption": "none"}
        return MailChannel(MailSettings.model_validate(settings | {"from": "Leads <leads@us.example>"}))

    async def test_an_end_is_a_reply_to_the_first_mail(self, mailbox: Mailbox) -> None:
        channel = self.channel()
        place = await channel.post(message(address="dana@us.example"))
        await channel.edit(place, message("Withdrawn", address="dana@us.example", number=2))
        first, second = mailbox.mails
        assert first["Message-ID"] == place == "<delivery-1@us.example>"
        assert second["In-Reply-To"] == place
        assert [first["Subject"], second["Subject"]] == ["New lead: Anna", "Withdrawn"]

    async def test_texts_of_people_are_escaped_in_html(self, mailbox: Mailbox) -> None:
        await self.channel().post(
            message("line\r\nBcc: all@x.example".replace("\r\n", " "), address="d@us.example")
        )
        (mail,) = mailbox.mails
        html = mail.get_body(("html",))  # type: ignore[attr-defined]
        assert "<script>" not in html.get_content()
        assert mail["Bcc"] is None

    @pytest.mark.parametrize(("reply", "is_final"), [("550 no such user", True), ("451 try later", False)])
    async def test_a_reply_of_the_server_is_never_unsure(
        self, mailbox: Mailbox, reply: str, is_final: bool
    ) -> None:
        for replies in (mailbox.refusals, mailbox.replies):
            replies.append(reply)
            with pytest.raises(DeliveryRefusedError if is_final else DeliveryFailedError) as failed:
                await self.channel().post(message(address="dana@us.example"))
            assert getattr(failed.value, "is_unsure", False) is False
            assert failed.value.code == f"smtp_{reply[:3]}"

    async def test_a_server_that_closes_after_the_text_leaves_it_unsure(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 hi\r\n")
            while line := await reader.readline():
                if line.upper().startswith(b"DATA"):
                    writer.write(b"354 go\r\n")
                elif line == b".\r\n":
                    break
                elif line.upper().startswith((b"EHLO", b"HELO", b"MAIL", b"RCPT")):
                    writer.write(b"250 OK\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        with pytest.raises(DeliveryFailedError) as failed:
            await self.channel().post(message(address="dana@us.example"))
        server.close()
        assert failed.value.is_unsure
