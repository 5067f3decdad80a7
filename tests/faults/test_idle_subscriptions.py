"""One process carries 10,000 idle subscriptions beside normal traffic; in short, some hundreds."""

import asyncio
import itertools
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil
import pytest

from tests.faults.cast import signing_up
from tests.faults.conftest import FULL
from tests.faults.idle import Crowd, crowd
from tests.faults.world import World
from tests.support.patience import PATIENCE
from tests.support.people import People, Person

SUBSCRIPTIONS = 10_000 if FULL else 400
# So many are open before memory is looked at, so that what is taken once is not counted.
FIRST = 100
COUPLES = 20
# Couples who talk; the others say but one word at the end.
TALKATIVE = 4
MESSAGES = 10 if FULL else 3
# Half as much again as what a bare aiohttp socket takes, which is 14 KB.
MOST_BYTES = 21_000
SPARE_FILES = 200
# Patience with what all sockets do together.
SECONDS = 180.0 if FULL else PATIENCE


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and addresses are set as Linux has it")


@dataclass(eq=False)
class Couple:
    """Two people with a direct conversation, and all that was said in it."""

    one: Person
    other: Person
    conversation: str
    said: list[str] = field(default_factory=list)

    async def say(self) -> None:
        """Send a text."""
        text = f"{self.one.handle} {len(self.said)}"
        await self.one.send_text(self.conversation, text)
        self.said.append(text)

    async def talk(self) -> list[float]:
        """Send texts and have the other look at the history each time; how many seconds that took."""
        took = []
        for _ in range(MESSAGES):
            await self.say()
            began = time.perf_counter()
            history = await self.other.messages(self.conversation)
            took.append(time.perf_counter() - began)
            assert [message["content"]["text"] for message in history] == self.said
        return took


async def make_couples(scene: World) -> list[Couple]:
    """People that nobody else knows."""

    async def make(number: int, newcomers: People) -> Couple:
        one, other = await newcomers.join(f"one{number}"), await newcomers.join(f"other{number}")
        await one.befriend(other)
        conversation = await one.talk_to(other)
        return Couple(one.at(scene.endpoints[0]), other.at(scene.endpoints[0]), conversation)

    session = scene.cast.people["ann"].client.session
    async with signing_up(scene.engine.url(scene.database), session) as newcomers:
        return await asyncio.gather(*(make(number, newcomers) for number in range(COUPLES)))


async def look_seconds(*couples: Couple) -> float:
    """Have these talk at the same time; what a look at a history takes, in the median."""
    took = await asyncio.gather(*(couple.talk() for couple in couples))
    return statistics.median(itertools.chain(*took))


def allow_files() -> None:
    """Have this process open enough files; the server sees to that by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = SUBSCRIPTIONS + SPARE_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"{needed:,} open files are needed, and `ulimit -Hn` is {hard:,} here")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def still_open(server: psutil.Process, idle: Crowd) -> int:
    """How many connections of the sockets the server has."""
    ports = {socket.port for socket in idle.sockets}
    return sum(bool(each.raddr) and each.raddr.port in ports for each in server.net_connections("tcp"))


def bytes_of(server: psutil.Process) -> int:
    """Memory that it shares with nobody."""
    return int(server.memory_full_info().uss)


async def open_all(idle: Crowd, couples: Sequence[Couple], server: psutil.Process) -> tuple[float, float]:
    """Open all sockets, whose inboxes then stand; the bytes that each takes and the seconds that all took."""
    listeners = itertools.cycle(person for couple in couples for person in (couple.one, couple.other))
    await idle.join(list(itertools.islice(listeners, FIRST)), SECONDS)
    await idle.answered(SECONDS)
    before, began = bytes_of(server), time.perf_counter()
    await idle.join(list(itertools.islice(listeners, SUBSCRIPTIONS - FIRST)), SECONDS)
    await idle.answered(SECONDS)
    seconds = time.perf_counter() - began
    return (bytes_of(server) - before) / (SUBSCRIPTIONS - FIRST), seconds


async def all_heard(idle: Crowd, couples: Sequence[Couple]) -> None:
    """Wait until all that was said can be heard, and has been answered for; fails where it was not exactly that."""
    said = {person.id: couple.said for couple in couples for person in (couple.one, couple.other)}
    await idle.tally.reaches("message", sum(len(said[socket.person.id]) for socket in idle.sockets), SECONDS)
    await idle.answered(SECONDS)
    wrong = [socket for socket in idle.sockets if socket.errors or socket.heard != said[socket.person.id]]
    assert [(socket.person.handle, socket.heard, socket.errors, socket.close_code) for socket in wrong] == []


@pytest.mark.parametrize("seed", [0], indirect=True, ids=["run0"])  # once: nothing in it is left to chance
async def test_idle_subscriptions_by_the_thousand_are_served_beside_normal_traffic(scene: World) -> None:
    [server] = await scene.serve(1, DRAIN_SECONDS="0")
    process = psutil.Process(server.pid)
    allow_files()
    ann, bob, cat, dan = map(scene.person, ("ann", "bob", "cat", "dan"))
    outsiders = [Couple(ann, bob, scene.cast.direct), Couple(cat, dan, scene.cast.other)]
    couples = await make_couples(scene)
    looks = [await look_seconds(*outsiders)]
    async with crowd(server.port) as idle:
        each, seconds = await open_all(idle, couples, process)
        looks.append(await look_seconds(*outsiders))
        looks.append(await look_seconds(*outsiders, *couples[:TALKATIVE]))
        for couple in couples:
            await couple.say()
        await all_heard(idle, couples)
        assert still_open(process, idle) == SUBSCRIPTIONS
        await idle.leave(SECONDS)
        assert {socket.close_code for socket in idle.sockets} == {1000}
        assert still_open(process, idle) == 0
    assert await server.drain() == 0
    assert "draining: 0 sockets" in server.log.read_text()
    alone, beside, heard = (f"{1000 * look:.1f} ms" for look in looks)
    print(  # noqa: T201 - what `-s` is for
        f"{SUBSCRIPTIONS:,} idle subscriptions: {each:,.0f} bytes each, open after {seconds:.1f} s;"
        f" a look at a history takes {alone} without them, {beside} beside them, {heard} while some of them hear"
    )
    assert each < MOST_BYTES
