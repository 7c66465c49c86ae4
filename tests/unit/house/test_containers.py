"""The Dockerfile and the compose file, checked without Docker."""

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
from workers.connection_settings import PREFIX
from workers.local_kafka.jars import KAFKA_VERSION
from workers.settings import Settings

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "kafka"}
WORKERS = {name: service for name, service in OURS.items() if service["command"][0] == "worker"}
VARIABLES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"KAFKA_BOOTSTRAP"}
COMPOSE_SCHEMA = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"


def instructions() -> list[tuple[str, str]]:
    """Return (keyword, rest) of each instruction of the Dockerfile, without comments, continuations joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines if line.strip()]


def arguments_of(keyword: str) -> list[str]:
    return [rest for word, rest in instructions() if word == keyword]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in arguments_of("ENV") for pair in shlex.split(rest))


def healthcheck() -> list[str]:
    (check,) = arguments_of("HEALTHCHECK")
    command: list[str] = json.loads(check.partition("CMD ")[2])
    return command


# The compose file.


def test_the_compose_file_follows_the_compose_specification() -> None:
    schema = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(COMPOSE)]
    assert problems == []


def test_the_schema_refuses_a_misspelt_key() -> None:
    schema = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    broken = {**COMPOSE, "services": {"kafka": {**SERVICES["kafka"], "heathcheck": {}}}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


@pytest.mark.parametrize("name", OURS)
def test_the_program_accepts_the_command_of_each_service(name: str) -> None:
    assert refused(OURS[name]["command"]) is None


def test_there_are_two_workers_each_with_its_own_volume() -> None:
    assert len(WORKERS) == 2
    volumes = [volume.split(":") for service in WORKERS.values() for volume in service["volumes"]]
    assert len({source for source, _ in volumes}) == 2
    assert {target for _, target in volumes} == {image_environment()["LEAD_ROUTER_DATA_DIR"]}
    assert {source for source, _ in volumes} <= COMPOSE["volumes"].keys()


def test_kafka_starts_before_topics_and_topics_before_workers() -> None:
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    for service in WORKERS.values():
        assert service["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}


def test_services_restart_except_the_job_that_creates_topics() -> None:
    restarts = {name: service["restart"] for name, service in SERVICES.items()}
    assert restarts == dict.fromkeys(SERVICES, "unless-stopped") | {"topics": "no"}


def test_a_worker_has_more_grace_than_its_longest_shutdown() -> None:
    for service in WORKERS.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > 10


def test_kafka_is_the_tested_version_and_healthy_when_it_answers() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert "kafka-broker-api-versions.sh" in SERVICES["kafka"]["healthcheck"]["test"][1]


def test_the_image_is_named_after_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {service["image"] for service in OURS.values()} == {f"lead-router:{version}"}


def test_ports_are_published_on_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_kafka_listener_has_a_protocol_and_each_advertised_one_listens() -> None:
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
def test_our_services_run_with_few_rights(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_compose_file_has_no_secret() -> None:
    assert all(service["env_file"] == [".env"] for service in OURS.values())
    named = [name for service in OURS.values() for name in service["environment"]]
    assert [name for name in named if "KEY" in name or "PASSWORD" in name] == []


def test_the_secrets_of_the_second_compose_file_are_settings_of_our_services() -> None:
    secrets = yaml.safe_load((ROOT / "docker-compose.secrets.yml").read_text("utf-8"))
    schema = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(secrets)
    assert secrets["services"].keys() == OURS.keys()
    assert {name.upper() for name in secrets["secrets"]} <= VARIABLES
    for service in secrets["services"].values():
        assert set(service["secrets"]) == set(secrets["secrets"])


def test_every_variable_that_is_set_is_a_setting() -> None:
    set_by_compose = {name for service in OURS.values() for name in service["environment"]}
    set_by_image = {name for name in image_environment() if name.startswith(PREFIX)}
    assert set_by_image
    assert set_by_compose | set_by_image <= VARIABLES


# The Dockerfile.


def copied_paths() -> list[str]:
    return [
        source
        for rest in arguments_of("COPY")
        if not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]


@pytest.mark.parametrize("source", copied_paths())
def test_each_copied_path_exists_and_is_not_ignored(source: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert (ROOT / source).exists()
    assert f"!{source}" in ignored


def test_only_copied_paths_are_in_the_build_context() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied_paths())


def test_both_stages_have_one_python_that_the_project_allows() -> None:
    bases = {rest.split()[0] for rest in arguments_of("FROM")}
    assert bases == {"python:3.11-slim-bookworm"}


def test_packages_are_installed_by_hash_and_never_compiled() -> None:
    installs = re.findall(r"pip install ([^&]+)", " && ".join(arguments_of("RUN")))
    assert len(installs) == 3
    for options in installs:
        assert "--require-hashes" in options or "--no-index" in options
        assert "--only-binary :all:" in options or "--no-deps" in options


def test_the_image_runs_as_its_own_user_who_owns_only_the_data() -> None:
    words = [word for word, _ in instructions()]
    (user,) = arguments_of("USER")
    (volume,) = (json.loads(rest)[0] for rest in arguments_of("VOLUME"))
    assert int(user) > 0
    assert f"--uid {user} " in " ".join(arguments_of("RUN"))
    assert words.index("USER") > max(place for place, word in enumerate(words) if word == "RUN")
    assert f"install -d -o {user} -g lead-router -m 0750 {volume}" in " ".join(arguments_of("RUN"))
    assert image_environment()["LEAD_ROUTER_DATA_DIR"] == volume


def test_the_image_runs_a_worker_and_stops_it_by_sigterm() -> None:
    assert arguments_of("STOPSIGNAL") == ["SIGTERM"]
    assert [json.loads(rest) for rest in arguments_of("ENTRYPOINT")] == [["lead-router"]]
    (default,) = (json.loads(rest) for rest in arguments_of("CMD"))
    assert refused(default) is None


def test_the_policy_is_in_the_working_directory() -> None:
    (workdir,) = (rest for rest in arguments_of("WORKDIR") if not rest.startswith("/build"))
    assert f"policy {workdir}/policy" in arguments_of("COPY")


@pytest.mark.parametrize(("serves", "code"), [(True, 0), (False, 1)], ids=["metrics answer", "no answer"])
def test_the_health_check_requests_the_metrics(serves: bool, code: int) -> None:
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
