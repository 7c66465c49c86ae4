"""The files of a connection are checked before it is made, and an error names the setting to correct."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import KEY_PASSWORD, Certificates
from workers.broker.clients import client_arguments
from workers.settings import Settings, SettingsError


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


def arguments(files: Certificates, **more: Any) -> dict[str, Any]:
    return client_arguments(Settings.model_validate({"security": "SSL", "ssl_cafile": files.ca} | more))


def test_the_broker_must_prove_its_name(files: Certificates) -> None:
    context = arguments(files)["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_client_certificate_is_loaded_from_one_file_or_two_with_or_without_a_password(
    files: Certificates,
) -> None:
    arguments(files, ssl_certfile=files.both)
    arguments(files, ssl_certfile=files.client, ssl_keyfile=files.client_key)
    arguments(
        files, ssl_certfile=files.client, ssl_keyfile=files.encrypted_key, ssl_key_password=KEY_PASSWORD
    )


def cases(files: Certificates, folder: Path) -> dict[str, tuple[dict[str, Any], tuple[str, ...]]]:
    text = folder / "text.pem"
    text.write_text("no certificate\n")
    client, key, locked = files.client, files.client_key, files.encrypted_key
    wrong = {"ssl_certfile": client, "ssl_keyfile": locked, "ssl_key_password": "wrong-password"}
    return {
        "CA missing": ({"ssl_cafile": "none.pem"}, ("SSL_CAFILE: none.pem does not exist",)),
        "CA unreadable": ({"ssl_cafile": text}, ("SSL_CAFILE", "holds no certificate")),
        "certificate missing": ({"ssl_certfile": "none.pem"}, ("SSL_CERTFILE: none.pem does not exist",)),
        "certificate unreadable": ({"ssl_certfile": text}, ("SSL_CERTFILE", "cannot be read")),
        "key missing": (
            {"ssl_certfile": client, "ssl_keyfile": "none.key"},
            ("SSL_KEYFILE: none.key does not exist",),
        ),
        "no key in the file": ({"ssl_certfile": client}, ("SSL_CERTFILE", "its private key")),
        "key unreadable": ({"ssl_certfile": client, "ssl_keyfile": text}, ("SSL_CERTFILE", "key in")),
        "another's key": (
            {"ssl_certfile": client, "ssl_keyfile": files.foreign_key},
            ("SSL_KEYFILE", "is not the key of LEAD_ROUTER_SSL_CERTFILE"),
        ),
        "no password": (
            {"ssl_certfile": client, "ssl_keyfile": locked},
            ("encrypted", "LEAD_ROUTER_SSL_KEY_PASSWORD is not set"),
        ),
        "wrong password": (wrong, ("encrypted", "LEAD_ROUTER_SSL_KEY_PASSWORD does not open it")),
        "certificate and key exchanged": (
            {"ssl_certfile": key, "ssl_keyfile": client},
            ("SSL_CERTFILE", "expected a PEM certificate"),
        ),
    }


def test_an_error_of_a_file_names_its_setting(files: Certificates, tmp_path: Path) -> None:
    for label, (given, words) in cases(files, tmp_path).items():
        with pytest.raises(SettingsError) as caught:
            arguments(files, **given)
        text = str(caught.value)
        assert text.startswith("LEAD_ROUTER_"), label
        for word in words:
            assert word in text, f"{label}: {text}"
        assert "wrong-password" not in text
