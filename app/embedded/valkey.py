"""Valkey, as a child of ours that listens on a Unix socket and on no TCP port, and keeps nothing on disk."""

import asyncio
import logging
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from app.embedded.child import POLL_SECONDS, START_SECONDS, Child, Steps, end_leftovers
from app.embedded.errors import EngineError
from app.embedded.installation import valkey_program
from app.embedded.sockets import SocketFolder

logger = logging.getLogger(__name__)

SOCKET = "valkey.sock"

# It holds nothing that would have to be saved.
STOP: Steps = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 30.0))

# Between looks at whether it still lives.
WATCH_SECONDS = 0.2
# Before it is started again: twice as long each time, unless it lived for a while.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, STEADY_SECONDS = 0.5, 10.0, 60.0

SETTINGS = {"port": "0", "unixsocketperm": "700", "save": "", "appendonly": "no", "daemonize": "no"}


class EmbeddedValkey:
    """A Valkey server for the processes of this machine: it carries hints, which need not survive it.

    Whoever starts it must have the folder to himself (`FolderLock`): a server found running there is one that was
    left behind, and is stopped.
    """

    _address: Path

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Child | None = None
        self._sockets: SocketFolder | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._server.pid if self._server else None

    async def start(self) -> str:
        """Start the server and return its URL, `unix:///path/of/the/socket`, which redis-py takes.

        Raises:
            EngineError: in one line, why it does not start.
        """
        program = valkey_program()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        home = self._folder.resolve()
        await end_leftovers(program.name, home, STOP)
        self._sockets = SocketFolder(home, SOCKET)
        self._address = self._sockets.open() / SOCKET
        await self._serve()
        return f"unix://{quote(os.fspath(self._address))}"

    async def keep(self) -> None:
        """Start it again at the same address whenever it has ended, until this is cancelled; it has to run before."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            lived = await self._ended()
            pause = FIRST_PAUSE_SECONDS if lived > STEADY_SECONDS else pause
            assert self._server is not None
            logger.error("Valkey ended with code %s: starting it again in %g s", self._server.exit_code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            try:
                await self._serve()
            except (EngineError, OSError) as error:
                logger.error("%s", error)  # noqa: TRY400 - all of it is in that line
            else:
                logger.info("Valkey runs again")

    async def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            await self._server.stop(STOP)
            self._server = None
        if self._sockets is not None:
            self._sockets.close()
            self._sockets = None

    async def _serve(self) -> None:
        home = self._folder.resolve()
        settings = {**SETTINGS, "dir": os.fspath(home), "unixsocket": os.fspath(self._address)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        log, env = self._folder.with_name("valkey.log"), {"PATH": os.defpath, "LC_ALL": "C"}
        self._server = Child([str(valkey_program()), *options], folder=home, log=log, env=env, account=None)
        await self._ready(self._address)

    async def _ended(self) -> float:
        """Wait for its end; the seconds until then."""
        assert self._server is not None
        started = time.monotonic()
        while self._server.exit_code is None:  # noqa: ASYNC110 - its end is told to nobody
            await asyncio.sleep(WATCH_SECONDS)
        return time.monotonic() - started

    async def _ready(self, address: Path) -> None:
        assert self._server is not None
        deadline = time.monotonic() + START_SECONDS
        while self._server.exit_code is None and time.monotonic() < deadline:
            with suppress(OSError):
                if await _answers(address):
                    return
            await asyncio.sleep(POLL_SECONDS)
        raise EngineError(f"Valkey does not start: {self._server.complaint()} (its log is {self._server.log})")


async def _answers(address: Path) -> bool:
    reader, writer = await asyncio.open_unix_connection(address)
    try:
        writer.write(b"PING\r\n")
        async with asyncio.timeout(START_SECONDS):
            return await reader.readline() == b"+PONG\r\n"
    finally:
        writer.close()
