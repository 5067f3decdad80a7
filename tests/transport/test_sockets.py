"""Closing many sockets, and finding out which peers are gone."""

import asyncio

import aiohttp
import pytest

from app.transport.protocol import CloseCode
from app.transport.socket_service import SocketSettings
from tests.support.graphql_client import SocketClient
from tests.support.patience import PATIENCE
from tests.transport.conftest import StartToy, Toy


async def test_the_sockets_of_a_session_are_closed(toy: Toy) -> None:
    async with toy.client.with_token("ann").socket() as ann, toy.client.with_token("bob").socket() as bob:
        subscription = await bob.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        closed = toy.sockets.close_where(lambda person: person.token == "ann", CloseCode.UNAUTHORIZED, "Signed out")
        assert closed == 1
        assert await ann.expect_close(CloseCode.UNAUTHORIZED) == "Signed out"
        toy.world.hub.publish(1)
        assert await subscription.next() == {"ticks": {"number": 1}}
        assert len(toy.sockets) == 1


async def test_nothing_is_sent_once_a_socket_is_to_be_closed(toy: Toy) -> None:
    """A barrier may close a socket and go on at once: no event after it leaves."""
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        toy.world.hub.publish(1)
        toy.sockets.close_where(lambda _person: True, CloseCode.UNAUTHORIZED)
        toy.world.hub.publish(2)
        await socket.expect_close(CloseCode.UNAUTHORIZED)
        assert await subscription.next() == {"ticks": {"number": 1}}
        assert subscription.heard.empty()


async def test_a_drain_closes_all_with_a_code_to_resume_at(toy: Toy) -> None:
    async with toy.client.socket() as one, toy.client.socket() as other:
        await (await one.subscribe("subscription { forever }")).next()
        async with SocketClient.open(toy.client.session, toy.client.url) as silent:
            await silent.ping()
            await asyncio.wait_for(toy.sockets.close_all(over_seconds=0.1), PATIENCE)
            for socket in (one, other, silent):
                await socket.expect_close(CloseCode.SERVICE_RESTART)
    assert len(toy.sockets) == 0
    assert toy.world.finished.is_set()


async def test_a_drain_is_spread_over_its_time(toy: Toy) -> None:
    async with toy.client.socket() as one, toy.client.socket() as other:
        drain = asyncio.create_task(toy.sockets.close_all(over_seconds=600))
        await asyncio.wait(
            [asyncio.create_task(socket.expect_close(CloseCode.SERVICE_RESTART)) for socket in (one, other)],
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert sorted([one.close_code or 0, other.close_code or 0]) == [0, CloseCode.SERVICE_RESTART]
        drain.cancel()
        toy.sockets.close_where(lambda _person: True, CloseCode.SERVICE_RESTART)


async def test_what_was_asked_before_a_drain_is_answered_before_its_socket_closes(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        ticks = await socket.subscribe("subscription { ticks { number } }")
        waiting = await socket.subscribe("mutation { wait }")
        await toy.world.started.wait()
        drain = asyncio.create_task(toy.sockets.close_all(over_seconds=0))
        await asyncio.sleep(0)
        ignored = await socket.subscribe("{ hello }")
        toy.world.hub.publish(1)
        await socket.ping()
        toy.world.gate.set()
        assert await waiting.next() == {"wait": "done"}
        assert await ticks.next() == {"ticks": {"number": 1}}
        await socket.expect_close(CloseCode.SERVICE_RESTART)
        assert ignored.heard.empty()
        await drain


async def test_what_is_never_answered_does_not_hold_up_a_drain(start_toy: StartToy) -> None:
    toy = await start_toy(socket=SocketSettings(close_seconds=0.1))
    async with toy.client.socket() as socket:
        await socket.subscribe("{ wait }")
        await toy.world.started.wait()
        await asyncio.wait_for(toy.sockets.close_all(over_seconds=0), PATIENCE)
        await socket.expect_close(CloseCode.SERVICE_RESTART)
    assert toy.world.cancelled.is_set()


async def test_the_last_socket_of_a_drain_ends_it(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        await asyncio.wait_for(toy.sockets.close_all(over_seconds=600), PATIENCE)
        await socket.expect_close(CloseCode.SERVICE_RESTART)


async def test_a_peer_that_is_just_leaving_does_not_stop_a_drain(toy: Toy) -> None:
    closed = []
    async with toy.client.socket() as socket:
        await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        toy.world.hub.on_stop = lambda: closed.append(
            toy.sockets.close_where(lambda _person: True, CloseCode.SERVICE_RESTART)
        )
    await asyncio.wait_for(toy.sockets.all_gone(), PATIENCE)
    assert closed == [1]


async def test_no_socket_is_opened_during_a_drain(toy: Toy) -> None:
    await toy.sockets.close_all(over_seconds=0)
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        async with SocketClient.open(toy.client.session, toy.client.url):
            pass
    assert raised.value.status == 503


async def test_a_peer_that_answers_heartbeats_stays(start_toy: StartToy) -> None:
    toy = await start_toy(heartbeat_seconds=1.0)
    async with toy.client.session.ws_connect(toy.client.url, protocols=("graphql-transport-ws",), autoping=False) as ws:
        for _ in range(3):
            message = await ws.receive(timeout=PATIENCE)
            assert message.type is aiohttp.WSMsgType.PING
            await ws.pong(message.data)
        assert len(toy.sockets) == 1


async def test_a_peer_that_does_not_is_cut_off(start_toy: StartToy) -> None:
    toy = await start_toy(heartbeat_seconds=0.05)
    async with toy.client.session.ws_connect(toy.client.url, protocols=("graphql-transport-ws",), autoping=False) as ws:
        assert (await ws.receive(timeout=PATIENCE)).type is aiohttp.WSMsgType.PING
        message = await ws.receive(timeout=PATIENCE)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert ws.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
    await asyncio.wait_for(toy.sockets.all_gone(), PATIENCE)


async def test_whatever_a_peer_says_is_a_sign_of_life(start_toy: StartToy) -> None:
    toy = await start_toy(heartbeat_seconds=1.0)
    async with toy.client.session.ws_connect(toy.client.url, protocols=("graphql-transport-ws",), autoping=False) as ws:
        for _ in range(3):
            while (await ws.receive(timeout=PATIENCE)).type is not aiohttp.WSMsgType.PING:
                pass
            await ws.send_str('{"type":"pong"}')
        assert len(toy.sockets) == 1
