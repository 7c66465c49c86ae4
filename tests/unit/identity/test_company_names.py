"""Spellings of one company become one name, and a placeholder names no company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.company_names import MOST_CHARS, is_spelled_by, normalise_company


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("harbor national bank", "Harbor National Bank, N.A."),
        ("harbor national bank", "HARBOR NATIONAL BANK NA"),
        ("harbor national bank", "The Harbor Nat'l. Bank, National Association"),
        ("harbor national bank", " Harbor\tNatl  Bk Corp., N. A. "),
        ("first savings bancorporation", "First Svgs Bancorp, Inc."),
        ("acme", "Acme GmbH & Co. KG"),
        ("acme", "ACME Ltd"),
        ("acme", "Acme, L.L.C."),
        ("smith and wesson", "Smith & Wesson Inc."),
        ("smith and wesson", "Smith and Wesson"),
        ("macys", "Macy's, Inc."),
        ("muller and sohne", "Müller & Söhne GmbH und Co. KG"),
        ("muller and sohne", "Müller und Söhne Ges.m.b.H."),
        ("muller", "Müller UG (haftungsbeschränkt)"),
        ("dupont and fils", "Dupont et Fils SARL"),
        ("dupont and fils", "S.A.R.L. Dupont & Fils"),
        ("banco azul", "Banco Azul, S.A.B. de C.V."),
        ("banco azul", "Banco Azul S. de R.L. de C.V."),
        ("banco azul", "BANCO AZUL S/A"),
        ("rossi", "Rossi S.r.l.s."),
        ("kowalski", "Kowalski sp. z o. o."),
        ("de boer", "B.V. De Boer"),
        ("nordea bank", "Nordea Bank Abp"),
        ("acme", "Acme (Pty) Ltd"),
        ("acme", "Acme Proprietary Limited"),
        ("acme", "Acme Kabushiki Kaisha"),
        ("sas institute", "SAS Institute Inc."),
        ("us steel", "U.S. Steel Corporation"),
        ("us steel", "US Steel"),
        ("osterreichische kontrollbank", "Österreichische Kontrollbank AG"),
        ("strasse", "Straße S.A."),
        ("lodz", "Łódź"),
        ("limited brands", "Limited Brands"),
        ("三菱ufj銀行", "株式会社三菱UFJ銀行"),
        ("三菱ufj銀行", "三菱ＵＦＪ銀行株式会社"),
        ("阿里巴巴", "阿里巴巴有限公司"),
        ("삼성전자", "삼성전자 주식회사"),
        ("ромашка", "ООО «Ромашка»"),  # noqa: RUF001 - Cyrillic is meant
        ("сбербанк россии", "ПАО Сбербанк России"),
        ("بنك البركة", "بنك البركة"),
        ("3m", "3M Company"),
        ("84 lumber", "84 Lumber"),
    ],
)
def test_spellings_of_one_company_are_one_name(name: str, spelling: str) -> None:
    assert normalise_company(spelling) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbor National Bank", "Harbor State Bank"),
        ("First Bank of Ohio", "First Bank of Iowa"),
        ("Delta Air Lines", "Delta Dental"),
        ("みずほ銀行", "みすほ銀行"),
        ("Байкал", "Баикал"),
    ],
)
def test_two_companies_stay_two_names(one: str, other: str) -> None:
    assert normalise_company(one) != normalise_company(other)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "n/a",
            "N/A",
            "n.a.",
            "Not provided",
            "kein Unternehmen",
            "Firma",
            "Sonstige",
            "Aucune société",
            "s/o",
            "auto-entrepreneur",
            "No aplica",
            "Particular",
            "Libero professionista",
            "Não se aplica",
            "n.v.t.",
            "nie dotyczy",
            "ingen",
            "частное лицо",
            "個人",
            "Gmail.com",
            "GmbH",
            "NA",
            "none",
            "None.",
            "-",
            "--",
            ".",
            "?",
            "",
            "  ",
            "0",
            "123",
            "x",
            "xxx",
            "aaaa",
        ),
        *(
            "self",
            "Self-Employed",
            "self employed",
            "SELF",
            "myself",
            "Private",
            "Freelancer",
            "Student",
            "retired",
        ),
        *(
            "test",
            "Test Company",
            "TEST TEST",
            "asdf",
            "unknown",
            "Not applicable",
            "my company",
            "The Company",
        ),
        *("k.A.", "keine Angabe", "selbstständig", "aucune", "néant", "ninguno", "нет", "なし"),
        *("Company", "Bank", "🏦"),
    ],
)
def test_a_placeholder_names_no_company(text: str) -> None:
    assert normalise_company(text) is None


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("harbor national bank", "harbornationalbank.com", True),
        ("harbor national bank", "harbornational.com", True),
        ("harbor national bank", "harbor-national.co.uk", True),
        ("smith and wesson", "smithwesson.com", True),
        ("harbor national bank", "harbor.com", False),
        ("bank of the group", "bank.com", False),
        ("acme", "acme-fans.com", False),
    ],
)
def test_a_domain_may_spell_a_company_name(name: str, domain: str, expected: bool) -> None:
    assert is_spelled_by(name, domain) is expected


@given(st.text(max_size=400))
def test_a_normalised_name_is_normalised_and_fits_a_key(text: str) -> None:
    name = normalise_company(text)
    if name is not None:
        assert 0 < len(name) <= MOST_CHARS
        assert "\x00" not in name
        assert name == name.strip()


@given(st.text(alphabet="abcéñ &", min_size=1, max_size=40))
def test_case_and_white_space_do_not_matter(text: str) -> None:
    assert normalise_company(f"  {text.upper()}\t") == normalise_company(text)
