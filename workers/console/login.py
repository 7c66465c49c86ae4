"""The login of the console: by a token, or by the company's OpenID Connect provider. It gives every request a role.

In: the access file, or None, which means that everyone who reaches the console may see everything. Out: requests with a role in their
scope, or an answer that asks for a login. A session is a signed cookie that holds a name, a role and an end, and no address of
a person. Sessions end when the console is started again.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from workers.console.access_file import AccessFile, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

_log = structlog.get_logger(__name__)
COOKIE: Final = "lead_router_console"
ROLE: Final = "lead_router.role"
"""The key of the role in the scope of a request."""
_OPEN: Final = ("/static/",)
_MOST_FAILURES: Final = 10
_FAILURE_SPAN_S: Final = 60.0
_HOUR_S: Final = 3_600
_LONGEST_TOKEN: Final = 1_000


class Login:
    """Asks for a login where the access file wants one. ``shown``: renders the login page with an error text."""

    def __init__(
        self, app: ASGIApp, access: AccessFile | None, shown: Callable[[str, AccessFile], str]
    ) -> None:
        self._access = access
        self._shown = shown
        self._next = app
        self._failures: deque[float] = deque(maxlen=_MOST_FAILURES)
        self._oidc: Any = None
        self._app: ASGIApp = self._answer
        if access is not None:
            is_https = access.oidc is not None and access.oidc.public_url.startswith("https:")
            self._app = SessionMiddleware(
                self._answer,
                secret_key=secrets.token_hex(32),
                session_cookie=COOKIE,
                max_age=access.session_hours * _HOUR_S,
                same_site="lax",  # the provider sends the browser back from another site
                https_only=is_https,
            )
            self._oidc = _client_of(access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._access is None or scope["type"] != "http":
            scope[ROLE] = Role.ADMIN
            await self._next(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._response(request, self._access)
        await (response or self._next)(scope, receive, send)

    async def _response(self, request: Request, access: AccessFile) -> Response | None:
        """Return the answer of the login, or None if the page may answer."""
        path = request.url.path
        if path.startswith(_OPEN):
            return None
        if path == "/login":
            return await self._log_in(request, access)
        if path == "/logout" and request.method == "POST":
            request.session.clear()
            return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        if path in {"/login/start", "/login/back"} and self._oidc is not None:
            return await self._by_provider(request, access)
        return _admit(request)

    async def _log_in(self, request: Request, access: AccessFile) -> Response:
        if request.method != "POST":
            return HTMLResponse(self._shown("", access))
        now_s = time.monotonic()
        if len(self._failures) == _MOST_FAILURES and now_s - self._failures[0] < _FAILURE_SPAN_S:
            text = "Too many wrong tokens were tried. Wait a minute."
            return HTMLResponse(self._shown(text, access), HTTPStatus.TOO_MANY_REQUESTS)
        given = (await request.form()).get("token")
        token = given.strip().encode()[:_LONGEST_TOKEN] if isinstance(given, str) else b""
        for name, one in access.tokens.items():
            if hmac.compare_digest(token, one.token.get_secret_value().encode()):
                return _begin(request, name, one.role, access)
        self._failures.append(now_s)
        _log.warning("console_login_refused", by="token")
        return HTMLResponse(self._shown("This token is not known.", access), HTTPStatus.FORBIDDEN)

    async def _by_provider(self, request: Request, access: AccessFile) -> Response:
        assert access.oidc is not None  # noqa: S101 - the caller checked it
        try:
            if request.url.path == "/login/start":
                back = f"{access.oidc.public_url}/login/back"
                found: Response = await self._oidc.authorize_redirect(request, back)
                return found
            token = await self._oidc.authorize_access_token(request)
        except (OAuthError, JoseError, HTTPError, ValueError, KeyError) as error:
            _log.warning("console_login_failed", by="oidc", error=type(error).__name__)
            text = "The login at the provider did not succeed. Try again; the console's log names the kind of the error."
            return HTMLResponse(self._shown(text, access), HTTPStatus.BAD_GATEWAY)
        claims = token.get("userinfo") or {}
        named = claims.get(access.oidc.claim)
        groups = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        roles = [
            access.oidc.roles[group]
            for group in groups
            if isinstance(group, str) and group in access.oidc.roles
        ]
        if not roles:
            _log.warning("console_login_refused", by="oidc")
            text = "You are in no group that may see the console."
            return HTMLResponse(self._shown(text, access), HTTPStatus.FORBIDDEN)
        return _begin(request, "oidc", max(roles), access)


def _admit(request: Request) -> Response | None:
    """Give a request the role of its session, or return the answer to one without a session."""
    role = _role_of(request.session)
    if role is not None:
        request.scope[ROLE] = role
        return None
    if request.method != "GET" or request.url.path.startswith("/news/"):
        return PlainTextResponse("log in first\n", HTTPStatus.UNAUTHORIZED)
    return RedirectResponse("/login", HTTPStatus.SEE_OTHER)


def _client_of(access: AccessFile) -> Any:
    if access.oidc is None:
        return None
    return OAuth().register(
        "oidc",
        server_metadata_url=f"{access.oidc.issuer}/.well-known/openid-configuration",
        client_id=access.oidc.client_id,
        client_secret=access.oidc.client_secret.get_secret_value(),
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )


def _begin(request: Request, name: str, role: Role, access: AccessFile) -> Response:
    """Begin a session."""
    request.session.clear()
    request.session.update(
        {"name": name, "role": role.name, "until": time.time() + access.session_hours * _HOUR_S}
    )
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


def _role_of(session: dict[str, Any]) -> Role | None:
    """Return the role of a session that has not ended, or None."""
    until = session.get("until")
    if not isinstance(until, int | float) or until < time.time():
        return None
    return Role.__members__.get(str(session.get("role")))
