"""Server processes: real ones, forked from a process that has everything imported, so that one starts in no time."""

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import worker
from tests.faults.plan import CALM, Plan
from tests.support.patience import PATIENCE

forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(["tests.faults.worker"])


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(eq=False)
class ServerProcess:
    """One server, which may be killed, stopped, drained, and started again at the same port."""

    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    plan: Plan = CALM

    @property
    def url(self) -> str:
        """Where it answers GraphQL."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives; minus the signal that killed it."""
        return self._process.exitcode

    async def start(self, plan: Plan | None = None) -> None:
        """Start it, with another plan if one is given, and wait until it answers."""
        self.plan = self.plan if plan is None else plan
        environment = {**self.environment, "PORT": str(self.port)}
        ready, announce = forking.Pipe(duplex=False)
        self._process = forking.Process(
            target=worker.main, args=(environment, self.plan, self.log, announce), daemon=True
        )
        await asyncio.to_thread(self._process.start)
        announce.close()
        if not await asyncio.to_thread(ready.poll, PATIENCE):
            raise AssertionError(f"a server did not start; its log is {self.log}")
        try:
            ready.recv()
        except EOFError:
            raise AssertionError(f"a server did not start:\n{self.log.read_text()[-2000:]}") from None
        finally:
            ready.close()

    async def ended(self) -> int:
        """Wait until the process is gone; its exit code."""
        await asyncio.to_thread(self._process.join, PATIENCE)
        if self.exit_code is None:
            raise AssertionError(f"a server did not end within {PATIENCE:g} s:\n{self.log.read_text()[-2000:]}")
        return self.exit_code

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.exit_code is None:
            os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def drain(self) -> int:
        """Have it finish what it does and end; its exit code."""
        self.send(signal.SIGTERM)
        return await self.ended()
