"""The output of ``lead-router policy explain``: a policy in sentences, for marketing, sales, service or partners.

In: a policy that passes its checks. Out: lines of plain text. The sentences are in sentences.py. This module fills in
the values of the policy that the workers use, so the text always matches their behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from workers.policy.conditions import Conditions
from workers.policy.gates import Functions
from workers.policy.pages.plain_words import plain_name
from workers.policy.pages.sentences import SENTENCES
from workers.policy.pages.value_formats import FormattedValue, format_list
from workers.policy.part import Part
from workers.policy.paths import NurturePath
from workers.policy.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.model import Policy

_INDENT: Final = "  "
_ONE_SENTENCE: Final = frozenset({Route, NurturePath})
"""Models whose clauses form one sentence."""
_MOST_CHARACTERS: Final = 160
"""The most characters of a sentence on one line. A longer one is written with one clause a line."""


class Audience(StrEnum):
    """The readers of the text."""

    MARKETING = "marketing"
    SALES = "sales"
    SERVICE = "service"
    PARTNERS = "partners"


_M, _S, _V, _P = Audience
_ALL_AUDIENCES: Final = frozenset(Audience)
CONCERNS: Final[Mapping[str, frozenset[Audience]]] = {
    "served_market": frozenset({_M, _S, _P}),
    "buyers": frozenset({_M, _S, _P}),
    "grade": frozenset({_M, _S}),
    "behaviour": frozenset({_M, _S}),
    "stages": frozenset({_M, _S, _P}),
    "paths": frozenset({_M, _S}),
    "conditions": frozenset({_M, _S, _P}),
    "routes": frozenset({_S, _V, _P}),
    "skills": frozenset({_S, _V}),
    "owners": frozenset({_S}),
    "desks": frozenset({_S, _V}),
    "calendars": frozenset({_S, _V}),
    "no_visits": frozenset({_M}),
}
"""The audiences of each section of the policy. A section that is not listed is for all audiences."""


def explain_policy(policy: Policy, audience: Audience | None = None) -> list[str]:
    """Return the lines for an audience; without one, those of the whole policy."""
    lines = [*_explain_sections(policy, audience), "", *_explain_principles(policy)]
    return [line.rstrip() for line in lines]


def sentence_key(kind: type[Part], name: str) -> str:
    """Return the key of a field in SENTENCES: the name of the model and the name in the file."""
    return f"{kind.__name__}.{kind.model_fields[name].alias or name}"


def _explain_sections(policy: Policy, audience: Audience | None) -> Iterator[str]:
    yield _join_clauses([_explain_field(policy, name) for name in _list_scalar_fields(policy)])
    for name in type(policy).model_fields:
        if audience is not None and audience not in CONCERNS.get(name, _ALL_AUDIENCES):
            continue
        value = getattr(policy, name)
        if name in _list_scalar_fields(policy):
            continue
        yield ""
        yield from _explain_value(SENTENCES[sentence_key(type(policy), name)].text, value, policy, name, 0)


def _list_scalar_fields(part: Part) -> list[str]:
    return [name for name in type(part).model_fields if isinstance(getattr(part, name), str | int)]


def _explain_model(part: Part, depth: int, label: str = "", like: Part | None = None) -> Iterator[str]:
    """Yield the sentence of a model, then those of its nested models, indented. Values equal to ``like`` are left out."""
    kind = type(part)
    names = [name for name in kind.model_fields if like is None or getattr(part, name) != getattr(like, name)]
    nested = [name for name in names if _is_nested(kind, name, getattr(part, name))]
    own = [clause for name in names if name not in nested and (clause := _explain_field(part, name))]
    line = f"{label}{_join_clauses(own, ', ' if kind in _ONE_SENTENCE else '; ')}"
    is_long = len(own) > 1 and len(line) > _MOST_CHARACTERS
    if is_long and label:
        yield f"{_INDENT * depth}{label}"
    elif line and not is_long:
        yield f"{_INDENT * depth}{line}"
    deeper = depth + bool(label)
    for name in names:
        sentence = SENTENCES[sentence_key(kind, name)]
        if name in nested:
            yield from _explain_value(sentence.text, getattr(part, name), part, name, deeper)
        elif is_long and (clause := _explain_field(part, name)):
            yield f"{_INDENT * deeper}{_capitalize(clause)}."


def _explain_value(heading: str, value: Any, part: Part, name: str, depth: int) -> Iterator[str]:
    if value is None or (not isinstance(value, Part) and not value):
        absent = SENTENCES[sentence_key(type(part), name)].absent
        if absent:
            yield f"{_INDENT * depth}{_capitalize(absent)}."
        return
    if isinstance(value, Part):
        lines = list(_explain_model(value, depth + 1))
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
                yield from _explain_model(one, depth + 1, f"{key}: ", value.get(like))
            else:
                yield f"{_INDENT * (depth + 1)}{plain_name(key)}: {format_list(one, 'or')}"
    else:
        for number, one in enumerate(value, start=1):
            yield from _explain_model(one, depth + 1, f"{number}. ")


def _is_nested(kind: type[Part], name: str, value: Any) -> bool:
    if SENTENCES[sentence_key(kind, name)].inline:
        return False
    if isinstance(value, Part):
        return True
    values = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    if kind is Functions and isinstance(value, Mapping):
        return True
    return any(isinstance(one, Part) for one in values)


def _join_clauses(clauses: list[str], mark: str = "; ") -> str:
    return _capitalize(mark.join(clauses)) + "." if clauses else ""


def _explain_field(part: Part, name: str) -> str:
    sentence = SENTENCES[sentence_key(type(part), name)]
    value = getattr(part, name)
    if isinstance(value, Part):
        clauses = [clause for one in type(value).model_fields if (clause := _explain_field(value, one))]
        inner = (" and " if isinstance(value, Conditions) else ", ").join(clauses)
        return sentence.text.format(v=FormattedValue(inner))
    if value is None or value in ((), {}):
        return sentence.absent
    return sentence.text.format(v=FormattedValue(value))


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _explain_principles(policy: Policy) -> Iterator[str]:
    """Yield the rules that hold under every policy, with the numbers of this one."""
    bar, lowest, most = policy.stages.mql.bar, policy.lowest_fit, policy.behaviour.attainable
    yield "Rules that hold under every policy:"
    yield (
        f"{_INDENT}Fit outweighs behaviour: the lowest fit that passes every gate is {lowest}, all behaviour gives at most"
        f" {most}, and an MQL needs {bar}. A lead that fails a gate is never an MQL, whatever it does."
    )
    yield f"{_INDENT}An unknown fact does not mean outside: the lead waits for the fact, and its touches keep their dates."
    yield (
        f"{_INDENT}Any activity that gives points is a hand-off if it is of a customer or of an open opportunity, also below"
        " the threshold: one for each person and cycle. What follows on it is a signal, and no further hand-off."
    )
    yield (
        f"{_INDENT}A person who asks for sales, a customer included, must be answered in the time of a raised hand. Only a"
        " person who fails a gate, and whose account is not a customer's, has the time of an inquiry."
    )
    yield (
        f"{_INDENT}A hand-off lists the latest 20 touches of both sides, and at most 10 people of the account. Days are"
        f" calendar days in {policy.timezone}."
    )
    yield f"{_INDENT}An account has one owner at any time. A lead that asks for sales is not held back."
    yield f"{_INDENT}A rep who is absent or has left gets no lead. No lead is dropped because everyone is absent."
