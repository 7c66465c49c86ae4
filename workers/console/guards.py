"""The security headers of every answer of the console, and the requests that are refused before a page sees them.

A page may show what strangers wrote into a form. Templates escape it; the policy below also forbids the browser to run any script
that is not a file of the console, so a mistake in a template would show a text and run nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # under no-referrer a browser sends `Origin: null` with the console's own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_FORM_BYTES: Final = 16_384


class Guards:
    """Adds the security headers to every answer, and refuses forms that another site sent or that are too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = not scope["path"].startswith("/static/")

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                if is_page:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        refusal = None if scope["method"] in _SAFE else _refusal_of(Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _refusal_of(headers: Headers) -> PlainTextResponse | None:
    """Return the refusal of a form that did not come from a page of this console, or None."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_foreign = site not in {None, "same-origin", "none"} or (
        origin is not None and urlsplit(origin).netloc != headers.get("host")
    )
    if is_foreign:
        return PlainTextResponse("this form did not come from a page of the console\n", 403)
    size = headers.get("content-length")
    if size is None or not size.isdigit() or int(size) > _MOST_FORM_BYTES:
        return PlainTextResponse("the form is too large\n", 413)
    return None
