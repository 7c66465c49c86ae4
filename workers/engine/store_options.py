"""The settings of the local copies in RocksDB.

In: the cache of the process and the open files of each copy (:func:`configure`). Out: the same options for new and reopened
copies. They share one cache of blocks and one bound of write buffers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, WriteBufferManager, WriteOptions

_MIB = 1024 * 1024
_CACHE_BYTES = 32 * _MIB
"""Cache of blocks read from disk, for all partitions of the process together, unless :func:`configure` sets it."""
_ALL_WRITE_BUFFERS_BYTES = 64 * _MIB
_WRITE_BUFFER_BYTES = 4 * _MIB
_WRITE_BUFFERS = 2
_BLOOM_BITS = 10  # 1 % of the gets of absent rows read a block
_BUFFER_BLOOM_PART = 0.02  # a get of an absent row takes 0.3 instead of 0.6 us in a full buffer
_LOG_BYTES = 1 * _MIB
_MANIFEST_BYTES = 1
"""Each change of the files begins a new manifest. A longer one would keep key bounds of deleted files, so erased keys too."""
LOADING = {
    "write_buffer_size": str(2 * _WRITE_BUFFER_BYTES),
    "max_write_buffer_number": "4",
    "level0_file_num_compaction_trigger": "16",
}
"""Settings of a copy while it is loaded: nothing reads it, so its files are merged a quarter as often."""
SERVING = {
    "write_buffer_size": str(_WRITE_BUFFER_BYTES),
    "max_write_buffer_number": str(_WRITE_BUFFERS),
    "level0_file_num_compaction_trigger": "4",
}
UNLOGGED = WriteOptions()
UNLOGGED.disable_wal = True  # type: ignore[method-assign, assignment]  # the stub calls it a method
UNLOGGED.no_slowdown = True


@dataclass(slots=True)
class _Limits:
    open_files: int = 128
    """Files of rows that each copy keeps open."""


_LIMITS = _Limits()


def configure(cache_bytes: int, open_files: int) -> None:
    """Set the cache that all copies share, and how many files of rows each copy that is opened later keeps open."""
    shared()[0].set_capacity(cache_bytes)
    _LIMITS.open_files = open_files


@cache
def shared() -> tuple[Cache, WriteBufferManager]:
    """Return what all copies of the process share: the cache of blocks, and the bound of the write buffers."""
    return Cache(_CACHE_BYTES), WriteBufferManager(_ALL_WRITE_BUFFERS_BYTES, False)  # noqa: FBT003 - positional only


def options() -> Options:
    """Return the settings of a copy."""
    blocks, buffers = shared()
    table = BlockBasedOptions()
    table.set_block_cache(blocks)
    table.set_bloom_filter(_BLOOM_BITS, False)  # noqa: FBT003 - positional only
    # In the cache, the filter of a large file would exceed a shard and be read from disk at every get.
    table.set_cache_index_and_filter_blocks(False)
    chosen = Options(raw_mode=True)
    chosen.create_if_missing(True)  # noqa: FBT003 - the same
    chosen.set_block_based_table_factory(table)
    chosen.set_write_buffer_manager(buffers)
    chosen.set_write_buffer_size(_WRITE_BUFFER_BYTES)
    chosen.set_max_write_buffer_number(_WRITE_BUFFERS)
    chosen.set_memtable_prefix_bloom_ratio(_BUFFER_BLOOM_PART)
    chosen.set_memtable_whole_key_filtering(True)
    chosen.set_max_open_files(_LIMITS.open_files)
    chosen.set_compression_type(DBCompressionType.lz4())
    chosen.set_max_log_file_size(_LOG_BYTES)
    chosen.set_keep_log_file_num(1)
    chosen.set_max_manifest_file_size(_MANIFEST_BYTES)
    chosen.set_stats_dump_period_sec(0)
    return chosen
