"""Problems of names that do not exist, with the name that was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.policy.document import Document, KeyPath
    from workers.policy.problem import Problem


def report_unknown_name(
    document: Document, path: KeyPath, name: str, known: Iterable[str], what: str
) -> Problem:
    """Return the problem of a name that is not among ``known``. ``what`` describes the expected kind of name."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return document.make_problem(path, quote(name), f"{what}: {', '.join(names) or 'none is defined'}{hint}")
