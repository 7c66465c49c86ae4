"""Which jars a real Kafka is made of, and how they come onto this machine.

In: a cache folder. Out: a folder with every jar of one Kafka version, each of the content that
`kafka-jars.sha256` names. Needs the network once; never needs Java, Docker or Maven.

jgo only warns about a download that arrived damaged, and takes a half-written file of an interrupted one
for whole the next time: so the contents are checked here, and the folder appears in one rename.
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
    """The folder with all of Kafka's jars, fetched when it is not there yet.

    Safe to call from several processes at once: one fetches, the others wait for it.

    Args:
        cache_dir: where the folder lives from then on.
        progress: is told what is being fetched, a short text a time.

    Raises:
        LocalKafkaError: nothing is cached and the jars cannot be had, or they are not what was locked.
    """
    folder = cache_dir / f"kafka-{KAFKA_VERSION}"
    if folder.is_dir():
        return folder
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(cache_dir / f"kafka-{KAFKA_VERSION}.lock", timeout=LOCK_WAIT_S):
            if not folder.is_dir():
                _fetch_into(folder, progress or (lambda _: None))
    except filelock.Timeout as error:
        raise LocalKafkaError(
            f"Kafka {KAFKA_VERSION} is being fetched by another process, which does not finish.",
            cause=f"{error.lock_file} was held for {LOCK_WAIT_S} s",
            remedy="end that process and start again",
        ) from error
    except OSError as error:
        raise _unfetched(error, cache_dir) from error
    return folder


def locked_jars() -> dict[str, str]:
    """File name -> sha256 of every jar, as committed."""
    text = resources.files("workers.local_kafka").joinpath("kafka-jars.sha256").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in rows}


def _fetch_into(folder: Path, progress: Callable[[str], None]) -> None:
    wanted = locked_jars()
    progress(f"fetching Kafka {KAFKA_VERSION}: {len(wanted)} jars, 43 MB, once")
    artifacts = {artifact.filename: artifact for artifact in _resolved(folder.parent)}
    if missing := wanted.keys() - artifacts.keys():
        raise LocalKafkaError(
            f"Kafka {KAFKA_VERSION} no longer resolves to the jars that were locked.",
            cause=f"missing: {', '.join(sorted(missing))}",
            remedy="renew kafka-jars.sha256 (python -m workers.local_kafka.jars)",
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as scratch:
        for done, (name, digest) in enumerate(sorted(wanted.items()), start=1):
            shutil.copyfile(_whole_jar(artifacts[name], digest, folder.parent), Path(scratch, name))
            progress(f"fetching Kafka {KAFKA_VERSION}: {done} of {len(wanted)} jars")
        complete = Path(scratch, "complete")
        complete.mkdir()
        for jar in Path(scratch).glob("*.jar"):
            jar.rename(complete / jar.name)
        complete.rename(folder)


def _resolved(cache_dir: Path) -> Iterable[Any]:
    try:
        artifacts: list[Any] = jgo.resolve(COORDINATES)
    except (RuntimeError, ValueError, KeyError) as error:
        raise _unfetched(error, cache_dir) from error
    return artifacts


def _whole_jar(artifact: Any, digest: str, cache_dir: Path) -> Path:
    """The artifact's file with the locked content; a damaged one is thrown away and fetched once more."""
    found = ""
    for _ in range(2):
        try:
            jar = Path(artifact.resolve())
        except RuntimeError as error:
            raise _unfetched(error, cache_dir) from error
        found = hashlib.sha256(jar.read_bytes()).hexdigest()
        if found == digest:
            return jar
        jar.unlink()
    raise LocalKafkaError(
        f"{artifact.filename} is not the file that was locked.",
        cause=f"its sha256 is {found}, locked is {digest}",
        remedy="find out who stands between this machine and Maven Central",
    )


def _unfetched(error: Exception, cache_dir: Path) -> LocalKafkaError:
    return LocalKafkaError(
        f"Kafka {KAFKA_VERSION} is not in {cache_dir} and could not be fetched.",
        cause=f"{type(error).__name__}: {error}",
        remedy="connect to the network once (a proxy: HTTPS_PROXY) and start again",
    )


def _print_lock() -> None:
    rows = {
        a.filename: hashlib.sha256(Path(a.resolve()).read_bytes()).hexdigest()
        for a in jgo.resolve(COORDINATES)
    }
    print("".join(f"{digest}  {name}\n" for name, digest in sorted(rows.items())), end="")  # noqa: T201 - its purpose


if __name__ == "__main__":
    _print_lock()
