"""The output of ``lead-router policy explain``: a policy in sentences, whole or short for one audience.

In: a policy that passes its checks. Out: lines of plain text; page_formats.py makes Markdown and HTML of them. The
sentences are in sentences.py. This module fills in the values of the policy that the workers use, so the text always
matches their behaviour. A page for an audience leaves out details, and has at most 40 lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from workers.policy.conditions import Conditions
from workers.policy.decay import Decay
from workers.policy.fit_lines import (
    AgeLine,
    CountryLine,
    DomainLine,
    FieldLine,
    FunctionLine,
    IndustryLine,
    PatternLine,
    SizeLine,
)
from workers.policy.fit_points import GATES_DECIDE, POINTS_DECIDE, JoinedGates
from workers.policy.gates import ANYTHING, Functions
from workers.policy.pages.mql_examples import give_examples
from workers.policy.pages.outsiders import describe_outsiders
from workers.policy.pages.plain_words import plain_name
from workers.policy.pages.scoring_sentences import NO_DECAY_SENTENCE
from workers.policy.pages.sentence import Sentence
from workers.policy.pages.sentences import SENTENCES
from workers.policy.pages.short_lines import DETAILS, MAIN_TERMS, shorten
from workers.policy.pages.value_formats import FormattedValue, format_list
from workers.policy.part import Part
from workers.policy.paths import NurturePath
from workers.policy.routes import Route
from workers.policy.stages import OwnStage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.model import Policy

_INDENT: Final = "  "
_ONE_SENTENCE: Final = frozenset(
    {
        *(Route, NurturePath, SizeLine, CountryLine, IndustryLine, FunctionLine, DomainLine),
        *(AgeLine, PatternLine, FieldLine, JoinedGates, OwnStage),
    }
)
"""Models whose clauses form one sentence."""
_NOT_LISTED: Final = "a title or function that is not listed means outside"
"""The words of the heading of ``buyers`` that depend on its last lines."""
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
    "served_market": frozenset({_M, _P}),
    "buyers": frozenset({_M, _P}),
    "fit": frozenset({_M}),
    "gates": frozenset({_M, _P}),
    "behaviour": frozenset({_M}),
    "stages": frozenset({_M}),
    "paths": frozenset({_M}),
    "conditions": frozenset({_M, _S, _P}),
    "routes": frozenset({_S, _V, _P}),
    "skills": frozenset({_S, _V}),
    "owners": frozenset({_S}),
    "partners": frozenset({_P}),
    "desks": frozenset({_S, _V}),
    "calendars": frozenset({_V}),
    **dict.fromkeys(("grade", "matching", "privacy", "no_visits"), frozenset()),
}
"""The audiences of each section of the policy. A section that is not listed is for all audiences."""
_WITH_EXAMPLES: Final = frozenset({_M, _S})
_MOST_PRINCIPLES: Final = 3
"""The lines about rules of every policy on a page for an audience, with their heading."""
_MOST_LISTED: Final = 8
"""The most entries of a list on a page for an audience."""


def explain_policy(policy: Policy, audience: Audience | None = None) -> list[str]:
    """Return the lines for an audience, at most 40; without one, those of the whole policy."""
    writer = Writer(is_short=audience is not None)
    sections = writer.explain_sections(policy, audience)
    if audience is None:
        lines = [*sections, "", *give_examples(policy), "", *_explain_principles(policy)]
        return [line.rstrip() for line in lines]
    examples = [*give_examples(policy), ""] if audience in _WITH_EXAMPLES else []
    principles = list(_explain_principles(policy))[:_MOST_PRINCIPLES]
    return shorten([*sections, "", *examples, *principles, "", "The whole text: lead-router policy explain"])


def sentence_key(kind: type[Part], name: str) -> str:
    """Return the key of a field in SENTENCES: the name of the model and the name in the file."""
    return f"{kind.__name__}.{kind.model_fields[name].alias or name}"


class Writer:
    """Writes the parts of a policy as sentences. A short text leaves out details, and what the policy does not have."""

    def __init__(self, *, is_short: bool) -> None:
        self._is_short = is_short

    def explain_sections(self, policy: Policy, audience: Audience | None) -> Iterator[str]:
        """Yield the lines of all sections, each after an empty line."""
        scalars = [self.explain_field(policy, name) for name in _list_scalar_fields(policy)]
        yield _join_clauses([clause for clause in scalars if clause])
        for name in type(policy).model_fields:
            if audience is not None and audience not in CONCERNS.get(name, _ALL_AUDIENCES):
                continue
            value = getattr(policy, name)
            if name in _list_scalar_fields(policy) or name == "tables":
                continue  # the lines of a table are read in its own file
            heading = SENTENCES[sentence_key(type(policy), name)].text
            if self._is_short and name == "definitions":
                value = {term: text for term, text in value.items() if term in MAIN_TERMS}
            if self._is_short and not value:
                continue
            if policy.gates:
                heading = heading.replace(
                    "every condition must hold", "some gates may replace each other, see below"
                )
            heading = heading.replace(_NOT_LISTED, _describe_unlisted(policy))
            lines = list(self._explain_value(heading, value, policy, name, 0))
            has_content = len(lines) > 1 or not isinstance(value, Part)
            yield from (["", *lines] if lines and has_content else [])

    def explain_model(
        self, part: Part, depth: int, label: str = "", like: Part | None = None
    ) -> Iterator[str]:
        """Yield the sentence of a model, then those of its nested models, indented.

        Values equal to ``like`` are left out.
        """
        kind = type(part)
        names = [
            name for name in kind.model_fields if like is None or getattr(part, name) != getattr(like, name)
        ]
        names = [name for name in names if self._sentence_of(kind, name).text]
        nested = [name for name in names if self._is_nested(kind, name, getattr(part, name))]
        own = [clause for name in names if name not in nested and (clause := self.explain_field(part, name))]
        line = f"{label}{_join_clauses(own, ', ' if kind in _ONE_SENTENCE else '; ')}"
        is_long = len(own) > 1 and len(line) > _MOST_CHARACTERS and kind not in _ONE_SENTENCE
        if is_long and label:
            yield f"{_INDENT * depth}{label}"
        elif line and not is_long:
            yield f"{_INDENT * depth}{line}"
        deeper = depth + bool(label)
        for name in names:
            if name in nested:
                heading = self._sentence_of(kind, name).text
                yield from self._explain_value(heading, getattr(part, name), part, name, deeper)
            elif is_long and (clause := self.explain_field(part, name)):
                yield f"{_INDENT * deeper}{_capitalize(clause)}."

    def _explain_value(self, heading: str, value: Any, part: Part, name: str, depth: int) -> Iterator[str]:
        if value is None or (not isinstance(value, Part) and not value):
            absent = self._sentence_of(type(part), name).absent
            if absent:
                yield f"{_INDENT * depth}{_capitalize(absent)}."
            return
        if isinstance(value, Part):
            lines = list(self.explain_model(value, depth + 1))
            if depth and len(lines) == 1:
                yield f"{_INDENT * depth}{heading}: {lines[0].lstrip()}"
                return
            yield f"{_INDENT * depth}{heading}:"
            yield from lines
            return
        if self._is_short and isinstance(part, Functions):
            yield f"{_INDENT * depth}{heading}: {format_list([plain_name(one) for one in value], 'and')}."
            return
        yield f"{_INDENT * depth}{heading}:"
        if isinstance(value, Mapping):
            for key, one in value.items():
                if isinstance(one, Part):
                    like = getattr(one, "like", None)
                    yield from self.explain_model(one, depth + 1, f"{key}: ", value.get(like))
                else:
                    is_any = one == (ANYTHING,) and isinstance(part, Functions)
                    words = "every other person" if is_any else format_list(one, "or")
                    yield f"{_INDENT * (depth + 1)}{plain_name(key)}: {words}"
        else:
            for number, one in enumerate(value, start=1):
                yield from self.explain_model(one, depth + 1, f"{number}. ")

    def _is_nested(self, kind: type[Part], name: str, value: Any) -> bool:
        if self._sentence_of(kind, name).inline:
            return False
        if isinstance(value, Part):
            return True
        values = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
        if kind is Functions and isinstance(value, Mapping):
            return True
        return any(isinstance(one, Part) for one in values)

    def explain_field(self, part: Part, name: str) -> str:
        """Return the clause of a key, or nothing if it needs none."""
        sentence = self._sentence_of(type(part), name)
        value = getattr(part, name)
        if isinstance(value, Part):
            clauses = [
                clause for one in type(value).model_fields if (clause := self.explain_field(value, one))
            ]
            inner = (" and " if isinstance(value, Conditions) else ", ").join(clauses)
            inner = inner or (NO_DECAY_SENTENCE if isinstance(value, Decay) else "")
            return sentence.text.format(v=FormattedValue(inner)) if inner else ""
        if value is None or value in ((), {}):
            return sentence.absent
        if self._is_short and isinstance(value, tuple) and len(value) > _MOST_LISTED:
            value = (*value[: _MOST_LISTED - 2], f"{len(value) - _MOST_LISTED + 2} more")
        return sentence.text.format(v=FormattedValue(value))

    def _sentence_of(self, kind: type[Part], name: str) -> Sentence:
        key = sentence_key(kind, name)
        sentence = SENTENCES[key]
        if not self._is_short:
            return sentence
        return Sentence("") if key in DETAILS else sentence._replace(absent="")


def _describe_unlisted(policy: Policy) -> str:
    """Return what a title or function means that is not listed: outside, unless ``"*"`` lists every other one."""
    passes = {
        "title": policy.buyers.open_title is not None,
        "function": policy.buyers.functions.is_open,
    }
    closed = [name for name, is_open in passes.items() if not is_open]
    return (
        f"a {' or '.join(closed)} that is not listed means outside"
        if closed
        else "every title and function passes"
    )


def _list_scalar_fields(part: Part) -> list[str]:
    return [name for name in type(part).model_fields if isinstance(getattr(part, name), str | int)]


def _join_clauses(clauses: list[str], mark: str = "; ") -> str:
    return _capitalize(mark.join(clauses)) + "." if clauses else ""


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _explain_principles(policy: Policy) -> Iterator[str]:
    """Yield the rules that hold under every policy, with the numbers of this one."""
    bar, most = policy.stages.mql.bar, policy.behaviour.attainable
    yield "Rules that hold under every policy:"
    yield (
        f"{_INDENT}{_explain_fit(policy)}, all behaviour gives at most {most}, and"
        f" {'no number of points makes an MQL' if bar is None else f'an MQL needs {bar}'}."
        f" {describe_outsiders(policy)}"
    )
    yield f"{_INDENT}An unknown fact does not mean outside: the lead waits for the fact, and its touches keep their dates."
    of_owned = [
        words
        for name, words in (("customer", "of a customer"), ("open_opportunity", "of an open opportunity"))
        if not ((line := policy.route(name)) is not None and line.asks_for_more)
    ]
    if of_owned:
        yield (
            f"{_INDENT}Any activity that gives points is a hand-off if it is {' or '.join(of_owned)}, also below"
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


def _explain_fit(policy: Policy) -> str:
    gates = "the gates" if policy.gates else "every gate"
    lowest = f"the lowest fit that passes {gates} is {policy.lowest_fit}"
    if policy.fit is not None and policy.fit.proof == GATES_DECIDE:
        return f"Gates alone keep outsiders out: {lowest}"
    if policy.fit is not None and policy.fit.proof == POINTS_DECIDE:
        return f"There are no outsiders, except those whom the policy excludes: {lowest}"
    return f"Fit outweighs behaviour: {lowest}"
