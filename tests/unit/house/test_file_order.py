"""The order of test files in a run of all tests: long files first, waiting and computing ones in turn, none left out."""

from __future__ import annotations

from pathlib import Path

from tests.file_order import SECONDS, WAITING, in_order, seconds_of

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))


def test_every_file_with_seconds_exists() -> None:
    assert sorted(SECONDS.keys() - set(FILES)) == []


def test_each_file_has_one_place() -> None:
    assert sorted(in_order(FILES)) == FILES


def test_the_order_does_not_depend_on_the_order_of_the_collection() -> None:
    assert in_order(reversed(FILES)) == in_order(FILES)


def test_each_kind_begins_with_its_longest_files() -> None:
    order = in_order(FILES)
    for is_waiting in (True, False):
        seconds = [seconds_of(file) for file in order if file.startswith(WAITING) is is_waiting]
        assert seconds == sorted(seconds, reverse=True)


def test_at_each_place_both_kinds_have_had_about_the_same_share_of_their_time() -> None:
    files = {f"{WAITING}test_{n}.py" for n in range(6)} | {f"tests/unit/test_{n}.py" for n in range(3)}
    waits = [file.startswith(WAITING) for file in in_order(files)]
    assert waits == [True, False, True, True, False, True, True, False, True]


def test_one_kind_alone_has_an_order() -> None:
    files = ["tests/property/test_rotation.py", "tests/property/test_real_life_forms.py"]
    assert in_order(files) == files[::-1]
