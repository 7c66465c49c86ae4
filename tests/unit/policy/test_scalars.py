from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic_core import PydanticCustomError

from workers.policy.scalars import read_amount, read_duration_ms, read_whole_number

READ = [
    (read_whole_number, "20", 20),
    (read_whole_number, "-10", -10),
    (read_whole_number, "0", 0),
    (read_whole_number, 7, 7),
    (read_amount, "750000", 750_000),
    (read_amount, "500M", 500_000_000),
    (read_amount, "1.5B", 1_500_000_000),
    (read_amount, "10K", 10_000),
    (read_amount, 5, 5),
    (read_duration_ms, "30m", 1_800_000),
    (read_duration_ms, "4h", 14_400_000),
    (read_duration_ms, "1h30m", 5_400_000),
    (read_duration_ms, "2d", 172_800_000),
    (read_duration_ms, 1000, 1000),
]
REFUSED: list[tuple[Callable[[object], int], object]] = [
    *(
        (read_whole_number, bad)
        for bad in ("", "0111", "1_000", "1.0", "1e3", "0x10", "٣", "+1", "--1", None, True, [])
    ),
    *(
        (read_amount, bad)
        for bad in ("", "5X", "500 M", "1.0000000001B", "0.5", "-5M", "5m", "1,000", None, True)
    ),
    *(
        (read_duration_ms, bad)
        for bad in ("", "4", "h", "0h", "30s", "4 h", "1m1h", "1.5h", "9:30", "-4h", None, True)
    ),
]


@pytest.mark.parametrize(("reader", "text", "value"), READ)
def test_a_scalar_reads_as_written(reader: Callable[[object], int], text: object, value: int) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(("reader", "text"), REFUSED)
def test_an_ambiguous_scalar_is_refused(reader: Callable[[object], int], text: object) -> None:
    with pytest.raises(PydanticCustomError):
        reader(text)
