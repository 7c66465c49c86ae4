"""What the engine's tests ask for: workers of the toy, ready to be forked, on a broker shared by all."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# The folders of tests are no packages; the toy and its cluster are used by several files here.
sys.path.insert(0, str(Path(__file__).parent))

from cluster import Toys
from nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A process that has imported all that a worker of the toy needs, and forks."""
    with Nursery("toy") as running:
        yield running


NewToys = Callable[..., Toys]


@pytest.fixture
def new_toys(tmp_path: Path, nursery: Nursery) -> Iterator[NewToys]:
    """Makes apps of the toy on any broker; kills what is left of their workers."""
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
    """An app of this test alone, with four partitions, on the shared broker."""
    return new_toys(kafka)
