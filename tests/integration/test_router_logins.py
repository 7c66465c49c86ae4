"""The whole router logs in at a broker with TLS and access rights, by each way that its settings offer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from router import Router, Sent, ended
from secured import PASSWORD, SecuredKafka
from unsecured_tokens import SHORT_S

from tests.certificates import KEY_PASSWORD
from workers.broker.rights import Role, rights_of

pytestmark = pytest.mark.kafka

NOON_MS = 1_772_452_800_000
FORM: Final = {
    "event_id": "f1",
    "occurred_at": "2026-03-02T12:00:00Z",
    "form_id": "contact",
    "request": "demo",
}
NO_PASSWORD: Final = {"sasl_user": None, "sasl_password": None}
Login = Callable[[SecuredKafka], dict[str, Any]]


def mtls(secured: SecuredKafka, **changed: Any) -> dict[str, Any]:
    files = secured.certificates
    return {"bootstrap": secured.mtls, "security": "SSL", "ssl_cafile": files.ca, **changed}


LOGINS: Final[dict[str, Login]] = {
    "scram-sha-512": lambda at: at.settings(),
    "scram-sha-256": lambda at: at.settings(sasl_mechanism="SCRAM-SHA-256"),
    "plain": lambda at: at.settings(sasl_mechanism="PLAIN"),
    "token": lambda at: at.settings(sasl_mechanism="OAUTHBEARER", token_provider="unsecured", **NO_PASSWORD),
    "certificate": lambda at: mtls(
        at,
        ssl_certfile=at.certificates.client,
        ssl_keyfile=at.certificates.encrypted_key,
        ssl_key_password=KEY_PASSWORD,
    ),
}


async def secured_router(
    new_router: Callable[..., Router], broker: SecuredKafka, partitions: int = 2
) -> Router:
    """Return a router with empty topics on the secured broker. The user has the rights of a worker, and no other."""
    router = new_router(broker.plain, partitions)
    await router.create()
    await broker.give(rights_of(Role.WORKER, router.settings))
    return router


def a_form(number: int) -> Sent:
    """Return a form fill. Each number is another person."""
    value = FORM | {"event_id": f"f{number}", "email": f"ann{number}@harbor.example"}
    return Sent("form.fills", str(value["email"]).encode(), json.dumps(value).encode(), NOON_MS + number)


def a_form_of_today() -> str:
    """Return a line of a file of history."""
    now = datetime.now(UTC)
    value = FORM | {"occurred_at": now.isoformat(), "email": "ann@harbor.example"}
    at_ms = int(now.timestamp() * 1_000)
    return json.dumps({"topic": "form.fills", "key": "ann", "timestamp": at_ms, "value": value}) + "\n"


@pytest.mark.parametrize("login", LOGINS)
async def test_a_worker_with_its_rights_alone_decides_events(
    login: str, allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = await secured_router(new_router, allowed)
    worker = router.start(**LOGINS[login](allowed))
    await router.until_all_opened()
    async with router.tape() as tape:
        await router.produce([a_form(1)])
        await tape.until("lead.scores", 1, 30.0)
    assert router.stop() == [0]
    assert "uthoriz" not in worker.log_text()
    assert PASSWORD not in worker.log_text()


@pytest.mark.parametrize(
    ("role", "arguments"),
    [
        (Role.OPERATOR, ["topics", "create"]),
        (Role.OPERATOR, ["topics", "check"]),
        (Role.OPERATOR, ["resume", "visitors", "0"]),
        (Role.READER, ["watch", "--from-start", "--to-end"]),
        (Role.IMPORTER, ["history", "import", "history.jsonl"]),
        (Role.LETTERS, ["dlq", "list"]),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, list) else str(value),
)
@pytest.mark.parametrize("login", ["scram-sha-512", "certificate", "token"])
async def test_a_command_needs_the_rights_of_its_role_alone(
    login: str, role: Role, arguments: Sequence[str], allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = new_router(allowed.plain, 1)
    folder = router.data_dir("operator").parent
    folder.mkdir()
    (folder / "history.jsonl").write_text(a_form_of_today(), "utf-8")
    await router.remove() if "create" in arguments else await router.create()
    await allowed.give(rights_of(role, router.settings))

    code, output = ended(router, arguments, **LOGINS[login](allowed))

    assert code == 0, output


async def test_a_worker_continues_when_its_token_expires(
    allowed: SecuredKafka, new_router: Callable[..., Router]
) -> None:
    router = await secured_router(new_router, allowed, partitions=1)
    token = allowed.settings(sasl_mechanism="OAUTHBEARER", token_provider="short-lived", **NO_PASSWORD)
    worker = router.start(**token)
    await router.until_all_opened()
    over_at = time.monotonic() + 2.5 * SHORT_S
    number = 0
    async with router.tape() as tape:
        while time.monotonic() < over_at:
            number += 1
            await router.produce([a_form(number)])
            await tape.until("lead.scores", number, 30.0)
    assert router.stop() == [0]
    assert worker.events("partition_stopped") == []
