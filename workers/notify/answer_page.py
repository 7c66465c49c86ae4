"""The answer page and the endpoint for taps at Slack.

In: HTTP requests. Out: answers in the tables, and a page or a short sentence. A link is opened by mail scanners too, so GET only
shows a page with a button; POST acts. Taps at Slack are checked by Slack's signature. Nothing of a request is logged.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import msgspec
from jinja2 import Environment
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from workers.notify.answering import Outcome, give_answer
from workers.notify.channel_settings import SlackSettings
from workers.notify.notices import ANSWER_WORDS, REJECTIONS, Answer
from workers.notify.wall_clock import wall_ms

if TYPE_CHECKING:
    from starlette.requests import Request

    from workers.notify.answer_links import AnswerLinks
    from workers.notify.delivery_tables import DeliveryTables
    from workers.notify.notify_file import NotifyFile

MOST_BYTES: Final = 262_144
"""The most bytes of a request."""
_STYLE: Final = (
    "body{font:16px system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
    "button,select{font:inherit;padding:.6rem 1rem;margin:.3rem 0;width:100%}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_PAGE: Final = Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ title }}</title>
<style>{{ style|safe }}</style></head><body><h1>{{ title }}</h1>
{% if sentence %}<p role="status">{{ sentence }}</p>{% endif %}
{% if has_form %}<form method="post">
{% if reps %}<label>Who are you? <select name="rep_id" required><option value=""></option>
{% for rep_id, name in reps %}<option value="{{ rep_id }}">{{ name }}</option>{% endfor %}</select></label>{% endif %}
{% if reasons %}{% for reason, words in reasons %}<button name="reason" value="{{ reason }}">{{ words }}</button>{% endfor %}
{% else %}<button>{{ title }}</button>{% endif %}
</form>{% endif %}</body></html>
"""
)
Reply = Callable[[str, str], Awaitable[None]]
"""Sends a sentence to the address that Slack gave for it."""


class AnswerPage:
    """The handlers. ``given`` is called after an answer was stored, ``reply`` sends a refusal to a rep at Slack."""

    def __init__(
        self,
        tables: DeliveryTables,
        file: NotifyFile,
        links: AnswerLinks,
        *,
        given: Callable[[Answer], None],
        reply: Reply,
        now_ms: Callable[[], int] = wall_ms,
    ) -> None:
        self._tables = tables
        self._file = file
        self._links = links
        self._given = given
        self._reply = reply
        self._now_ms = now_ms
        self._verifiers = {
            name: SignatureVerifier(settings.signing_secret.get_secret_value())
            for name, settings in file.channels.items()
            if isinstance(settings, SlackSettings) and settings.signing_secret is not None
        }

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/answer/{token}", self.show, methods=["GET", "HEAD"]),
                Route("/answer/{token}", self.act, methods=["POST"]),
                Route("/slack/actions", self.tap, methods=["POST"]),
                Route("/livez", _alive, methods=["GET"]),
            ]
        )

    async def show(self, request: Request) -> Response:
        """Show the page of a link. It changes nothing."""
        read = self._links.read(request.path_params["token"])
        if read is None:
            return _page(
                "This link does not work", "It has expired or is incomplete. Answer in the CRM.", status=410
            )
        card_id, answer = read
        card = self._tables.card(card_id)
        held = None if card is None else self._tables.handoff(card.handoff_id)
        if card is None or held is None or held.value.assignee is None:
            return _page("This hand-off has ended", "It was withdrawn, or is no longer known.", status=410)
        company = held.value.account_key.partition(":")
        of_whom = f"About {company[2]}." if company[0] != "lead" else ""
        reps = None if card.rep_id else [one for one in self._tables.rep_ids() if one[0] in self._file.reps]
        return _page(
            ANSWER_WORDS[answer],
            of_whom,
            has_form=True,
            reps=reps,
            reasons=REJECTIONS if answer is Answer.REJECT else None,
        )

    async def act(self, request: Request) -> Response:
        """Take the answer of a link."""
        read = self._links.read(request.path_params["token"])
        body = await _body(request)
        if read is None or body is None:
            return _page(
                "This link does not work", "It has expired or is incomplete. Answer in the CRM.", status=410
            )
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        card_id, answer = read
        card = self._tables.card(card_id)
        rep_id = card.rep_id if card is not None and card.rep_id else form.get("rep_id")
        outcome = self._give(card_id, answer, rep_id, form.get("reason"))
        return _page(
            "Thank you" if outcome.is_taken else "Not possible", outcome.sentence,
            status=200 if outcome.is_taken else 409,
        )  # fmt: skip

    async def tap(self, request: Request) -> Response:
        """Take a tap at Slack. The answer is stored before Slack gets its 200, so Slack's retry finds it there."""
        body = await _body(request)
        channel = None if body is None else self._verified(body, dict(request.headers))
        if body is None or channel is None:
            return PlainTextResponse("the signature is not valid", status_code=401)
        tap = _tap_of(body)
        if tap is None:
            return PlainTextResponse("")  # such as a link, which needs no answer
        card_id, answer, reason, user, response_url = tap
        rep_id = self._file.rep_at(channel, user)
        if rep_id is None:
            outcome = Outcome(is_taken=False, sentence="Your Slack user is not in notify.yaml (reps).")
        else:
            outcome = self._give(card_id, answer, rep_id, reason)
        if not outcome.is_taken and response_url:
            await self._reply(response_url, outcome.sentence)
        return PlainTextResponse("")

    def _give(self, card_id: str, answer: Answer, rep_id: str | None, reason: str | None) -> Outcome:
        with self._tables.transaction():
            outcome = give_answer(
                self._tables, card_id, answer, rep_id=rep_id, reason=reason,
                known_reps=self._file.reps.keys(), now_ms=self._now_ms(),
            )  # fmt: skip
        if outcome.is_taken:
            self._given(answer)
        return outcome

    def _verified(self, body: bytes, headers: dict[str, str]) -> str | None:
        """Return the Slack channel whose secret signed a request in the last five minutes."""
        for name, verifier in self._verifiers.items():
            try:
                if verifier.is_valid_request(body, headers):
                    return name
            except ValueError:  # a time stamp that is not a number
                return None
        return None


def _tap_of(body: bytes) -> tuple[str, Answer, str | None, str, str] | None:
    """Return (card_id, answer, reason, user, response_url) of a tap. None for another interaction."""
    try:
        payload: Any = msgspec.json.decode(parse_qs(body.decode())["payload"][0])
        action = payload["actions"][0]
        answer = Answer(action["action_id"])
        reason = action["selected_option"]["value"] if answer is Answer.REJECT else None
        return (
            str(action["block_id"]), answer, reason, str(payload["user"]["id"]), str(payload.get("response_url", "")),
        )  # fmt: skip
    except (KeyError, IndexError, TypeError, ValueError):
        return None


async def _body(request: Request) -> bytes | None:
    """Return the body of a request, or None if it is too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


def _page(
    title: str,
    sentence: str,
    *,
    status: int = 200,
    has_form: bool = False,
    reps: list[tuple[str, str]] | None = None,
    reasons: tuple[tuple[str, str], ...] | None = None,
) -> Response:
    text = _PAGE.render(
        title=title, sentence=sentence, style=_STYLE, has_form=has_form, reps=reps, reasons=reasons
    )
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")
