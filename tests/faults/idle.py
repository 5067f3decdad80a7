"""Sockets by the thousand: each follows the inbox of a person, on a raw transport that takes little of this process."""

import asyncio
import base64
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

from bench.sockets import PONG_FRAME, SUBPROTOCOL, init_frame, subscribe_frame, text_frame
from tests.support.graphql_client import Json
from tests.support.people import Person, operation

# They come a few at a time: what a storm of them needs for a moment is not in what is measured.
OPENING_AT_ONCE = 50
# Not the servers' own address, a port of which they might take that a server wants to start on again.
ADDRESS = ("127.0.0.2", 0)
TEXT, CLOSE, PING = 0x81, 0x88, 0x89
GOODBYE_FRAME = b"\x88\x82\0\0\0\0" + (1000).to_bytes(2, "big")


class Tally:
    """Counts what all sockets have heard of each kind, for who waits until it is so much."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._goals: dict[str, tuple[int, asyncio.Future[None]]] = {}

    def add(self, kind: str) -> None:
        """One more."""
        self._counts[kind] += 1
        if kind in self._goals and self._counts[kind] >= self._goals[kind][0]:
            self._goals.pop(kind)[1].set_result(None)

    async def reaches(self, kind: str, number: int, seconds: float) -> None:
        """Wait until there were so many."""
        if self._counts[kind] >= number:
            return
        goal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._goals[kind] = number, goal
        try:
            async with asyncio.timeout(seconds):
                await goal
        except TimeoutError:
            raise AssertionError(f"{self._counts[kind]} times {kind} in {seconds} s, not {number}") from None
        finally:
            self._goals.pop(kind, None)


class IdleSocket(asyncio.Protocol):
    """Connects, subscribes once that is acknowledged, and keeps the texts of all messages that it is told."""

    def __init__(self, person: Person, tally: Tally) -> None:
        self.person = person
        self.heard: list[str] = []
        self.errors: list[Json] = []
        self.close_code: int | None = None
        loop = asyncio.get_running_loop()
        self.standing: asyncio.Future[None] = loop.create_future()
        """The first event has come, which tells that the inbox stands."""
        self.gone: asyncio.Future[None] = loop.create_future()
        """The connection is closed, by the server too."""
        self._tally = tally
        self._upgraded = False
        self._buffer = bytearray()

    @property
    def port(self) -> int:
        """Where it comes from."""
        return int(self._transport.get_extra_info("sockname")[1])

    def say(self, frame: bytes) -> None:
        """Write a frame."""
        self._transport.write(frame)

    def hang_up(self) -> None:
        """Be gone without a word."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        self.say(
            "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            self._upgrade()
        while self._upgraded and (frame := self._frame()):
            self._hear(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set_result(None)
        if not self.standing.done():
            self.standing.set_exception(exc or ConnectionError(f"closed with {self.close_code} before any event"))

    def _upgrade(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end >= 0:
            assert self._buffer.startswith(b"HTTP/1.1 101 "), bytes(self._buffer)
            del self._buffer[: end + 4]
            self._upgraded = True
            assert self.person.client.token
            self.say(init_frame(self.person.client.token))

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 4 and (len(buffer) < 2 or buffer[1] == 126):
            return None
        start, length = (4, int.from_bytes(buffer[2:4], "big")) if buffer[1] == 126 else (2, buffer[1])
        if len(buffer) < start + length:
            return None
        kind, payload = buffer[0], bytes(buffer[start : start + length])
        del buffer[: start + length]
        return kind, payload

    def _hear(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self._obey(orjson.loads(payload))
        elif kind == PING:
            self.say(PONG_FRAME)
        elif kind == CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big")

    def _obey(self, message: Json) -> None:
        match message["type"]:
            case "connection_ack":
                self.say(subscribe_frame(operation("live/inbox"), None))
            case "next" if "errors" not in message["payload"]:
                self._note(message["payload"]["data"]["inbox"])
            case "pong":
                self._tally.add("pong")
            case _:
                self.errors.append(message)

    def _note(self, event: Json) -> None:
        if not self.standing.done():
            assert event["__typename"] == "Heartbeat", event
            self.standing.set_result(None)
        elif event["__typename"] == "MessageAdded":
            self.heard.append(event["message"]["content"]["text"])
            self._tally.add("message")


@dataclass(eq=False)
class Crowd:
    """Many sockets at one server."""

    port: int
    tally: Tally = field(default_factory=Tally)
    sockets: list[IdleSocket] = field(default_factory=list)
    pings: int = 0

    async def join(self, people: Sequence[Person], seconds: float) -> None:
        """Open a socket for each of these, and wait for the first event of each."""
        gate = asyncio.Semaphore(OPENING_AT_ONCE)
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as opening:
            for person in people:
                opening.create_task(self._open(person, gate))

    async def _open(self, person: Person, gate: asyncio.Semaphore) -> None:
        async with gate:
            socket = IdleSocket(person, self.tally)
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: socket, "127.0.0.1", self.port, local_addr=ADDRESS)
            self.sockets.append(socket)
            await socket.standing

    async def answered(self, seconds: float) -> None:
        """Wait until the server has answered a ping on each, and so has written what it had to say before."""
        for socket in self.sockets:
            socket.say(text_frame({"type": "ping"}))
        self.pings += len(self.sockets)
        await self.tally.reaches("pong", self.pings, seconds)

    async def leave(self, seconds: float) -> None:
        """Say goodbye on each, and wait until the server has closed it."""
        for socket in self.sockets:
            socket.say(GOODBYE_FRAME)
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(socket.gone for socket in self.sockets))


@asynccontextmanager
async def crowd(port: int) -> AsyncIterator[Crowd]:
    """A crowd at a server, all gone in the end."""
    crowd = Crowd(port)
    try:
        yield crowd
    finally:
        for socket in crowd.sockets:
            socket.hang_up()
        await asyncio.gather(*(socket.gone for socket in crowd.sockets))
