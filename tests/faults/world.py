"""One scenario: a database, servers on it, clients that talk, and the verdict over what they have recorded."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.cast import Cast, environment
from tests.faults.checker import violations
from tests.faults.client import Subscriber, Writer
from tests.faults.engine import Engine
from tests.faults.history import History, Kept, Removal, Stream
from tests.faults.plan import CALM, Plan
from tests.faults.processes import ServerProcess
from tests.faults.proxy import Proxy
from tests.support.people import Person

PAGE = """query ($id: ID!, $after: String) { node(id: $id) { ... on Conversation { messages(first: 100, after: $after) {
    edges { node { seq sender { id } content {
        ... on TextContent { text } ... on NoticeContent { notice actor { id } people { id } }
    } } }
    pageInfo { hasNextPage endCursor }
} } } }"""

# Seconds that subscribers get to hear what is left.
SETTLE_SECONDS = 30.0


@dataclass(eq=False)
class World:
    """What a scenario works with. `endpoints` are the URLs among which clients choose by chance."""

    engine: Engine
    database: str
    cast: Cast
    chance: random.Random
    folder: Path
    stack: AsyncExitStack
    history: History = field(default_factory=History)
    servers: list[ServerProcess] = field(default_factory=list)
    endpoints: list[str] = field(default_factory=list)
    subscribers: list[Subscriber] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    # Servers.

    async def serve(self, number: int = 2, plan: Plan = CALM, **variables: str) -> list[ServerProcess]:
        """Start servers, which clients use from now on; `variables` are settings of theirs."""
        values = environment(self.engine.url(self.database)) | variables
        new = [ServerProcess(values, self.folder / f"server-{len(self.servers) + n}.log") for n in range(number)]
        self.servers += new
        await asyncio.gather(*(server.start(plan) for server in new))
        self.endpoints += [server.url for server in new]
        return new

    async def proxy(self, server: ServerProcess) -> Proxy:
        """Put a proxy before a server: clients use it in its place."""
        proxy = await self.stack.enter_async_context(Proxy(server.port, self.chance).running())
        self.endpoints[self.endpoints.index(server.url)] = proxy.url
        return proxy

    def anywhere(self) -> str:
        """One of the endpoints."""
        return self.chance.choice(self.endpoints)

    # People.

    def person(self, name: str) -> Person:
        """One of the cast, at the first server."""
        return self.cast.people[name].at(self.endpoints[0])

    def writer(self, name: str, where: Callable[[], str] | None = None) -> Writer:
        """A client that sends for one of the cast."""
        person = self.cast.people[name]
        return Writer(person, where or self.anywhere, self.history, self.chance, self.surprises)

    async def listen(
        self,
        name: str,
        conversation: str | None = None,
        *,
        where: Callable[[], str] | None = None,
        cursor: str | None = None,
        after: dict[str, int] | None = None,
        silence: float | None = None,
    ) -> Subscriber:
        """A client that listens for one of the cast, to the inbox or to one conversation, and stands."""
        person = self.cast.people[name]
        conversations = (conversation,) if conversation else self.conversations_of(name)
        label = f"{name}'s {'messages' if conversation else 'inbox'} ({len(self.subscribers)})"
        stream = Stream(label, person.id, conversations, dict(self.cast.seqs if after is None else after))
        self.history.streams.append(stream)
        subscriber = Subscriber(
            person, where or self.anywhere, stream, self.chance, self.surprises, conversation, cursor, silence
        )
        self.subscribers.append(subscriber)
        subscriber.start()
        if conversation is None:
            async with asyncio.timeout(SETTLE_SECONDS):
                await subscriber.standing.wait()
        return subscriber

    def conversations_of(self, name: str) -> tuple[str, ...]:
        """The conversations of one of the cast."""
        own = self.cast.direct if name in {"ann", "bob"} else self.cast.other
        return (own, *self.cast.groups)

    async def talk(self, number: int, names: str = "ann bob cat dan", **options: Any) -> None:
        """Have people send so many messages each, one after the other, by chance to any of their conversations."""
        await asyncio.gather(*(self._say(name, number, **options) for name in names.split()))

    async def _say(self, name: str, number: int, where: Callable[[], str] | None = None) -> None:
        writer = self.writer(name, where)
        for _ in range(number):
            await writer.send(self.chance.choice(self.conversations_of(name)), self.new_text(name))

    def new_text(self, name: str) -> str:
        """A text that nobody has sent."""
        return f"{name}-{self.chance.randbytes(6).hex()}"

    async def shut_out(self, name: str, conversation: str | None, act: Awaitable[Any], session: str = "") -> Removal:
        """Do what shuts somebody out, and note when it was acknowledged."""
        await act
        removal = Removal(self.cast.people[name].id, conversation, time.monotonic(), session=session)
        self.history.removals.append(removal)
        return removal

    # The end.

    async def settle(self) -> None:
        """Say a last word in each conversation, have everyone hear it, and read the final history."""
        people = self.cast.people
        speakers = {self.cast.direct: "ann", self.cast.other: "cat", **dict.fromkeys(self.cast.groups, "ann")}
        for conversation, name in speakers.items():
            await self.writer(name).send(conversation, self.new_text(name))
        self.history.kept = {
            conversation: await read_history(people[name].at(self.anywhere()), conversation)
            for conversation, name in speakers.items()
        }
        await asyncio.gather(*(self._caught_up(subscriber) for subscriber in self.subscribers))
        for subscriber in self.subscribers:
            await subscriber.stop()

    async def _caught_up(self, subscriber: Subscriber) -> None:
        """Wait for the last word in each conversation that the subscriber is still in."""
        stream = subscriber.stream
        last = {name: self.history.kept[name][-1].seq for name in stream.conversations if not self._left(stream, name)}

        def has_all() -> bool:
            heard = {(each.conversation, each.seq) for each in stream.heard}
            return bool(subscriber.ended) or heard.issuperset(last.items())

        await subscriber.until(has_all, SETTLE_SECONDS)

    def _left(self, stream: Stream, conversation: str) -> bool:
        kept = self.history.kept[conversation]
        moves = [message for message in kept if stream.person in message.joined | message.left]
        return bool(moves) and stream.person in moves[-1].left

    async def check(self) -> None:
        """Settle, and fail where a guarantee was broken or a server answered with a bug."""
        await self.settle()
        assert violations(self.history) == []
        assert self.surprises == []


@asynccontextmanager
async def world(engine: Engine, cast: Cast, seed: int, folder: Path, template: str) -> AsyncIterator[World]:
    """A scenario on a copy of a database; in the end its clients and servers are gone, and the copy too."""
    async with AsyncExitStack() as stack:
        name = await engine.create(template=template)
        stack.push_async_callback(engine.drop, name)
        scene = World(engine, name, cast, random.Random(seed), folder, stack)
        try:
            yield scene
        finally:
            for subscriber in scene.subscribers:
                await subscriber.stop()
            await asyncio.gather(*(server.kill() for server in scene.servers))


async def read_history(person: Person, conversation: str) -> list[Kept]:
    """All that a person may see of a conversation, through the API."""
    kept: list[Kept] = []
    after = None
    while True:
        data = await person.client.execute(PAGE, {"id": conversation, "after": after})
        page = data["node"]["messages"]
        kept += [_as_kept(edge["node"]) for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return kept
        after = page["pageInfo"]["endCursor"]


def _as_kept(node: Any) -> Kept:
    content = node["content"]
    people = frozenset(each["id"] for each in content.get("people", ()))
    joined = left = frozenset[str]()
    match content.get("notice"):
        case "CREATED":
            joined = people | {content["actor"]["id"]}
        case "JOINED":
            joined = people
        case "REMOVED":
            left = people
        case "LEFT":
            left = frozenset({content["actor"]["id"]})
    return Kept(node["seq"], node["sender"]["id"], content.get("text"), joined, left)
