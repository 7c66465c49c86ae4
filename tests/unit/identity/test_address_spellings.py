"""Addresses with something around them are read, and a text that would need a guess is not."""

# ruff: noqa: RUF001 - characters of full width are meant

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.addresses import BadAddressError, normalise

BLANKS = ("", " ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", "\u200e", "\x00")
BEFORE = (
    "",
    "mailto:",
    "MAILTO: ",
    "<",
    "'",
    '"',
    "\u201c",
    "Lee, Ann <",
    "Ann Lee <mailto:",
    '"Lee, Ann" <',
    "(",
    "[",
)
BEHIND = ("", ".", ",", ";", ">", ">;", "'", '"', "\u201d", ">,", ")", "]", "> .", ".>")


@pytest.mark.parametrize(
    "raw",
    [
        "ann@bank.example.",
        "ann@bank.example,",
        "ann@bank.example;",
        "mailto:ann@bank.example",
        "mailto:Ann@Bank.example?subject=Demo",
        "<ann@bank.example>",
        "<mailto:ann@bank.example>",
        "'ann@bank.example'",
        '"ann@bank.example"',
        "\u201cann@bank.example\u201d",
        "Lee, Ann <ann@bank.example>",
        "Ann Lee <ann@bank.example>;",
        "Ann Lee (Bank) <ann@bank.example>",
        "ann@bank.example (Ann Lee)",
        "ann\u200b@bank.example",
        "\ufeffann@bank.example",
        "ann@bank\u00ad.example",
        "ann\uff20bank.example",
        "\uff41\uff4e\uff4e\uff20bank\uff0eexample",
        "ann@bank\u3002example",
        "ann @ bank.example",
        "\u00a0ann@bank.example\u3000",
        "\tann@bank.example\x00",
        "Email: ann@bank.example",
        "SMTP:ann@bank.example",
        "ann@bank.example>",
    ],
)
def test_an_address_is_read_whatever_is_around_it(raw: str) -> None:
    assert normalise(raw).email == "ann@bank.example"


@given(st.sampled_from(BLANKS), st.sampled_from(BEFORE), st.sampled_from(BEHIND), st.sampled_from(BLANKS))
def test_everything_around_an_address_is_taken_off(first: str, before: str, behind: str, last: str) -> None:
    assert normalise(f"{first}{before}ann@bank.example{behind}{last}").email == "ann@bank.example"


@pytest.mark.parametrize(
    "raw",
    [
        "ann@bank.example; bob@bank.example",
        "ann@bank.example bob@bank.example",
        "<ann@bank.example> <bob@bank.example>",
        "a nn@bank.example",
        "ann@bank example",
        "ann.bank.example",
        "ann at bank.example",
        "ann@bank,example",
        "ann@@bank.example",
        "mailto:",
        "<>",
        "@",
        ".",
        "",
    ],
)
def test_a_text_that_needs_a_guess_is_refused(raw: str) -> None:
    with pytest.raises(BadAddressError):
        normalise(raw)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        address = normalise(text)
    except BadAddressError:
        return
    assert normalise(address.email) == address


@pytest.mark.parametrize(
    "written",
    [
        "Ann Lee (ann@bank.example)",
        "Ann [ann@bank.example]",
        "[ann@bank.example](mailto:ann@bank.example)",
        "ann@bank.example, ann@bank.example",
        "ann@bank.example;ANN@bank.example",
        "ann@bank.example ann@bank.example",
        "ann@bank.example/",
        "ann@bank.example!",
        "ann@bank.example\\n",
        "ann%40bank.example",
        "ann&#64;bank.example",
        "ann@bank.example&gt;",
        "【ann@bank.example】",
        "「ann@bank.example」",
        "ann@bank.example、",
        "• ann@bank.example",
        "* ann@bank.example",
        "=ann@bank.example",
        "e-mail = ann@bank.example",
        "ａｎｎ@bank.example",
        "ａｎｎ＠ｂａｎｋ．ｅｘａｍｐｌｅ",
        *(
            "ann@bank.example…",
            "ann@bank.example،",
            "|ann@bank.example|",
            "ann@bank.example\\",
            "ann@bank.example#",
        ),
        *("ann@bank.example%20", "%20ann@bank.example", "ann@bank.example%0A", "mailto:%20ann@bank.example"),
        *(
            "http://ann@bank.example",
            "https://ann@bank.example/",
            "//ann@bank.example",
            "mailto://ann@bank.example",
        ),
        *(
            "Mail: ann@bank.example",
            "Adresse: ann@bank.example",
            "email ann@bank.example",
            "to: ann@bank.example",
        ),
        *("E-mail address: ann@bank.example", "邮箱：ann@bank.example", "From: Ann <ann@bank.example>"),
        *(
            "ann@bank.example™",
            "ann@bank.example®",
            "✉ ann@bank.example",
            "📧ann@bank.example",
            "→ann@bank.example",
        ),
        *(
            "–ann@bank.example",
            "~ann@bank.example",
            ".ann@bank.example",
            "ann@.bank.example",
            "1. ann@bank.example",
        ),
        *(
            "ann@bank․example",
            "ann@bank.example?subject=Demo",
            "ann@bank.example&",
            "ann@bank.example<",
            "ann@bank.example_",
        ),
        *(
            "ann@bank.example, Ann Lee",
            "ann@bank.example / 555-1234",
            "ann@bank.example - work",
            "ann@bank.example | private",
        ),
        *("Ann Lee - ann@bank.example", "Ann Lee: ann@bank.example", "Ann Lee | ann@bank.example"),
    ],
)
def test_what_pages_and_tables_put_around_an_address_is_removed(written: str) -> None:
    assert normalise(written).email == "ann@bank.example"


@pytest.mark.parametrize(
    "written",
    [
        "ann@bank.example (ann@other.example)",
        "ann@bank.example, ann@other.example",
        "ann lee@bank.example",
        "Ann Lee ann@bank.example",
        "ann@bank. example",
        "ann@bank.example bob",
        "ann%40bank%40example",
        "ann(at)bank.example",
        *(
            "Ann, lee@bank.example",
            "ann@bank.co, uk",
            "ann@bank™.example",
            "ann@bank.example. Thanks",
            "ann@bank..example",
        ),
    ],
)
def test_an_address_that_needs_a_guess_is_refused(written: str) -> None:
    with pytest.raises(BadAddressError):
        normalise(written)


def test_characters_of_typography_are_those_of_the_keyboard() -> None:
    assert normalise("o\u2019brien@bank.example") == normalise("o'brien@bank.example")
    assert normalise("ann\u2013lee@bank.example") == normalise("ann-lee@bank.example")
