"""Custom fields of accounts and forms: names and values of the company's own, which the policy may test.

In: the fields of a record. Out: the fields in the form in which they are compared. Blanks and
templates that were not filled in are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workers.identity.placeholders import is_template

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FIELDS: Final = 20
"""Most custom fields that are kept of a record. The contract allows as many in each version."""
_BETWEEN_WORDS: Final = re.compile(r"[\s_.-]+")


def fold_fields(fields: Mapping[str, str] | None) -> dict[str, str]:
    """Return the stated fields, by name in lower case with underscores between words, sorted.

    Of two spellings of one name the later one counts.
    """
    stated = {_fold_name(name): value.strip() for name, value in (fields or {}).items() if _is_stated(value)}
    return {name: stated[name] for name in sorted(stated) if name}


def _fold_name(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", name.strip().casefold())


def _is_stated(value: str) -> bool:
    return bool(value.strip()) and not is_template(value)
