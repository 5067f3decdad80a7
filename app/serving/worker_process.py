"""A worker as its supervisor sees it: a process, and a channel on which it says that it serves, or why it can't.

The channel is open as long as both live: a worker whose supervisor is gone, however it went, drains and ends. One that
serves says so again and again, from the loop that serves.
"""

import asyncio
import contextlib
import itertools
import json
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

READY = b"ready\n"
BEAT = b"beat\n"

# From its start until it serves. An engine that does not answer is given up after a minute, which a worker then tells
# itself, and many that start at once on few cores take long to import what they serve.
START_SECONDS = 180.0

# Beats in the time after which a worker counts as hung.
BEATS = 6

# What a supervisor says, each with the number of a place: take connections there as well, or no more.
COVER, LEAVE = b"cover", b"leave"

# The variable by which a worker learns what the demo people sign in with, where there are any.
DEMO_PASSWORD = "DEMO_PASSWORD"  # noqa: S105 - its name


class WorkerProcess:
    """One started process."""

    def __init__(
        self, process: asyncio.subprocess.Process, channel: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._channel = channel
        self._writer = writer
        self._draining = False
        self._listening: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self._ended = asyncio.create_task(process.wait())

    @classmethod
    async def start(
        cls, place: int, places: Sequence[Sequence[socket.socket]], environment: Mapping[str, str]
    ) -> "WorkerProcess":
        """Start one at its place, which can cover the others.

        It is in a session of its own, so that Ctrl-C reaches it by way of us only.
        """
        ours, theirs = socket.socketpair()
        descriptors = [[each.fileno() for each in sockets] for sockets in places]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", "worker", "--place", str(place)),
                *("--channel", str(theirs.fileno()), "--sockets", json.dumps(descriptors)),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds={theirs.fileno(), *itertools.chain(*descriptors)},
                start_new_session=True,
            )
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        return cls(process, reader, writer)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def starts(self) -> str | None:
        """Wait until it serves, which is None; or why it does not. One that does neither serve nor end is killed."""
        said, hung = b"", False
        try:
            async with asyncio.timeout(START_SECONDS):
                with contextlib.suppress(ConnectionError):
                    said = await self._channel.readline()
                if said != READY:
                    await self.ended()
        except TimeoutError:
            hung = True
            self.signal(signal.SIGKILL)
        if said == READY:
            self.excuse()
            self._listening = asyncio.create_task(self._listen())
            return None
        code = await self.ended()
        self._writer.close()
        how = f"hung for {START_SECONDS:g} s" if hung else f"ended with code {code}"
        return said.decode(errors="replace").strip() or f"A worker {how} before it could serve."

    async def _listen(self) -> None:
        with contextlib.suppress(ConnectionError):
            while await self._channel.readline():
                self.excuse()
        self._writer.close()  # it has ended, and all that it said is heard

    def excuse(self) -> None:
        """Begin anew to count for how long it says nothing."""
        self._heard_at = asyncio.get_running_loop().time()

    def silence(self) -> float:
        """For how many seconds one that serves has said nothing; 0 for one that has ended."""
        return 0.0 if self._ended.done() else asyncio.get_running_loop().time() - self._heard_at

    async def ended(self) -> int:
        """Wait for its end: the exit code, or minus the number of the signal that ended it."""
        return await asyncio.shield(self._ended)

    def tell(self, command: bytes, place: int) -> None:
        """Say something on the channel, unless it has ended."""
        if not self._writer.is_closing():
            self._writer.write(b"%b %d\n" % (command, place))

    def drain(self) -> None:
        """Ask it to end in good order; only once, because a second SIGTERM hurries."""
        if not self._draining:
            self._draining = True
            self.signal(signal.SIGTERM)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if not self._ended.done():
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def end(self, seconds: float) -> None:
        """Wait for its end as long as that, then force it."""
        try:
            async with asyncio.timeout(seconds):
                await self.ended()
        except TimeoutError:
            self.signal(signal.SIGKILL)
            await self.ended()
