"""A TCP proxy before a server, which loses, delays and cuts what passes."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65_536

# As small as the kernel lets it be, so that a server soon finds out that nobody reads.
RECEIVE_BUFFER = 4_096


@dataclass(eq=False)
class Proxy:
    """Passes bytes on to `target_port`, with what the fields say going wrong on the way.

    Each connection's bytes stay in order; `delay` (at most so many seconds, by chance, for each piece) reorders what
    passes on different ones. A connection whose reply is dropped is cut, as by a machine on the way that fails.
    """

    target_port: int
    chance: random.Random
    port: int = 0
    drop_replies: float = 0.0
    delay: float = 0.0
    swallowing: bool = False
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it takes nothing from the server, which has to keep what it sends."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the server has ended a connection."""
    dropped: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where GraphQL is answered, through this proxy."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listen, at a port of its own."""
        self.reading.set()
        server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def _begin(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await self._connect()
        except OSError:
            to_client.transport.abort()
            return
        both = {to_client, to_server}
        self._writers |= both
        for work in (
            self._carry(from_client, to_server, both),
            self._carry(from_server, to_client, both, is_reply=True),
        ):
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        to_server = socket.socket()
        to_server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        to_server.settimeout(0)
        try:
            await asyncio.get_running_loop().sock_connect(to_server, ("127.0.0.1", self.target_port))
        except OSError:
            to_server.close()
            raise
        return await asyncio.open_connection(sock=to_server, limit=CHUNK)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        both: set[asyncio.StreamWriter],
        *,
        is_reply: bool = False,
    ) -> None:
        with suppress(OSError):
            while piece := await self._piece(reader, is_reply=is_reply):
                if self.delay:
                    await asyncio.sleep(self.chance.uniform(0, self.delay))
                if self.swallowing:
                    continue
                if is_reply and self.chance.random() < self.drop_replies:
                    self.dropped += 1
                    break
                writer.write(piece)
                await writer.drain()
        if is_reply:
            self.hung_up.set()
        if self.swallowing:  # the other side is not to know: its connection stays until all are cut
            return
        for each in both:
            each.transport.abort() if is_reply else each.close()
        self._writers -= both

    async def _piece(self, reader: asyncio.StreamReader, *, is_reply: bool) -> bytes:
        if is_reply:
            await self.reading.wait()
        return await reader.read(CHUNK)
