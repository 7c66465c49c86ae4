"""Starting the console: the port, the lock of its file, and the age of what it keeps."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.scenarios.story import Story, moment
from tests.stored import KEY, deliver, open_store, records_of
from workers.console.access_file import AccessFile
from workers.console.run_console import ConsoleError, allowed_hosts, prune_once, run_console, store_path
from workers.result_store.store_file import StoreError, reading
from workers.settings import Clock, Settings


def settings(folder: Path, **given: object) -> Settings:
    made = {"console_dir": folder, "lead_id_key": KEY.decode(), "clock": Clock.STAMPS} | given
    return Settings.model_validate(made)


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConsoleError, match=rf"127\.0\.0\.1:{port}.*--port"):
            await run_console(settings(tmp_path, console_port=port), print)


async def test_a_second_console_on_one_file_is_refused(tmp_path: Path) -> None:
    first = open_store(store_path(settings(tmp_path)))
    with pytest.raises(StoreError, match="in use"):
        await run_console(settings(tmp_path), print, port=0)
    first.close()


def test_results_days_is_the_age_of_what_is_kept(tmp_path: Path, story: Story) -> None:
    store = open_store(store_path(settings(tmp_path)))
    deliver(store, records_of(story, "tue 12:00"))
    story.form("bob@quay.example", "mon4 10:00", "demo")
    deliver(store, records_of(story, "mon4 12:00"))

    def oldest() -> int:
        with reading(store.path) as connection:
            return int(connection.execute("SELECT min(at_ms) FROM stages").fetchone()[0])

    prune_once(settings(tmp_path), store)
    assert oldest() < moment("wed 00:00").timestamp() * 1_000
    prune_once(settings(tmp_path, results_days=7), store)
    assert oldest() > moment("mon3 00:00").timestamp() * 1_000
    store.close()


def test_another_address_is_an_allowed_host_name() -> None:
    assert allowed_hosts(Settings(console_host="console.example")) == ("console.example",)
    assert allowed_hosts(Settings(console_host="::")) == ("*",)


def test_the_public_name_of_a_proxy_is_an_allowed_host_name() -> None:
    access = AccessFile.model_validate(
        {
            "oidc": {
                "issuer": "https://login.example",
                "client_id": "router",
                "client_secret": SecretStr("s" * 32),
                "public_url": "https://leads.example:8443/",
                "roles": {"sales": "act"},
            }
        }
    )
    assert allowed_hosts(Settings(), access) == ("127.0.0.1", "leads.example")
