"""One channel of a server, and the connection to it, made anew for as long as it takes."""

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import MovedError, RedisError

from app.hints.address import Address
from app.hints.pack import pack, unpack

logger = logging.getLogger(__name__)

# What waits to be published does so for at most this long, and in at most this number; the oldest is dropped first.
DEADLINE_SECONDS = 0.1
QUEUE_LENGTH = 1_000
# Messages that may be under way: what is published meanwhile waits, and goes into one message. A server that hangs
# therefore gets no more than these when it comes to itself.
WINDOW = 4

# A connection is pinged after so long without anything to publish, and given up after silence of twice as long.
PING_SECONDS = 1.0

# A server that hangs still takes connections, and never answers on them.
CONNECT_SECONDS = 2.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 2.0


class Link:
    """Publishes to a channel under a name, and hears what is published there under others.

    On a cluster it is a shard channel, and the connection goes to the node that has it.
    """

    def __init__(self, address: Address, channel: str, name: bytes, reconnected: list[Callable[[], None]]) -> None:
        self._address = address
        self._channel = channel
        self._name = name
        self._reconnected = reconnected
        self._sharded = False
        self._moved_to: tuple[str, int] | None = None
        self._queue: deque[tuple[float, bytes]] = deque(maxlen=QUEUE_LENGTH)
        self._under_way = 0
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._heard_at = 0.0
        self._troubled = False
        self._pause = FIRST_PAUSE_SECONDS
        self.stands = False
        self.listeners: list[Callable[[bytes], None]] = []
        self._task = self._loop.create_task(self._keep_up(), name=f"hints-{channel}")

    def send(self, payload: bytes) -> None:
        """Publish soon, or drop it: at once where there is no connection."""
        if self.stands:
            self._queue.append((self._loop.time() + DEADLINE_SECONDS, payload))
            self._wake.set()

    async def close(self) -> None:
        """Disconnect for good."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    # Connecting.

    async def _keep_up(self) -> None:
        while True:
            connection = self._address.connection(self._moved_to)
            try:
                await self._use(connection)
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
            except Exception:
                logger.exception("hints: the connection of %s failed in an unforeseen way", self._channel)
            finally:
                self.stands = False
                self._queue.clear()
                await connection.disconnect(nowait=True)
            await asyncio.sleep(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that not all come at once
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _lost(self, error: Exception) -> None:
        was_moved = self._moved_to is not None
        self._moved_to = (error.host, error.port) if isinstance(error, MovedError) else None
        if not (self._moved_to or was_moved or self._troubled):
            self._troubled = True
            logger.warning("hints: no connection to Valkey or Redis, trying again until there is: %s", error)

    async def _use(self, connection: AbstractConnection) -> None:
        """Connect, then read and write until one of them fails."""
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call]
            self._sharded = await _is_cluster(connection)
            await connection.send_command("SSUBSCRIBE" if self._sharded else "SUBSCRIBE", self._channel)
        self._under_way = 0
        self._heard_at = self._loop.time()
        work = [self._loop.create_task(each) for each in (self._read(connection), self._write(connection))]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            await done.pop()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    # Hearing.

    async def _read(self, connection: AbstractConnection) -> None:
        while True:
            answer = await connection.read_response(timeout=math.inf, push_request=True, disconnect_on_error=False)
            self._heard_at = self._loop.time()
            if isinstance(answer, int):  # how many a message has reached
                self._under_way -= 1
                self._wake.set()
            elif isinstance(answer, list):
                self._take(answer)

    def _take(self, push: list[bytes]) -> None:
        match push:
            case [b"message" | b"smessage", _, message] if not message.startswith(self._name):
                self._call(self._hear, message)
            case [b"subscribe" | b"ssubscribe", *_]:
                self._stand()
            case [b"sunsubscribe", *_]:
                raise ConnectionError("the channel has moved to another node")

    def _hear(self, message: bytes) -> None:
        for payload in unpack(message):
            for hear in self.listeners:
                self._call(hear, payload)

    def _stand(self) -> None:
        if self._troubled:
            logger.info("hints: connected to Valkey or Redis again")
        self.stands = True
        self._troubled = False
        self._pause = FIRST_PAUSE_SECONDS
        for tell in self._reconnected:
            self._call(tell)

    def _call(self, listener: Callable[..., None], *heard: bytes) -> None:
        try:
            listener(*heard)
        except Exception:
            logger.exception("hints: what was heard on %s could not be used", self._channel)

    # Publishing.

    async def _write(self, connection: AbstractConnection) -> None:
        publish = "SPUBLISH" if self._sharded else "PUBLISH"
        while True:
            self._wake.clear()
            self._check_life()
            if self._under_way < WINDOW and (payloads := self._fresh()):
                self._under_way += 1
                await self._send(connection, publish, self._channel, pack(self._name, payloads))
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                await self._send(connection, "PING")

    async def _send(self, connection: AbstractConnection, *command: str | bytes) -> None:
        async with asyncio.timeout(PING_SECONDS):
            await connection.send_command(*command, check_health=False)

    def _check_life(self) -> None:
        if self._loop.time() > self._heard_at + 2 * PING_SECONDS:
            raise TimeoutError(f"it has said nothing for {2 * PING_SECONDS:g} s")

    def _fresh(self) -> list[bytes]:
        """What waits, without what has waited too long."""
        now = self._loop.time()
        payloads = [payload for deadline, payload in self._queue if now <= deadline]
        self._queue.clear()
        return payloads


async def _is_cluster(connection: AbstractConnection) -> bool:
    await connection.send_command("HELLO", check_health=False)
    return bool(dict(await connection.read_response())[b"mode"] == b"cluster")
