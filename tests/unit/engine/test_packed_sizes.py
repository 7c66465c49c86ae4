"""The bound of an unpacked size holds for every codec, is close to the size, and costs no memory."""

from __future__ import annotations

import contextlib
import gzip
import random
import tracemalloc

import cramjam
import pytest
from aiokafka.codec import snappy_encode
from hypothesis import given
from hypothesis import strategies as st

from workers.engine.packed_sizes import GZIP, LZ4, SNAPPY, ZSTD, SizeUnknownError, most_unpacked_bytes


def lz4_of_java(data: bytes) -> bytes:
    packer = cramjam.lz4.Compressor(level=9, content_checksum=True, block_linked=False)
    packer.compress(data)
    return bytes(packer.finish())


def zstd_of_stream(data: bytes) -> bytes:
    packer = cramjam.zstd.Compressor()
    packer.compress(data)
    return bytes(packer.finish())


LIMIT = 1 << 20
PACK = {
    "gzip": (GZIP, lambda data: gzip.compress(data, 1)),
    "gzip of two parts": (GZIP, lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:])),
    "snappy": (SNAPPY, lambda data: bytes(cramjam.snappy.compress_raw(data))),
    "snappy of Java": (SNAPPY, snappy_encode),
    "lz4": (LZ4, lambda data: bytes(cramjam.lz4.compress(data))),
    "lz4 of Java": (LZ4, lz4_of_java),
    "zstd": (ZSTD, lambda data: bytes(cramjam.zstd.compress(data, level=3))),
    "zstd of a stream": (ZSTD, zstd_of_stream),
    "zstd of two frames": (
        ZSTD,
        lambda data: bytes(cramjam.zstd.compress(data[:9])) + bytes(cramjam.zstd.compress(data[9:])),
    ),
}
SLACK = {"gzip": LIMIT, "gzip of two parts": LIMIT, "lz4": 4 << 20, "lz4 of Java": 1 << 16}
"""By how much a bound may exceed the size: the rest of the last block. For gzip, every size below the limit has one bound."""


def texts() -> list[bytes]:
    chance = random.Random(7)
    words = b" ".join(chance.choice([b"web", b"lead", b"rep", b"desk"]) for _ in range(90_000))
    return [b"", b"a", b"0" * 300_000, words, chance.randbytes(300_000), words + b"\x00" * 700_000]


@pytest.mark.parametrize("name", PACK)
@pytest.mark.parametrize("data", texts(), ids=["empty", "one", "zeros", "words", "noise", "mixed"])
def test_the_bound_is_at_least_the_size_and_close_to_it(name: str, data: bytes) -> None:
    codec, pack = PACK[name]
    bound = most_unpacked_bytes(codec, memoryview(pack(data)), LIMIT)
    assert min(len(data), LIMIT + 1) <= bound <= len(data) + SLACK.get(name, 2 * 131_072)


@given(
    st.lists(st.tuples(st.binary(max_size=20), st.integers(1, 5_000)), max_size=8),
    st.sampled_from(sorted(PACK)),
)
def test_the_bound_is_at_least_the_size_of_any_data(parts: list[tuple[bytes, int]], name: str) -> None:
    data = b"".join(part * times for part, times in parts)
    codec, pack = PACK[name]
    assert most_unpacked_bytes(codec, memoryview(pack(data)), LIMIT) >= len(data)


@pytest.mark.parametrize("name", PACK)
def test_a_record_of_60_mb_is_found_to_be_too_large_without_its_memory(name: str) -> None:
    codec, pack = PACK[name]
    packed = memoryview(pack(b"0" * 60_000_000))
    tracemalloc.start()
    bound = most_unpacked_bytes(codec, packed, LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bound > LIMIT
    assert peak < 4 << 20


@given(st.binary(max_size=200), st.sampled_from([0, GZIP, SNAPPY, LZ4, ZSTD, 5]), st.integers(0, 3))
def test_any_bytes_have_a_bound_or_are_refused(noise: bytes, codec: int, kept: int) -> None:
    magic = {LZ4: b"\x04\x22\x4d\x18\x60\x40", ZSTD: b"\x28\xb5\x2f\xfd", SNAPPY: b"\x82SNAPPY\x00"}.get(
        codec, b"\x1f\x8b\x08"
    )
    with contextlib.suppress(SizeUnknownError):
        assert most_unpacked_bytes(codec, memoryview(magic * (kept > 0) + noise), LIMIT) >= 0


@pytest.mark.parametrize("name", PACK)
def test_cut_data_never_ends_in_another_error_or_without_an_end(name: str) -> None:
    codec, pack = PACK[name]
    packed = pack(b"lead rep desk " * 2_000 + random.Random(3).randbytes(9_000))
    for length in range(0, len(packed), 97):
        try:
            most_unpacked_bytes(codec, memoryview(packed[:length]), 1_000)
        except SizeUnknownError:
            continue
