"""A small schema that has one of everything the transport must carry."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.dataloader import DataLoader

from app.execution.errors import PublicError, UnauthenticatedError
from app.execution.source import Sink, Source
from tests.support.patience import PATIENCE


class TooFarBehindError(PublicError):
    def __init__(self) -> None:
        super().__init__("SNAPSHOT_REQUIRED", "Load a fresh state first.")


class HubSource(Source[Any]):
    """Pushes what the hub publishes."""

    def __init__(self, hub: "Hub", replay: int) -> None:
        self._hub = hub
        self._replay = replay
        self.sink: Sink | None = None

    def start(self, sink: Sink) -> None:
        self.sink = sink
        self._hub.sources.add(self)
        for number in range(self._replay):
            sink.push(number)
        self._hub.changed.set()

    def stop(self) -> None:
        self.sink = None
        self._hub.sources.discard(self)
        self._hub.stopped += 1
        self._hub.changed.set()
        self._hub.on_stop()


class Stillborn(Source[Any]):
    """Fails as it starts."""

    def start(self, sink: Sink) -> None:
        sink.push(1)
        raise TooFarBehindError

    def stop(self) -> None:
        pass


@dataclass
class Hub:
    sources: set[HubSource] = field(default_factory=set)
    stopped: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    on_stop: Callable[[], object] = lambda: None

    def publish(self, event: Any) -> None:
        for source in tuple(self.sources):
            assert source.sink is not None
            source.sink.push(event)

    def publish_all(self, events: Sequence[Any]) -> None:
        """At once."""
        for source in tuple(self.sources):
            assert source.sink is not None
            source.sink.push_all(events)

    def finish(self, error: Exception | None = None) -> None:
        for source in tuple(self.sources):
            assert source.sink is not None
            source.sink.finish(error)

    async def until(self, listeners: int) -> None:
        """Wait until so many sources are started."""
        async with asyncio.timeout(PATIENCE):
            while len(self.sources) != listeners:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class World:
    """What the resolvers share with the test."""

    hub: Hub = field(default_factory=Hub)
    names: dict[int, str] = field(default_factory=dict)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    contexts: int = 0


class Context:
    """One per operation or event, as the application would have it."""

    def __init__(self, world: World, token: str | None) -> None:
        self.world = world
        self.token = token
        self.names = DataLoader(load_fn=self._load)
        world.contexts += 1

    async def _load(self, keys: list[int]) -> list[str]:
        return [self.world.names.get(key, "?") for key in keys]


Info = strawberry.Info[Context, None]


@strawberry.enum
class Colour(Enum):
    RED = "r"
    GREEN = "g"


@strawberry.input
class Point:
    x: int
    y: int = 0


@strawberry.input
class Box:
    corner: Point
    colour: Colour = Colour.RED


@strawberry.input(one_of=True)
class Choice:
    text: strawberry.Maybe[str]
    number: strawberry.Maybe[int]


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Cat(Named):
    lives: int = 9


@strawberry.type
class Dog(Named):
    tricks: list[str] = strawberry.field(default_factory=list)

    @strawberry.field
    def friends(self, first: int = 2) -> list["Animal"]:
        return [Cat(name=f"c{i}") for i in range(first)]


Animal = Annotated[Cat | Dog, strawberry.union("Animal")]


@strawberry.type
class Edge:
    cursor: str
    node: Dog


@strawberry.type
class Connection:
    edges: list[Edge]
    total: int = 0


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    def whoami(self, info: Info) -> str | None:
        return info.context.token

    @strawberry.field
    async def name(self, info: Info, id: int) -> str:  # noqa: A002
        return await info.context.names.load(id)

    @strawberry.field
    def box(self, box: Box) -> str:
        return f"{box.colour.name} {box.corner.x},{box.corner.y}"

    @strawberry.field
    def choose(self, choice: Choice) -> str:
        return "text" if choice.text else "number"

    @strawberry.field
    def colour(self) -> Colour:
        return Colour.GREEN

    @strawberry.field
    def animals(self) -> list[Animal]:
        return [Cat(name="Tom"), Dog(name="Rex", tricks=["sit"])]

    @strawberry.field
    def named(self) -> Named:
        return Dog(name="Rex")

    @strawberry.field
    def dogs(self, first: int | None = None, last: int | None = None) -> Connection:
        count = first or last or 10
        return Connection(edges=[Edge(cursor=str(i), node=Dog(name=f"d{i}")) for i in range(count)])

    @strawberry.field
    def bug(self) -> str | None:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    def bugs(self) -> list[str] | None:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    def refused(self) -> str | None:
        raise PublicError("TOO_LATE", "It is too late for that.")

    @strawberry.field
    def broken(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def large(self, bytes: int) -> str:  # noqa: A002
        return "x" * bytes

    @strawberry.field
    async def wait(self, info: Info) -> str:
        return await _wait_at_gate(info)

    @strawberry.field
    async def stubborn(self, info: Info) -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await _wait_at_gate(info)
        info.context.world.finished.set()
        return "nevertheless"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self, info: Info, id: int, name: str) -> str:  # noqa: A002
        info.context.world.names[id] = name
        return name

    @strawberry.mutation
    async def wait(self, info: Info) -> str:
        return await _wait_at_gate(info)


@strawberry.type
class Tick:
    number: int

    @strawberry.field
    async def name(self, info: Info) -> str:
        return await info.context.names.load(1)

    @strawberry.field
    async def gated(self, info: Info) -> int:
        return await _number_at_gate(info, self.number)

    @strawberry.field
    def gated_if_odd(self, info: Info) -> int:
        return _number_at_gate(info, self.number) if self.number % 2 else self.number  # type: ignore[return-value]

    @strawberry.field
    def bug(self) -> str | None:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    def large(self, bytes: int) -> str:  # noqa: A002
        return "x" * bytes


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3, fail: bool = False) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            yield number
        if fail:
            raise TooFarBehindError

    @strawberry.subscription
    async def forever(self, info: Info) -> AsyncGenerator[int, None]:
        try:
            info.context.world.started.set()
            yield 1
            await asyncio.Event().wait()
        finally:
            info.context.world.finished.set()

    @strawberry.subscription
    async def flood(self, bytes: int = 1000) -> AsyncGenerator[str, None]:  # noqa: A002
        while True:
            yield "x" * bytes

    @strawberry.subscription
    def ticks(self, info: Info, replay: int = 0) -> AsyncGenerator[Tick, None]:
        return _Ticks(info.context.world.hub, replay)

    @strawberry.subscription
    def stillborn(self) -> AsyncGenerator[int, None]:
        return Stillborn()

    @strawberry.subscription
    def signed_in(self) -> AsyncGenerator[int, None]:
        raise UnauthenticatedError

    @strawberry.subscription
    def bug(self) -> AsyncGenerator[int, None]:
        raise RuntimeError("the password is hunter2")


class _Ticks(HubSource):
    def start(self, sink: Sink) -> None:
        super().start(_Wrapping(sink))


class _Wrapping:
    """A sink that makes ticks of numbers."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @property
    def idle(self) -> bool:
        return self._sink.idle

    def push(self, event: int) -> None:
        self._sink.push(Tick(number=event))

    def push_all(self, events: Sequence[int]) -> None:
        self._sink.push_all([Tick(number=event) for event in events])

    def finish(self, error: Exception | None = None) -> None:
        self._sink.finish(error)

    async def drained(self) -> None:
        await self._sink.drained()


async def _number_at_gate(info: Info, number: int) -> int:
    await info.context.world.gate.wait()
    return number


async def _wait_at_gate(info: Info) -> str:
    world = info.context.world
    world.started.set()
    try:
        await world.gate.wait()
    except asyncio.CancelledError:
        world.cancelled.set()
        raise
    world.finished.set()
    return "done"


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, types=[Cat, Dog])
