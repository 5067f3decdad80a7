"""Load: keep-alive connections that send prepared requests and count answers, with as little work as Python allows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers per second, and the size of the last one in bytes."""

    per_second: float
    size: int


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


class _Connection(asyncio.Protocol):
    """One connection: sends the next request as soon as an answer is whole."""

    def __init__(self, next_request: Callable[[], bytes | None], done: asyncio.Future[None]) -> None:
        self._next_request = next_request
        self._done = done
        self._buffer = b""
        self._wanted = -1
        self.answers = 0
        self.size = 0

    def itself(self) -> "_Connection":
        """What `create_connection` asks for."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._wanted < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            if b" 200 " not in head[:20]:
                self._done.set_exception(RuntimeError(self._buffer[:500].decode()))
                return
            start = head.index(b"content-length:") + 15
            self._wanted = end + 4 + int(head[start:].split(b"\r\n", 1)[0])
        if len(self._buffer) >= self._wanted:
            self.size = self._wanted
            self.answers += 1
            self._buffer, self._wanted = b"", -1
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        request = self._next_request()
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)  # type: ignore[attr-defined]


async def measure(port: int, request: Callable[[], bytes], *, seconds: float, connections: int = 32) -> Measured:
    """Send requests over all connections for a time."""
    loop = asyncio.get_running_loop()
    end = time.perf_counter() + seconds
    started = time.perf_counter()

    def next_request() -> bytes | None:
        return request() if time.perf_counter() < end else None

    done: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    opened = []
    for future in done:
        connection = _Connection(next_request, future)
        await loop.create_connection(partial(_Connection.itself, connection), "127.0.0.1", port)
        opened.append(connection)
    await asyncio.gather(*done)
    elapsed = time.perf_counter() - started
    return Measured(sum(connection.answers for connection in opened) / elapsed, opened[0].size)
