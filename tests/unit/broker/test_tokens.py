"""A token is fetched before it expires, once for all clients, and an error names the provider."""

from __future__ import annotations

import asyncio
import base64
import tomllib
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlparse

import pytest
import structlog

from tests.unit.house.pages import ROOT
from workers.broker.msk_iam import MskIamProvider
from workers.broker.tokens import GROUP, KeptToken, Token, TokenError, provider_named
from workers.settings import SettingsError

LIFE_S = 100.0


@dataclass
class Provider:
    """Numbers its tokens. It fails while ``is_down``."""

    at_s: float = 1_000.0
    is_down: bool = False
    fetched: int = 0
    life_s: float = LIFE_S
    extensions: dict[str, str] = field(default_factory=dict)

    def now_s(self) -> float:
        return self.at_s

    def fetch(self) -> Token:
        if self.is_down:
            raise ConnectionError("no answer")
        self.fetched += 1
        return Token(f"token-{self.fetched}", self.at_s + self.life_s, self.extensions)


def kept(provider: Provider) -> KeptToken:
    return KeptToken("numbered", provider, provider.now_s)


async def test_a_token_is_reused_until_four_fifths_of_its_life() -> None:
    provider = Provider()
    token = kept(provider)
    assert await token.token() == "token-1"
    provider.at_s += 0.79 * LIFE_S
    assert await token.token() == "token-1"
    provider.at_s += 0.02 * LIFE_S
    assert await token.token() == "token-2"


async def test_many_clients_at_once_fetch_one_token() -> None:
    provider = Provider()
    token = kept(provider)
    assert set(await asyncio.gather(*(token.token() for _ in range(20)))) == {"token-1"}
    assert provider.fetched == 1


async def test_while_the_provider_fails_the_old_token_is_used_until_it_expires() -> None:
    provider = Provider()
    token = kept(provider)
    await token.token()
    provider.at_s += 0.9 * LIFE_S
    provider.is_down = True
    with structlog.testing.capture_logs() as logged:
        assert await token.token() == "token-1"
        assert await token.token() == "token-1"
    assert [line["event"] for line in logged] == ["token_not_refreshed"]
    provider.at_s += 0.2 * LIFE_S
    with pytest.raises(TokenError, match="token provider numbered failed: ConnectionError: no answer"):
        await token.token()
    provider.is_down = False
    provider.at_s += 1.0
    assert await token.token() == "token-2"


UNUSABLE = {
    "NoneType; expected a Token": None,
    "str; expected a Token": "a token as a text",
    "a Token without a value": Token("", 2_000.0),
    "a Token without a time of expiry": Token("value", None),  # type: ignore[arg-type]
    "a token that has expired already": Token("value", 999.0),
    "a Token with extensions that are not texts": Token("value", 2_000.0, {"cluster": 1}),  # type: ignore[dict-item]
}
"""Results of a provider that cannot be sent, by the text of the error. The present is Unix time 1,000."""


@dataclass
class Careless(Provider):
    """Returns ``unusable`` while it is down."""

    unusable: object = None

    def fetch(self) -> Token:
        self.fetched += self.is_down
        return self.unusable if self.is_down else super().fetch()  # type: ignore[return-value]


@pytest.mark.parametrize("what", UNUSABLE)
async def test_an_unusable_token_is_an_error_that_aiokafka_treats_as_a_failed_connection(what: str) -> None:
    token = kept(Careless(is_down=True, unusable=UNUSABLE[what]))
    with (
        structlog.testing.capture_logs() as logged,
        pytest.raises(TokenError, match=f"numbered returned {what}"),
    ):
        await token.token()
    assert [line["event"] for line in logged] == ["token_missing"]


@pytest.mark.parametrize("what", UNUSABLE)
async def test_while_the_provider_returns_unusable_tokens_the_old_one_is_used(what: str) -> None:
    provider = Careless(unusable=UNUSABLE[what])
    token = kept(provider)
    await token.token()
    provider.at_s += 0.9 * LIFE_S
    provider.is_down = True
    assert await token.token() == "token-1"


async def test_without_a_token_the_provider_is_called_again_after_a_wait_that_doubles_to_ten_seconds() -> (
    None
):
    provider = Careless(is_down=True)
    token = kept(provider)
    called_at_s = []
    for tenth in range(400):
        provider.at_s = 1_000.0 + tenth / 10
        before = provider.fetched
        with pytest.raises(TokenError, match="NoneType; expected a Token"):
            await token.token()
        called_at_s += [tenth / 10] * (provider.fetched - before)
    assert called_at_s == [0.0, 1.0, 3.0, 7.0, 15.0, 25.0, 35.0]
    provider.is_down = False
    provider.at_s += 10.0
    assert await token.token() == "token-8"


async def test_the_extensions_are_those_of_the_token() -> None:
    token = kept(Provider(extensions={"logicalCluster": "lkc-1"}))
    assert token.extensions() == {}
    await token.token()
    assert token.extensions() == {"logicalCluster": "lkc-1"}


def test_the_value_of_a_token_is_not_shown() -> None:
    assert "secret-token" not in repr(Token("secret-token", 1.0))


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        provider_named("unknown-provider")
    assert "LEAD_ROUTER_TOKEN_PROVIDER is unknown-provider" in str(caught.value)
    assert GROUP in str(caught.value)


def test_the_entry_point_of_msk_iam_names_its_class() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["entry-points"][GROUP]["msk-iam"].partition(":")
    assert (module, name) == (MskIamProvider.__module__, MskIamProvider.__name__)
    assert "msk-iam" in project["optional-dependencies"]


def test_a_token_of_msk_iam_is_signed_for_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example-of-a-secret-key")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    token = MskIamProvider().fetch()

    url = urlparse(base64.urlsafe_b64decode(token.value + "==").decode())
    query = parse_qs(url.query)
    assert url.hostname == "kafka.eu-west-1.amazonaws.com"
    assert query["Action"] == ["kafka-cluster:Connect"]
    assert query["X-Amz-Expires"] == ["900"]
    assert "example-of-a-secret-key" not in token.value


def test_msk_iam_without_a_region_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="AWS_REGION is not set"):
        MskIamProvider().fetch()
