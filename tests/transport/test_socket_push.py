"""Subscriptions whose source pushes: in order, bounded, and without a task while nothing happens."""

import asyncio
import gc

import pytest

from app.execution.errors import PublicError
from app.transport.outbox import Outbox
from app.transport.protocol import CloseCode
from app.transport.socket_service import SocketSettings
from tests.transport.conftest import StartToy, Toy


def tasks_of_operations() -> list[str]:
    names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
    return [name for name in names if name.startswith(("SocketOperation", "Outbox", "Socket._connect"))]


async def test_an_idle_subscription_has_no_task(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=1)
        await socket.ping()
        assert tasks_of_operations() == []
        toy.world.hub.publish(1)
        assert tasks_of_operations() == []  # answered within the push
        assert await subscription.next() == {"ticks": {"number": 1}}


async def test_events_are_answered_in_order_whether_or_not_they_have_to_wait(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        slow = await socket.subscribe("subscription { ticks { gated } }")
        quick = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=2)
        for number in range(50):
            toy.world.hub.publish(number)
        assert [(await quick.next())["ticks"]["number"] for _ in range(50)] == list(range(50))
        await slow.assert_silent_until(socket.execute("{ hello }"))
        toy.world.gate.set()
        assert [(await slow.next())["ticks"]["gated"] for _ in range(50)] == list(range(50))
        await socket.ping()
        assert tasks_of_operations() == []


async def test_what_is_pushed_at_once_is_written_at_once(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    send = Outbox.send

    def counting(outbox: Outbox, frame: bytes) -> None:
        written.append(frame)
        send(outbox, frame)

    monkeypatch.setattr(Outbox, "send", counting)
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { number large(bytes: 20000) } }")
        await toy.world.hub.until(listeners=1)
        for count, writes in ((3, 1), (4, 4)):  # more than the transport takes is not joined
            written.clear()
            toy.world.hub.publish_all(range(count))
            assert len(written) == writes
            assert [(await subscription.next())["ticks"]["number"] for _ in range(count)] == list(range(count))


async def test_what_is_pushed_at_once_is_answered_in_order_where_some_of_it_has_to_wait(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { gatedIfOdd } }")
        await toy.world.hub.until(listeners=1)
        toy.world.hub.publish_all([0, 2, 3, 4])
        toy.world.hub.publish_all([6, 7])
        assert [(await subscription.next())["ticks"]["gatedIfOdd"] for _ in range(2)] == [0, 2]
        await subscription.assert_silent_until(socket.execute("{ hello }"))
        toy.world.hub.finish()
        toy.world.gate.set()
        assert [(await subscription.next())["ticks"]["gatedIfOdd"] for _ in range(4)] == [3, 4, 6, 7]
        await subscription.expect_complete()


async def test_nothing_of_what_is_pushed_at_once_is_heard_after_complete(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        ended = await socket.subscribe("subscription { ticks { gatedIfOdd } }")
        other = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=2)
        toy.world.hub.publish_all([1, 2])
        await ended.complete()
        await toy.world.hub.until(listeners=1)
        toy.world.gate.set()
        toy.world.hub.publish_all([4, 6])
        await ended.assert_silent_until(other.next())


async def test_what_is_pushed_while_starting_comes_first(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks(replay: 3) { number } }")
        await toy.world.hub.until(listeners=1)
        toy.world.hub.publish(3)
        assert [(await subscription.next())["ticks"]["number"] for _ in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize("waiting", [False, True])
async def test_complete_comes_after_the_last_event(toy: Toy, waiting: bool) -> None:
    field = "gated" if waiting else "number"
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe(f"subscription {{ ticks {{ {field} }} }}")
        await toy.world.hub.until(listeners=1)
        toy.world.hub.publish(1)
        toy.world.hub.publish(2)
        toy.world.hub.finish()
        toy.world.gate.set()
        assert [(await subscription.next())["ticks"][field] for _ in range(2)] == [1, 2]
        await subscription.expect_complete()
        assert toy.world.hub.stopped == 1
        await socket.subscribe("{ hello }", id=subscription.id)  # the id is free again


async def test_a_source_may_end_with_an_error(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    async with toy.client.socket() as socket:
        for error, code in ((PublicError("NOT_FOUND", "No more."), "NOT_FOUND"), (KeyError("x"), "INTERNAL_ERROR")):
            subscription = await socket.subscribe("subscription { ticks { number } }")
            await toy.world.hub.until(listeners=1)
            toy.world.hub.finish(error)
            await subscription.expect_error(code)
    assert len(caplog.records) == 1


async def test_a_source_that_fails_as_it_starts_ends_the_subscription(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { stillborn }")
        assert await subscription.next() == {"stillborn": 1}
        await subscription.expect_error("SNAPSHOT_REQUIRED")


async def test_much_can_be_pushed_at_once_by_waiting_for_the_peer(toy: Toy) -> None:
    """A replay that is longer than what may wait."""
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { name large(bytes: 20000) } }")
        await toy.world.hub.until(listeners=1)
        (source,) = toy.world.hub.sources
        assert source.sink is not None
        for number in range(1_000):
            source.sink.push(number)
            if number % 100 == 99:
                await source.sink.drained()
        for _ in range(1_000):
            await subscription.next()


async def test_an_event_that_fails_does_not_end_the_subscription(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    async with toy.client.socket() as socket:
        subscription = await socket.subscribe("subscription { ticks { number bug } }")
        await toy.world.hub.until(listeners=1)
        for number in (1, 2):
            toy.world.hub.publish(number)
            result = await subscription.result()
            assert result["data"] == {"ticks": {"number": number, "bug": None}}
            assert result["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    assert len(caplog.records) == 2


async def test_nothing_is_heard_after_complete(toy: Toy) -> None:
    async with toy.client.socket() as socket:
        ended = await socket.subscribe("subscription { ticks { gated } }")
        other = await socket.subscribe("subscription { ticks { number } }")
        await toy.world.hub.until(listeners=2)
        toy.world.hub.publish(1)
        await ended.complete()
        await toy.world.hub.until(listeners=1)
        toy.world.gate.set()
        toy.world.hub.publish(2)
        await other.next()
        await ended.assert_silent_until(other.next())


async def test_a_subscription_can_end_in_the_moment_of_an_event(toy: Toy) -> None:
    """Before the task that is to wait for the answer has taken its first step: no resolver may be left unawaited."""
    async with toy.client.socket() as socket:
        await socket.subscribe("subscription { ticks { name } }")
        await toy.world.hub.until(listeners=1)
        await socket.ping()
        (server_side,) = toy.sockets._sockets
        (operation,) = server_side._operations.values()  # type: ignore[attr-defined]
        toy.world.hub.publish(1)
        operation.cancel()
        await socket.ping()
        gc.collect()


@pytest.mark.parametrize("at_once", [False, True])
async def test_events_that_wait_are_bounded(start_toy: StartToy, at_once: bool) -> None:
    toy = await start_toy(socket=SocketSettings(max_pending_events=10))
    async with toy.client.socket() as socket:
        await socket.subscribe("subscription { ticks { gated } }")
        await toy.world.hub.until(listeners=1)
        if at_once:
            toy.world.hub.publish_all(range(11))  # one is being answered
        else:
            for number in range(11):
                toy.world.hub.publish(number)
        await socket.ping()
        toy.world.hub.publish(11)
        await socket.expect_close(CloseCode.TRY_AGAIN_LATER)
    await toy.world.hub.until(listeners=0)
