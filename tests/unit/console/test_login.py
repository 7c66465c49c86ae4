"""The login of the console by a token or by a provider, and the pages of each role."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.scenarios.story import Story
from tests.stored import KEY, filled
from workers.console.access_file import AccessFile, Role, load_access_file
from workers.console.login import COOKIE
from workers.console.news import News
from workers.console.run_console import ConsoleError, access_of
from workers.console.web_app import make_app
from workers.policy.problem import PolicyError
from workers.settings import Settings

LOOK, ACT, ADMIN = (letter * 24 for letter in "lad")
BASE = "http://127.0.0.1:8484"


def client_of(path: Path, access: AccessFile | None) -> httpx2.AsyncClient:
    app = make_app(path, News(), lambda: None, KEY, access=access)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE)


@pytest.fixture
def store(story: Story, tmp_path: Path) -> Path:
    return filled(tmp_path / "results.sqlite", story, "tue 10:01")


@pytest.fixture
async def client(store: Path) -> AsyncIterator[httpx2.AsyncClient]:
    tokens = {"wall": (LOOK, "look"), "team": (ACT, "act"), "ops": (ADMIN, "admin")}
    access = AccessFile.model_validate(
        {"tokens": {name: {"token": _secret(token), "role": role} for name, (token, role) in tokens.items()}}
    )
    async with client_of(store, access) as client:
        yield client


def _secret(text: str) -> Any:
    from pydantic import SecretStr  # noqa: PLC0415 - a secret as the file's reader gives it

    return SecretStr(text)


async def log_in(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/login", data={"token": token})


@pytest.mark.parametrize("path", ["/", "/live", "/week", "/desks", "/nowhere"])
async def test_without_a_login_every_page_leads_to_it(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_without_a_login_nothing_is_answered(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/news/now")).status_code == 401
    assert (await client.post("/search", data={"text": "harbor"})).status_code == 401
    assert (await client.get("/static/console.css")).status_code == 200, "the login page needs its style"


async def test_a_token_begins_a_session_and_a_logout_ends_it(client: httpx2.AsyncClient) -> None:
    assert (await log_in(client, ACT)).headers["location"] == "/"
    assert (await client.get("/")).status_code == 200
    await client.post("/logout", content=b"")
    assert (await client.get("/")).status_code == 303


@pytest.mark.parametrize("token", ["", "wrong", LOOK[:-1], LOOK + "x", "é"])
async def test_a_wrong_token_is_refused(client: httpx2.AsyncClient, token: str) -> None:
    answer = await log_in(client, token)
    assert answer.status_code == 403
    assert "This token is not known." in answer.text
    assert token == "" or token not in answer.text
    assert (await client.get("/")).status_code == 303


async def test_tokens_cannot_be_guessed_one_after_the_other(client: httpx2.AsyncClient) -> None:
    for _ in range(10):
        await log_in(client, "wrong")
    assert (await log_in(client, ADMIN)).status_code == 429


async def test_a_forged_cookie_begins_nothing(client: httpx2.AsyncClient) -> None:
    await log_in(client, ADMIN)
    cookie = client.cookies[COOKIE]
    client.cookies.clear()
    client.cookies.set(COOKIE, "x" + cookie)  # another content under the same signature
    assert (await client.get("/")).status_code == 303


async def story_page(client: httpx2.AsyncClient) -> str:
    live = (await client.get("/live")).text
    lead = live[live.index('href="/leads/') + 6 :]
    return (await client.get(lead[: lead.index('"')])).text


@pytest.mark.parametrize(
    ("token", "sees_people", "letters"), [(LOOK, False, 403), (ACT, True, 403), (ADMIN, True, 200)]
)
async def test_each_role_sees_what_it_may(
    client: httpx2.AsyncClient, token: str, sees_people: bool, letters: int
) -> None:
    await log_in(client, token)
    assert ("Ann" in await story_page(client)) is sees_people
    assert (await client.get("/dead-letters")).status_code == letters
    assert ("/dead-letters" in (await client.get("/")).text) is (letters == 200)


async def test_without_a_file_loopback_sees_everything(store: Path) -> None:
    async with client_of(store, None) as client:
        assert (await client.get("/dead-letters")).status_code == 200
        assert "Log out" not in (await client.get("/")).text


def test_another_address_than_loopback_needs_a_file() -> None:
    with pytest.raises(ConsoleError, match="LEAD_ROUTER_CONSOLE_ACCESS"):
        access_of(Settings(console_host="0.0.0.0"))  # noqa: S104 - it is refused
    assert access_of(Settings()) is None


# The file.


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("session_hours: 5", ["no way to log in", "the key tokens or oidc"]),
        ("tokens: {a: {token: 'abc', role: look}}", ["tokens.a.token", "env:NAME or file:PATH"]),
        ("tokens: {a: {token: 'env:SHORT', role: look}}", ["a token that could be guessed", "24 characters"]),
        ("tokens: {a: {token: 'env:NOWHERE', role: look}}", ["the variable NOWHERE, which is not set"]),
        ("tokens: {a: {token: 'env:LONG', role: boss}}", ["tokens.a.role", "a role: look, act or admin"]),
        ("tokens: {a: {token: 'env:LONG'}}", ["the key role, which is required"]),
        (
            "tokens: {a: {token: 'env:LONG', role: look}}\nsesion_hours: 5",
            ["sesion_hours", "docs/console.md", ":2:"],
        ),
        ("tokens: {a: {token: 'env:LONG', role: look}}\nsession_hours: 0", ["1 to 168 hours"]),
        (
            "oidc: {issuer: login, client_id: x, client_secret: 'env:LONG', public_url: 'https://x', roles: {a: look}}",
            ["oidc.issuer", "an address, as https://"],
        ),
    ],
)
def test_a_slip_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: list[str]
) -> None:
    monkeypatch.setenv("SHORT", "abc")
    monkeypatch.setenv("LONG", "x" * 32)
    file = tmp_path / "access.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_access_file(file)
    message = str(caught.value)
    assert all(part in message for part in said), message
    assert "abc" not in message.replace("'abc'", "")


def test_the_file_of_the_documentation_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs" / "console.md").read_text("utf-8")
    begin = page.index("# access.yaml")
    text = page[begin : page.index("```", begin)]
    secret = tmp_path / "secret"
    secret.write_text("s" * 32, "utf-8")
    for name in ("WALL_TOKEN", "OIDC_SECRET"):
        monkeypatch.setenv(name, "x" * 32)
    file = tmp_path / "access.yaml"
    file.write_text(text.replace("/run/secrets/console-admin", str(secret)), "utf-8")
    read = load_access_file(file)
    assert read.tokens["revenue-operations"].role is Role.ADMIN
    assert read.oidc is not None
    assert read.oidc.roles["sales-managers"] is Role.ACT


# OpenID Connect, against a provider on a real socket.


class Provider(ThreadingHTTPServer):
    """A provider that gives every user the claims of the test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _ProviderHandler)
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})
        self.claims: dict[str, Any] = {}
        self.nonce = ""
        self.signing_key = self.key

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _ProviderHandler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = self.server.url
        self._send(
            {"keys": [self.server.key.as_dict(private=False)]}
            if self.path == "/keys"
            else {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/keys",
            }
        )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        claims = {
            "iss": self.server.url,
            "sub": "7",
            "aud": "lead-router",
            "iat": 1_000_000_000,
            "exp": 9_999_999_999,
            "nonce": self.server.nonce,
            **self.server.claims,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.server.signing_key)
        self._send({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _send(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def by_provider(store: Path, provider: Provider) -> AsyncIterator[httpx2.AsyncClient]:
    access = AccessFile.model_validate(
        {
            "oidc": {
                "issuer": provider.url,
                "client_id": "lead-router",
                "client_secret": _secret("s" * 32),
                "public_url": BASE,
                "roles": {"managers": "act", "ops": "admin"},
            }
        }
    )
    async with client_of(store, access) as client:
        yield client


async def come_back(client: httpx2.AsyncClient, provider: Provider, **changes: str) -> httpx2.Response:
    """Begin a login, and return from the provider with a code."""
    begun = await client.get("/login/start")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{BASE}/login/back"]
    assert asked["code_challenge_method"] == ["S256"]
    provider.nonce = asked["nonce"][0]
    return await client.get("/login/back", params={"code": "c", "state": asked["state"][0]} | changes)


@pytest.mark.parametrize(
    ("groups", "status", "letters"),
    [
        (["managers"], 303, 403),
        (["x", "ops", "managers"], 303, 200),
        ("ops", 303, 200),
        (["x"], 403, 303),
        (None, 403, 303),
    ],
)
async def test_groups_of_the_provider_give_the_role(
    by_provider: httpx2.AsyncClient, provider: Provider, groups: Any, status: int, letters: int
) -> None:
    provider.claims = {"groups": groups}
    assert (await come_back(by_provider, provider)).status_code == status
    assert (await by_provider.get("/dead-letters")).status_code == letters


@pytest.mark.parametrize("wrong", ["state", "nonce", "audience", "issuer", "expired", "key"])
async def test_a_forged_answer_of_the_provider_is_refused(
    by_provider: httpx2.AsyncClient, provider: Provider, wrong: str
) -> None:
    provider.claims = {"groups": ["ops"]} | {
        "nonce": {"nonce": "other"},
        "audience": {"aud": "another"},
        "issuer": {"iss": "https://other.example"},
        "expired": {"exp": 1_000_000_001},
    }.get(wrong, {})
    if wrong == "key":
        provider.signing_key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})
    changes = {"state": "other"} if wrong == "state" else {}
    answer = await come_back(by_provider, provider, **changes)
    assert answer.status_code == 502
    assert (await by_provider.get("/")).status_code == 303


async def test_a_provider_that_is_away_is_reported(
    by_provider: httpx2.AsyncClient, provider: Provider
) -> None:
    provider.shutdown()
    provider.server_close()
    answer = await by_provider.get("/login/start")
    assert answer.status_code == 502
    assert "did not succeed" in answer.text
