"""Certificates and keys for tests of encrypted connections, made by a CA of the test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

USER: Final = "router"
KEY_PASSWORD: Final = "a-password-of-a-key"


def write_key(pem: bytes, path: Path, password: str | None = None) -> None:
    """Write a private key as PKCS 8, the form that Kafka reads. Encrypt it if there is a password."""
    encryption = NoEncryption() if password is None else BestAvailableEncryption(password.encode())
    key = load_pem_private_key(pem, None)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


class Certificates:
    """A CA with certificates for the broker and for a client, another CA, and keys of all kinds, in one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        ours, other = trustme.CA(), trustme.CA()
        self.ca = folder / "ca.pem"
        self.other_ca = folder / "other-ca.pem"
        ours.cert_pem.write_to_path(str(self.ca))
        other.cert_pem.write_to_path(str(self.other_ca))
        broker = ours.issue_cert("127.0.0.1", common_name="broker")
        self.broker = folder / "broker.pem"
        write_key(broker.private_key_pem.bytes(), self.broker)
        with self.broker.open("ab") as store:
            store.writelines(part.bytes() for part in broker.cert_chain_pems)
        client = ours.issue_cert("router@clients.example", common_name=USER)
        self.client = folder / "client.pem"
        self.client.write_bytes(b"".join(part.bytes() for part in client.cert_chain_pems))
        self.client_key = folder / "client.key"
        write_key(client.private_key_pem.bytes(), self.client_key)
        self.encrypted_key = folder / "client-encrypted.key"
        write_key(client.private_key_pem.bytes(), self.encrypted_key, KEY_PASSWORD)
        self.both = folder / "client-and-key.pem"
        self.both.write_bytes(self.client_key.read_bytes() + self.client.read_bytes())
        foreign = other.issue_cert("router@clients.example", common_name=USER)
        self.foreign = folder / "foreign-client-and-key.pem"
        self.foreign.write_bytes(foreign.private_key_and_cert_chain_pem.bytes())
        self.foreign_key = folder / "foreign.key"
        write_key(foreign.private_key_pem.bytes(), self.foreign_key)
