import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import jgo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from workers.local_kafka.jars import jars_folder, locked_jars
from workers.local_kafka.kafka_error import LocalKafkaError
from workers.local_kafka.server import LocalKafka
from workers.local_kafka.server_properties import Ports, server_properties

pytestmark = pytest.mark.kafka

TWO_MONTHS_MS = 60 * 24 * 60 * 60 * 1000


async def a_topic(bootstrap: str) -> str:
    topic = f"local-{uuid.uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    return topic


async def produce(bootstrap: str, topic: str, *, commit: list[bytes], abort: list[bytes]) -> None:
    name = uuid.uuid4().hex
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, transactional_id=name, retry_backoff_ms=20
    ) as producer:
        for values, is_kept in ((abort, False), (commit, True)):
            await producer.begin_transaction()
            for future in [await producer.send(topic, value, partition=0) for value in values]:
                await future
            await (producer.commit_transaction() if is_kept else producer.abort_transaction())


async def committed(bootstrap: str, topic: str) -> list[bytes]:
    """Return the values that a read_committed subscriber reads, up to the end of the topic."""
    there = TopicPartition(topic, 0)
    values: list[bytes] = []
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    ) as consumer:
        consumer.assign([there])
        end = (await consumer.end_offsets([there]))[there]
        await consumer.seek_to_beginning(there)
        while await consumer.position(there) < end:
            batch = await consumer.getmany(there, timeout_ms=200)
            values += [record.value for record in batch.get(there, [])]
    return values


async def test_a_subscriber_reads_committed_records_only(kafka: str) -> None:
    topic = await a_topic(kafka)
    await produce(kafka, topic, commit=[b"1", b"2", b"3"], abort=[b"never"])
    assert await committed(kafka, topic) == [b"1", b"2", b"3"]


async def test_after_kill_9_a_broker_restarts_with_its_address_and_data(own_kafka: LocalKafka) -> None:
    address = own_kafka.bootstrap
    topic = await a_topic(address)
    await produce(address, topic, commit=[b"before"], abort=[])
    own_kafka.kill()
    assert not own_kafka.is_running
    own_kafka.start()
    assert own_kafka.bootstrap == address
    await produce(address, topic, commit=[b"after"], abort=[])
    assert await committed(address, topic) == [b"before", b"after"]


def test_two_brokers_run_side_by_side(own_kafka: LocalKafka, tmp_path: Path) -> None:
    with LocalKafka(tmp_path / "another") as another:
        assert another.bootstrap != own_kafka.bootstrap
        assert another.is_running
        assert own_kafka.is_running


def test_a_broker_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from workers.local_kafka.server import LocalKafka; "
        "broker = LocalKafka(Path(sys.argv[1])); broker.start(); "
        "print(broker.bootstrap, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "orphan")]
    starter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    assert starter.stdin is not None
    host, port = starter.stdout.readline().strip().split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
        assert line.recv(1) == b""  # an open connection ends when the broker does
    starter.stdin.close()
    starter.stdout.close()


def test_records_of_two_months_ago_are_kept_by_default(tmp_path: Path) -> None:
    text = server_properties(tmp_path, Ports(1, 2), {})
    properties = dict(line.split("=", 1) for line in text.splitlines())
    assert int(properties["log.retention.ms"]) > TWO_MONTHS_MS
    assert int(properties["log.message.timestamp.before.max.ms"]) > TWO_MONTHS_MS


def test_the_error_for_a_taken_port_names_the_port(own_kafka: LocalKafka) -> None:
    host, port = own_kafka.bootstrap.split(":")
    own_kafka.stop()
    with socket.create_server((host, int(port))), pytest.raises(LocalKafkaError) as refused:
        own_kafka.start()
    assert f"end the program that listens on {own_kafka.bootstrap}" in str(refused.value)
    assert "KAFKA_BOOTSTRAP" in str(refused.value)
    assert not own_kafka.is_running


def test_the_error_without_network_and_cache_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "maven"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    broker = LocalKafka(tmp_path / "kafka", cache_dir=tmp_path / "cache")
    with pytest.raises(LocalKafkaError, match="could not be downloaded") as refused:
        broker.start()
    assert "what to do: connect to the network once" in str(refused.value)
    assert "KAFKA_BOOTSTRAP" in str(refused.value)


def test_a_jar_with_an_unexpected_sha256_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forged:
        """An artifact whose file has an unexpected sha256 at every download."""

        def __init__(self, filename: str) -> None:
            self.filename = filename

        def resolve(self) -> Path:
            forged = tmp_path / self.filename
            forged.write_bytes(b"half a jar")
            return forged

    monkeypatch.setattr(jgo, "resolve", lambda _: [Forged(name) for name in locked_jars()])
    with pytest.raises(LocalKafkaError, match="has an unexpected sha256"):
        jars_folder(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("kafka-*/"))
