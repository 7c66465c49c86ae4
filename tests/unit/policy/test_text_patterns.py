"""Text patterns of the policy: whole words and globs."""

from __future__ import annotations

import time

import pytest

from workers.policy.text_patterns import WholeWords, compile_globs, may_match_one_text


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


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("部長", "情報システム部長"),
        ("情報", "情報システム部長"),
        ("情報システム", "情報 システム 部長"),
        ("部长", "信息技术部长助理"),
        ("经理", "IT经理"),
        ("マネージャー", "セキュリティマネージャー"),
        ("マネージャー", "ｾｷｭﾘﾃｨﾏﾈｰｼﾞｬｰ"),  # half width
        ("ผู้จัดการ", "รองผู้จัดการฝ่ายไอที"),
        ("ຜູ້ຈັດການ", "ຮອງຜູ້ຈັດການໄອທີ"),
        ("នាយក", "អនុនាយកបច្ចេកវិទ្យា"),
        ("မန်နေဂျာ", "အိုင်တီမန်နေဂျာ"),
        ("it", "ITの部長"),
        ("it", "社内IT担当"),
        ("部長", "ITの部長"),
        ("it", "IT팀장"),
        ("팀장", "IT팀장"),
        ("it部長", "IT 部長代理"),
        ("cio", "株式会社のCIO"),
        ("प्रबंधक", "आईटी प्रबंधक"),
        ("директор", "IT-директор"),
        ("директор", "IT\u0434\u0438\u0440\u0435\u043a\u0442\u043e\u0440"),
    ],
)
def test_a_word_is_found_in_its_script(phrase: str, text: str) -> None:
    assert WholeWords([phrase]).found_in(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("팀장", "영업팀장"),  # Korean writes spaces between words
        ("intern", "Internal部長"),
        ("it", "Itaú銀行"),
        ("директор", "замдиректора"),
        ("कमल", "कमला"),  # a vowel sign makes another word
        ("カ", "ガ"),
        ("cio", "CIO2"),
        ("พ", "ผ"),
        ("กร", "กรี"),  # another vowel sign makes another syllable
    ],
)
def test_another_word_is_not_found(phrase: str, text: str) -> None:
    assert not WholeWords([phrase]).found_in(text)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("gold", "Gold", True),
        ("gold", "golden", False),
        ("plat*", "Platinum", True),
        ("*data*", "*analytics", True),
        ("a*b", "ab*c", False),
        ("a*b", "ac*", True),
        ("*", "", True),
        ("a*", "*b*", True),
        ("a*c", "b*c", False),
    ],
)
def test_two_patterns_may_match_one_text(one: str, other: str, may: bool) -> None:
    assert may_match_one_text(one, other) is may
    assert may_match_one_text(other, one) is may
