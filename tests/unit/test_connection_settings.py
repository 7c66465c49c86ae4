"""A setting of the connection that the chosen security would ignore is refused, and secrets can be files."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr, ValidationError

from workers.config import load_settings
from workers.connection_settings import PREFIX, Mechanism, Security
from workers.settings import Settings, SettingsError

SECRET: Final = "secret-word-of-a-test"
VALUES: Final[dict[str, Any]] = {
    "ssl_cafile": Path("ca.pem"),
    "ssl_certfile": Path("client.pem"),
    "ssl_keyfile": Path("client.key"),
    "ssl_key_password": SecretStr(SECRET),
    "sasl_mechanism": Mechanism.PLAIN,
    "sasl_user": "u",
    "sasl_password": SecretStr(SECRET),
    "token_provider": "msk-iam",
}
PASSWORDS: Final = [Mechanism.PLAIN, Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - only to find what to unset

    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def refusal(**given: Any) -> str:
    """Return the text with which settings are refused."""
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)
    assert SECRET not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", VALUES)
def test_without_security_each_setting_of_a_connection_is_refused_by_its_name(name: str) -> None:
    text = refusal(**{name: VALUES[name]})

    assert text.startswith(f"LEAD_ROUTER_{name.upper()} is set, but LEAD_ROUTER_SECURITY is PLAINTEXT")
    assert f"expected {'SASL_SSL' if not name.startswith('ssl') else 'SSL or SASL_SSL'}." in text
    assert f"or unset LEAD_ROUTER_{name.upper()}" in text


@pytest.mark.parametrize("name", ["sasl_mechanism", "sasl_user", "sasl_password", "token_provider"])
def test_a_login_over_ssl_alone_is_refused(name: str) -> None:
    text = refusal(security=Security.SSL, **{name: VALUES[name]})

    assert text.startswith(f"LEAD_ROUTER_{name.upper()} is set, but LEAD_ROUTER_SECURITY is SSL")
    assert "expected SASL_SSL" in text


@pytest.mark.parametrize("mechanism", PASSWORDS)
@pytest.mark.parametrize("missing", ["sasl_user", "sasl_password"])
def test_a_password_login_needs_user_and_password(mechanism: Mechanism, missing: str) -> None:
    given = {"sasl_user": "u", "sasl_password": SecretStr(SECRET)}
    del given[missing]

    text = refusal(security=Security.SASL_SSL, sasl_mechanism=mechanism, **given)

    assert f"{mechanism} needs LEAD_ROUTER_SASL_USER and LEAD_ROUTER_SASL_PASSWORD" in text


def test_an_empty_password_is_a_missing_one() -> None:
    assert "set both" in refusal(security=Security.SASL_SSL, sasl_user="u", sasl_password=SecretStr(""))


@pytest.mark.parametrize("mechanism", PASSWORDS)
def test_a_token_provider_with_a_password_login_is_refused(mechanism: Mechanism) -> None:
    text = refusal(
        security=Security.SASL_SSL,
        sasl_mechanism=mechanism,
        sasl_user="u",
        sasl_password=SecretStr(SECRET),
        token_provider="msk-iam",
    )
    assert text.startswith(
        f"LEAD_ROUTER_TOKEN_PROVIDER is set, but LEAD_ROUTER_SASL_MECHANISM is {mechanism}"
    )
    assert "expected OAUTHBEARER" in text


@pytest.mark.parametrize("name", ["sasl_user", "sasl_password"])
def test_a_password_with_a_token_login_is_refused(name: str) -> None:
    given = {"security": Security.SASL_SSL, "sasl_mechanism": Mechanism.OAUTHBEARER, "token_provider": "x"}
    text = refusal(**given, **{name: VALUES[name]})
    assert text.startswith(
        f"LEAD_ROUTER_{name.upper()} is set, but LEAD_ROUTER_SASL_MECHANISM is OAUTHBEARER"
    )


def test_a_token_login_needs_a_provider() -> None:
    text = refusal(security=Security.SASL_SSL, sasl_mechanism=Mechanism.OAUTHBEARER)
    assert "needs LEAD_ROUTER_TOKEN_PROVIDER" in text
    assert "lead_router.token_providers" in text


@pytest.mark.parametrize("name", ["ssl_keyfile", "ssl_key_password"])
@pytest.mark.parametrize("security", [Security.SSL, Security.SASL_SSL])
def test_a_key_without_its_certificate_is_refused(name: str, security: Security) -> None:
    login = {} if security is Security.SSL else {"sasl_user": "u", "sasl_password": SecretStr(SECRET)}
    text = refusal(security=security, **login, **{name: VALUES[name]})
    assert text.startswith(f"LEAD_ROUTER_{name.upper()} is set, but LEAD_ROUTER_SSL_CERTFILE is not")


@pytest.mark.parametrize("value", ["SASL_PLAINTEXT", "ssl"])
def test_an_unknown_security_is_refused_with_the_known_ones(value: str) -> None:
    text = refusal(security=value)
    assert text.startswith("LEAD_ROUTER_SECURITY: ")
    assert "'PLAINTEXT', 'SSL' or 'SASL_SSL'" in text


@pytest.mark.parametrize("value", ["GSSAPI", "scram-sha-512"])
def test_an_unknown_mechanism_is_refused_with_the_known_ones(value: str) -> None:
    text = refusal(security=Security.SASL_SSL, sasl_mechanism=value)
    assert text.startswith("LEAD_ROUTER_SASL_MECHANISM: ")
    assert "'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or 'OAUTHBEARER'" in text


def test_every_way_to_connect_is_accepted_and_shows_no_secret() -> None:
    password = {"sasl_user": "u", "sasl_password": SecretStr(SECRET)}
    logins = [
        {"security": Security.PLAINTEXT},
        {"security": Security.SSL},
        {"security": Security.SASL_SSL, **password},
        *({"security": Security.SASL_SSL, "sasl_mechanism": one, **password} for one in PASSWORDS),
        {"security": Security.SASL_SSL, "sasl_mechanism": Mechanism.OAUTHBEARER, "token_provider": "x"},
    ]
    files = [{"ssl_certfile": Path("c")}, {"ssl_keyfile": Path("k"), "ssl_key_password": SecretStr(SECRET)}]
    for login, more in itertools.product(logins, [{}, files[0], files[0] | files[1]]):
        if login["security"] is Security.PLAINTEXT and more:
            continue
        settings = Settings(**(login | more))
        assert SECRET not in repr(settings) + str(settings.model_dump())


# Secrets in files.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "secrets"
    made.mkdir()
    return made


def test_a_file_of_the_secrets_folder_is_the_value_of_its_setting(folder: Path) -> None:
    (folder / "lead_router_sasl_password").write_text(f"{SECRET}\n")
    (folder / "LEAD_ROUTER_SASL_USER").write_text("from-file")
    (folder / "kafka_bootstrap").write_text("kafka:9093")
    (folder / "secret_of_another_program").write_text("x")

    settings = load_settings(secrets_dir=folder, security=Security.SASL_SSL)

    assert settings.sasl_password is not None
    assert settings.sasl_password.get_secret_value() == SECRET
    assert (settings.sasl_user, settings.bootstrap) == ("from-file", "kafka:9093")


@pytest.mark.parametrize("source", ["environment", ".env", "toml"])
def test_the_folder_of_secrets_may_be_named_by_each_source(
    source: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "lead_router_app_id").write_text("from-secret")
    if source == "environment":
        monkeypatch.setenv("LEAD_ROUTER_SECRETS_DIR", str(folder))
    elif source == ".env":
        (tmp_path / ".env").write_text(f"LEAD_ROUTER_SECRETS_DIR={folder}\n")
    else:
        (tmp_path / "lead-router.toml").write_text(f'secrets_dir = "{folder}"\n')

    assert load_settings().app_id == "from-secret"


def test_the_environment_precedes_a_secret_and_a_secret_the_toml_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "lead_router_app_id").write_text("from-secret")
    (folder / "lead_router_log_level").write_text("error")
    (tmp_path / "lead-router.toml").write_text('app_id = "from-toml"\n')
    monkeypatch.setenv("LEAD_ROUTER_LOG_LEVEL", "debug")

    settings = load_settings(secrets_dir=folder)

    assert (settings.app_id, settings.log_level) == ("from-secret", "debug")


def test_a_misspelt_secret_is_refused_by_the_name_of_its_file(folder: Path) -> None:
    (folder / "lead_router_sasl_pasword").write_text(SECRET)
    text = refusal(secrets_dir=folder)
    assert f"{folder / 'lead_router_sasl_pasword'}: unknown setting" in text


def test_a_missing_folder_of_secrets_is_refused(tmp_path: Path) -> None:
    text = refusal(secrets_dir=tmp_path / "none")
    assert text.startswith("LEAD_ROUTER_SECRETS_DIR is ")
    assert "expected a folder" in text


def test_a_secret_in_a_file_is_checked_like_any_other(folder: Path) -> None:
    (folder / "lead_router_sasl_password").write_text(SECRET)
    assert "LEAD_ROUTER_SASL_PASSWORD is set, but LEAD_ROUTER_SECURITY is PLAINTEXT" in refusal(
        secrets_dir=folder
    )


def test_a_setting_has_no_validator_that_shows_the_refused_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(lead_id_key=SecretStr("short-secret"))
    assert "short-secret" not in str(caught.value)
