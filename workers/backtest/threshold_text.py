"""A policy text with another threshold. Comments and all other lines stay as they are."""

from __future__ import annotations

from typing import Final

from workers.policy.changed_text import with_next_version
from workers.policy.document import KeyPath, read

_THRESHOLDS: Final[tuple[KeyPath, ...]] = (("stages", "mql", "bar"), ("stages", "mql", "threshold"))
"""The places of the threshold. The second is another word for the first."""


def with_threshold(text: str, threshold: int) -> str:
    """Return the text of a policy with another threshold and the next version.

    Raises:
        NoNumberError: the text has no number at ``stages.mql.bar`` or ``version``.
    """
    places = read(text, "policy").value_places
    place = next((path for path in _THRESHOLDS if path in places), _THRESHOLDS[0])
    return with_next_version(text, {place: threshold})
