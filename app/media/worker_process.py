"""One worker process, seen from the server: its life, and a conversation with it over a socket pair."""

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Self

from app.media.worker_protocol import LENGTH, MAX_ANSWER_BYTES, Answer, Job, Ready, packed, unpacked_answer

# Loading Python and the decoders takes half a second; a machine under load may need many times that.
_START_SECONDS = 60

# A worker gets no other variable: the server's hold the keys of the database and of the store.
_PASSED_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "LANG", "TMPDIR")

_ROOT = Path(__file__).resolve().parents[2]


class WorkerCrashedError(Exception):
    """The process ended, or said something that is no answer."""


class WorkerStartError(Exception):
    """The process did not come up."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Of one job: seconds, by the clock and of CPU. Of the process: the address space, in bytes (on Linux)."""

    timeout_seconds: float
    memory_bytes: int


class WorkerProcess:
    """A running worker; whoever started it must `kill` it in the end, and `wait_ended`."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        limits: WorkerLimits,
    ) -> None:
        self._process = process
        self._reader, self._writer = streams
        self._limits = limits
        self._is_ready = False

    @classmethod
    async def start(cls, limits: WorkerLimits) -> Self:
        """Start a process, without waiting until it is ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            streams = await asyncio.open_unix_connection(sock=ours)
            return cls(_spawn(theirs, limits), streams, limits)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    async def wait_ready(self) -> None:
        """Wait until it takes jobs; raises WorkerStartError if it does not get there."""
        if self._is_ready:
            return
        try:
            async with asyncio.timeout(_START_SECONDS):
                self._is_ready = isinstance(await self._read(), Ready)
        except (WorkerCrashedError, TimeoutError) as error:
            raise WorkerStartError("a media worker did not start; its reason is on standard error") from error

    async def ask(self, job: Job) -> Answer:
        """Have a job done. Raises TimeoutError past the time limit, WorkerCrashedError without an answer."""
        async with asyncio.timeout(self._limits.timeout_seconds):
            try:
                self._writer.write(packed(job))
                await self._writer.drain()
            except ConnectionError as error:
                raise WorkerCrashedError from error
            return await self._read()

    async def _read(self) -> Answer:
        try:
            (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
            if length > MAX_ANSWER_BYTES:
                raise WorkerCrashedError(f"an answer of {length} bytes")
            return unpacked_answer(await self._reader.readexactly(length))
        except (EOFError, ConnectionError, pickle.UnpicklingError) as error:
            raise WorkerCrashedError from error

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        self._process.kill()
        self._writer.close()

    def has_ended(self) -> bool:
        """Tell whether the process is gone."""
        return self._process.poll() is not None

    async def wait_ended(self) -> int:
        """Wait until the process is gone; its exit status, or minus the signal that ended it."""
        return await asyncio.to_thread(self._process.wait)


def _spawn(connection: socket.socket, limits: WorkerLimits) -> subprocess.Popen[bytes]:
    numbers = (connection.fileno(), limits.memory_bytes, ceil(limits.timeout_seconds))
    environment = {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ}
    # Each arena of glibc's allocator reserves address space, of which a worker has a limited amount.
    environment["MALLOC_ARENA_MAX"] = "2"
    return subprocess.Popen(  # noqa: S603 - our own program, by this interpreter
        [sys.executable, "-m", "app.media.worker", *map(str, numbers)],
        cwd=_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[connection.fileno()],
        start_new_session=True,  # out of reach of the terminal's Ctrl-C
    )
