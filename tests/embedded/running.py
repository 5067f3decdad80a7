"""`python -m app run` as a process of its own, on a data folder."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.output import Output, heard
from tests.support.patience import PATIENCE
from tests.workers.conftest import free_port

from .processes import engines_in


class Running:
    """A server with its engines."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, output: Output) -> None:
        self._process = process
        self._output = output
        self.url = f"http://127.0.0.1:{port}"

    async def serves(self) -> None:
        """Wait until it says so."""
        await self._output.says("Ctrl-C stops everything")

    async def starts_engines(self, data_dir: Path) -> None:
        """Wait until the first of them is a process, which nothing announces."""
        async with asyncio.timeout(PATIENCE):
            while not engines_in(data_dir):
                assert self._process.returncode is None, self._output.text
                await asyncio.sleep(0.01)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()


def bare_environment(**variables: str) -> dict[str, str]:
    """Ours without what would set an installation up."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | variables


@asynccontextmanager
async def running(data_dir: Path, *, workers: int = 1) -> AsyncIterator[Running]:
    """Start one without demo people; it may not serve yet."""
    async with heard() as (theirs, output):
        port = free_port()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", "run", "--no-demo", "--data-dir", str(data_dir)),
                *("--port", str(port), "--workers", str(workers)),
                env=bare_environment(DRAIN_SECONDS="1"),
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
        server = Running(process, port, output)
        try:
            yield server
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                await server.ended()
