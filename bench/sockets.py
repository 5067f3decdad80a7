"""Subscribers: raw WebSocket connections that count the frames they get."""

import asyncio
import base64
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Self

import orjson


def text_frame(message: object) -> bytes:
    """JSON as a text frame of a client."""
    return masked(orjson.dumps(message))


def init_frame(token: str) -> bytes:
    """`connection_init`."""
    return text_frame({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})


def subscribe_frame(query: str, variables: object) -> bytes:
    """`subscribe`."""
    return text_frame({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})


def masked(payload: bytes) -> bytes:
    """A text frame as clients send it (RFC 6455, section 5.3); a mask of zeros changes nothing."""
    length = len(payload)
    head = bytes((0x81, 0x80 | length)) if length < 126 else bytes((0x81, 0xFE)) + length.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload


SUBPROTOCOL = "graphql-transport-ws"
PATIENCE = 120.0
"""Seconds to wait for frames: long, because a slow server is what is to be measured."""
OPENING_AT_ONCE = 64
TEXT, PING = 0x81, 0x89
PONG_FRAME = b"\x8a\x80\0\0\0\0"


class Subscriber(asyncio.Protocol):
    """Counts whole text frames of up to 64 KiB, and answers pings; `opened` is done when the handshake is."""

    def __init__(self, path: str, protocol: str | None, greeting: bytes) -> None:
        self._path, self._protocol, self._greeting = path, protocol, greeting
        self._buffer = bytearray()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames = 0
        self.on_frame: Callable[[Subscriber], None] = lambda _: None
        self.sign: bytes | None = None
        """Only frames that contain this count, if it is set."""

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
            kind = self._buffer[0]
            if kind == PING:
                self.write(PONG_FRAME)
            elif kind == TEXT and (self.sign is None or self.sign in self._buffer[:size]):
                self.frames += 1
                self.on_frame(self)
            del self._buffer[:size]

    def _frame_size(self) -> int:
        if len(self._buffer) < 2 or (self._buffer[1] == 126 and len(self._buffer) < 4):
            return 0
        length = self._buffer[1]
        return 4 + int.from_bytes(self._buffer[2:4], "big") if length == 126 else 2 + length


class Audience:
    """Many subscribers, whose frames are counted together."""

    def __init__(self) -> None:
        self.subscribers: list[Subscriber] = []
        self.on_frame: Callable[[Subscriber], None] = lambda _: None
        """Called for each frame."""
        self._count = 0
        self._wanted = 0
        self._reached = asyncio.Event()

    async def connect(self, port: int, greetings: Iterable[bytes]) -> None:
        """Open a socket of a bare handler for each greeting, and say it."""
        await self._open(port, "/socket", None, greetings)

    async def subscribe(self, port: int, tokens: Sequence[str], query: str, variables: Sequence[object]) -> None:
        """Open a GraphQL socket for each token, subscribe with its variables, and wait until each answers a ping."""
        await self.sign_in(port, tokens)
        self.expect(len(self.subscribers))
        for subscriber, own in zip(self.subscribers, variables, strict=True):
            subscriber.write(subscribe_frame(query, own) + text_frame({"type": "ping"}))
        await self.heard()

    async def sign_in(self, port: int, tokens: Sequence[str]) -> None:
        """Open a GraphQL socket for each token, and wait for all acks."""
        self.expect(len(tokens))
        await self._open(port, "/graphql", SUBPROTOCOL, map(init_frame, tokens))
        await self.heard()

    async def say_each(self, frames: Sequence[bytes], sign: bytes) -> None:
        """Send one of these on each socket, and wait until each has heard a text that contains a sign."""
        waiting = set(self.subscribers)
        self.on_frame = waiting.discard
        self.expect(len(self.subscribers))
        for subscriber, frame in zip(self.subscribers, frames, strict=True):
            subscriber.sign = sign
            subscriber.write(frame)
        while waiting:
            await self.heard()
            self.expect(1)

    async def _open(self, port: int, path: str, protocol: str | None, greetings: Iterable[bytes]) -> None:
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def open_one(greeting: bytes) -> None:
            async with gate:
                subscriber = Subscriber(path, protocol, greeting)
                subscriber.on_frame = self._on_frame
                await asyncio.get_running_loop().create_connection(lambda: subscriber, "127.0.0.1", port)
                self.subscribers.append(subscriber)
                await subscriber.opened

        await asyncio.gather(*map(open_one, greetings))

    def expect(self, frames: int) -> None:
        """Count from now on; `heard` returns when so many frames came."""
        self._count, self._wanted = 0, frames
        self._reached.clear()

    async def heard(self) -> None:
        """Wait for what was expected."""
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    def _on_frame(self, subscriber: Subscriber) -> None:
        self._count += 1
        self.on_frame(subscriber)
        if self._count >= self._wanted:
            self._reached.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        for subscriber in self.subscribers:
            subscriber.close()
