"""The policy file as nested texts, with the line and column of every key and value.

Scalars stay the text of the file. Refused here, before any validation: text that is not YAML, anchors, aliases, tags
and directives, duplicate keys, keys that are not plain text, several documents, files that are too large or too deep.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from workers.policy.problem import PolicyError, Problem, quote
from workers.policy.written_values import is_part_of_number
from workers.policy.yaml_problems import describe_syntax

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20

KeyPath = tuple[str | int, ...]
_QUESTION_MARK = re.compile(r"^[^#\n]*\?", re.MULTILINE)
"""A question mark outside a comment. Within a text in braces, Python refuses it and libyaml does not."""
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
    """The file as nested dicts, lists and texts. Each key and value has its (line, column), from 1."""

    file: str
    tree: Any
    key_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    value_places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    origins: dict[KeyPath, KeyPath] = field(default_factory=dict)
    """For each key that a desk inherits by ``like``, or that has another word: the path at which the file has it."""
    written_lines: dict[KeyPath, KeyPath] = field(default_factory=dict)
    """For each line of a list to which lines were added: its path in the file. An added line has that of the list."""

    def make_problem(self, path: KeyPath, found: str, expected: str, *, at_key: bool = False) -> Problem:
        """Return a problem at ``path``. Its line is that of the path, or of the nearest enclosing key or list item."""
        path = self.origin_of(self.without_index(path))
        near = path
        while near and self._as_written(near) not in self.value_places:
            near = near[:-1]
        here = self._as_written(near)
        if at_key or not isinstance(self.value_at(near), str):
            places = self.key_places if here in self.key_places else self.value_places
        else:
            places = self.value_places
        line, column = places.get(here, (1, 1))
        return Problem(self.file, line, column, format_path(self._as_written(path)), found, expected)

    def origin_of(self, path: KeyPath) -> KeyPath:
        """Return the path at which the file has the value of ``path``. It differs for inherited keys."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origin_of((*self.origins[path[:length]], *path[length:]))
        return path

    def _as_written(self, path: KeyPath) -> KeyPath:
        """Return the path in the file of a path in a list to which lines were added."""
        line = self.written_lines.get(path[:2])
        return path if line is None else line if len(line) < len(path[:2]) else (*line, *path[2:])

    def without_index(self, path: KeyPath) -> KeyPath:
        """Return the path of the file. A value that the file writes as a single text has no list index."""
        is_in_text = path and isinstance(path[-1], int) and isinstance(self.value_at(path[:-1]), str)
        return path[:-1] if is_in_text else path

    def value_at(self, path: KeyPath) -> Any:
        """Return the value at ``path``, or None if the file has no such path."""
        value = self.tree
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def describe_value_at(self, path: KeyPath) -> str:
        """Return a description of the value at ``path`` for the "found" part of a message."""
        value = self.value_at(path)
        if isinstance(value, dict):
            return "keys and values" if value else "an empty mapping"
        if isinstance(value, list):
            return "a list" if value else "an empty list"
        return quote(value) if value else "nothing"


def format_path(path: KeyPath) -> str:
    """Return a path as text, as ``buyers.titles[2].points``. List items count from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(text: str, file: str, kind: str = "a policy") -> Document:
    """Parse the text of a policy file, or of another ``kind`` of file. Raises :class:`PolicyError`."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PolicyError(
            [
                Problem(
                    file, 1, 1, "", "a file that is too large", f"a file of at most {MAX_BYTES // 1024} KiB"
                )
            ]
        )
    try:
        node = _compose(text, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        found, expected = describe_syntax(error)
        raise PolicyError([Problem(file, line, column, "", found, expected)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyError(
            [Problem(file, line, 1, "", "a character that YAML forbids", "printable text")]
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError([Problem(file, 1, 1, "", "no keys", f"{kind}, which has keys and values")])
    document = Document(file, None)
    problems: list[Problem] = []
    tree = _convert(node, (), document, problems)
    if problems:
        raise PolicyError(problems)
    return Document(file, tree, document.key_places, document.value_places)


def _compose(text: str, file: str) -> Node | None:
    """Return the nodes of a text, from libyaml if it gives the same as Python, which takes ten times as long.

    Python names the errors. It also reads texts about which the two differ: texts with tabs, invisible characters or
    question marks.
    """
    is_plain = text.replace("\n", "").isprintable() and not _QUESTION_MARK.search(text)
    if yaml.__with_libyaml__ and is_plain:
        with suppress(yaml.YAMLError, PolicyError):
            return _compose_with(yaml.CSafeLoader, text, file)
    return _compose_with(yaml.SafeLoader, text, file)


def _compose_with(loader: Any, text: str, file: str) -> Node | None:
    _refuse_unsafe_yaml(loader, text, file)
    node: Node | None = yaml.compose(text, Loader=loader)
    return node


def _refuse_unsafe_yaml(loader: Any, text: str, file: str) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=loader):
        line, column = token.start_mark.line + 1, token.start_mark.column + 1
        feature = _FORBIDDEN.get(type(token))
        if feature:
            raise PolicyError([Problem(file, line, column, "", feature, "the value itself, written out")])
        if isinstance(token, _OPENING):
            depth += 1
        elif isinstance(token, _CLOSING):
            depth -= 1
        if depth > MAX_DEPTH:
            raise PolicyError(
                [
                    Problem(
                        file,
                        line,
                        column,
                        "",
                        "nesting that is too deep",
                        f"at most {MAX_DEPTH} levels of nesting",
                    )
                ]
            )


def _continues_number(tree: dict[str, Any], key: str, value_node: Node) -> bool:
    """Whether a key in braces is the rest of the number before it: {from: 500,000} has the "key" 000 without a value."""
    before = next(reversed(tree.values()), None)
    is_empty = isinstance(value_node, yaml.ScalarNode) and value_node.value == ""
    return is_empty and isinstance(before, str) and is_part_of_number(before, key)


def _convert(node: Node, path: KeyPath, document: Document, problems: list[Problem]) -> Any:
    document.value_places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_convert(one, (*path, at), document, problems) for at, one in enumerate(node.value)]
    tree: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(
                Problem(
                    document.file,
                    *place,
                    format_path(path),
                    "a list or mapping as a key",
                    "a key that is plain text",
                )
            )
            continue
        key = key_node.value
        here = (*path, key)
        if (
            isinstance(node, yaml.MappingNode)
            and node.flow_style
            and _continues_number(tree, key, value_node)
        ):
            last = next(reversed(tree))
            tree[last] += f",{key}"
            continue
        if key in tree:
            first = document.key_places[here][0]
            problems.append(
                Problem(
                    document.file,
                    *place,
                    format_path(here),
                    f"the key a second time (first in line {first})",
                    "each key once",
                )
            )
            continue
        document.key_places[here] = place
        tree[key] = _convert(value_node, here, document, problems)
    return tree
