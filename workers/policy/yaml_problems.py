"""The description of a text that is not YAML, in plain words instead of those of the parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

_IN_PLACE: Final = "key: value with the same indentation as its neighbours"
_KINDS: Final = (
    (r"found character '\\t'", "a tab", "blanks for the indentation"),
    (r"found character '(.)' that", "a text that begins with {0}", "quotes around the text"),
    (r"a single document", "a second document behind ---", "one document in a file"),
    (r"scanning an alias", "a text that begins with *", 'quotes around the text, as "*/pricing*"'),
    (
        r"flow mapping",
        "no }} for the {{ of line {line}",
        "a comma between entries, and }} after the last one",
    ),
    (r"flow sequence", "no ] for the [ of line {line}", "a comma between entries, and ] after the last one"),
    (r"quoted scalar", "no second quote for the one of line {line}", "a quote at the end of the text"),
    (
        r"mapping values are not",
        "a colon that no key can have here",
        f"{_IN_PLACE}, or quotes around a text with a colon",
    ),
    (r"could not find expected ':'", "no colon in line {line}", "key: value in each line"),
    (r"block (?:mapping|collection)", "a line that does not fit the lines above it", _IN_PLACE),
)
"""The words of the parser, what is found, and what is expected. {line} is the line where the piece begins."""


def describe_syntax(error: MarkedYAMLError) -> tuple[str, str]:
    """Return what is found and what is expected where a text is not YAML."""
    words = f"{error.problem} {error.context}"
    mark = error.context_mark or error.problem_mark
    for pattern, found, expected in _KINDS:
        if match := re.search(pattern, words):
            values = {"line": mark.line + 1 if mark is not None else 1}
            return found.format(*match.groups(), **values), expected.format(
                **values
            ) if "}}" in expected else expected
    return "text that is not valid YAML", "key: value, a list with - before each entry, or {key: value}"
