"""The lock on a data folder."""

import os
from pathlib import Path

import pytest

from app.embedded.errors import AlreadyRunningError
from app.embedded.lock import FolderLock


def test_a_folder_is_free_at_once_though_a_child_is_still_being_started(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    assert first._descriptor is not None
    of_the_child = os.dup(first._descriptor)  # as between `fork` and `exec`
    with pytest.raises(AlreadyRunningError):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    os.close(of_the_child)
