"""Names of sources: bounded, one name for one form or page, and without addresses."""

from __future__ import annotations

import pytest

from workers.silent_sources.source_names import (
    MOST_CHARACTERS,
    form_source,
    page_source,
    producer_source,
    site_source,
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (
            "https://www.Bank.example/Pricing?utm_source=x&email=ann@bank.example#top",
            "www.bank.example/pricing",
        ),
        ("www.bank.example/pricing/", "www.bank.example/pricing"),
        ("https://bank.example", "bank.example"),
        ("https://bank.example/order/48213/thanks", "bank.example/order/:id/thanks"),
        ("https://bank.example/u/550e8400-e29b-41d4-a716-446655440000", "bank.example/u/:id"),
        ("https://bank.example/t/deadbeef01", "bank.example/t/:id"),
        ("https://bank.example/blog/2026/q3-report", "bank.example/blog/:id/q3-report"),
        ("https://bank.example/a/b/c/d/e/f", "bank.example/a/b/c/d"),
        ("https://bank.example/unsubscribe/ann%40bank.example", "bank.example/unsubscribe/:id"),
        ("https://bank.example/unsubscribe/ann%2540bank.example", "bank.example/unsubscribe/:id"),
        ("https://ann:secret@bank.example/x", "bank.example/x"),
    ],
)
def test_a_page_is_named_by_host_and_path(url: str, name: str) -> None:
    found = page_source(url)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "url", [None, "", "/pricing", "http://[", "not a url", "javascript:alert(1)", "localhost/x"]
)
def test_a_url_without_a_host_names_no_page_and_no_site(url: str | None) -> None:
    assert page_source(url) is None
    assert site_source("web.activity", url) is None


@pytest.mark.parametrize(
    "text", ["ann@bank.example", "demo ann@bank.example", "ann%40bank.example", "ann\uff20bank.example"]
)
def test_no_name_holds_an_address(text: str) -> None:
    named = [form_source(text), producer_source("form.fills", text), page_source(f"https://x.example/{text}")]
    for source in named:
        assert source is not None
        assert "ann" not in source.name


def test_names_are_bounded() -> None:
    long = "x" * 4_000
    for source in (
        form_source(long),
        producer_source("t" * 20, long),
        page_source(f"https://x.example/{long}"),
    ):
        assert source is not None
        assert len(source.name) <= MOST_CHARACTERS


def test_a_topic_without_producers_is_one_producer() -> None:
    assert producer_source("form.fills", None).name == "form.fills"
    assert producer_source("form.fills", "site-a").name == "form.fills from site-a"


def test_a_form_without_an_id_is_not_a_source() -> None:
    assert form_source("  \u200b\n") is None
