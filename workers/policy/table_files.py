"""The files of tables of territories, beside the policy. Their lines become a part of the policy's text.

In: the text of a policy file. Out: the same text with a key ``tables``, so that workers, logs and replays need no other
file, and the hash of the policy covers the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.policy.document import read
from workers.policy.problem import PolicyError
from workers.policy.routes import TABLE_FORM
from workers.policy.tables import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path

_INDENT = "    "


def with_tables(text: str, path: Path) -> str:
    """Return the policy's text with the tables that its routes name. A text that needs none is returned as it is.

    Raises PolicyError if a file cannot be read.
    """
    if "table:" not in text and "table :" not in text:
        return text
    document = read(text, str(path))
    tree = document.tree if isinstance(document.tree, dict) else {}
    routes: Any = tree.get("routes")
    lines = routes if isinstance(routes, list) else []
    wanted: dict[str, int] = {}
    for at, line in enumerate(lines):
        name = line.get("table") if isinstance(line, dict) else None
        if isinstance(name, str) and FILE_NAME.fullmatch(name):
            wanted.setdefault(name, at)
    if not wanted or "tables" in tree:
        return text
    parts = [f"{text.rstrip()}\n\ntables:\n"]
    for name, at in wanted.items():
        try:
            table = path.with_name(name).read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            found = (
                error.strerror if isinstance(error, OSError) and error.strerror else "text that is not UTF-8"
            )
            raise PolicyError(
                [document.make_problem(("routes", at, "table"), f"{name}: {found}", TABLE_FORM)]
            ) from None
        indented = "".join(f"{_INDENT}{one}\n" for one in table.splitlines())
        parts.append(f"  {name}: |2\n{indented}")
    return "".join(parts)
