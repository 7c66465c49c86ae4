"""The jars of one Kafka version: their download and the check of their contents.

In: a cache folder. Out: a folder with every jar of one Kafka version. Each has the sha256 that `kafka-jars.sha256`
lists. The network is needed once. Java, Docker and Maven are never needed.

jgo only warns about a damaged download, and later uses a half-written file of an interrupted download as complete.
The contents are therefore checked here, and the folder appears with one rename.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import filelock
import jgo

from workers.local_kafka.kafka_error import LocalKafkaError

KAFKA_VERSION: Final = "4.1.2"
COORDINATES: Final = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
LOCK_WAIT_S: Final = 300


def jars_folder(cache_dir: Path, progress: Callable[[str], None] | None = None) -> Path:
    """Return the folder with all of Kafka's jars. Download it if it does not exist.

    Several processes may call this at once: one downloads, the others wait for it.

    Args:
        cache_dir: the folder that contains the result.
        progress: called with a short text at each step of the download.

    Raises:
        LocalKafkaError: the jars are not cached and cannot be downloaded, or a jar has an unexpected sha256.
    """
    folder = cache_dir / f"kafka-{KAFKA_VERSION}"
    if folder.is_dir():
        return folder
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(cache_dir / f"kafka-{KAFKA_VERSION}.lock", timeout=LOCK_WAIT_S):
            if not folder.is_dir():
                _download_into(folder, progress or (lambda _: None))
    except filelock.Timeout as error:
        raise LocalKafkaError(
            f"Another process is downloading Kafka {KAFKA_VERSION} and does not finish.",
            cause=f"{error.lock_file} was held for {LOCK_WAIT_S} s",
            remedy="end that process and run the command again",
        ) from error
    except OSError as error:
        raise _download_error(error, cache_dir) from error
    return folder


def locked_jars() -> dict[str, str]:
    """Return the committed sha256 of every jar, by file name."""
    text = resources.files("workers.local_kafka").joinpath("kafka-jars.sha256").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in rows}


def _download_into(folder: Path, progress: Callable[[str], None]) -> None:
    wanted = locked_jars()
    progress(f"downloading Kafka {KAFKA_VERSION}, once: {len(wanted)} jars, 43 MB")
    artifacts = {artifact.filename: artifact for artifact in _resolved(folder.parent)}
    if missing := wanted.keys() - artifacts.keys():
        raise LocalKafkaError(
            f"Kafka {KAFKA_VERSION} no longer resolves to the jars in kafka-jars.sha256.",
            cause=f"missing: {', '.join(sorted(missing))}",
            remedy="write kafka-jars.sha256 again (python -m workers.local_kafka.jars)",
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="downloading-") as scratch:
        for done, (name, digest) in enumerate(sorted(wanted.items()), start=1):
            shutil.copyfile(_checked_jar(artifacts[name], digest, folder.parent), Path(scratch, name))
            progress(f"downloading Kafka {KAFKA_VERSION}: {done} of {len(wanted)} jars")
        complete = Path(scratch, "complete")
        complete.mkdir()
        for jar in Path(scratch).glob("*.jar"):
            jar.rename(complete / jar.name)
        complete.rename(folder)


def _resolved(cache_dir: Path) -> Iterable[Any]:
    try:
        artifacts: list[Any] = jgo.resolve(COORDINATES)
    except (RuntimeError, ValueError, KeyError) as error:
        raise _download_error(error, cache_dir) from error
    return artifacts


def _checked_jar(artifact: Any, digest: str, cache_dir: Path) -> Path:
    """Return the artifact's file after checking its sha256. A damaged file is deleted and downloaded once more."""
    found = ""
    for _ in range(2):
        try:
            jar = Path(artifact.resolve())
        except RuntimeError as error:
            raise _download_error(error, cache_dir) from error
        found = hashlib.sha256(jar.read_bytes()).hexdigest()
        if found == digest:
            return jar
        jar.unlink()
    raise LocalKafkaError(
        f"{artifact.filename} has an unexpected sha256.",
        cause=f"found {found}, expected {digest}",
        remedy="find out which proxy or mirror changes downloads from Maven Central",
    )


def _download_error(error: Exception, cache_dir: Path) -> LocalKafkaError:
    return LocalKafkaError(
        f"Kafka {KAFKA_VERSION} is not in {cache_dir} and could not be downloaded.",
        cause=f"{type(error).__name__}: {error}",
        remedy="connect to the network once (set HTTPS_PROXY for a proxy) and run the command again",
    )


def _print_lock() -> None:
    rows = {
        a.filename: hashlib.sha256(Path(a.resolve()).read_bytes()).hexdigest()
        for a in jgo.resolve(COORDINATES)
    }
    print("".join(f"{digest}  {name}\n" for name, digest in sorted(rows.items())), end="")  # noqa: T201 - printing is its purpose


if __name__ == "__main__":
    _print_lock()
