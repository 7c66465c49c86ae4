"""The type and the bounds of a field in words, for the reference.

In: a JSON Schema of a value without objects inside. Out: words as ``text, 1 to 200 characters``.
"""

from __future__ import annotations

from typing import Final

from schemas.generate import Document

PATTERNS: Final = {
    r"^[^\x00-\x1f\x7f]+$": "",
    r"^[^\x00-\x20\x7f]+$": "no spaces",
    r"^[a-z][a-z0-9_]{0,63}$": "a lower_snake word of at most 64 characters",
    r"^[A-Za-z]{2}$": "2 letters",
    r"^[A-Z]{3}$": "3 capital letters",
    r"^[0-9]{2,8}$": "2 to 8 digits",
    r"^[A-D][1-4]$": "A1 to D4",
    r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$": "ISO 639 or BCP 47",
}
"""Each pattern of the models in words. The head of the page explains the first one, of ids."""
_FORMATS: Final = {"date-time": "time, RFC 3339", "date": "date, as 2026-03-04"}
_OTHERS: Final = {"integer": "whole number", "number": "number", "boolean": "true or false"}
_LAST_MS: Final = 253_402_300_799_999


class UnknownPatternError(ValueError):
    """A pattern of the models has no words here. The text names it and what to do."""


def describe_scalar(schema: Document) -> str:
    """Return the type and the bounds of a text, a number, a truth value, a time or a map. Raises UnknownPatternError."""
    kind = schema.get("type")
    codes = [schema["const"]] if "const" in schema else schema.get("enum")
    if codes is not None:
        return " or ".join(f"`{code}`" for code in codes)
    if kind == "object":
        most = f" of at most {schema['maxProperties']}" if "maxProperties" in schema else ""
        values = schema.get("additionalProperties")
        return f"map{most}: text to {'text' if values == {'type': 'string'} else 'any value'}"
    if kind == "integer" and schema.get("maximum") == _LAST_MS:
        return "milliseconds since 1970-01-01 UTC"
    if kind == "string":
        return _FORMATS.get(schema.get("format", "")) or _describe_text(schema)
    return f"{_OTHERS[str(kind)]}{describe_bounds(schema)}"


def describe_bounds(schema: Document) -> str:
    """Return the bounds of a number, as ``, from 0 to 86,400``. Empty if it has none."""
    least, most = schema.get("minimum"), schema.get("maximum")
    words = [f"from {least:,.0f}"] if least is not None else []
    words += [f"to {most:,.0f}"] if most is not None else []
    return f", {' '.join(words)}" if words else ""


def _describe_text(schema: Document) -> str:
    pattern = schema.get("pattern", "")
    if "\\d" in pattern:  # pydantic's own pattern of a decimal number
        return "text of a decimal number"
    if pattern and pattern not in PATTERNS:
        raise UnknownPatternError(
            f"pattern {pattern} has no words; add it to PATTERNS in schemas/reference_types.py"
        )
    least, most = schema.get("minLength"), schema.get("maxLength")
    length = ""
    if most is not None:
        length = f"{least} to {most:,} characters" if least else f"at most {most:,} characters"
    return ", ".join(filter(None, ("text", length, PATTERNS.get(pattern, ""))))
