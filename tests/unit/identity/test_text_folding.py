"""Texts that a page or a program has damaged are compared as they were before."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.company_names import normalise_company
from workers.identity.text_folding import fold, undo_damage

NAMES = (
    "Müller & Söhne",
    "Société Générale",
    "Łukasz",
    "España",
    "Côte d'Ivoire",
    "株式会社銀行",
    "Банк «Север»",
    "Öst",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_that_was_escaped_or_taken_for_another_encoding_is_the_same(name: str) -> None:
    taken = "".join(_shown(byte) for byte in name.encode())
    for damaged in (html.escape(name), taken, name.replace("&", "&amp;"), name.replace("ü", "&uuml;")):
        assert undo_damage(damaged) == name
        assert fold(damaged) == fold(name)
        assert normalise_company(damaged) == normalise_company(name)


def _shown(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    "name", [*NAMES, "AT&T; Inc", "Ã", "Ãlamo", "Crédit Ñ", "R&D", "100 % Â", "“quoted”", "naïve…"]
)
def test_a_text_without_damage_stays(name: str) -> None:
    assert undo_damage(name) == name


@given(st.text(max_size=50))
def test_any_text_can_be_folded(text: str) -> None:
    fold(text)
