"""Titles, functions and industry codes as people write them, and the gates' answers to each."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from schemas.vocabulary import GateState
from tests.hops.accounts.market import POLICY, POLICY_TEXT
from workers.accounts.rulebook.fit import Gates
from workers.accounts.state.facts import Company
from workers.policy.load import load_policy
from workers.policy.text_patterns import WholeWords, normalize_words

PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN
ABROAD = POLICY_TEXT.replace(
    "words: [chief, ceo, cio,",
    "words: [directeur, leiter, geschäftsführer, sécurité, chief, ceo, cio,",
).replace(
    "it: [it, cio,",
    "it: [informationstechnologie, systèmes d'information, sécurité, c++, r&d, it, cio,",
)
DIRECTEUR = "DIRECTEUR DES SYSTÈMES D'INFORMATION"


def gates_of(title: str | None, function: str | None, text: str = POLICY_TEXT) -> dict[str, GateState]:
    fit = Gates(load_policy(text)).fit(None, title, function)
    return {gate.gate: gate.state for gate in fit.gates}


@pytest.mark.parametrize(
    ("title", "level", "function"),
    [
        ("Chief Information Officer", "executive", "it"),
        ("C.I.O.", "executive", "it"),
        ("C.I.O", "executive", "it"),
        ("C. I. O.", "executive", "it"),
        ("c.i.o.,bank operations", "executive", "it"),
        ("Co-CIO", "executive", "it"),
        ("CIO/CTO", "executive", "it"),
        ("Interim CIO", "executive", "it"),
        ("\uff23\uff29\uff2f", "executive", "it"),  # full width
        ("CIO", "executive", "it"),
        ("C\u00adIO\u200d", "executive", "it"),  # an invisible soft hyphen and joiner, as from a pasted text
        ("VP, IT & Ops", "executive", "it"),
        ("VP,IT&Ops", "executive", "it"),
        ("V.P. of I.T.", "executive", "it"),
        ("V.P.\u00a0I.T.", "executive", "it"),
        ("Sr.V.P.-I.T.", "executive", "it"),
        ("vice-president", "executive", None),
        ("Vice\u2013President", "executive", None),
        ("Vice_President", "executive", None),
        ("Vice\n President (Treasury)", "executive", "finance"),
        ("IT_Manager", "manager", "it"),
        ("Head  of   I.T", "manager", "it"),
        ("Head-of-Data", "manager", "it"),
        ("DİRECTOR", "executive", None),  # a capital i with a dot
        ("d\u0131rector", "executive", None),  # a small i without a dot
        ("Titular", None, None),
        ("I.T.I.L. coach", None, None),
        ("Internal Auditor", None, None),
        ("Viceroy", None, None),
    ],
)
def test_a_title_matches_however_it_is_written(title: str, level: str | None, function: str | None) -> None:
    assert Gates(POLICY).role(title, None) == (function, level)
    assert gates_of(title, "it")["title"] is (FAIL if level is None else PASS)


@pytest.mark.parametrize(
    "title",
    [
        "Intern to the CIO",
        "INTERN, I.T.",
        "Intern/CIO",
        "Assistant to the VP",
        "Assistant-to the V.P.",
        "Executive assistant_to_CIO",
        "Retired. Formerly C.I.O.",
    ],
)
def test_a_word_of_the_never_list_comes_first(title: str) -> None:
    assert gates_of(title, "it")["title"] is FAIL


@pytest.mark.parametrize("title", [None, "", "   ", "-", "...", "?!", "_", "—", "\u200b", "\U0001f600"])
def test_a_title_without_letters_or_digits_is_unknown(title: str | None) -> None:
    fit = Gates(POLICY).fit(None, title, None)
    assert {gate.gate: gate.state for gate in fit.gates}["title"] is UNKNOWN
    assert "title" in fit.wanted_of_person


@pytest.mark.parametrize(
    ("title", "function"),
    [
        (DIRECTEUR, "it"),
        ("Directeur des systèmes d\u2019information", "it"),
        ("directeur des systemes d information", "it"),
        (unicodedata.normalize("NFD", DIRECTEUR), "it"),
        ("Leiter Informationstechnologie", "it"),
        ("LEITER INFORMATIONSTECHNOLOGIE", "it"),
        ("Geschäftsführer", None),
        ("GESCHÄFTSFÜHRER", None),
        ("Geschaftsfuhrer", None),
        (unicodedata.normalize("NFD", "Geschäftsführer"), None),
        ("Responsable sécurité", "it"),
        ("Responsable Securite", "it"),
        (unicodedata.normalize("NFD", "RESPONSABLE SÉCURITÉ"), "it"),
        ("Chief C++ guru", "it"),
        ("Director R&D", "it"),
        ("Director R & D", "it"),
    ],
)
def test_titles_of_other_languages_match_what_a_policy_lists(title: str, function: str | None) -> None:
    assert Gates(load_policy(ABROAD)).role(title, None) == (function, "executive")


@pytest.mark.parametrize("title", ["Geschaeftsfuehrer", "Securitee", "Leiterin", "C-level", "R2D2"])
def test_a_title_of_another_spelling_does_not_match(title: str) -> None:
    assert Gates(load_policy(ABROAD)).role(title, None) == (None, None)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("it", PASS),
        ("I.T.", PASS),
        ("Information_Technology", PASS),
        ("information-technology", PASS),
        ("FINANCE", PASS),
        ("italian_desk", FAIL),
        ("marketing", FAIL),
        ("-", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_a_stated_function_matches_however_it_is_written(function: str | None, expected: GateState) -> None:
    assert gates_of("Director", function)["function"] is expected


def test_a_stated_function_may_be_the_policys_name_however_it_is_written() -> None:
    text = POLICY_TEXT.replace("      operations: [", "      back_office: [")
    assert [gates_of("Director", stated, text)["function"] for stated in ("back_office", "Back-Office")] == [
        PASS,
        PASS,
    ]
    assert gates_of("Director, Back Office", None, text)["function"] is UNKNOWN


@pytest.mark.parametrize(
    ("listed", "facts", "expected"),
    [
        ('sic: ["01"]', {"sic": ("0111",)}, PASS),
        ("sic: [01]", {"sic": ("0111",)}, PASS),
        ('sic: ["01"]', {"sic": ("111",)}, FAIL),
        ('sic: ["11"]', {"sic": ("0111",)}, FAIL),
        ('sic: ["0111"]', {"sic": ("01",)}, FAIL),
        ('sic: ["60"]', {"naics": ("6021",)}, FAIL),
        ('naics: ["52"]', {"naics": ("522110",)}, PASS),
        ('naics: ["52"]', {"naics": ("452210",)}, FAIL),
    ],
)
def test_codes_are_text_and_match_from_their_beginning(
    listed: str, facts: dict[str, Any], expected: GateState
) -> None:
    head, rest = POLICY_TEXT.split("  industry:")
    text = f"{head}  industry: {{points: 30, {listed}}}\n  revenue:{rest.split('  revenue:', 1)[1]}"
    gates = Gates(load_policy(text))
    found = gates.fit(Company(crm_account_id="a", **facts), "CIO", "it").gates
    assert {gate.gate: gate.state for gate in found}["industry"] is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("V.P. of I.T.", "vp of it"),
        ("V.P. I.T.", "vp it"),
        ("V.P.Sales", "vp sales"),
        ("Node.js, ver. 2.0", "node js ver 2 0"),
        ("C++/C#-Entwickler", "c++ c# entwickler"),
        ("CIO+ / #1", "cio 1"),
        ("Główny księgowy", "glowny ksiegowy"),
        ("Økonomichef", "okonomichef"),
        ("Maître d'œuvre", "maitre d oeuvre"),
        ("ΔΙΕΥΘΥΝΤΉΣ", "διευθυντησ"),
        ("日本 CIO", "日本 cio"),
        ("", ""),
    ],
)
def test_the_plain_form(text: str, expected: str) -> None:
    assert normalize_words(text) == expected
    assert " ".join(expected.split()) == expected


def test_words_of_other_scripts_stay_whole() -> None:
    assert WholeWords(["प्रबंधक"]).found_in("आईटी प्रबंधक")
    assert not WholeWords(["प्र"]).found_in("प्रबंधक")
