"""Subscribers: raw WebSocket connections that count the frames they get."""

import asyncio
import base64
import os
from collections.abc import Callable

import orjson


def masked(payload: bytes) -> bytes:
    """A text frame as clients send it (RFC 6455, section 5.3); a mask of zeros changes nothing."""
    length = len(payload)
    head = bytes((0x81, 0x80 | length)) if length < 126 else bytes((0x81, 0xFE)) + length.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload


class Subscriber(asyncio.Protocol):
    """Counts whole text frames; `opened` is done when the handshake is."""

    def __init__(self, path: str, protocol: str | None, greeting: bytes) -> None:
        self._path, self._protocol, self._greeting = path, protocol, greeting
        self._buffer = bytearray()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames = 0
        self.on_frame: Callable[[], None] = lambda: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        offer = f"Sec-WebSocket-Protocol: {self._protocol}\r\n" if self._protocol else ""
        key = base64.b64encode(os.urandom(16)).decode()
        self.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{offer}\r\n".encode()
        )

    def write(self, data: bytes) -> None:
        self._transport.write(data)  # type: ignore[attr-defined]

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            del self._buffer[: end + 4]
            self.opened.set_result(None)
            self.write(self._greeting)
        while (size := self._frame_size()) and len(self._buffer) >= size:
            if self._buffer[0] & 0x0F == 1:
                self.frames += 1
                self.on_frame()
            del self._buffer[:size]

    def _frame_size(self) -> int:
        if len(self._buffer) < 4:
            return 0
        length = self._buffer[1] & 0x7F
        return 4 + int.from_bytes(self._buffer[2:4], "big") if length == 126 else 2 + length


class Audience:
    """Many subscribers; counts frames together."""

    def __init__(self) -> None:
        self.subscribers: list[Subscriber] = []
        self._count = 0
        self._wanted = 0
        self._reached = asyncio.Event()

    async def connect(
        self, port: int, path: str, count: int, protocol: str | None = None, greeting: bytes = b""
    ) -> None:
        """Open so many sockets, and say the greeting on each."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, subscriber = await loop.create_connection(
                lambda: Subscriber(path, protocol, greeting), "127.0.0.1", port
            )
            subscriber.on_frame = self._on_frame
            self.subscribers.append(subscriber)
        await asyncio.gather(*(subscriber.opened for subscriber in self.subscribers))

    async def subscribe(self, port: int, count: int, token: str, query: str, variables: dict[str, object]) -> None:
        """Open so many graphql-transport-ws sockets and subscribe on each."""
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        self.expect(count)
        await self.connect(port, "/graphql", count, "graphql-transport-ws", masked(orjson.dumps(init)))
        await self.heard()
        self._write({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})

    def _write(self, message: dict[str, object]) -> None:
        frame = masked(orjson.dumps(message))
        for subscriber in self.subscribers:
            subscriber.write(frame)

    def expect(self, frames: int) -> None:
        """Count from now on; `heard` returns when so many frames came."""
        self._count, self._wanted = 0, frames
        self._reached.clear()

    async def heard(self) -> None:
        """Wait for what was expected."""
        await asyncio.wait_for(self._reached.wait(), 60)

    def _on_frame(self) -> None:
        self._count += 1
        if self._count >= self._wanted:
            self._reached.set()

    def close(self) -> None:
        for subscriber in self.subscribers:
            subscriber.close()
