"""YAML becomes texts with their places: every scalar the text in the file, every key and value with line and column.

Refused here, before anything is typed: what is not YAML, anchors, aliases and tags, duplicate keys, keys that are no
plain words, several documents, a file too large or too deep.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from workers.policy.problem import PolicyError, Problem, quote

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

KeyPath = tuple[str | int, ...]
_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_FORBIDDEN = {
    yaml.AnchorToken: "an anchor (&)",
    yaml.AliasToken: "an alias (*)",
    yaml.TagToken: "a tag (!)",
    yaml.DirectiveToken: "a directive (%)",
}


@dataclass(frozen=True, slots=True)
class Document:
    """The file as nested dicts, lists and texts; (line, column), from 1, of each key and value."""

    file: str
    tree: Any
    key_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    value_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    origins: dict[KeyPath, KeyPath] = field(default_factory=dict)
    """Where keys stand that were taken over from elsewhere in the file."""

    def make_problem(self, path: KeyPath, found: str, expected: str, *, at_key: bool = False) -> Problem:
        """Return the problem at ``path``, or at the nearest key or list item around it."""
        path = self.origin_of(path)
        near = path
        while near and near not in self.value_places:
            near = near[:-1]
        if at_key or not isinstance(self.value_at(near), str):
            places = self.key_places if near in self.key_places else self.value_places
        else:
            places = self.value_places
        line, column = places.get(near, (1, 1))
        return Problem(self.file, line, column, format_path(path), found, expected)

    def origin_of(self, path: KeyPath) -> KeyPath:
        """Return the path under which the file itself has what ``path`` names."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origin_of((*self.origins[path[:length]], *path[length:]))
        return path

    def value_at(self, path: KeyPath) -> Any:
        """Return what stands at ``path``; None where there is nothing."""
        value = self.tree
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def found_at(self, path: KeyPath) -> str:
        """Say what stands at ``path``."""
        value = self.value_at(path)
        if isinstance(value, dict):
            return "keys and values" if value else "an empty mapping"
        if isinstance(value, list):
            return "a list" if value else "an empty list"
        return quote(value) if value else "nothing"


def format_path(path: KeyPath) -> str:
    """Return a path as text: ``buyers.titles[2].points``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(text: str, file: str) -> Document:
    """Read a policy file's text. Raises :class:`PolicyError`."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PolicyError([Problem(file, 1, 1, "", "a larger file", f"at most {MAX_BYTES // 1024} KiB")])
    try:
        _refuse_tricks(text, file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        found = error.problem or error.context or "something unreadable"
        raise PolicyError([Problem(file, line, column, "", f"no YAML ({found})", "YAML")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyError(
            [Problem(file, line, 1, "", "a character that YAML forbids", "printable text")]
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError([Problem(file, 1, 1, "", "no keys", "a policy: keys and values")])
    document = Document(file, None)
    problems: list[Problem] = []
    tree = _plain(node, (), document, problems)
    if problems:
        raise PolicyError(problems)
    return Document(file, tree, document.key_places, document.value_places)


def _refuse_tricks(text: str, file: str) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        line, column = token.start_mark.line + 1, token.start_mark.column + 1
        trick = _FORBIDDEN.get(type(token))
        if trick:
            raise PolicyError([Problem(file, line, column, "", trick, "the value itself, written out")])
        if isinstance(token, _OPENING):
            depth += 1
        elif isinstance(token, _CLOSING):
            depth -= 1
        if depth > MAX_DEPTH:
            raise PolicyError(
                [Problem(file, line, column, "", "deeper nesting", f"at most {MAX_DEPTH} levels")]
            )


def _plain(node: Node, path: KeyPath, document: Document, problems: list[Problem]) -> Any:
    document.value_places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*path, at), document, problems) for at, one in enumerate(node.value)]
    tree: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(
                Problem(document.file, *place, format_path(path), "a list or mapping as a key", "a word")
            )
            continue
        key = key_node.value
        here = (*path, key)
        if key in tree:
            first = document.key_places[here][0]
            problems.append(
                Problem(
                    document.file,
                    *place,
                    format_path(here),
                    f"the key again (first in line {first})",
                    "each key once",
                )
            )
            continue
        document.key_places[here] = place
        tree[key] = _plain(value_node, here, document, problems)
    return tree
