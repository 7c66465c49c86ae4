"""A broker with TLS, logins and access rights, beside a plain listener for the tests' own clients.

Its certificates are made here. The listener SASL asks for a login (PLAIN, SCRAM, OAUTHBEARER), the listener MTLS for a client
certificate. Clients of both are the user ``router``, which has only the rights of its ACLs. Clients of the plain listener are
administrators.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from tests.certificates import USER, Certificates
from tests.conftest import IMPATIENT
from workers.broker.rights import Right
from workers.local_kafka.server import LocalKafka
from workers.local_kafka.server_properties import free_ports

PASSWORD: Final = "a-long-password-of-a-test"
_SECURITY: Final = "org.apache.kafka.common.security"
_ANSWER_S: Final = 20.0


def _properties(certificates: Certificates) -> dict[str, str]:
    login = "listener.name.sasl"
    return {
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MTLS:SSL",
        f"{login}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        f"{login}.plain.sasl.jaas.config": f'{_SECURITY}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
        f"{login}.scram-sha-256.sasl.jaas.config": f"{_SECURITY}.scram.ScramLoginModule required;",
        f"{login}.scram-sha-512.sasl.jaas.config": f"{_SECURITY}.scram.ScramLoginModule required;",
        f"{login}.oauthbearer.sasl.jaas.config": f"{_SECURITY}.oauthbearer.OAuthBearerLoginModule required;",
        f"{login}.oauthbearer.sasl.server.callback.handler.class": f"{_SECURITY}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler",
        # The broker closes a connection whose token has expired.
        f"{login}.oauthbearer.connections.max.reauth.ms": "3600000",
        "listener.name.mtls.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.broker),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.ca),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        **IMPATIENT,
    }


def _snake(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()


def binding_of(right: Right, permission: AclPermissionType = AclPermissionType.ALLOW) -> AclBinding:
    """Return the ACL that gives a right to the user of the tests, or denies it."""
    kind = ResourceType[right.resource.upper()]
    pattern = ResourcePatternType.PREFIXED if right.is_prefix else ResourcePatternType.LITERAL
    operation = AclOperation[_snake(right.operation)]
    return AclBinding(kind, right.name, pattern, f"User:{USER}", "*", operation, permission)


class SecuredKafka(AbstractContextManager["SecuredKafka"]):
    """A started broker with the listeners plain, SASL and MTLS."""

    def __init__(self, folder: Path) -> None:
        self.certificates = Certificates(folder / "certificates")
        ports, more = free_ports(), free_ports()
        self.sasl, self.mtls = (f"127.0.0.1:{port}" for port in more)
        broker, controller = (f"127.0.0.1:{port}" for port in ports)
        secured = f"SASL://{self.sasl},MTLS://{self.mtls}"
        listeners = {
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller},{secured}",
            "advertised.listeners": f"PLAINTEXT://{broker},{secured}",
        }
        self._broker = LocalKafka(
            folder / "kafka", properties=_properties(self.certificates) | listeners, ports=ports
        )

    @property
    def plain(self) -> str:
        """The address for the tests' own clients."""
        return self._broker.bootstrap

    def __enter__(self) -> Self:
        self._broker.start()
        self._admin = AdminClient({"bootstrap.servers": self.plain, "log_level": 2})
        credentials = [
            UserScramCredentialUpsertion(USER, ScramCredentialInfo(mechanism, 4_096), PASSWORD.encode())
            for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)
        ]
        for one in credentials:  # Kafka takes one change of a user at a time
            for answer in self._admin.alter_user_scram_credentials([one]).values():
                answer.result(_ANSWER_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._broker.stop()

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Return the settings of a client that logs in with SCRAM-SHA-512, with changes. None removes a setting."""
        good = {
            "bootstrap": self.sasl,
            "security": "SASL_SSL",
            "sasl_user": USER,
            "sasl_password": PASSWORD,
            "ssl_cafile": self.certificates.ca,
        }
        return {name: value for name, value in (good | changed).items() if value is not None}

    async def give(self, rights: Iterable[Right]) -> None:
        """Give rights to the user of the tests. Return when the broker applies them."""
        await self._add([binding_of(right) for right in rights])

    async def deny(self, right: Right) -> None:
        """Deny a right to the user of the tests. A denial goes before what was given."""
        await self._add([binding_of(right, AclPermissionType.DENY)])

    async def allow_again(self, right: Right) -> None:
        """Remove a denial."""
        denied = binding_of(right, AclPermissionType.DENY)
        await self._remove(_filter_of(denied))

    async def forget(self) -> None:
        """Remove all rights and denials."""
        await self._remove(_ALL)

    async def _add(self, acls: list[AclBinding]) -> None:
        for answer in self._admin.create_acls(acls).values():
            await asyncio.to_thread(answer.result, _ANSWER_S)
        await self._until(lambda found: found >= set(map(_fields, acls)))

    async def _remove(self, which: AclBindingFilter) -> None:
        removed: set[tuple[Any, ...]] = set()
        for answer in self._admin.delete_acls([which]).values():
            removed |= set(map(_fields, await asyncio.to_thread(answer.result, _ANSWER_S)))
        await self._until(lambda found: not found & removed)

    async def _until(self, holds: Callable[[set[tuple[Any, ...]]], bool]) -> None:
        """Wait until it holds for the ACLs that the broker applies. It learns them after the controller has answered."""
        give_up_at = time.monotonic() + _ANSWER_S
        while True:
            found = await asyncio.to_thread(self._admin.describe_acls(_ALL).result, _ANSWER_S)
            if holds(set(map(_fields, found))):
                return
            assert time.monotonic() < give_up_at, "the broker does not apply the ACLs"


_ALL: Final = AclBindingFilter(
    ResourceType.ANY,
    None,
    ResourcePatternType.ANY,
    None,
    None,
    AclOperation.ANY,
    AclPermissionType.ANY,
)


def _fields(acl: AclBinding) -> tuple[Any, ...]:
    return (
        acl.restype,
        acl.name,
        acl.resource_pattern_type,
        acl.principal,
        acl.host,
        acl.operation,
        acl.permission_type,
    )


def _filter_of(acl: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(*_fields(acl))
