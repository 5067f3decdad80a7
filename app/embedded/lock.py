"""One process at a time has a data folder."""

import fcntl
import os
from pathlib import Path

from app.embedded.errors import AlreadyRunningError


class FolderLock:
    """An exclusive lock on a folder, which the kernel gives back when its holder dies, however it dies.

    Children do not inherit it: an engine that outlives a killed server does not keep the next one out.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            AlreadyRunningError: another living process has it.
        """
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            raise AlreadyRunningError(self._folder, pid) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back, if it is held. The file stays: removing it would let two in."""
        if self._descriptor is not None:
            # To close it is not enough: a child that has yet to become the program it was started for has it as well.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None
