"""A peer that does not read is closed with a code to resume at, and takes a bounded amount of memory until then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from app.transport.outbox import Bounds
from app.transport.protocol import CloseCode
from app.transport.socket_service import SocketSettings
from tests.support.graphql_client import GraphQLClient, SocketClient
from tests.support.patience import PATIENCE
from tests.transport.conftest import StartToy, Toy

LARGE = 200_000
"""Bytes of an event: some 20 of them fill the buffers of the kernel."""

LONG = 10 * PATIENCE
"""Seconds for which a peer may stand still, where something else is what matters."""


@asynccontextmanager
async def slow_reader(client: GraphQLClient) -> AsyncIterator[tuple[SocketClient, asyncio.Transport]]:
    """A connected socket that reads nothing until its transport is told to."""
    async with client.socket() as socket:
        connection = socket.ws._response.connection
        assert connection is not None
        transport = connection.transport
        assert transport is not None
        transport.pause_reading()
        yield socket, transport
        if not transport.is_closing():
            transport.resume_reading()


def server_side(toy: Toy) -> web.Request:
    (socket,) = toy.sockets._sockets
    return socket._request  # type: ignore[attr-defined, no-any-return]


async def fill(toy: Toy, events: int) -> None:
    for number in range(events):
        toy.world.hub.publish(number)
        await asyncio.sleep(0)


QUERY = f"subscription {{ ticks {{ number large(bytes: {LARGE}) }} }}"


@pytest.mark.parametrize("at_once", [1, 5])
@pytest.mark.parametrize("bounds", [Bounds(frames=10, drain_seconds=LONG), Bounds(size=10 * LARGE, drain_seconds=LONG)])
async def test_a_peer_that_does_not_read_is_closed(start_toy: StartToy, bounds: Bounds, at_once: int) -> None:
    toy = await start_toy(socket=SocketSettings(bounds=bounds))
    async with slow_reader(toy.client) as (socket, transport):
        request = server_side(toy)
        await socket.subscribe(QUERY)
        await toy.world.hub.until(listeners=1)
        most = 0
        for number in range(0, 200, at_once):
            toy.world.hub.publish_all(range(number, number + at_once))
            await asyncio.sleep(0)
            assert request.transport is not None
            most = max(most, request.transport.get_write_buffer_size())
            if not toy.world.hub.sources:
                break
        assert number < 100
        assert most < 64 * 1024 + 2 * LARGE
        transport.resume_reading()
        await socket.expect_close(CloseCode.TRY_AGAIN_LATER)


async def test_a_peer_that_never_reads_is_cut_off(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(bounds=Bounds(frames=10, drain_seconds=LONG), close_seconds=0.05))
    async with slow_reader(toy.client) as (socket, _):
        request = server_side(toy)
        await socket.subscribe(QUERY)
        await toy.world.hub.until(listeners=1)
        await fill(toy, 100)
        await toy.world.hub.until(listeners=0)
        await asyncio.wait_for(toy.sockets.all_gone(), PATIENCE)
        assert request.transport is None or request.transport.is_closing()


async def test_a_peer_that_stands_still_is_closed_though_little_waits(start_toy: StartToy) -> None:
    bounds = Bounds(size=100 * LARGE, drain_seconds=0.05)
    toy = await start_toy(socket=SocketSettings(bounds=bounds))
    async with slow_reader(toy.client) as (socket, transport):
        await socket.subscribe(QUERY)
        await toy.world.hub.until(listeners=1)
        await fill(toy, 60)
        await toy.world.hub.until(listeners=0)
        transport.resume_reading()
        await socket.expect_close(CloseCode.TRY_AGAIN_LATER)


async def test_a_peer_that_catches_up_misses_nothing(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(bounds=Bounds(size=100 * LARGE, drain_seconds=LONG)))
    async with slow_reader(toy.client) as (socket, transport):
        subscription = await socket.subscribe(QUERY)
        await toy.world.hub.until(listeners=1)
        await fill(toy, 60)
        transport.resume_reading()
        heard = [(await subscription.next())["ticks"]["number"] for _ in range(60)]
        assert heard == list(range(60))
        toy.world.hub.publish(60)
        assert (await subscription.next())["ticks"]["number"] == 60


async def test_small_events_that_are_pushed_at_once_count_each_for_itself(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(bounds=Bounds(frames=10, drain_seconds=LONG)))
    async with slow_reader(toy.client) as (socket, transport):
        await socket.subscribe("subscription { ticks { number large(bytes: 5000) } }")
        await toy.world.hub.until(listeners=1)
        request = server_side(toy)
        while not request.protocol.writing_paused:
            toy.world.hub.publish_all([0])
        toy.world.hub.publish_all(range(10))
        assert toy.world.hub.sources
        toy.world.hub.publish_all([10])
        await toy.world.hub.until(listeners=0)
        transport.resume_reading()
        await socket.expect_close(CloseCode.TRY_AGAIN_LATER)


async def test_what_is_pushed_at_once_reaches_a_peer_that_catches_up_in_order(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(bounds=Bounds(frames=100_000, size=100 * LARGE, drain_seconds=LONG)))
    async with slow_reader(toy.client) as (socket, transport):
        subscription = await socket.subscribe("subscription { ticks { number large(bytes: 5000) } }")
        await toy.world.hub.until(listeners=1)
        for number in range(0, 2_000, 5):
            toy.world.hub.publish_all(range(number, number + 5))
            if number == 1_500:
                transport.resume_reading()
            await asyncio.sleep(0)
        heard = [(await subscription.next())["ticks"]["number"] for _ in range(2_000)]
        assert heard == list(range(2_000))


async def test_a_generator_waits_for_its_peer(toy: Toy) -> None:
    """What is read on demand is read no faster than it can be sent, so that it needs no bounds."""
    async with slow_reader(toy.client) as (socket, transport):
        request = server_side(toy)
        subscription = await socket.subscribe(f"subscription {{ flood(bytes: {LARGE}) }}")
        other = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert request.transport is not None
        assert request.transport.get_write_buffer_size() < 64 * 1024 + 2 * LARGE
        transport.resume_reading()
        for _ in range(50):
            await subscription.next()
        toy.world.hub.publish(1)
        assert await other.next() == {"ticks": {"number": 1}}
