"""The plain form of job titles is idempotent, and independent of case, accents and their encoding."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hops.accounts.market import POLICY
from workers.accounts.rulebook.fit import Gates
from workers.policy.text_patterns import WholeWords, normalize_words

ACCENTS = st.sampled_from(["", "\u0300", "\u0301", "\u0308", "\u0327", "\u030a"])
WORDS = (
    "cio",
    "c.i.o.",
    "vp",
    "v.p.",
    "vice",
    "president",
    "it",
    "i.t.",
    "intern",
    "assistant",
    "to",
    "head",
    "of",
)
SEPARATORS = st.sampled_from([" ", "-", "_", "/", " & ", ", ", "  ", "\u2013", "'"])
GATES = Gates(POLICY)
CASES = (str.upper, str.lower, str.title, str.swapcase, str.casefold)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@st.composite
def titles(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), max_size=6))
    return "".join(word + draw(SEPARATORS) for word in words)


@given(st.text(max_size=60) | titles())
def test_the_plain_form_of_a_plain_form_is_itself(text: str) -> None:
    assert normalize_words(normalize_words(text)) == normalize_words(text)


def test_the_plain_form_of_every_letter_is_idempotent_and_ignores_case() -> None:
    letters = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char)[0] in "LN"]
    normal = normalize_words.__wrapped__
    not_idempotent = [char for char in letters if normal(normal(char)) != normal(char)]
    differing = [char for char in letters if not normal(char) == normal(char.upper()) == normal(char.lower())]
    assert (not_idempotent, differing) == ([], [])


@given(titles(), st.data())
def test_case_accents_and_their_encoding_never_change_the_points_of_a_title(
    title: str, data: st.DataObject
) -> None:
    accented = "".join(char + (data.draw(ACCENTS) if char.isalpha() else "") for char in title)
    cased = data.draw(st.sampled_from(CASES))(accented)
    written = unicodedata.normalize(data.draw(st.sampled_from(FORMS)), cased)
    assert normalize_words(written) == normalize_words(title)
    assert GATES.role(written, None) == GATES.role(title, None)
    found, expected = GATES.fit(None, written, None), GATES.fit(None, title, None)
    assert [(one.state, one.points) for one in found.gates] == [
        (one.state, one.points) for one in expected.gates
    ]


@given(st.lists(st.sampled_from(["ab", "abc", "b", "a"]), max_size=6), st.sampled_from(["ab", "b", "a ab"]))
def test_a_phrase_is_found_only_as_consecutive_words(words: list[str], phrase: str) -> None:
    wanted = phrase.split()
    runs = [words[at : at + len(wanted)] for at in range(len(words))]
    assert WholeWords([phrase]).found_in("/".join(words)) is (wanted in runs)


@pytest.mark.parametrize("text", ["a." * 2000, "a. " * 2000, "+" * 4000, "a+" * 2000, "é" * 4000])
def test_the_plain_form_of_a_long_title_is_not_longer(text: str) -> None:
    assert len(normalize_words(text)) <= len(text)
