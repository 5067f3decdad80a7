"""Load: keep-alive connections that send prepared requests and count answers, with as little work as Python allows."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask, anew each time, and a part of every good answer: each one is checked."""

    request: Callable[[], bytes]
    proof: bytes


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers, in all and a second."""

    answers: int
    per_second: float


def post(path: str, body: bytes, token: str | None = None) -> bytes:
    """A POST of JSON as it goes over the wire."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{authorization}"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class Connection(asyncio.Protocol):
    """One connection: sends the next request as soon as an answer is whole."""

    def __init__(self, next_request: Callable[[], bytes | None], proof: bytes) -> None:
        self._next_request = next_request
        self._proof = proof
        self._buffer = b""
        self._wanted = -1
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = 0

    def itself(self) -> "Connection":
        """What `create_connection` asks for."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._wanted < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            start = head.index(b"content-length:") + 15
            self._wanted = end + 4 + int(head[start:].split(b"\r\n", 1)[0])
        if len(self._buffer) >= self._wanted:
            if self._proof not in self._buffer or not self._buffer.startswith(b"HTTP/1.1 200 "):
                self._fail()
                return
            self.answers += 1
            self._buffer, self._wanted = b"", -1
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError("the server hung up"))

    def stop(self) -> None:
        """Hang up, whether or not an answer is under way."""
        self._next_request = lambda: None
        self._transport.close()

    def _fail(self) -> None:
        self.done.set_exception(RuntimeError(f"not a good answer: {self._buffer[:1000].decode()}"))
        self._transport.close()

    def _send(self) -> None:
        request = self._next_request()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)  # type: ignore[attr-defined]


async def measure(port: int, load: Load, *, seconds: float, connections: int = CONNECTIONS) -> Measured:
    """Send requests over all connections for a time."""
    end = time.perf_counter() + seconds
    return await _drive(port, lambda: load.request() if time.perf_counter() < end else None, load.proof, connections)


async def send_all(port: int, requests: Sequence[bytes], proof: bytes, *, connections: int = CONNECTIONS) -> Measured:
    """Send each of these once."""
    rest = iter(requests)
    return await _drive(port, lambda: next(rest, None), proof, connections)


async def _drive(port: int, next_request: Callable[[], bytes | None], proof: bytes, connections: int) -> Measured:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    opened: list[Connection] = []
    try:
        for _ in range(connections):
            connection = Connection(next_request, proof)
            await loop.create_connection(partial(Connection.itself, connection), "127.0.0.1", port)
            opened.append(connection)
        await asyncio.gather(*(connection.done for connection in opened))
    finally:
        for connection in opened:
            connection.stop()
    answers = sum(connection.answers for connection in opened)
    return Measured(answers, answers / (time.perf_counter() - started))


Ask = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def asking(port: int) -> AsyncIterator[Ask]:
    """Ask one request at a time over one connection; what is yielded returns the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def ask(request: bytes) -> bytes:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        if not head.startswith(b"http/1.1 200 "):
            raise RuntimeError(f"not a good answer: {body[:1000].decode()}")
        return body

    try:
        yield ask
    finally:
        writer.close()
