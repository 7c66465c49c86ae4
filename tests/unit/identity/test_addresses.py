from __future__ import annotations

import pytest

from workers.identity.addresses import (
    BadAddressError,
    normalise,
    normalise_domain,
    registrable_domain,
)


@pytest.mark.parametrize(
    ("raw", "email"),
    [
        ("ada@bank.com", "ada@bank.com"),
        ("  Ada@Bank.COM \n", "ada@bank.com"),
        ("Ada Lovelace <Ada@Bank.com>", "ada@bank.com"),
        ('"Lovelace, Ada" <ada@bank.com>', "ada@bank.com"),
        ("a.d.a@gmail.com", "a.d.a@gmail.com"),
        ("ada+papers@bank.com", "ada+papers@bank.com"),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@xn--mnchen-3ya.de", "ada@xn--mnchen-3ya.de"),
        ("jürgen@bank.com", "jürgen@bank.com"),
    ],
)
def test_one_person_has_one_spelling(raw: str, email: str) -> None:
    assert normalise(raw).email == email


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "n/a",
        "ada",
        "ada@",
        "@bank.com",
        "ada@bank",
        "ada@bank..com",
        "a b@bank.com",
        "ada@bank.test",
        "ada@[1.2.3.4]",
    ],
)
def test_an_invalid_address_is_refused_and_not_repeated(raw: str) -> None:
    with pytest.raises(BadAddressError) as refused:
        normalise(raw)
    assert not raw.strip() or raw.strip() not in str(refused.value).replace("name@company.com", "")


@pytest.mark.parametrize(
    ("email", "is_role"),
    [
        ("info@bank.com", True),
        ("Sales@bank.com", True),
        ("sales+fair@bank.com", True),
        ("no-reply@bank.com", True),
        ("ada@bank.com", False),
        ("infos@bank.com", False),
        ("ada.info@bank.com", False),
    ],
)
def test_a_mailbox_of_a_function_is_marked_as_a_role(email: str, is_role: bool) -> None:
    assert normalise(email).is_role is is_role


@pytest.mark.parametrize(
    ("domain", "registrable"),
    [
        ("bank.com", "bank.com"),
        ("mail.eu.bank.com", "bank.com"),
        ("bank.co.uk", "bank.co.uk"),
        ("co.uk", None),
        ("shop.github.io", "shop.github.io"),
        ("www.shop.github.io", "shop.github.io"),
        ("github.io", None),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
    ],
)
def test_a_registrable_domain_is_one_level_below_a_public_or_private_suffix(
    domain: str, registrable: str | None
) -> None:
    assert registrable_domain(domain) == registrable


@pytest.mark.parametrize(
    ("raw", "domain"),
    [
        ("Bank.com", "bank.com"),
        ("  www.bank.com. ", "www.bank.com"),
        ("https://www.Bank.com/de?x=1", "www.bank.com"),
        ("//bank.com:8443/", "bank.com"),
        ("@bank.com", "bank.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("bank", None),
        ("", None),
        ("n/a", None),
        ("10.0.0.1", None),
        ("https://[::1", None),
        ("bank,com", None),
        ("https//www.bank.com", "www.bank.com"),
        ("https:\\\\www.bank.com\\de", "www.bank.com"),
        ("http:/bank.com", "bank.com"),
        ("*.bank.com", "bank.com"),
        ("info@bank.com", "bank.com"),
        ("bank。com", "bank.com"),
        ("https.example", "https.example"),
    ],
)
def test_a_domain_field_may_hold_a_web_address(raw: str, domain: str | None) -> None:
    assert normalise_domain(raw) == domain
