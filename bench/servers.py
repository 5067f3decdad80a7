"""The servers that are compared: processes on a core of their own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psutil

SERVER_CORE, OTHER_CORE = 0, 1
START_SECONDS, STOP_SECONDS = 60, 10


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, which may have several processes."""

    port: int
    process: psutil.Process

    @property
    def processes(self) -> list[psutil.Process]:
        """All that belong to it."""
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """CPU time used so far."""
        return sum(times.user + times.system for times in (process.cpu_times() for process in self.processes))

    def memory_bytes(self) -> int:
        """Memory that it shares with nobody."""
        return sum(int(process.memory_full_info().uss) for process in self.processes)


def keep_to(*cores: int) -> None:
    """Keep this process, and those that it starts, to these cores, where the system can do that and has them."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > max(cores):
        os.sched_setaffinity(0, set(cores))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python(*arguments: str) -> list[str]:
    """The command `python …`."""
    return [sys.executable, *arguments]


@asynccontextmanager
async def running(
    command: Sequence[str],
    port: int,
    environment: Mapping[str, str] | None = None,
    cores: Sequence[int] = (SERVER_CORE,),
) -> AsyncIterator[Server]:
    """Start a server in a session of its own and wait until it listens; end it on leaving, with all its processes."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(environment or {})},
        stdout=asyncio.subprocess.DEVNULL,
        preexec_fn=lambda: keep_to(*cores),
        start_new_session=True,
    )
    try:
        if not await _listening(port, process):
            raise RuntimeError(f"did not start: {' '.join(command)}")
        yield Server(port, psutil.Process(process.pid))
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask it to end, and kill what is left of its session."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> bool:
    """Wait for it; false if the process ends before, or takes too long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return True
    return False
