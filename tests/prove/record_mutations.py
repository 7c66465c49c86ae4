"""Damaged and odd records by a seed: valid values whose fields, types, text or bytes were changed.

In: a seeded generator and a valid value. Out: bytes as a broken or careless sender could write them. A changed value may still be
valid; ``is_certainly_bad`` uses a second JSON parser to find values that no topic can accept.
"""

from __future__ import annotations

import codecs
import json
from typing import Any, Final

from workers.demo.market.seeded_random import SeededRandom

ODD_TEXTS: Final = (
    *(
        "",
        " ",
        "n/a",
        "undefined",
        "null",
        "-",
        "0",
        "true",
        "NaN",
        "\u0000",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\U0001f600",
    ),
    *(
        "a" * 300,
        "Z" * 5_000,
        "\uff41\uff42\uff43",
        "Ünïcödé",
        "株式会社",
        "Ω" * 64,
        "x@y",
        "@",
        "a@b@c",
        "..",
        "a..b@c.example",
    ),
    *(
        "=cmd()",
        "<script>",
        "'; --",
        "../..",
        "%00",
        "\\",
        '"',
        "\r\n",
        "9" * 400,
        "1e999",
        "-1",
        "+00:00",
        "24:00",
    ),
    *(
        "2026-02-30T10:00:00Z",
        "2026-03-03T10:00:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "1e3",
        "domain:",
    ),
    *(
        "domain:x.example#1.1",
        "lead:00000000-0000-5000-8000-000000000000",
        "desk:inside_sales",
        "rep:mia",
        "http://[::1",
    ),
)
"""Text that parsers, keys and tables of names stumble over."""
_DEEP: Final[list[Any]] = [[[[[[[[["deep"]]]]]]]]]
ODD_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 1.5, 1e308, -1e308, 2**31, 2**53 + 1, 2**63, 2**64, 10**40, 1e-320),
    *([], {}, [None], [1, "a"], {"a": None}, {"amount": -5, "currency": "???"}, {"tracking": "yes"}, _DEEP),
    *(
        [{"desk": "inside_sales", "weight": 10**9}],
        {"mon-sun": "25:00-26:00"},
        [{"starts_at": "x", "ends_at": 1}],
    ),
)
"""Values of types and sizes that a field does not have."""
_FOREIGN: Final = (b"\\ud800", b"\\u0000", b"NaN", b"Infinity", b"1e999", b"[", b"}")
_SHORT: Final = 12


def changed_fields(
    chance: SeededRandom, value: dict[str, Any], kept: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the value with one to four fields removed, replaced, exchanged or added. Fields in ``kept`` stay."""
    changed = dict(value)
    names = [name for name in changed if name not in kept]
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(names) if names else "extra"
        match chance.randrange(6):
            case 0:
                changed.pop(name, None)
            case 1:
                changed[name] = chance.choice(ODD_VALUES)
            case 2 | 3:
                changed[name] = chance.choice(ODD_TEXTS)
            case 4:
                changed[name] = changed.get(chance.choice(names)) if names else None
            case _:
                changed[f"{name}{chance.choice(ODD_TEXTS)[:_SHORT]}"] = chance.choice(ODD_VALUES)
    return changed


def encoded(chance: SeededRandom, value: object) -> bytes:
    """Return a value as JSON, in one of the forms that senders use."""
    text = json.dumps(value, ensure_ascii=chance.happens(50))
    if chance.happens(2):
        text = text.replace(", ", ",\n\t ")
    return text.encode("utf-8", "surrogatepass")


def changed_bytes(chance: SeededRandom, raw: bytes) -> bytes:
    """Return the bytes cut, flipped, repeated, or with foreign bytes in between."""
    at, upto = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
    before, after = raw[:at], raw[at:]
    return chance.choice(
        (
            before,
            before + bytes([chance.randrange(256)]) + raw[at + 1 :],
            before + raw[upto:],
            raw[:upto] + after,
            before + chance.randbytes(chance.randint(1, 8)) + after,
            before + chance.choice(_FOREIGN) + after,
            b"\xef\xbb\xbf" + raw,
            raw * 2,
            b"[" + raw + b"]",
            raw.decode("utf-8", "replace").encode("utf-16"),
            b"",
        )
    )


def is_certainly_bad(raw: bytes) -> bool:
    """Whether no input topic can accept the value: in no encoding is it a JSON object that states a time.

    Latin-1 reads any bytes and leaves the characters of JSON as they are. So it covers UTF-8 and all damaged text.
    """
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "latin-1"
    text = raw.decode(encoding, "replace").removeprefix(codecs.BOM_UTF8.decode("latin-1"))
    try:
        value = json.loads(text, strict=False)
        value = json.loads(value, strict=False) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return True
    return not (isinstance(value, dict) and value.get("occurred_at"))
