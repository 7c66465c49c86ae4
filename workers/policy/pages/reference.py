"""The generator of docs/policy.md: every key of the policy with its value, default, description and an example.

In: the models, the docstrings of their fields, and the policies of this repository, which give the examples. Out: the
page. ``python -m workers.policy.pages.reference --check`` fails if the page is out of date, ``--write`` writes it.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from workers.policy.defaults import DEPENDENT
from workers.policy.document import read
from workers.policy.model import Policy
from workers.policy.pages.explain_output import sentence_key
from workers.policy.pages.refusal_list import render_refusals
from workers.policy.pages.value_formats import format_amount, format_duration
from workers.policy.part import Part

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = ROOT / "docs" / "policy.md"
_MOST_EXAMPLE: Final = 70
_HEAD: Final = """# Every key of the policy

This page is generated from the models by `python -m workers.policy.pages.reference --write`; `make check` fails if it is
out of date. Start with the [policy by example](policy-by-example.md). `lead-router policy explain` prints a policy in
sentences. A key without a default is required; `lead-router policy check` lists the defaults that hold. The examples come from the policies in [policy/](../policy), or from
the models.
"""
_VALUE_KINDS: Final = {
    "read_whole_number": "whole number",
    "read_days": "days, as 60 or 60d",
    "read_percent": "percent, as 75 or 75%",
    "read_whole_days": "days, as 7d",
    "read_amount": "amount, as 500M",
    "read_duration_ms": "duration, as 24h",
    "read_lasting_ms": "duration, as 30s",
    "read_bucket_ms": "duration, as 24h",
    "_read_opening_time": "opening time, as 3h or 1d",
    "read_multiple_percent": "multiple, as 2x",
}
"""The kind of a value, by the name of the function that reads it from the file."""
_COUNTS: Final = frozenset({"read_whole_number", "read_days", "read_percent", "read_whole_days"})
"""Readers of whole numbers, whose bounds are shown."""


def render_page() -> str:
    """Return the text of docs/policy.md."""
    lines = [_HEAD]
    for place, kind in list_sections():
        lines += [f"## `{place}`" if place else "## The file", "", _describe_model(kind), ""]
        lines += ["| key | value | default | what it does | example |", "|---|---|---|---|---|"]
        lines += [_render_row(kind, name, info) for name, info in kind.model_fields.items()]
        lines.append("")
    return "\n".join([*lines, *render_refusals()])


def list_sections(root: type[Part] = Policy) -> list[tuple[str, type[Part]]]:
    """Return every model with the first place in the file where it occurs, in the order of the file."""
    found: dict[type[Part], str] = {root: ""}
    waiting = [root]
    while waiting:
        kind = waiting.pop(0)
        for name, info in kind.model_fields.items():
            key = info.alias or name
            where = f"{found[kind]}.{key}".removeprefix(".") + format_place_suffix(info.annotation)
            for inner in list_models(info.annotation):
                if inner not in found:
                    found[inner] = where
                    waiting.append(inner)
    return sorted(((place, kind) for kind, place in found.items()), key=lambda one: _sort_key(one[0]))


def find_example(kind: type[Part], name: str) -> str | None:
    """Return an example of a key as it may be written in a file, or None if there is none."""
    key = sentence_key(kind, name)
    example = _find_examples_in_policies().get(key)
    if example is None:
        info = kind.model_fields[name]
        alias = info.alias or name
        doc = " ".join(read_field_docs(kind).get(name, "").split())
        quoted = " , ".join(re.findall(r"``(.+?)``", doc))
        in_place = re.search(rf"\b{alias}: (\{{.*?\}}|\[.*?\]|[^,}}]+)", quoted)
        if in_place or quoted:
            return in_place[0].strip() if in_place else f"{alias}: {quoted.split(' , ')[-1]}"
        if info.is_required() or not info.default or isinstance(info.default, Part):
            return None
        return f"{alias}: {_describe_default(info).strip('`')}"
    return example


def is_stale(page: Path = PAGE) -> bool:
    """Whether ``page``, by default docs/policy.md, differs from the text that the models give."""
    return not page.exists() or page.read_text("utf-8") != render_page()


def _describe_model(kind: type[Part]) -> str:
    return _to_markdown(inspect.getdoc(kind) or "")


def _render_row(kind: type[Part], name: str, info: FieldInfo) -> str:
    doc = read_field_docs(kind)[name]
    cells = (
        f"`{info.alias or name}`",
        _describe_value(info.annotation, info.metadata),
        DEPENDENT.get(sentence_key(kind, name)) or _describe_default(info),
        _to_markdown(doc),
        f"`{find_example(kind, name)}`",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _to_markdown(text: str) -> str:
    """Return a docstring on one line, as Markdown."""
    return " ".join(re.sub(r"``(.+?)``", r"`\1`", text).replace("\n\n", " ").split())


@cache
def read_field_docs(kind: type[Part]) -> Mapping[str, str]:
    """Return the docstring of each field of a model, inherited fields included."""
    docs: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if not issubclass(base, Part) or base is Part:
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        if not isinstance(body, ast.ClassDef):
            continue
        for one, after in zip(body.body, body.body[1:], strict=False):
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and _is_text(after):
                docs[one.target.id] = ast.literal_eval(after.value)  # type: ignore[attr-defined]
    return docs


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


# Values.


def _describe_value(kind: Any, metadata: list[Any]) -> str:  # noqa: PLR0911 - one line for each kind of value
    if get_origin(kind) is Annotated:
        return _describe_value(get_args(kind)[0], [*get_args(kind)[1:], *metadata])
    if get_origin(kind) in {Union, UnionType}:
        inner = [_describe_value(one, metadata) for one in get_args(kind) if one is not type(None)]
        return " or ".join(dict.fromkeys(inner))
    if get_origin(kind) is Literal:
        return _list_codes([str(one) for one in get_args(kind)])
    if get_origin(kind) is tuple:
        return f"list of {_describe_value(get_args(kind)[0], [])}"
    if get_origin(kind) in {dict, Mapping}:
        return f"names, each with {_describe_value(get_args(kind)[1], [])}"
    if isinstance(kind, type) and issubclass(kind, Part):
        return "keys"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _list_codes([str(one.value) for one in kind])
    reader = next((name for one in metadata if (name := _reader_name(one)) in _VALUE_KINDS), "")
    return (_VALUE_KINDS.get(reader) or "text") + (_describe_bounds(metadata) if reader in _COUNTS else "")


def _reader_name(metadata: Any) -> str:
    return getattr(getattr(metadata, "func", None), "__name__", "")


def _describe_bounds(metadata: list[Any]) -> str:
    least = max((one.ge for one in metadata if getattr(one, "ge", None) is not None), default=None)
    most = min((one.le for one in metadata if getattr(one, "le", None) is not None), default=None)
    inner = [one for one in metadata if hasattr(one, "metadata")]
    for one in inner:
        return _describe_bounds([*one.metadata, *(other for other in metadata if other is not one)])
    parts = [f"from {least:,}"] if least is not None else []
    return " " + " ".join([*parts, *([f"to {most:,}"] if most is not None else [])]) if parts or most else ""


def _list_codes(words: list[str]) -> str:
    return (
        ", ".join(f"`{word}`" for word in words[:-1]) + (" or " if len(words) > 1 else "") + f"`{words[-1]}`"
    )


def _describe_default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    value = info.default_factory() if info.default_factory is not None else info.default  # type: ignore[call-arg]
    if value is None or value is PydanticUndefined or value in ((), {}):
        return "none"
    if isinstance(value, Part):
        return "as below"
    readers = {_reader_name(one) for one in info.metadata}
    if isinstance(value, int) and any(name.endswith("_ms") for name in readers):
        return format_duration(value)
    if isinstance(value, int) and "read_amount" in readers:
        return format_amount(value)
    return f"`{render_flow(value)}`"


# Examples.


@cache
def _find_examples_in_policies() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in sorted((ROOT / "policy").glob("*.yaml")):
        _collect_examples(Policy, read(path.read_text("utf-8"), str(path)).tree, found)
    return found


def _collect_examples(kind: type[Part], tree: Any, found: dict[str, str]) -> None:
    for name, info in kind.model_fields.items():
        key = info.alias or name
        if not isinstance(tree, dict) or key not in tree:
            continue
        text = f"{key}: {render_flow(tree[key])}"
        known = found.get(sentence_key(kind, name))
        if known is None or (len(known) > len(text)):
            is_long = len(text) > _MOST_EXAMPLE
            found[sentence_key(kind, name)] = f"{text[:_MOST_EXAMPLE]}…" if is_long else text
        for inner in list_models(info.annotation):
            for one in _list_instances(tree[key], info.annotation):
                _collect_examples(inner, one, found)


def _list_instances(tree: Any, annotation: Any) -> list[Any]:
    if isinstance(tree, list):
        return tree
    return (
        list(tree.values()) if format_place_suffix(annotation) == ".*" and isinstance(tree, dict) else [tree]
    )


def render_flow(value: Any) -> str:
    """Return a value in the notation of the file, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {render_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(render_flow, value)) + "]"
    text = str(value)
    return f'"{text}"' if re.search(r"[:#*{}\[\],]", text) else text


# Models.


def list_models(annotation: Any) -> Iterator[type[Part]]:
    """Return the models in the type of a key. None: the key holds no further keys."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from list_models(inner)


def format_place_suffix(annotation: Any) -> str:
    """Return the suffix of a key in a place of the file: ``.*`` for names, ``[]`` for lines, otherwise nothing."""
    if get_origin(annotation) is Annotated or get_origin(annotation) in {Union, UnionType}:
        return next((many for one in get_args(annotation) if (many := format_place_suffix(one))), "")
    if not list(list_models(annotation)):
        return ""
    return (
        ".*" if get_origin(annotation) in {dict, Mapping} else "[]" if get_origin(annotation) is tuple else ""
    )


def _sort_key(place: str) -> tuple[int, str]:
    first = place.split(".", maxsplit=1)[0].removesuffix("[]")
    names = [info.alias or name for name, info in Policy.model_fields.items()]
    return (names.index(first) if first in names else -1, place)


def main(arguments: list[str] | None = None, page: Path = PAGE) -> int:
    """Check or write the page. Return 1 if the check finds it out of date."""
    parser = argparse.ArgumentParser(prog="python -m workers.policy.pages.reference", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="fail if docs/policy.md is out of date")
    what.add_argument("--write", action="store_true", help="write docs/policy.md")
    if parser.parse_args(arguments).write:
        page.write_text(render_page(), encoding="utf-8")
    elif is_stale(page):
        sys.stderr.write(
            "docs/policy.md is out of date; write it with: python -m workers.policy.pages.reference --write\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
