"""Secrets of notify.yaml: the file names where a secret is, never the secret itself.

`env:NAME` is an environment variable, `file:PATH` a file, such as one that Docker or Kubernetes mounts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

_EXPECTED: Final = "env:NAME or file:PATH, the place of the secret"


def read_secret(value: Any) -> SecretStr:
    """Return the secret that a text of the file names. Raises PydanticCustomError. No error shows a secret."""
    if isinstance(value, SecretStr):
        return value
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "env" and name:
        found = os.environ.get(name, "")
        problem = f"the variable {name}, which is not set or empty"
    elif kind == "file" and name:
        found, problem = _text_of(Path(name))
    else:
        raise PydanticCustomError("secret", "{expected}", {"expected": _EXPECTED, "found": "another text"})
    if not found.strip():
        raise PydanticCustomError("secret", "{expected}", {"expected": "a secret there", "found": problem})
    return SecretStr(found.strip())


def _text_of(path: Path) -> tuple[str, str]:
    try:
        return path.read_text("utf-8"), f"the file {path}, which is empty"
    except (OSError, UnicodeDecodeError):
        return "", f"the file {path}, which cannot be read"


Secret = Annotated[SecretStr, BeforeValidator(read_secret)]
"""A secret of another system, read from the place that the file names."""
