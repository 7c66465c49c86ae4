"""Which domains identify a company: free mail, throw-away addresses and shared sites do not; the policy decides last."""

from __future__ import annotations

import pytest

from schemas.vocabulary import DomainUse
from tests.edge import policy_with
from workers.identity.addresses import normalise, registrable_domain
from workers.identity.company_domains import SHIPPED, CompanyDomains, ListChange, domains_of
from workers.identity.free_mail_providers import PROVIDERS
from workers.identity.lead_ids import person_of
from workers.identity.shared_sites import SITES
from workers.policy.load import load_policy

KEY = b"a key for tests only"
DEFAULT_MATCHING = "matching:\n"
# fmt: off
MAIL_PROVIDERS = [
    "daum.net", "naver.com", "nate.com", "kakao.com", "hanmail.net", "qq.com", "foxmail.com", "wo.cn", "hinet.net",
    "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "yahoo.co.jp", "nifty.com", "ocn.ne.jp", "in.com", "rediffmail.com",
    "walla.co.il", "mynet.com", "mweb.co.za", "globo.com", "terra.com.br", "sympatico.ca", "comcast.net", "cox.net",
    "sunrise.ch", "hispeed.ch", "bluewin.ch", "t-online.de", "telia.com", "online.no", "seznam.cz", "volny.cz", "zoznam.sk",
    "wp.pl", "freemail.hu", "abv.bg", "ukr.net", "meta.ua", "mail.ru", "inbox.lv", "xtra.co.nz", "bigpond.com",
    "hey.com", "fastmail.com", "tuta.com", "tutanota.com", "proton.me", "pm.me", "mailbox.org", "posteo.de", "startmail.com",
    "privaterelay.appleid.com", "duck.com", "mozmail.com", "simplelogin.com", "anonaddy.com", "anonaddy.me", "33mail.com",
    "yahoo.com.sg", "hotmail.be", "gmx.fr", "outlook.com.br", "yandex.com.tr", "gmial.com",
]
COMPANIES = [
    "google.com", "microsoft.com", "apple.com", "amazon.com", "appleid.com", "sap.com", "siemens.com", "samsung.com",
    "navercorp.com", "kakaocorp.com", "docomo-systems.com", "telekom.de", "swisscom.com", "orange.com", "telefonica.com",
    "att.com", "verizonwireless.com", "comcast.com", "harvard.edu", "mit.edu", "ox.ac.uk", "jpmorgan.com", "mybank.yahoo",
    "gmxbank.example", "yahooligans.example", "hotmail-insurance.example", "duckbank.com", "hey.co.uk",
]
# fmt: on


@pytest.mark.parametrize(
    ("domain", "company"),
    [
        ("bank.com", "bank.com"),
        ("eu.bank.com", "bank.com"),
        ("gmail.com", None),
        ("mail.gmail.com", None),
        ("yahoo.co.uk", None),
        ("docs.google.com", None),  # listed although google.com is not
        ("x.docs.google.com", None),
        ("google.com", "google.com"),
        ("co.uk", None),
        ("github.io", None),
    ],
)
def test_free_mail_and_public_suffixes_make_no_account(domain: str, company: str | None) -> None:
    assert SHIPPED.of_address(domain) == company


@pytest.mark.parametrize("domain", MAIL_PROVIDERS)
def test_a_mail_provider_makes_no_account(domain: str) -> None:
    assert SHIPPED.of_address(domain) is None


@pytest.mark.parametrize("domain", COMPANIES)
def test_the_domain_of_a_company_is_not_taken_along(domain: str) -> None:
    assert SHIPPED.of_address(domain) == registrable_domain(domain)


def test_throw_away_addresses_make_no_account_and_are_known_as_such() -> None:
    assert SHIPPED.of_address("mailinator.com") is None
    assert SHIPPED.use_of("eu.mailinator.com") is DomainUse.DISPOSABLE
    assert not SHIPPED.is_disposable("gmail.com")


@pytest.mark.parametrize("kept", [PROVIDERS, SITES], ids=["providers", "sites"])
def test_a_kept_list_holds_domains_in_one_spelling(kept: frozenset[str]) -> None:
    assert [one for one in sorted(kept) if "." not in one or one != one.strip().lower()] == []


@pytest.mark.parametrize(
    ("domain", "use"),
    [
        ("linkedin.com", DomainUse.SHARED_SITE),
        ("www.linkedin.com", DomainUse.SHARED_SITE),
        ("de.linkedin.com", DomainUse.SHARED_SITE),
        ("cedar.wordpress.com", DomainUse.SHARED_SITE),
        ("cedar.squarespace.com", DomainUse.SHARED_SITE),
        ("calendly.com", DomainUse.SHARED_SITE),
        ("bit.ly", DomainUse.SHARED_SITE),
        ("sites.google.com", DomainUse.SHARED_SITE),
        ("docs.google.com", DomainUse.FREE_MAIL),
        ("github.io", DomainUse.PUBLIC_SUFFIX),
        ("myshopify.com", DomainUse.PUBLIC_SUFFIX),
        ("cedar.github.io", None),  # the public suffix list makes it a domain of its own
        ("cedar.myshopify.com", None),
        ("cedar.example", None),
    ],
)
def test_a_web_site_that_companies_share_identifies_none(domain: str, use: DomainUse | None) -> None:
    assert SHIPPED.use_of_site(domain) is use


def test_people_with_an_address_at_a_shared_site_work_for_its_operator() -> None:
    assert SHIPPED.of_address("linkedin.com") == "linkedin.com"


def test_the_policy_adds_to_a_list_and_takes_from_it() -> None:
    changed = CompanyDomains(
        ListChange(frozenset({"letters.example"}), frozenset({"cox.com", "mailinator.com", "yahoo.fr"})),
        ListChange(frozenset({"market.example"}), frozenset({"yelp.com"})),
    )
    assert changed.of_address("eu.letters.example") is None
    assert changed.of_address("eu.cox.com") == "cox.com"
    assert changed.of_address("mailinator.com") == "mailinator.com"
    assert changed.of_address("yahoo.fr") == "yahoo.fr"
    assert changed.of_address("yahoo.de") is None
    assert changed.use_of_site("www.market.example") is DomainUse.SHARED_SITE
    assert changed.use_of_site("yelp.com") is None
    assert SHIPPED.of_address("letters.example") == "letters.example"


def test_an_account_key_follows_the_policy_in_force() -> None:
    text = policy_with(
        (DEFAULT_MATCHING, "matching:\n  free_mail: {add: [letters.example], not: [cox.com]}\n")
    )
    domains = domains_of(load_policy(text))
    noor, ann = normalise("noor@cox.com"), normalise("ann@letters.example")
    assert person_of(noor, KEY, domains).account_key == "domain:cox.com"
    assert person_of(noor, KEY).account_key.startswith("lead:")
    assert person_of(ann, KEY, domains).account_key.startswith("lead:")
    assert person_of(ann, KEY).account_key == "domain:letters.example"
