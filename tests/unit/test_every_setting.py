"""Every setting has an effect: another value of it changes something that the table names.

The table is closed: a field of the settings without a line fails here by its name. Settings that only a running worker
shows are listed with the test that starts one.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from pydantic import SecretStr
from rich.console import Console

from tests.certificates import Certificates
from workers.app import build_context, configure_copies
from workers.broker.clients import client_arguments
from workers.broker.topic_plan import plan_topics
from workers.config import load_config
from workers.connection_settings import Mechanism, Security
from workers.console.run_console import allowed_hosts, store_path
from workers.demo.run import _kafka
from workers.engine.api import Config
from workers.engine.context import Context
from workers.engine.store import RocksStore
from workers.engine.store_options import shared
from workers.log import configure_logging
from workers.settings import Clock, LogFormat, Settings, SettingsError

TESTS: Final = Path(__file__).parents[1]
SASL: Final = {"security": Security.SASL_SSL, "sasl_user": "u", "sasl_password": SecretStr("p")}
TOKEN: Final = {
    "security": Security.SASL_SSL,
    "sasl_mechanism": Mechanism.OAUTHBEARER,
    "token_provider": "unknown-provider",
}
Shows = Callable[[Settings, Path], Any]


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def of_clients(settings: Settings, _: Path) -> Any:
    try:
        return {name: one for name, one in client_arguments(settings).items() if name != "ssl_context"}
    except SettingsError as error:
        return str(error)


def of_key(settings: Settings, folder: Path) -> Any:
    files = Certificates(folder)
    key = settings.ssl_keyfile or files.encrypted_key
    given = {"security": Security.SSL, "ssl_certfile": files.client, "ssl_keyfile": key}
    return of_clients(settings.model_copy(update=given), folder)


def of_topics(settings: Settings, _: Path) -> Any:
    return plan_topics(settings)


def of_tasks(read: Callable[[Context], Any]) -> Shows:
    return lambda settings, folder: read(
        build_context(
            settings.model_copy(update={"data_dir": folder / settings.data_dir}),
            Config("p", 1, "h", ""),
            "cluster",
            {},
        )
    )


def of_cache(settings: Settings, folder: Path) -> Any:
    configure_copies(settings, 1)
    store = RocksStore(folder, "changelog")
    try:
        return store._db.property_value("rocksdb.block-cache-capacity")
    finally:
        store.close()
        shared.cache_clear()


def of_log(settings: Settings, _: Path) -> Any:
    stream = io.StringIO()
    configure_logging(settings.log_level, settings.log_format, stream)
    logging.getLogger("workers").info("logged")
    return bool(stream.getvalue()), stream.getvalue().startswith("{")


BOUNDS: Final = of_tasks(lambda context: context.bounds)
LIMITS: Final = of_tasks(lambda context: context.limits)
LINES: Final[dict[str, tuple[Shows, Any]]] = {
    "bootstrap": (of_clients, "kafka:9092"),
    "security": (of_clients, Security.SSL),
    "sasl_mechanism": (of_clients, Mechanism.PLAIN),
    "token_provider": (of_clients, "another-one"),
    "sasl_user": (of_clients, "v"),
    "sasl_password": (of_clients, SecretStr("q")),
    "ssl_cafile": (of_clients, Path("no-such-ca.pem")),
    "ssl_certfile": (of_clients, Path("no-such-certificate.pem")),
    "ssl_keyfile": (of_key, Path("no-such.key")),
    "ssl_key_password": (of_key, SecretStr("q")),
    "app_id": (of_topics, "other"),
    "partitions": (of_topics, 4),
    "replication_factor": (of_topics, 3),
    "retention_days": (of_topics, 30),
    "shadow": (of_topics, True),
    "first_start_timeout_s": (of_tasks(lambda context: context.first_start_timeout_s), 60.0),
    "data_dir": (of_tasks(lambda context: context.data_dir.root), Path("elsewhere")),
    "cache_dir": (lambda settings, folder: _kafka(settings, folder, Console())._cache_dir, Path("jars")),
    "rocksdb_cache_mb": (of_cache, 8),
    "policy": (lambda settings, _: load_config(settings.policy)[1], Path("policy/saas.yaml")),
    "sources": (of_topics, TESTS / "unit" / "sources" / "mappings"),
    "lead_id_key": (lambda settings, _: settings.required_lead_id_key(), SecretStr("k" * 32)),
    "clock": (of_tasks(lambda context: type(context.edge_clock)), Clock.STAMPS),
    "max_batch_records": (BOUNDS, 10),
    "max_batch_bytes": (BOUNDS, 1_000),
    "decide_ms": (BOUNDS, 5.0),
    "gather_ms": (BOUNDS, 0.0),
    "dead_letter_share_percent": (LIMITS, 20.5),
    "dead_letter_run": (LIMITS, 7),
    "stopped_hold_s": (BOUNDS, 60.0),
    "console_dir": (lambda settings, _: store_path(settings), Path("elsewhere")),
    "console_host": (lambda settings, _: allowed_hosts(settings), "console.example"),
    "log_level": (of_log, "error"),
    "log_format": (of_log, LogFormat.PRETTY),
}
RUNNING: Final = {
    "instance_id": "integration/test_engine_failover.py",
    "standby": "integration/test_engine_failover.py",
    "session_timeout_s": "integration/router.py",
    "metrics_port": "integration/test_router_probes.py",
    "metrics_host": "integration/test_router_probes.py",
    "console_access": "unit/console/test_login.py",
    "console_port": "unit/console/test_run_console.py",
    "results_days": "unit/console/test_run_console.py",
    "secrets_dir": "unit/test_connection_settings.py",
}
"""Settings that only a running process or another way of loading shows, with the test (below tests/) that sets them."""


def settings_of(name: str, **other: Any) -> Settings:
    given: dict[str, Any] = SASL if name.startswith(("sasl", "ssl")) else {}
    if name in ("ssl_keyfile", "ssl_key_password"):
        given = given | {"ssl_certfile": Path("client.pem")}
    if name == "token_provider":
        given = TOKEN
    return Settings.model_validate({"lead_id_key": SecretStr("l" * 32)} | given | other)


def test_every_setting_has_a_line() -> None:
    assert set(Settings.model_fields) == {*LINES, *RUNNING}


@pytest.mark.parametrize("name", LINES)
def test_another_value_of_a_setting_changes_something(name: str, tmp_path: Path) -> None:
    shows, other = LINES[name]
    folders = tmp_path / "before", tmp_path / "after"

    before = shows(settings_of(name), folders[0])
    after = shows(settings_of(name, **{name: other}), folders[0] if name == "data_dir" else folders[1])

    assert after != before


@pytest.mark.parametrize(("name", "file"), RUNNING.items(), ids=list(RUNNING))
def test_what_only_a_running_worker_shows_has_a_test_that_sets_it(name: str, file: str) -> None:
    assert name in (TESTS / file).read_text("utf-8").lower()
