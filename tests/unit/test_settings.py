from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from workers.connection_settings import Security
from workers.settings import Clock, Settings, SettingsError, default_cache_dir

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Unset every variable of the router, and enter an empty working directory."""
    import os  # noqa: PLC0415 - only to find what to unset

    for name in [name for name in os.environ if name.startswith("LEAD_ROUTER_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_default_is_a_kafka_on_this_machine() -> None:
    settings = Settings()
    assert settings.bootstrap == "127.0.0.1:9092"
    assert settings.security is Security.PLAINTEXT
    assert settings.app_id == "lead-router"
    assert settings.clock is Clock.WALL
    assert (settings.partitions, settings.session_timeout_s) == (8, 10)
    assert (settings.max_batch_records, settings.decide_ms, settings.gather_ms) == (2_000, 25, 15)
    assert settings.metrics_port is None


def test_kafka_bootstrap_keeps_its_common_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "kafka-1:9092,kafka-2:9092")
    assert Settings().bootstrap == "kafka-1:9092,kafka-2:9092"


def test_the_environment_wins_over_env_file_and_that_over_toml(
    monkeypatch: pytest.MonkeyPatch, bare_environment: Path
) -> None:
    toml = 'bootstrap = "t:1"\npartitions = 3\ngather_ms = 1\napp_id = "from-toml"\n'
    (bare_environment / "lead-router.toml").write_text(toml)
    (bare_environment / ".env").write_text("LEAD_ROUTER_PARTITIONS=4\nLEAD_ROUTER_GATHER_MS=2\n")
    monkeypatch.setenv("LEAD_ROUTER_GATHER_MS", "3")
    settings = Settings()
    assert (settings.app_id, settings.bootstrap) == ("from-toml", "t:1")
    assert (settings.partitions, settings.gather_ms) == (4, 3)


def test_arguments_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "a:1")
    assert Settings(bootstrap="b:2").bootstrap == "b:2"


def test_the_error_of_a_missing_key_explains_how_to_make_one() -> None:
    with pytest.raises(SettingsError, match=r"LEAD_ROUTER_LEAD_ID_KEY is not set.*openssl rand"):
        Settings().required_lead_id_key()


def test_the_key_is_given_as_bytes_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_ROUTER_LEAD_ID_KEY", KEY)
    settings = Settings()
    assert settings.required_lead_id_key() == KEY.encode()
    assert KEY not in repr(settings) + str(settings.model_dump())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"lead_id_key": SecretStr("short")}, "could be guessed"),
        ({"partitions": 0}, "partitions"),
        ({"app_id": "Lead Router"}, "app_id"),
        ({"dead_letter_share_percent": 101}, "dead_letter_share_percent"),
        ({"no_such_setting": 1}, "no_such_setting"),
    ],
)
def test_an_invalid_setting_is_refused_by_its_name(arguments: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Settings.model_validate(arguments)


def test_the_cache_folder_is_that_of_the_variable_or_else_that_of_xdg(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert default_cache_dir() == Path("/xdg/lead-router")
    monkeypatch.setenv("LEAD_ROUTER_CACHE_DIR", "/given")
    assert default_cache_dir() == Settings().cache_dir == Path("/given")


def test_an_env_file_may_hold_settings_of_other_programs_but_no_misspelt_one_of_ours(
    bare_environment: Path,
) -> None:
    env_file = bare_environment / ".env"
    env_file.write_text("KAFKA_BOOTSTRAP=k:1\nCOMPOSE_PROJECT_NAME=leads\n")
    assert Settings().bootstrap == "k:1"
    env_file.write_text("LEAD_ROUTER_PARTITONS=4\n")
    with pytest.raises(ValidationError, match="partitons"):
        Settings()
