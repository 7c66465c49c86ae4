"""The text of a policy for one audience, shortened to at most 40 lines.

In: lines of the text, indented by depth. Out: lines in which inner lines follow their outer line, and long sections end
with the number of lines that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

MOST_LINES: Final = 40
"""The most lines of a page, empty lines not counted."""
DETAILS: Final = frozenset(
    {
        "Behaviour.mail_scanners",
        "Behaviour.session_gap",
        "Buyers.never_except",
        "Matching.free_mail",
        "Matching.shared_sites",
        "Policy.currency",
        "Policy.timezone",
        "Privacy.anonymous_history",
        "Privacy.repeats",
        "Stages.attempts_before_no",
        "Stages.buying_group",
        "Stages.crm_names",
        "Stages.names",
        "Stages.opportunity",
        "Turn.weight",
    }
)
"""Keys that only the whole text explains."""
MAIN_TERMS: Final = frozenset({"mql", "raised_hand", "sql", "recycled"})
"""The definitions of a page for one audience."""
_LEAST: Final = 3
"""The least lines of a section that is shortened, with its heading."""
_WHOLE: Final = "lead-router policy explain prints all"


def shorten(lines: Iterable[str], most: int = MOST_LINES) -> list[str]:
    """Return the sections with at most ``most`` lines. Empty lines stay between them and are not counted."""
    texts = _split(lines)
    while sum(map(len, texts)) > most:
        runs = [(text, run) for text in texts for run in _runs_of(text)]
        if not runs:
            break
        text, run = min(runs, key=lambda one: sum(map(len, one[0][one[1]])))
        text[run] = [_join(text[run])]
    kept = [len(text) for text in texts]
    while sum(kept) > most and max(kept) > _LEAST:
        kept[kept.index(max(kept))] -= 1
    return [line for section, count in zip(texts, kept, strict=True) for line in (*_cut(section, count), "")][
        :-1
    ]


def _split(lines: Iterable[str]) -> list[list[str]]:
    """Return the lines of each section, without empty lines."""
    sections: list[list[str]] = [[]]
    for line in lines:
        if line:
            sections[-1].append(line)
        else:
            sections.append([])
    return [section for section in sections if section]


def _runs_of(section: list[str]) -> Iterator[slice]:
    """Yield each run of lines that may be joined: a line with its inner lines, or sentences beside each other."""
    at = 1
    while at < len(section):
        end = at + 1
        depth = _depth(section[at])
        while end < len(section) and _depth(section[end]) > depth:
            end += 1
        if end > at + 1:
            inner = next(_runs_of(section[at:end]), None)
            yield slice(at, end) if inner is None else slice(at + inner.start, at + inner.stop)
        else:
            while end < len(section) and _is_sentence(section[end]) and _depth(section[end]) == depth:
                end += 1
            if end > at + 1 and _is_sentence(section[at]):
                yield slice(at, end)
        at = end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_sentence(line: str) -> bool:
    """Whether a line has no label, such as the name of a rule or the number of a route."""
    return line.endswith(".") and not re.match(r"\s*([\w ]+:|\d+\.)", line)


def _cut(section: list[str], count: int) -> list[str]:
    """Return the first lines of a section. The last one states how many are left out."""
    if count == len(section):
        return section
    left = len(section) - count + 1
    return [*section[: count - 1], f"  And {left} more: {_WHOLE}."]


def _join(lines: list[str]) -> str:
    """Return the lines as one, with the indentation of the first."""
    text = lines[0]
    for line in lines[1:]:
        text += f" {line.strip()}" if text.endswith((":", ".", ";")) else f"; {line.strip()}"
    return text
