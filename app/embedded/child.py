"""The processes that we start, and those that an earlier, killed server left behind."""

import asyncio
import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from app.embedded.account import Account
from app.embedded.errors import EngineError

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.01

# As long as an engine may take until it answers: one that recovers from a crash, on a machine with much else to do.
START_SECONDS = 60.0

# As PostgreSQL, its initdb and SeaweedFS mark what stops them.
GRAVE = re.compile(r"FATAL|PANIC|error:|^[EF]\d{4} ")

# Signals to end a process with, each with the seconds to wait before the next.
Steps = Sequence[tuple[signal.Signals, float]]


class Child:
    """A process in a session of its own: Ctrl-C in the terminal reaches the server, which drains before it stops us.

    It writes to `log`, whose last version is kept beside it, and finds nothing of our environment but `env`.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        log: Path,
        env: Mapping[str, str],
        account: Account | None,
    ) -> None:
        self.log = log
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs
                arguments,
                cwd=folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while the process lives."""
        return self._process.poll()

    async def finished(self) -> int:
        """Wait for the end and return the exit code; a cancelled wait kills the process and its children."""
        try:
            return await asyncio.to_thread(self._process.wait)
        except asyncio.CancelledError:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
            raise

    async def stop(self, steps: Steps) -> None:
        """End the process, if it still lives."""
        if self.exit_code is None:
            await end(psutil.Process(self.pid), steps)
            self._process.wait()

    def complaint(self) -> str:
        """The line of the log that most likely tells why the process ended: what follows it are its consequences."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return next(filter(GRAVE.search, lines), lines[-1] if lines else f"it ended with code {self.exit_code}")


async def end(process: psutil.Process, steps: Steps) -> None:
    """Send a process one signal after the other until it is gone.

    Raises:
        EngineError: it belongs to somebody else, or outlives them all.
    """
    for step, seconds in steps:
        with suppress(psutil.NoSuchProcess):
            try:
                process.send_signal(step)
            except psutil.AccessDenied:
                raise EngineError(f"Process {process.pid} of another user has our data: stop it first.") from None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _lives(process):
                return
            await asyncio.sleep(POLL_SECONDS)
    raise EngineError(f"Process {process.pid} does not end: stop it by hand.")


def _lives(process: psutil.Process) -> bool:
    """Whether a process still holds anything: a zombie does as long as threads other than its first are dying."""
    try:
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def end_leftovers(program: str, folder: Path, steps: Steps) -> None:
    """End every process called `program` that works in `folder`, parents first: they end their children in good order.

    The working directory tells whose they are: it stays true when the folder moves, and no process id is written
    down that could go stale, or be missed by a server that is killed at the wrong moment.
    """
    found = {process.pid: process for process in _working_in(program, folder)}
    for process in sorted(found.values(), key=lambda each: _parent(each) in found):
        if _lives(process):
            logger.info("Ending %s (pid %s), which a server that was killed has left behind.", program, process.pid)
            await end(process, steps)


def _working_in(program: str, folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == program:
            with suppress(psutil.Error, OSError):
                if process.cwd().removesuffix(" (deleted)") == os.fspath(folder):
                    yield process


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None
