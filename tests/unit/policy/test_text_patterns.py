"""Text patterns of the policy: whole words and globs."""

from __future__ import annotations

import time

import pytest

from workers.policy.text_patterns import WholeWords, compile_globs


def test_without_words_nothing_is_found() -> None:
    assert not WholeWords([]).found_in("")


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("*/pricing*", "https://x.example/Pricing?plan=1", True),
        ("*/pricing*", "https://x.example/prices", False),
        ("*/a?b=[1]", "https://x.example/a?b=[1]", True),
        ("*/a?b", "https://x.example/axb", False),
        ("*[ab]", "xa", False),
        ("demo", "a demo", False),
        ("*", "line\nbreak", True),
    ],
)
def test_only_the_star_is_special_in_a_glob(pattern: str, text: str, fits: bool) -> None:
    assert (compile_globs([pattern]).match(text) is not None) is fits


def test_a_glob_of_many_stars_matches_fast() -> None:
    started = time.perf_counter()
    assert compile_globs(["*a" * 100 + "b"]).match("a" * 4096) is None
    assert time.perf_counter() - started < 1
