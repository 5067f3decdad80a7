"""Several processes share a port: one that dies is replaced, and all of them end with whoever started them."""

import asyncio
import re
import signal
import socket
from contextlib import AsyncExitStack

import aiohttp
import psutil

from app.media.probe import USABLE
from app.transport.protocol import CloseCode
from tests.live.test_inbox import events
from tests.support.graphql_client import Json
from tests.workers.conftest import Meet, Serve, folder_of, gone, leisurely


async def test_what_is_sent_through_one_worker_is_heard_through_another(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2")
    assert len(served.workers()) == 2
    ann, bob, conversation = await meet(served)
    async with AsyncExitStack() as stack:
        inboxes = [await stack.enter_async_context(bob.inbox()) for _ in range(12)]
        connections = [len(worker.net_connections("tcp")) for worker in served.workers()]
        assert all(connections), "both have some of the sockets"
        message = await ann.send_text(conversation, "to all of them")
        for inbox in inboxes:
            assert (await events(inbox, 1))[0]["message"]["id"] == message["id"]


async def test_a_worker_that_is_killed_is_replaced_and_the_port_is_served_all_the_time(
    serve: Serve, meet: Meet
) -> None:
    served = await serve(WORKERS="2")
    ann, _, conversation = await meet(served)
    killed, other = served.workers()
    killed.kill()
    sent: list[Json] = []
    replaced = asyncio.create_task(served.says(" serves"))
    while not replaced.done():
        try:
            async with leisurely():
                sent.append(await ann.send_text(conversation, f"{len(sent)}", clientKey=f"{len(sent)}"))
        except aiohttp.ClientConnectionError:
            assert not sent, "only a connection that was open to the killed one breaks"
    await replaced
    assert other in served.workers()
    assert killed not in served.workers()
    assert len(served.workers()) == 2
    history = await ann.messages(conversation)
    assert history[-1]["seq"] == len(sent), "nothing is there that was not acknowledged"
    assert [message["id"] for message in history] == [message["id"] for message in sent[-len(history) :]]


async def test_a_worker_that_hangs_is_replaced(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2", WORKER_SILENCE_SECONDS="4")
    hung, other = served.workers()
    hung.suspend()
    await served.says(f"worker {hung.pid} has hung for 4 s")
    await served.says(" serves")
    assert other in served.workers()
    assert len(served.workers()) == 2
    assert not hung.is_running()
    ann, _, conversation = await meet(served)
    assert await ann.send_text(conversation, "served")


async def test_workers_that_were_stopped_together_with_their_supervisor_are_not_taken_for_hung(serve: Serve) -> None:
    """As a machine does that sleeps, where its clock goes on meanwhile."""
    served = await serve(WORKERS="2", WORKER_SILENCE_SECONDS="4")
    supervisor, workers = psutil.Process(served.pid), served.workers()
    for process in (supervisor, *workers):
        process.suspend()
    await asyncio.sleep(5)  # for longer than they may be silent: what matters is the time itself
    supervisor.resume()
    await served.says("nobody's silence counts")
    for worker in workers:
        worker.resume()
    hung, other = workers
    hung.suspend()
    await served.says(f"worker {hung.pid} has hung")  # from here on silence counted again, for as long as is allowed
    assert other in served.workers()
    assert served.output.text.count("has hung") == 1


async def test_until_it_is_replaced_the_others_take_its_connections(serve: Serve) -> None:
    served = await serve(WORKERS="2")
    served.workers()[0].kill()
    await served.says("starting another")
    for _ in range(30):
        async with aiohttp.ClientSession() as newcomer, newcomer.get(f"{served.url}/healthz") as answer:
            assert answer.status == 200
    assert " serves" not in served.output.text
    await served.says(" serves")
    for _ in range(30):
        async with aiohttp.ClientSession() as newcomer, newcomer.get(f"{served.url}/healthz") as answer:
            assert answer.status == 200


async def test_workers_drain_and_end_when_their_supervisor_is_killed(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2")
    _, bob, _ = await meet(served)
    workers = served.workers()
    async with bob.inbox() as inbox:
        psutil.Process(served.pid).kill()
        await inbox.socket.expect_close(CloseCode.SERVICE_RESTART)
    assert await served.ended() == -signal.SIGKILL
    assert await asyncio.to_thread(gone, workers) == []


async def test_the_valkey_of_a_killed_server_is_ended_by_the_next_and_none_is_left_at_last(serve: Serve) -> None:
    first = await serve(WORKERS="2")
    [left] = [each for each in psutil.Process(first.pid).children() if each.name() == "valkey-server"]
    workers = first.workers()
    psutil.Process(first.pid).kill()
    await first.ended()
    assert await asyncio.to_thread(gone, workers) == []
    second = await serve(WORKERS="2", PORT=str(first.port))
    assert await asyncio.to_thread(gone, [left]) == []
    second.send(signal.SIGINT)
    assert await second.ended() == 0
    assert not folder_of(first.port).exists()


async def test_a_valkey_that_dies_is_started_again_and_carries_hints(serve: Serve, meet: Meet) -> None:
    served = await serve(WORKERS="2")
    [killed] = [each for each in psutil.Process(served.pid).children() if each.name() == "valkey-server"]
    killed.kill()
    await served.says("Valkey runs again")
    await served.says("connected to Valkey or Redis again", times=4)  # two workers, with two topics each
    ann, bob, conversation = await meet(served)
    async with bob.inbox() as inbox:
        message = await ann.send_text(conversation, "still there")
        assert (await events(inbox, 1))[0]["message"]["id"] == message["id"]


async def test_why_no_worker_can_serve_is_one_line(serve: Serve) -> None:
    served = await serve(announced=False, WORKERS="3", DATABASE_URL="postgresql://anybody:hidden@127.0.0.1:9/none")
    assert await served.ended() == 1
    [line] = await served.output.lines()
    assert line.startswith("Can't use the database none at 127.0.0.1:9")
    assert "hidden" not in line


async def test_a_port_that_is_taken_is_one_line(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        served = await serve(announced=False, WORKERS="2", PORT=port)
        assert await served.ended() == 1
    [line] = await served.output.lines()
    assert re.fullmatch(rf"Port {port} of 127\.0\.0\.1 can't be used .*", line)


async def test_a_second_server_does_not_slip_in_beside_the_workers_of_the_first(serve: Serve) -> None:
    first = await serve(WORKERS="2")
    for workers in ("1", "2"):
        second = await serve(announced=False, WORKERS=workers, PORT=str(first.port))
        assert await second.ended() == 1
    assert first.workers()


async def test_a_store_that_is_out_of_reach_is_told_and_keeps_nobody_from_serving(
    serve: Serve, meet: Meet, http: aiohttp.ClientSession
) -> None:
    served = await serve(S3_SECRET_ACCESS_KEY="wrong")
    await served.says("S3 can't be used")
    async with http.get(f"{served.url}/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["media"] != USABLE
    ann, _, conversation = await meet(served)
    assert await ann.send_text(conversation, "a text")
