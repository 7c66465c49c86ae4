"""Initials, legal forms and scripts: which notations are one company, and which are two."""

# ruff: noqa: RUF001 - letters of other scripts are meant

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.company_forms import BEFORE, BEHIND
from workers.identity.company_names import normalise_company

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
SCRIPTS = {
    "Devanagari": ("कमल बैंक", "कमला बैंक"),
    "Devanagari, nasal": ("हंस बैंक", "हस बैंक"),
    "Bengali": ("কমল ব্যাংক", "কমলা ব্যাংক"),
    "Tamil": ("கமல வங்கி", "கமலா வங்கி"),
    "Telugu": ("కమల బ్యాంకు", "కమలా బ్యాంకు"),
    "Gujarati": ("કમલ બેંક", "કમલા બેંક"),
    "Thai": ("ธนาคารกร", "ธนาคารกรี"),
    "Thai, tone": ("ธนาคารเสือ", "ธนาคารเสื่อ"),
    "Lao": ("ທະນາຄານກິນ", "ທະນາຄານກີນ"),
    "Burmese": ("ကမ ဘဏ်", "ကမာ ဘဏ်"),
    "Khmer": ("ធនាគារកម", "ធនាគារកាម"),
    "Japanese": ("みずほ銀行", "みすほ銀行"),
    "Cyrillic": ("Байкал", "Баикал"),
}


@pytest.mark.parametrize("name", ["kl bank"])
@pytest.mark.parametrize(
    "spelling",
    ["K.L. Bank", "K.L Bank", "K. L. Bank", "K L Bank", "KL Bank", "k.l.bank", "K. L Bank", "K.L. Bank, N.A.", "K. L. Bank N. A."],
)  # fmt: skip
def test_initials_are_one_word(name: str, spelling: str) -> None:
    assert normalise_company(spelling) == name


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("jpmorgan chase", "JPMorgan Chase & Co."),
        ("jp morgan", "J. P. Morgan"),
        ("jp morgan", "J.P Morgan"),
        ("bank of usa", "Bank of U.S.A."),
        ("bank of usa", "Bank of U. S. A."),
        ("abc holdings", "A.B.C. Holdings"),
        ("abc holdings", "A B C Holdings"),
        ("smith jr", "Smith J.R."),
        ("kl", "K. L. S.A."),
        ("kl", "K.L. S. A."),
        ("кл банк", "К. Л. Банк"),
    ],
)
def test_initials_may_be_at_any_place(name: str, spelling: str) -> None:
    assert normalise_company(spelling) == name


@pytest.mark.parametrize("form", BEHIND)
@pytest.mark.parametrize("joint", [" ", ", "])
def test_every_form_behind_a_name_is_left_out(form: str, joint: str) -> None:
    for written in (form, form.upper(), form.lower(), f"{form}."):
        assert normalise_company(f"Dogwood{joint}{written}") == "dogwood", written


@pytest.mark.parametrize("form", BEFORE)
def test_every_form_before_a_name_is_left_out(form: str) -> None:
    assert (
        normalise_company(f"{form} Dogwood") == normalise_company(f"{form} \u00abDogwood\u00bb") == "dogwood"
    )


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("cedar savings", "Cedar Savings, FSB"),
        ("cedar savings", "Cedar Savings, F.S.B."),
        ("cedar savings", "Cedar Savings F. S. B."),
        ("cedar savings", "Cedar Savings, SSB"),
        ("cedar", "Cedar Federal Savings Bank"),
        ("dogwood", "Dogwood Aktiengesellschaft"),
        ("dogwood", "Dogwood a. s."),
        ("dogwood", "Dogwood, a.s."),
        ("dogwood", "Dogwood s. r. o."),
        ("dogwood", "Dogwood S. A."),
        ("dogwood", "Dogwood G.m.b.H."),
        ("dogwood", "Dogwood G. m. b. H. & Co. KG"),
        ("dogwood", "Dogwood AB (publ)"),
        ("dogwood", "Dogwood AB (publ.)"),
        ("dogwood", "Dogwood Inc. (USA)"),
        ("dogwood", "Dogwood Ltd (UK)"),
        ("dogwood", "Dogwood GmbH (Deutschland)"),
        ("dogwood", "Dogwood (Pty) Limited"),
        ("dogwood", "Dogwood (Private) Limited"),
        ("dogwood", "Dogwood Sp. z o.o."),
        ("dogwood", "Dogwood A.Ş."),
        ("dogwood", "DOGWOOD ANONİM ŞİRKETİ"),
        ("三菱銀行", "三菱銀行㈱"),
        ("三菱銀行", "（株）三菱銀行"),
        ("阿里巴巴", "阿里巴巴股份有限公司"),
        ("삼성전자", "㈜삼성전자"),
        ("กรุงไทย", "บริษัท กรุงไทย จำกัด (มหาชน)"),
        ("ромашка", "Общество с ограниченной ответственностью «Ромашка»"),
        ("דוגווד", 'דוגווד בע"מ'),
        ("دوغوود", "شركة دوغوود ذ.م.م."),
        ("कमल", "कमल प्राइवेट लिमिटेड"),
        ("fpt", "Công ty Cổ phần FPT"),
        ("αλφα", "ΆΛΦΑ Α.Ε."),
    ],
)
def test_legal_forms_in_any_notation_are_left_out(name: str, spelling: str) -> None:
    assert normalise_company(spelling) == unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name))


def test_a_form_names_a_company_whose_name_would_be_a_placeholder() -> None:
    spellings = ("X Corp", "X Corporation", "X Corp.", "X, Inc.", "x corp")
    assert {normalise_company(spelling) for spelling in spellings} == {"x company"}
    assert normalise_company("X") is None


@pytest.mark.parametrize(
    "text",
    ["Inc.", "LLC", "GmbH", "GmbH & Co. KG", "Limited Company", "AG", "Ltd", "S.A.", "a. s.", "株式会社", "有限公司", "ООО",
     "Pty Ltd", "N.A.", "FSB", "Aktiengesellschaft", "บริษัท จำกัด"],
)  # fmt: skip
def test_legal_forms_alone_name_no_company(text: str) -> None:
    assert normalise_company(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dogwood AG", "Dogwood Bank AG"),
        ("Cedar Savings", "Cedar Federal Savings Bank"),
        ("K.L. Bank", "K.M. Bank"),
        ("K.L. Bank", "K Bank"),
        ("Acme (Germany) GmbH", "Acme GmbH"),
        ("Acme (USA)", "Acme"),
        ("X Corp", "Y Corp"),
        ("Smith & Co", "Smith & Sons"),
        *SCRIPTS.values(),
    ],
)
def test_two_companies_that_differ_in_a_word_or_letter_stay_two(one: str, other: str) -> None:
    names = {normalise_company(one), normalise_company(other)}
    assert len(names - {None}) == 2


@pytest.mark.parametrize(
    ("with_points", "without"),
    [("בַּנְק הַפּוֹעֲלִים", "בנק הפועלים"), ("بَنْكُ البَرَكَة", "بنك البركة"), ("بـــنك", "بنك")],
)
def test_points_of_hebrew_and_arabic_may_be_left_out(with_points: str, without: str) -> None:
    assert normalise_company(with_points) == normalise_company(without)


@pytest.mark.parametrize("pair", SCRIPTS.values(), ids=SCRIPTS)
def test_composed_and_decomposed_spellings_are_one(pair: tuple[str, str]) -> None:
    for name in pair:
        assert len({normalise_company(unicodedata.normalize(form, name)) for form in FORMS}) == 1


@given(st.text(max_size=60))
def test_every_encoding_of_a_name_is_one_name(text: str) -> None:
    assert len({normalise_company(unicodedata.normalize(form, text)) for form in FORMS}) == 1


@given(
    st.lists(st.tuples(st.sampled_from("KLMNOP"), st.sampled_from([".", ". ", " "])), min_size=2, max_size=4)
)
def test_dots_and_blanks_of_initials_do_not_matter(initials: list[tuple[str, str]]) -> None:
    written = "".join(letter + joint for letter, joint in initials)
    letters = "".join(letter for letter, _ in initials).lower()
    assert normalise_company(f"{written} Harbor") == f"{letters} harbor"
