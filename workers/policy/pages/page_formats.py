"""The text of a policy as Markdown or as one HTML file without references to other files.

In: lines of plain text. A line without indentation that ends with a colon begins a section; two blanks are one level.
"""

from __future__ import annotations

from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Format(StrEnum):
    """The format of a page."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


_SPECIAL: Final = str.maketrans({one: f"\\{one}" for one in "\\`*_<>[]#|"})
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem;border-bottom:1px solid #ccc}"
    "ul{margin:.2rem 0;padding-left:1.3rem}li{margin:.15rem 0}@media print{body{margin:0}}"
)


def write_page(lines: Iterable[str], page_format: Format) -> list[str]:
    """Return the lines of a text in the format."""
    if page_format is Format.TEXT:
        return list(lines)
    return list(_write_markdown(lines) if page_format is Format.MARKDOWN else _write_html(list(lines)))


def _write_markdown(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        depth = _depth_of(line)
        text = line.strip().translate(_SPECIAL)
        if not text:
            yield ""
        elif number == 0:
            yield f"# {text.removesuffix('.')}"
        elif depth == 0 and text.endswith(":"):
            yield f"## {text.removesuffix(':')}"
            yield ""
        elif depth == 0:
            yield text
        else:
            yield f"{'  ' * (depth - 1)}- {text}"


def _write_html(lines: list[str]) -> Iterator[str]:
    title = escape(lines[0].strip().removesuffix("."))
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    level = 0
    for line in [*lines[1:], ""]:
        depth = _depth_of(line)
        text = escape(line.strip())
        while level > depth:
            yield "</li></ul>"
            level -= 1
        if not text:
            continue
        if depth == 0:
            yield f"<h2>{text.removesuffix(':')}</h2>" if text.endswith(":") else f"<p>{text}</p>"
            continue
        if level == depth:
            yield "</li>"
        while level < depth:
            yield "<ul>"
            level += 1
        yield f"<li>{text}"
    yield "</body>\n</html>"


def _depth_of(line: str) -> int:
    """Return the level of a line: 0 for a heading or paragraph."""
    return (len(line) - len(line.lstrip())) // 2
