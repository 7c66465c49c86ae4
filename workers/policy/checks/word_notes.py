"""Notes on words of titles and functions that never decide, and on codes that are too long to match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.policy.problem import quote
from workers.policy.text_patterns import WholeWords

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem

_MOST_DIGITS: Final = {"sic": 4, "naics": 6}
"""Digits of a whole code. A record has no longer one."""


def note_words(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each word that an earlier line or a ``never`` word makes unreachable, and each code that is too long."""
    yield from _note_exceptions(policy, document)
    yield from _note_titles(policy, document)
    yield from _note_functions(policy, document)
    industry = policy.served_market.industry
    for system, codes in (industry.codes if industry is not None else {}).items():
        for at, code in enumerate(codes):
            if max(map(len, code.split("-"))) > _MOST_DIGITS[system]:
                yield document.make_problem(
                    ("served_market", "industry", system, at),
                    f"{quote(code)} fits no {system.upper()} code, which has at most {_MOST_DIGITS[system]} digits",
                    f"{code[: _MOST_DIGITS[system]]} may be meant",
                )


def _note_exceptions(policy: Policy, document: Document) -> Iterator[Problem]:
    for at, phrase in enumerate(policy.buyers.never_except):
        if not policy.buyers.never_pattern.found_in(phrase):
            yield document.make_problem(
                ("buyers", "never_except", at),
                f"{quote(phrase)} has no word of buyers.never",
                "an exception needs one, else it has no effect",
            )


def _note_titles(policy: Policy, document: Document) -> Iterator[Problem]:
    buyers = policy.buyers
    for at, title in enumerate(buyers.titles):
        place: KeyPath = ("buyers", "titles", at, "words")
        earlier = [(one.level, one.words) for one in buyers.titles[:at]]
        for number, word in enumerate(title.words):
            if buyers.is_excluded(word):
                yield document.make_problem(
                    (*place, number),
                    f"{quote(word)} has a word of buyers.never, so it never counts",
                    f"never_except: [{word}] may be meant",
                )
        yield from _note_shadowed(document, place, title.words, earlier)


def _note_functions(policy: Policy, document: Document) -> Iterator[Problem]:
    earlier: list[tuple[str, Iterable[str]]] = []
    for name, words in policy.buyers.functions.names.items():
        yield from _note_shadowed(document, ("buyers", "functions", "names", name), words, earlier)
        earlier.append((name, words))


def _note_shadowed(
    document: Document,
    place: KeyPath,
    words: Iterable[str],
    earlier: Iterable[tuple[str, Iterable[str]]],
) -> Iterator[Problem]:
    """Yield each phrase that contains a phrase of an earlier line, which therefore decides."""
    for number, phrase in enumerate(words):
        for name, phrases in earlier:
            if WholeWords(phrases).found_in(phrase):
                yield document.make_problem(
                    (*place, number),
                    f"{quote(phrase)} never counts, because a word of {name} is in it and comes first",
                    f"list it under {name}, or above",
                )
                break
