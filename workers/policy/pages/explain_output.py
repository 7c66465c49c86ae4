"""The definitions page: what a policy says, in sentences, for marketing, sales, service or partners.

In: a policy that passes its checks. Out: lines of plain text. The words stand in sentences.py; here they are filled
from the policy, so the page cannot say anything else than what the workers do.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from workers.policy.pages.sentences import SENTENCES
from workers.policy.pages.value_formats import FormattedValue
from workers.policy.part import Part
from workers.policy.paths import NurturePath
from workers.policy.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.model import Policy

_INDENT: Final = "  "
_ONE_SENTENCE: Final = frozenset({Route, NurturePath})
"""Parts whose clauses make one sentence."""
_LONG: Final = 160
"""A longer sentence is written clause by clause."""


class Audience(StrEnum):
    """Who reads the page."""

    MARKETING = "marketing"
    SALES = "sales"
    SERVICE = "service"
    PARTNERS = "partners"


_M, _S, _V, _P = Audience
_EVERYBODY: Final = frozenset(Audience)
CONCERNS: Final[Mapping[str, frozenset[Audience]]] = {
    "served_market": frozenset({_M, _S, _P}),
    "buyers": frozenset({_M, _S, _P}),
    "grade": frozenset({_M, _S}),
    "behaviour": frozenset({_M, _S}),
    "stages": frozenset({_M, _S, _P}),
    "paths": frozenset({_M, _S}),
    "routes": frozenset({_S, _V, _P}),
    "skills": frozenset({_S, _V}),
    "owners": frozenset({_S}),
    "desks": frozenset({_S, _V}),
    "calendars": frozenset({_S, _V}),
    "no_visits": frozenset({_M}),
}
"""Whom a part of the policy concerns; one that is not named concerns everybody."""


def explain_policy(policy: Policy, audience: Audience | None = None) -> list[str]:
    """Return the page; for nobody in particular it is the whole policy."""
    lines = [*_page(policy, audience), "", *_principles(policy)]
    return [line.rstrip() for line in lines]


def sentence_key(kind: type[Part], name: str) -> str:
    """Return under which key a model's field has its sentence: the model, and the name in the file."""
    return f"{kind.__name__}.{kind.model_fields[name].alias or name}"


def _page(policy: Policy, audience: Audience | None) -> Iterator[str]:
    yield _joined([_clause(policy, name) for name in _plain_fields(policy)])
    for name in type(policy).model_fields:
        if audience is not None and audience not in CONCERNS.get(name, _EVERYBODY):
            continue
        value = getattr(policy, name)
        if name in _plain_fields(policy):
            continue
        yield ""
        yield from _said(SENTENCES[sentence_key(type(policy), name)].says, value, policy, name, 0)


def _plain_fields(part: Part) -> list[str]:
    return [name for name in type(part).model_fields if isinstance(getattr(part, name), str | int)]


def _lines(part: Part, depth: int, label: str = "", like: Part | None = None) -> Iterator[str]:
    """The part's own sentence, then its parts, deeper; without what it says as the part that it is like."""
    kind = type(part)
    names = [name for name in kind.model_fields if like is None or getattr(part, name) != getattr(like, name)]
    nested = [name for name in names if _is_nested(kind, name, getattr(part, name))]
    own = [clause for name in names if name not in nested and (clause := _clause(part, name))]
    line = f"{label}{_joined(own, ', ' if kind in _ONE_SENTENCE else '; ')}"
    is_long = len(own) > 1 and len(line) > _LONG
    if is_long and label:
        yield f"{_INDENT * depth}{label}"
    elif line and not is_long:
        yield f"{_INDENT * depth}{line}"
    deeper = depth + bool(label)
    for name in names:
        sentence = SENTENCES[sentence_key(kind, name)]
        if name in nested:
            yield from _said(sentence.says, getattr(part, name), part, name, deeper)
        elif is_long and (clause := _clause(part, name)):
            yield f"{_INDENT * deeper}{_capital(clause)}."


def _said(heading: str, value: Any, part: Part, name: str, depth: int) -> Iterator[str]:
    if value is None or (not isinstance(value, Part) and not value):
        absent = SENTENCES[sentence_key(type(part), name)].absent
        if absent:
            yield f"{_INDENT * depth}{_capital(absent)}."
        return
    if isinstance(value, Part):
        lines = list(_lines(value, depth + 1))
        if depth and len(lines) == 1:
            yield f"{_INDENT * depth}{heading}: {lines[0].lstrip()}"
            return
        yield f"{_INDENT * depth}{heading}:"
        yield from lines
        return
    yield f"{_INDENT * depth}{heading}:"
    if isinstance(value, Mapping):
        for key, one in value.items():
            if isinstance(one, Part):
                like = getattr(one, "like", None)
                yield from _lines(one, depth + 1, f"{key}: ", value.get(like))
            else:
                yield f"{_INDENT * (depth + 1)}{key}: {one}"
    else:
        for number, one in enumerate(value, start=1):
            yield from _lines(one, depth + 1, f"{number}. ")


def _is_nested(kind: type[Part], name: str, value: Any) -> bool:
    if SENTENCES[sentence_key(kind, name)].inline:
        return False
    if isinstance(value, Part):
        return True
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return any(isinstance(one, Part) for one in values)


def _joined(clauses: list[str], mark: str = "; ") -> str:
    return _capital(mark.join(clauses)) + "." if clauses else ""


def _clause(part: Part, name: str) -> str:
    sentence = SENTENCES[sentence_key(type(part), name)]
    value = getattr(part, name)
    if isinstance(value, Part):
        inner = ", ".join(clause for one in type(value).model_fields if (clause := _clause(value, one)))
        return sentence.says.format(v=FormattedValue(inner))
    if value is None or value in ((), {}):
        return sentence.absent
    return sentence.says.format(v=FormattedValue(value))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _principles(policy: Policy) -> Iterator[str]:
    """What holds under every policy, with the numbers of this one."""
    bar, lowest, most = policy.stages.mql.bar, policy.lowest_fit, policy.behaviour.attainable
    yield "What holds whatever the numbers are:"
    yield (
        f"{_INDENT}Fit outweighs behaviour: the lowest fit that passes every gate is {lowest}, all behaviour gives at most"
        f" {most}, an MQL needs {bar}. Who fails one gate is never an MQL, whatever they do."
    )
    yield f"{_INDENT}Not known is not outside: the lead waits for the fact, and its touches keep their dates."
    yield f"{_INDENT}One owner per account, at every moment; who asks for sales is not held back."
    yield f"{_INDENT}Nobody who is away or has left gets a lead, and nothing is dropped because everyone is."
