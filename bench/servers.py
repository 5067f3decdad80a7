"""The servers that are compared: each a process on a core of its own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

SERVER_CORE, OTHER_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: psutil.Process

    @property
    def cpu_seconds(self) -> float:
        """CPU time used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def memory_bytes(self) -> int:
        """Memory that is its own."""
        return int(self.process.memory_full_info().uss)


def keep_to(core: int) -> None:
    """Keep this process, and those that it starts, to one core, where the system can do that and has two."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(*arguments: str, port: int, environment: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """Start `python …` and wait until it listens; end it on leaving."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **(environment or {})}, preexec_fn=lambda: keep_to(SERVER_CORE)
    )
    try:
        await _listening(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(30):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
    raise RuntimeError("the server did not start")
