"""A server that is told to stop, or to restart, loses nothing that was acknowledged and sends its clients elsewhere."""

import asyncio
import signal
import time

import aiohttp

from app.transport.protocol import CloseCode
from tests.support.people import Person
from tests.workers.conftest import Meet, Serve, Served, leisurely


async def test_a_drain_refuses_connections_and_closes_sockets_over_its_time(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2", DRAIN_SECONDS="2")
    _, bob, _ = await meet(served)
    async with bob.inbox() as first, bob.inbox() as second, bob.inbox() as third:
        served.send(signal.SIGTERM)
        started = time.monotonic()
        for inbox in (first, second, third):
            await inbox.socket.expect_close(CloseCode.SERVICE_RESTART)
        assert time.monotonic() - started > 1
        try:
            async with aiohttp.ClientSession() as newcomer, newcomer.get(served.url):
                raise AssertionError("it still takes connections")
        except aiohttp.ClientConnectionError:
            pass
    assert await served.ended() == 0


async def test_a_second_signal_hurries(serve: Serve, meet: Meet) -> None:
    for workers in ("1", "2"):
        served = await serve(WORKERS=workers, DRAIN_SECONDS="600")
        _, bob, _ = await meet(served)
        async with bob.inbox(), bob.inbox(), bob.inbox(), bob.inbox():
            served.send(signal.SIGTERM)
            await served.says("draining", times=int(workers))
            served.send(signal.SIGTERM)
            assert await served.ended() == 0


async def test_one_process_drains_at_a_hangup_too(serve: Serve, meet: Meet) -> None:
    served = await serve()
    _, bob, _ = await meet(served)
    async with bob.inbox() as inbox:
        served.send(signal.SIGHUP)
        await inbox.socket.expect_close(CloseCode.SERVICE_RESTART)
    assert await served.ended() == 0


async def test_a_peer_that_does_not_answer_holds_nobody_up(serve: Serve, meet: Meet) -> None:
    served = await serve()
    _, bob, _ = await meet(served)
    async with bob.inbox() as inbox:
        inbox.socket.ws._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        served.send(signal.SIGTERM)
        assert await served.ended() == 0


async def send_until(done: asyncio.Event, person: Person, conversation: str, name: str) -> list[str]:
    """Send one message after the other, each until it is acknowledged; their ids, in order."""
    sent: list[str] = []
    while not done.is_set():
        async with leisurely():
            message = await person.send_text(conversation, f"{len(sent)}", clientKey=f"{name}-{len(sent)}")
        sent.append(message["id"])
    return sent


async def all_renewed(served: Served, times: int) -> None:
    before = {each.pid for each in served.workers()}
    served.send(signal.SIGHUP)
    await served.says("all workers are restarted", times=times)
    after = {each.pid for each in served.workers()}
    assert len(after) == len(before)
    assert not before & after


async def test_a_rolling_restart_fails_no_request_and_loses_no_message(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2")
    ann, bob, conversation = await meet(served)
    done = asyncio.Event()
    async with bob.socket() as socket:
        # What is answered at once: whoever asks for more than a busy worker can load is closed as too slow.
        await (await socket.subscribe("subscription { inbox { __typename } }")).next()
        sending = [
            asyncio.create_task(send_until(done, person, conversation, f"{number}"))
            for number, person in enumerate((ann, bob, ann, bob))
        ]
        await all_renewed(served, times=1)
        await socket.expect_close(CloseCode.SERVICE_RESTART)
    done.set()
    sent = [each for ids in await asyncio.gather(*sending) for each in ids]
    history = await ann.messages(conversation, last=100)
    assert len(sent) == history[-1]["seq"], "each is there once"
    assert {message["id"] for message in history} <= set(sent)
