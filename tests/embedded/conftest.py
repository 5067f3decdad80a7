import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.embedded import EmbeddedEngines, remove_data


@contextmanager
def open_folder() -> Iterator[Path]:
    """A data folder that is not made yet, in a folder that every user can enter (pytest's own is closed)."""
    with tempfile.TemporaryDirectory(prefix="embedded-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder, "data")
        remove_data(Path(folder, "data"))


def copy(template: Path, data_dir: Path) -> None:
    """Copy a data folder that is not in use, with the owners of its files."""
    subprocess.run(["cp", "-a", template, data_dir], check=True)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that is not made yet."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def used_dir(template: Path, data_dir: Path) -> Path:
    """A data folder that has a cluster already, which spares a test the second that making one takes."""
    copy(template, data_dir)
    return data_dir


@pytest.fixture(scope="session")
async def template() -> AsyncIterator[Path]:
    with open_folder() as folder:
        engines = EmbeddedEngines(folder, s3=False, durable=False)
        await engines.start()
        await engines.stop()
        yield folder
