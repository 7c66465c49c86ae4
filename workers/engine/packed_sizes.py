"""The most bytes that a compressed record batch can have when it is unpacked, found without unpacking it.

In: the compressed part of a batch and its codec. Out: an upper bound in bytes. The frames of zstd, lz4 and snappy name the
size of each block, or a largest size. A gzip stream names none, so it is unpacked in small pieces up to a limit.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
"""The codecs, as the attributes of a record batch number them. 0: not compressed."""
_GZIP_RATIO: Final = 1_032
"""Deflate makes at most this many bytes of one."""
_GZIP_WINDOW: Final = 31
_PIECE: Final = 1 << 16
_LZ4_RATIO: Final = 255
_LZ4_MAGIC: Final = 0x184D2204
_ZSTD_MAGIC: Final = 0xFD2FB528
_SKIPPABLE: Final = 0x184D2A50
_SKIPPABLE_MASK: Final = 0xFFFFFFF0
_ZSTD_BLOCK: Final = 128 << 10
_XERIAL: Final = b"\x82SNAPPY\x00"
_XERIAL_HEADER: Final = 16
_UINT32: Final = struct.Struct("<I")
_INT32_BE: Final = struct.Struct(">i")


class SizeUnknownError(ValueError):
    """The compressed bytes are not as their codec defines them."""


def most_unpacked_bytes(codec: int, packed: memoryview, limit: int) -> int:
    """Return an upper bound of the unpacked size. A bound above ``limit`` may be smaller than the true size.

    Raises SizeUnknownError.
    """
    bound = _BOUNDS.get(codec)
    if bound is None:
        raise SizeUnknownError(f"codec {codec} is not known")
    try:
        return bound(packed, limit)
    except (IndexError, struct.error, zlib.error) as error:
        raise SizeUnknownError(str(error)) from None


def _gzip(packed: memoryview, limit: int) -> int:
    if len(packed) * _GZIP_RATIO <= limit:
        return len(packed) * _GZIP_RATIO
    size = 0
    rest: bytes | memoryview = packed
    while rest and size <= limit:
        stream = zlib.decompressobj(wbits=_GZIP_WINDOW)
        while not stream.eof and size <= limit:
            piece = stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail
            size += len(piece)
            if not piece and not rest and not stream.eof:
                raise SizeUnknownError("the gzip stream is cut")
        rest = stream.unused_data or rest
        if stream.eof and not stream.unused_data:
            break
    return size


def _snappy(packed: memoryview, limit: int) -> int:
    del limit
    if bytes(packed[: len(_XERIAL)]) != _XERIAL:
        return _varint(packed, 0)
    size, at = 0, _XERIAL_HEADER
    while at < len(packed):
        (length,) = _INT32_BE.unpack_from(packed, at)
        if length <= 0:
            raise SizeUnknownError("a snappy block has no size")
        size += _varint(packed, at + 4)
        at += 4 + length
    return size


def _varint(packed: memoryview, at: int) -> int:
    size = shift = 0
    while True:
        byte = packed[at]
        size |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the highest bit continues the number
            return size
        at, shift = at + 1, shift + 7


def _lz4(packed: memoryview, limit: int) -> int:
    size = at = 0
    while at < len(packed) and size <= limit:
        (magic,) = _UINT32.unpack_from(packed, at)
        if magic & _SKIPPABLE_MASK == _SKIPPABLE:
            at = _behind_skippable(packed, at)
            continue
        if magic != _LZ4_MAGIC:
            raise SizeUnknownError("not an lz4 frame")
        flags, block = packed[at + 4], packed[at + 5]
        has_block_checksum, has_size, has_checksum, has_dictionary = (
            flags >> bit & 1 for bit in (4, 3, 2, 0)
        )
        most = 1 << (8 + 2 * (block >> 4 & 7))  # 64 KiB for 4, up to 4 MiB for 7
        at += 7 + 8 * has_size + 4 * has_dictionary
        while length := _UINT32.unpack_from(packed, at)[0]:
            stored = length & 0x7FFF_FFFF
            size += stored if length >> 31 else min(most, stored * _LZ4_RATIO)
            at += 4 + stored + 4 * has_block_checksum
        at += 4 + 4 * has_checksum
    return size


def _zstd(packed: memoryview, limit: int) -> int:
    size = at = 0
    while at < len(packed) and size <= limit:
        (magic,) = _UINT32.unpack_from(packed, at)
        if magic & _SKIPPABLE_MASK == _SKIPPABLE:
            at = _behind_skippable(packed, at)
            continue
        if magic != _ZSTD_MAGIC:
            raise SizeUnknownError("not a zstd frame")
        flags = packed[at + 4]
        is_single, has_checksum = flags >> 5 & 1, flags >> 2 & 1
        size_flag = flags >> 6
        size_bytes = (is_single, 2, 4, 8)[size_flag]
        at += 5 + (1 - is_single) + (0, 1, 2, 4)[flags & 3] + size_bytes
        is_last = 0
        while not is_last:
            block = packed[at] | packed[at + 1] << 8 | packed[at + 2] << 16
            is_last, kind, length = block & 1, block >> 1 & 3, block >> 3
            if kind == 3:  # noqa: PLR2004 - the reserved kind
                raise SizeUnknownError("a zstd block is of the reserved kind")
            size += _ZSTD_BLOCK if kind == 2 else length  # noqa: PLR2004 - 0: as it is, 1: one byte repeated, 2: compressed
            at += 3 + (1 if kind == 1 else length)
        at += 4 * has_checksum
    return size


def _behind_skippable(packed: memoryview, at: int) -> int:
    return int(at + 8 + _UINT32.unpack_from(packed, at + 4)[0])


_BOUNDS: Final[Mapping[int, Callable[[memoryview, int], int]]] = {
    GZIP: _gzip,
    SNAPPY: _snappy,
    LZ4: _lz4,
    ZSTD: _zstd,
}
