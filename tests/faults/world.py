"""One scenario: a database, servers on it, clients that talk, and the verdict over what they have recorded."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.cast import Cast, environment
from tests.faults.checker import violations
from tests.faults.client import TROUBLE, Subscriber, Writer
from tests.faults.engine import Engine
from tests.faults.history import Attempt, History, Kept, Outcome, Removal, Stream
from tests.faults.plan import CALM, Plan
from tests.faults.processes import ServerProcess
from tests.faults.proxy import Proxy
from tests.support.patience import PATIENCE
from tests.support.people import Person

PAGE = """query ($id: ID!, $after: String) { node(id: $id) { ... on Conversation { messages(first: 100, after: $after) {
    edges { node { seq sender { id } content {
        ... on TextContent { text } ... on NoticeContent { notice actor { id } people { id } }
    } } }
    pageInfo { hasNextPage endCursor }
} } } }"""


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
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Who is in each conversation; the first one stays to the end, and says the last word."""
    seqs: dict[str, int] = field(default_factory=dict)
    """The last seq of each conversation before anything is said."""

    def __post_init__(self) -> None:
        everyone = ("ann", "bob", "cat", "dan")
        direct, other = self.cast.direct, self.cast.other
        self.members = {direct: ("ann", "bob"), other: ("dan", "cat"), **dict.fromkeys(self.cast.groups, everyone)}
        self.seqs = {direct: 0, other: 0, **dict.fromkeys(self.cast.groups, 1)}

    # Servers.

    async def serve(self, number: int = 2, plan: Plan = CALM, **variables: str) -> list[ServerProcess]:
        """Start servers, which clients use from now on; `variables` are settings of theirs."""
        values = environment(self.engine.url(self.database)) | {"REDIS_URL": self.engine.redis_url} | variables
        new = [ServerProcess(values, self.folder / f"server-{len(self.servers) + n}.log") for n in range(number)]
        self.servers += new
        await asyncio.gather(*(server.start(plan) for server in new))
        self.endpoints += [server.url for server in new]
        return new

    async def kill_servers(self) -> None:
        """End all servers at once."""
        await asyncio.gather(*(server.kill() for server in self.servers))

    async def restart_servers(self) -> None:
        """Start all servers again."""
        await asyncio.gather(*(server.start() for server in self.servers))

    def go_back_to(self, attempts: Sequence[Attempt]) -> None:
        """Record as if only these sends had been: what came after them is gone with the database that it was in."""
        self.history = History(attempts=list(attempts))
        self.subscribers.clear()

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
        session = f"{name}'s session"
        return Writer(person, where or self.anywhere, self.history, self.chance, self.surprises, session)

    async def listen(
        self,
        name: str,
        conversation: str | None = None,
        *,
        where: Callable[[], str] | None = None,
        cursor: str | None = None,
        after: dict[str, int] | None = None,
        silence: float | None = None,
        weight: int = 0,
    ) -> Subscriber:
        """A client that listens for one of the cast, to the inbox or to one conversation, and stands."""
        person = self.cast.people[name]
        conversations = (conversation,) if conversation else self.conversations_of(name)
        session = f"{name}'s session"
        label = f"{name}'s {'messages' if conversation else 'inbox'} ({len(self.subscribers)})"
        stream = Stream(label, person.id, conversations, dict(self.seqs if after is None else after), session)
        self.history.streams.append(stream)
        subscriber = Subscriber(
            person, where or self.anywhere, stream, self.chance, self.surprises, conversation, cursor, silence, weight
        )
        self.subscribers.append(subscriber)
        subscriber.start()
        if conversation is None:
            async with asyncio.timeout(PATIENCE):
                await subscriber.standing.wait()
        return subscriber

    def conversations_of(self, name: str) -> tuple[str, ...]:
        """The conversations of one of the cast."""
        return tuple(conversation for conversation, members in self.members.items() if name in members)

    async def make_group(self, *names: str) -> str:
        """One more group, made by the first of these."""
        first, *others = (self.person(name) for name in names)
        group = await first.make_group(*others)
        self.members[group], self.seqs[group] = names, 1
        return group

    async def talk(self, number: int, names: str = "ann bob cat dan", **options: Any) -> None:
        """Have people send so many messages each, one after the other, by chance to any of their conversations."""
        await asyncio.gather(*(self._say(name, number, **options) for name in names.split()))

    async def calm(self) -> float:
        """Have everyone say something while nothing goes wrong; the seconds that it took."""
        began = time.monotonic()
        await self.talk(1)
        return time.monotonic() - began

    async def _say(self, name: str, number: int, where: Callable[[], str] | None = None) -> None:
        writer = self.writer(name, where)
        for _ in range(number):
            attempt = await writer.send(self.chance.choice(self.conversations_of(name)), self.new_text(name))
            if attempt.outcome is Outcome.UNKNOWN:
                self.surprises.append(f"{attempt.text} got no answer in all that time")

    def new_text(self, name: str) -> str:
        """A text that nobody has sent."""
        return f"{name}-{self.chance.randbytes(6).hex()}"

    async def lane_count(self) -> int:
        """The number of lanes of the log."""
        connection = await self.engine.connect(self.database)
        count: int = await connection.fetchval("SELECT lane_count FROM log")
        await connection.close()
        return count

    async def last_seqs(self) -> dict[str, int]:
        """The last seq of each conversation, now."""
        return {each: len(await self.read(names[0], each)) for each, names in self.members.items()}

    async def shut_out(self, name: str, conversation: str | None, act: Awaitable[Any]) -> Removal:
        """Do what shuts somebody out of a conversation, or (None) ends their session; note when it was acknowledged."""
        await act
        session = "" if conversation else f"{name}'s session"
        removal = Removal(self.cast.people[name].id, conversation, time.monotonic(), session=session)
        self.history.removals.append(removal)
        return removal

    # The end.

    async def settle(self) -> None:
        """Say a last word in each conversation, have everyone hear it, and read the final history."""
        for conversation, (name, *_) in self.members.items():
            await self.writer(name).send(conversation, self.new_text(name))
            self.history.kept[conversation] = await self.read(name, conversation)
        await asyncio.gather(*(self._caught_up(subscriber) for subscriber in self.subscribers))
        for subscriber in self.subscribers:
            await subscriber.stop()

    async def read(self, name: str, conversation: str) -> list[Kept]:
        """What one of the cast may see of a conversation, as soon as any server answers."""
        senders = {attempt.text: attempt.sender for attempt in self.history.attempts}
        while True:
            with suppress(*TROUBLE):
                return await read_history(self.cast.people[name].at(self.anywhere()), conversation, senders)
            await asyncio.sleep(0.1)

    async def _caught_up(self, subscriber: Subscriber) -> None:
        """Wait for the last word in each conversation that the subscriber is still in."""
        stream = subscriber.stream
        last = {name: self.history.kept[name][-1].seq for name in stream.conversations if not self._left(stream, name)}

        def has_all() -> bool:
            heard = {(each.conversation, each.seq) for each in stream.heard}
            return bool(subscriber.ended) or heard.issuperset(last.items())

        await subscriber.until(has_all)

    def _left(self, stream: Stream, conversation: str) -> bool:
        kept = self.history.kept[conversation]
        moves = [message for message in kept if stream.person in message.joined | message.left]
        return bool(moves) and stream.person in moves[-1].left

    async def check(self, *, ended: Sequence[Subscriber] = ()) -> None:
        """Settle, and fail where a guarantee was broken, or a stream was ended but for these, or a server had a bug."""
        await self.settle()
        for subscriber in self.subscribers:
            if subscriber.ended and subscriber not in ended:
                self.surprises.append(f"{subscriber.stream.name} was ended: {subscriber.ended}")
        signed_out = {removal.session for removal in self.history.removals}
        shut_out = {each.session for each in self.history.attempts if each.outcome is Outcome.SHUT_OUT} - signed_out
        self.surprises += [f"{session} was taken for over" for session in shut_out]
        if trouble := [*violations(self.history), *self.surprises]:
            raise AssertionError("\n".join(trouble[:20]))


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
            await scene.kill_servers()


async def read_history(person: Person, conversation: str, senders: Mapping[str, str]) -> list[Kept]:
    """All that a person may see of a conversation, through the API; `senders` by text, for whom a block hides."""
    kept: list[Kept] = []
    after = None
    while True:
        data = await person.client.execute(PAGE, {"id": conversation, "after": after})
        page = data["node"]["messages"]
        kept += [_as_kept(edge["node"], senders) for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return kept
        after = page["pageInfo"]["endCursor"]


def _as_kept(node: Any, senders: Mapping[str, str]) -> Kept:
    content = node["content"]
    sender = node["sender"]["id"] if node["sender"] else senders.get(content.get("text"), "nobody known")
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
    return Kept(node["seq"], sender, content.get("text"), joined, left)
