"""The Dockerfile and the compose file, as far as they can be judged without an engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml
from prometheus_client import CollectorRegistry, start_http_server

from tests.unit.house.pages import ROOT, refused
from workers.local_kafka.jars import KAFKA_VERSION
from workers.settings import PREFIX, Settings

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "kafka"}
WORKERS = {name: service for name, service in OURS.items() if service["command"][0] == "worker"}
VARIABLES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"KAFKA_BOOTSTRAP"}
COMPOSE_SCHEMA = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: keyword and the rest, continuations joined, comments gone."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines if line.strip()]


def of(keyword: str) -> list[str]:
    return [rest for word, rest in instructions() if word == keyword]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in of("ENV") for pair in shlex.split(rest))


def healthcheck() -> list[str]:
    (check,) = of("HEALTHCHECK")
    command: list[str] = json.loads(check.partition("CMD ")[2])
    return command


# The compose file.


def test_the_compose_file_is_as_the_compose_specification_says() -> None:
    schema = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(COMPOSE)]
    assert problems == []


def test_the_schema_would_find_a_misspelt_key() -> None:
    schema = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    broken = {**COMPOSE, "services": {"kafka": {**SERVICES["kafka"], "heathcheck": {}}}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_a_service_is_one_of_the_program(name: str) -> None:
    assert refused(OURS[name]["command"]) is None


def test_there_are_two_workers_each_with_a_volume_of_its_own() -> None:
    assert len(WORKERS) == 2
    volumes = [volume.split(":") for service in WORKERS.values() for volume in service["volumes"]]
    assert len({source for source, _ in volumes}) == 2
    assert {target for _, target in volumes} == {image_environment()["LEAD_ROUTER_DATA_DIR"]}
    assert {source for source, _ in volumes} <= COMPOSE["volumes"].keys()


def test_topics_are_there_before_workers_start_and_kafka_before_topics() -> None:
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    for service in WORKERS.values():
        assert service["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}


def test_what_should_live_is_started_again_and_what_ends_is_not() -> None:
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    assert restarts == dict.fromkeys(SERVICES, "unless-stopped") | {"topics": "no"}


def test_a_worker_is_given_longer_than_it_takes_to_leave() -> None:
    for service in WORKERS.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > 10


def test_kafka_is_healthy_when_it_answers_and_is_the_version_that_is_tested() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert "kafka-broker-api-versions.sh" in SERVICES["kafka"]["healthcheck"]["test"][1]


def test_the_image_is_named_after_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {service["image"] for service in OURS.values()} == {f"lead-router:{version}"}


def test_nothing_is_published_but_on_this_machine() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_listener_of_kafka_has_its_security_and_what_is_advertised_listens() -> None:
    kafka = SERVICES["kafka"]["environment"]
    listeners = dict(one.split("://") for one in kafka["KAFKA_LISTENERS"].split(","))
    advertised = dict(one.split("://") for one in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    mapped = dict(one.split(":") for one in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert mapped.keys() == listeners.keys()
    assert advertised.keys() == listeners.keys() - {kafka["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert all(at.rsplit(":", 1)[1] == listeners[name].rsplit(":", 1)[1] for name, at in advertised.items())
    for service in OURS.values():
        assert (
            service["environment"]["KAFKA_BOOTSTRAP"] == advertised[kafka["KAFKA_INTER_BROKER_LISTENER_NAME"]]
        )


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_can_do_little_on_its_machine(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_secret_stands_in_the_compose_file() -> None:
    assert all(service["env_file"] == [".env"] for service in OURS.values())
    named = [name for service in OURS.values() for name in service["environment"]]
    assert [name for name in named if "KEY" in name or "PASSWORD" in name] == []


def test_every_variable_that_is_set_is_a_setting() -> None:
    set_by_compose = {name for service in OURS.values() for name in service["environment"]}
    set_by_image = {name for name in image_environment() if name.startswith(PREFIX)}
    assert set_by_image
    assert set_by_compose | set_by_image <= VARIABLES


# The Dockerfile.


def copied_from_here() -> list[str]:
    return [source for rest in of("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]


@pytest.mark.parametrize("source", copied_from_here())
def test_what_is_copied_exists_and_is_not_kept_from_the_engine(source: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert (ROOT / source).exists()
    assert f"!{source}" in ignored


def test_only_what_is_copied_goes_to_the_engine() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied_from_here())


def test_both_stages_are_of_one_python_that_the_project_allows() -> None:
    bases = {rest.split()[0] for rest in of("FROM")}
    assert bases == {"python:3.11-slim-bookworm"}


def test_packages_are_installed_by_hash_and_nothing_is_compiled() -> None:
    installs = re.findall(r"pip install ([^&]+)", " && ".join(of("RUN")))
    assert len(installs) == 3
    for options in installs:
        assert "--require-hashes" in options or "--no-index" in options
        assert "--only-binary :all:" in options or "--no-deps" in options


def test_it_runs_as_a_user_of_its_own_who_owns_the_data_only() -> None:
    words = [word for word, _ in instructions()]
    (user,) = of("USER")
    (volume,) = (json.loads(rest)[0] for rest in of("VOLUME"))
    assert int(user) > 0
    assert f"--uid {user} " in " ".join(of("RUN"))
    assert words.index("USER") > max(place for place, word in enumerate(words) if word == "RUN")
    assert f"install -d -o {user} -g lead-router -m 0750 {volume}" in " ".join(of("RUN"))
    assert image_environment()["LEAD_ROUTER_DATA_DIR"] == volume


def test_it_stops_by_the_signal_that_a_worker_obeys_and_runs_one_by_default() -> None:
    assert of("STOPSIGNAL") == ["SIGTERM"]
    assert [json.loads(rest) for rest in of("ENTRYPOINT")] == [["lead-router"]]
    (default,) = (json.loads(rest) for rest in of("CMD"))
    assert refused(default) is None


def test_the_policy_lies_where_the_working_directory_has_it() -> None:
    (workdir,) = (rest for rest in of("WORKDIR") if not rest.startswith("/build"))
    assert f"policy {workdir}/policy" in of("COPY")


@pytest.mark.parametrize(
    ("serves", "code"), [(True, 0), (False, 1)], ids=["metrics answer", "nobody answers"]
)
def test_the_health_check_asks_for_the_metrics(serves: bool, code: int) -> None:
    server, thread = start_http_server(0, addr="127.0.0.1", registry=CollectorRegistry())
    port = server.server_port
    if not serves:
        server.shutdown()
        server.server_close()
        thread.join()
    python, *arguments = healthcheck()
    environment = {**os.environ, "LEAD_ROUTER_METRICS_PORT": str(port), "no_proxy": "*"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
    if serves:
        server.shutdown()
        server.server_close()
        thread.join()
    assert python == "python"
    assert done.returncode == code
