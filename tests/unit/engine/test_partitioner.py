"""A key gets the same partition as with the Java client and with librdkafka's murmur2."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka import Message, Producer

from workers.engine.partitioner import partition_of

# org.apache.kafka.common.utils.UtilsTest, testMurmur2
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), JAVA.items())
@pytest.mark.parametrize("partitions", [1, 4, 7, 192])
def test_a_key_gets_the_partition_of_the_java_client(key: bytes, hashed: int, partitions: int) -> None:
    assert partition_of(key, partitions) == (hashed & 0x7FFFFFFF) % partitions
    assert murmur2(key) & 0xFFFFFFFF == hashed & 0xFFFFFFFF


def test_keys_get_the_partitions_of_librdkafkas_murmur2_random() -> None:
    found: dict[bytes, int] = {}

    def delivered(error: object, message: Message) -> None:
        assert error is None
        key, partition = message.key(), message.partition()
        assert isinstance(key, bytes)
        assert partition is not None
        found[key] = partition

    # librdkafka's mock broker in memory is enough here: no transactions are used.
    producer = Producer({"test.mock.num.brokers": 1, "partitioner": "murmur2_random", "log_level": 0})
    partitions = len(producer.list_topics("in", timeout=10).topics["in"].partitions)
    keys = [f"domain:{n}.exämple".encode() for n in range(200)]
    for key in keys:
        producer.produce("in", b"", key, on_delivery=delivered)
    assert producer.flush(10) == 0
    assert partitions > 1
    assert found == {key: partition_of(key, partitions) for key in keys}
