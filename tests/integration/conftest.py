"""Fixtures of the integration tests: forked workers of the toy and of the router, on a broker shared by all tests."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import IMPATIENT
from workers.local_kafka.server import LocalKafka

# Test folders are not packages; several files here import the toy and its cluster.
sys.path.insert(0, str(Path(__file__).parent))

from cluster import NewToys, Toys
from nursery import Nursery

if TYPE_CHECKING:
    from router import Router
    from secured import SecuredKafka


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A process that has imported the modules of a toy worker and forks such workers."""
    with Nursery("toy") as running:
        yield running


@pytest.fixture
def new_toys(tmp_path: Path, nursery: Nursery) -> Iterator[NewToys]:
    """Make apps of the toy on any broker. At the end, kill their workers that still run."""
    made: list[Toys] = []

    def make(bootstrap: str, partitions: int = 4) -> Toys:
        folder = tmp_path / f"toys{len(made)}"
        folder.mkdir()
        made.append(Toys(bootstrap, folder, nursery, partitions))
        return made[-1]

    yield make
    for toys in made:
        toys.kill_all()


@pytest.fixture
def toys(kafka: str, new_toys: NewToys) -> Toys:
    """An app for one test, with four partitions, on the shared broker."""
    return new_toys(kafka)


@pytest.fixture(scope="session")
def router_nursery() -> Iterator[Nursery]:
    """A process that has imported the whole router and forks its workers."""
    with Nursery("router_worker") as running:
        yield running


@pytest.fixture(scope="session")
def router_kafka(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker on which the contract's topics may be deleted. It is started here even if KAFKA_BOOTSTRAP is set."""
    if "KAFKA_BOOTSTRAP" not in os.environ:
        yield request.getfixturevalue("kafka")
        return
    with LocalKafka(tmp_path_factory.mktemp("router-kafka"), properties=IMPATIENT) as broker:
        yield broker.bootstrap


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker with TLS, logins and access rights. It is always started here."""
    from secured import SecuredKafka  # noqa: PLC0415 - most tests do not need certificates

    with SecuredKafka(tmp_path_factory.mktemp("secured")) as broker:
        yield broker


@pytest.fixture
async def allowed(secured: SecuredKafka) -> AsyncIterator[SecuredKafka]:
    """The secured broker, whose user has no rights yet. At the end they are removed again."""
    await secured.forget()
    yield secured
    await secured.forget()


NewRouter = Callable[..., "Router"]


def _router_maker(folder: Path, nursery: Nursery) -> Iterator[NewRouter]:
    from router import Router  # noqa: PLC0415 - imports Faust, which takes a second and which the engine's tests do not need

    made: list[Router] = []

    def make(bootstrap: str, partitions: int = 3) -> Router:
        for earlier in made:
            earlier.kill_all()  # the next router uses the same topics
        own = folder / f"router{len(made)}"
        own.mkdir()
        made.append(Router(bootstrap, own, nursery, f"router-{uuid.uuid4().hex[:12]}", partitions))
        return made[-1]

    yield make
    for router in made:
        router.kill_all()


@pytest.fixture
def new_router(tmp_path: Path, router_nursery: Nursery) -> Iterator[NewRouter]:
    """Make routers on any broker. At the end, kill their workers that still run."""
    yield from _router_maker(tmp_path, router_nursery)


@pytest.fixture(scope="module")
def new_routers(tmp_path_factory: pytest.TempPathFactory, router_nursery: Nursery) -> Iterator[NewRouter]:
    """Make routers for runs that several tests of a module check."""
    yield from _router_maker(tmp_path_factory.mktemp("routers"), router_nursery)


@pytest.fixture
async def router(router_kafka: str, new_router: NewRouter) -> Router:
    """A router for one test, with three partitions and empty topics."""
    made = new_router(router_kafka)
    await made.create()
    return made
