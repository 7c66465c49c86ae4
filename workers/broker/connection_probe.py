"""Asks a broker why it closed a connection.

A broker closes a connection without a reason if the client speaks TLS to a plain port, plain text to a TLS port, has no
certificate where one is required, or does not log in. aiokafka reports all of them as a closed connection. A second connection
shows the reason. In: the settings and the address. Out: what was found.
"""

from __future__ import annotations

import socket
import ssl
import struct
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WAIT_S: Final = 3.0
_CORRELATION: Final = 4_711
_API_VERSIONS: Final = 18
_METADATA: Final = 3
_SIZE_BYTES: Final = 4
_NO_TOPICS: Final = struct.pack(">i", 0)


class Found(StrEnum):
    """The finding of a second connection to the broker."""

    NO_CONNECTION = "no_connection"
    PLAIN = "plain"
    TLS = "tls"
    """The port speaks TLS and answers; the client certificate, if there is one, is accepted."""
    CERTIFICATE_REQUIRED = "certificate_required"
    CERTIFICATE_REFUSED = "certificate_refused"
    LOGIN_REQUIRED = "login_required"
    UNKNOWN = "unknown"


def probe(host: str, port: int, context: ssl.SSLContext | None) -> Found:
    """Connect once or twice, and return what was found. It takes six seconds at most.

    ``context``: the client's TLS settings. None: the client speaks plain text, and the broker's certificate is not checked.
    """
    try:
        with socket.create_connection((host, port), _WAIT_S) as plain:
            if context is None and _answers(plain, _API_VERSIONS):
                return Found.PLAIN if _answers(plain, _METADATA, _NO_TOPICS) else Found.LOGIN_REQUIRED
    except OSError:
        return Found.NO_CONNECTION
    found = _tls_answer(host, port, context or _unchecked())
    if context is None:
        return found if found is Found.UNKNOWN else Found.TLS
    return Found.PLAIN if found is Found.UNKNOWN and _is_plain(host, port) else found


def _is_plain(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), _WAIT_S) as plain:
            return _answers(plain, _API_VERSIONS)
    except OSError:
        return False


def _tls_answer(host: str, port: int, context: ssl.SSLContext) -> Found:
    try:
        with (
            socket.create_connection((host, port), _WAIT_S) as raw,
            context.wrap_socket(raw, server_hostname=host) as tls,
        ):
            if not _answers(tls, _API_VERSIONS):
                return Found.UNKNOWN
            return Found.TLS if _answers(tls, _METADATA, _NO_TOPICS) else Found.LOGIN_REQUIRED
    except ssl.SSLError as error:
        return _of_alert(str(error.reason or error))
    except OSError:
        return Found.UNKNOWN


def _of_alert(reason: str) -> Found:
    """Return what an alert of the broker's TLS means. Java reports an unknown CA of the client as any of several alerts."""
    if "CERTIFICATE_REQUIRED" in reason:
        return Found.CERTIFICATE_REQUIRED
    if "ALERT" in reason and any(
        word in reason for word in ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE")
    ):
        return Found.CERTIFICATE_REFUSED
    return Found.UNKNOWN


def _unchecked() -> ssl.SSLContext:
    """Return TLS settings that only find out whether a port speaks TLS. No secret is sent with them."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _answers(connection: socket.socket, api: int, body: bytes = b"") -> bool:
    """Send a request of version 0 and return whether the broker answers it. Raises ssl.SSLError for an alert."""
    header = struct.pack(">hhih", api, 0, _CORRELATION, -1)
    connection.settimeout(_WAIT_S)
    try:
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        size = _read(connection.recv, _SIZE_BYTES)
        if len(size) < _SIZE_BYTES:
            return False
        rest = _read(connection.recv, struct.unpack(">i", size)[0])
    except ssl.SSLError:
        raise
    except OSError:
        return False
    return rest[:4] == struct.pack(">i", _CORRELATION)


def _read(receive: Callable[[int], bytes], count: int) -> bytes:
    """Read up to ``count`` bytes, at most a mebibyte: another protocol's answer may name any size."""
    found = b""
    while len(found) < min(count, 1 << 20):
        more = receive(min(count, 1 << 20) - len(found))
        if not more:
            break
        found += more
    return found
