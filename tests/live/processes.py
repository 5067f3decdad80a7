"""Further server processes on the same engines, and a way between them that may lose and mix up what it carries."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiohttp.test_utils import TestServer

from app.hints import Hints, LocalHints
from app.live.hub import Hub
from app.server import build_app
from app.services import Services
from app.store.database import Database, Observer


@dataclass
class Bus:
    """Carries hints between the processes of a test. `spoil` makes of each payload those that arrive."""

    spoil: Callable[[bytes], list[bytes]] = lambda payload: [payload]
    ends: "list[BusHints]" = field(default_factory=list)

    def end(self) -> "BusHints":
        """One process's end of it."""
        self.ends.append(BusHints(self))
        return self.ends[-1]


@dataclass
class BusHints(Hints):
    bus: Bus
    listeners: list[tuple[str, Callable[[bytes], None]]] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        return True

    def publish(self, topic: str, payload: bytes) -> None:
        for arriving in self.bus.spoil(payload):
            for end in self.bus.ends:
                if end is not self:
                    end.tell(topic, arriving)

    def tell(self, topic: str, payload: bytes) -> None:
        for heard, hear in self.listeners:
            if heard == topic:
                hear(payload)

    def listen(self, topic: str, hear: Callable[[bytes], None]) -> None:
        self.listeners.append((topic, hear))

    def on_reconnect(self, tell: Callable[[], None]) -> None:
        pass


def unreliable(seed: int) -> Callable[[bytes], list[bytes]]:
    """Loses a third, repeats a third, holds some back until later, and forges and cuts some."""
    chance = random.Random(seed)
    held: list[bytes] = []

    def spoil(payload: bytes) -> list[bytes]:
        arriving = chance.choice([[], [payload], [payload, payload]])
        if chance.random() < 0.3:
            held.append(payload)
            arriving = []
        if held and chance.random() < 0.3:
            arriving.append(held.pop(chance.randrange(len(held))))
        forged = bytes([payload[0] ^ 1]) + payload[1:]
        return [*arriving, chance.choice([forged, payload[: len(payload) // 2], b"", b"nonsense"])]

    return spoil


@dataclass(frozen=True)
class Process:
    """Another server on the same database."""

    services: Services
    url: str

    @property
    def hub(self) -> Hub:
        return self.services.hub


@asynccontextmanager
async def another_process(
    services: Services, hints: Hints | None = None, *, database_url: str | None = None, observer: Observer | None = None
) -> AsyncIterator[Process]:
    """Serve from a pool and a hub of its own; without hints it hears of nothing but what it reads."""
    settings = services.settings
    database = await Database.open(database_url or settings.database_url, pool_size=4, observer=observer)
    hub = await Hub.open(database, settings.jwt_secret, hints or LocalHints())
    own = replace(services, database=database, hub=hub)
    server = TestServer(build_app(own))
    await server.start_server()
    try:
        yield Process(own, str(server.make_url("/graphql")))
    finally:
        await server.close()
        await hub.close()
        await database.close()
