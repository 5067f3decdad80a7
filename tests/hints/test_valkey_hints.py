"""Hints reach the other processes, and cost nothing when the engine that carries them is ill."""

import asyncio
import logging
import signal
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.errors import ConfigurationError
from app.hints import link
from app.hints.pack import pack
from app.hints.valkey import ValkeyHints
from tests.hints.conftest import Listener, Processes, Valkey, until
from tests.support.patience import PATIENCE


async def test_the_others_hear_it_and_oneself_does_not(processes: Processes) -> None:
    one, two, three = [await processes.join() for _ in range(3)]
    one.hints.publish("log", b"from one")
    assert await two.next() == await three.next() == b"from one"
    two.hints.publish("log", b"from two")
    assert await one.next() == b"from two", "the first thing that it hears"
    assert one.heard.empty()


async def test_nothing_is_doubled_or_overtaken_within_a_topic(processes: Processes) -> None:
    one, two = await processes.join(), await processes.join()
    sent = [b"%d" % number for number in range(link.QUEUE_LENGTH)]
    for payload in sent:
        one.hints.publish("log", payload)
    assert [await two.next() for _ in sent] == sent
    assert two.heard.empty()


async def test_topics_are_apart(processes: Processes) -> None:
    one, two = await processes.join("log"), await processes.join("typing")
    other = await processes.join("log")
    one.hints.publish("log", b"")
    assert await other.next() == b""
    one.hints.publish("typing", b"too early: not connected")
    other.hints.publish("log", b"later")
    assert await one.next() == b"later"
    assert two.heard.empty()


async def test_a_hung_server_holds_nobody_up_and_gets_nothing_that_is_stale(
    valkey: Valkey, processes: Processes
) -> None:
    one, two = await processes.join(), await processes.join()
    valkey.signal(signal.SIGSTOP)
    started = time.process_time()
    for number in range(20 * link.QUEUE_LENGTH):
        one.hints.publish("log", b"%d" % number)
        if number % link.QUEUE_LENGTH == 0:
            await asyncio.sleep(0)
    assert time.process_time() - started < 5
    assert len(one.hints._links["log"]._queue) == link.QUEUE_LENGTH, "what waits is bounded"
    await until(lambda: not one.hints.healthy and not two.hints.healthy)
    assert not one.hints._links["log"]._queue
    one.hints.publish("log", b"while it is known to hang")
    valkey.signal(signal.SIGCONT)
    await one.connects()
    await two.connects()
    one.hints.publish("log", b"fresh")
    while (heard := await two.next()) != b"fresh":
        assert int(heard) < link.WINDOW * link.QUEUE_LENGTH, "only what was under way when it hung"


async def test_what_waited_too_long_is_dropped(
    valkey: Valkey, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await processes.join(), await processes.join()
    monkeypatch.setattr(link, "PING_SECONDS", 10 * PATIENCE)
    valkey.signal(signal.SIGSTOP)
    for number in range(link.WINDOW):
        one.hints.publish("log", b"%d" % number)
        await asyncio.sleep(0.001)  # so that each goes into a message of its own
    one.hints.publish("log", b"waits for its turn")
    await asyncio.sleep(link.DEADLINE_SECONDS + 0.05)  # what matters is the time itself
    valkey.signal(signal.SIGCONT)
    heard = [await two.next() for _ in range(link.WINDOW)]
    assert heard == [b"%d" % number for number in range(link.WINDOW)]
    one.hints.publish("log", b"fresh")
    assert await two.next() == b"fresh"


async def test_it_recovers_by_itself_when_the_server_was_killed(
    valkey: Valkey, processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, link.__name__)
    one, two = await processes.join(), await processes.join()
    await valkey.kill()
    await until(lambda: not one.hints.healthy and not two.hints.healthy)
    one.hints.publish("log", b"to nobody")
    await valkey.start()
    await one.connects()
    await two.connects()
    assert one.hints.healthy
    one.hints.publish("log", b"after")
    assert await two.next() == b"after"
    lines = [record.message for record in caplog.records]
    assert len(lines) == 4, "each says once that it is gone and once that it is back"


async def test_a_server_that_is_absent_at_the_start_is_waited_for(
    unstarted: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    await unstarted.start()
    await unstarted.stop()
    async with ValkeyHints.open(unstarted.url) as hints:
        listener = Listener(hints, "log")
        hints.publish("log", b"to nobody")
        await until(lambda: bool(caplog.records))
        assert "no connection to Valkey or Redis" in caplog.text
        assert not hints.healthy
        assert hints._links["log"]._queue.maxlen == link.QUEUE_LENGTH
        await unstarted.start()
        await listener.connects()
        assert hints.healthy


async def test_a_listener_that_fails_and_a_message_that_is_broken_are_passed_over(
    valkey: Valkey, processes: Processes, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = await processes.join(), await processes.join()

    def fail(payload: bytes) -> None:
        raise ValueError(payload)

    two.hints.listen("log", fail)
    message = pack(b"somebody", [b"whole", b"cut off"])
    async with Redis.from_url(valkey.url) as redis:
        for broken in (b"", b"x", message[:-1], message[:15], b"\xff" * 100):
            await redis.publish("backchannel:log", broken)
    one.hints.publish("log", b"after")
    assert await two.next() == b"whole"
    assert await two.next() == b"after"
    assert two.hints.healthy
    assert "could not be used" in caplog.text


async def test_what_is_no_url_of_a_server_is_one_line() -> None:
    with pytest.raises(ConfigurationError, match="REDIS_URL is wrong: ") as caught:
        async with ValkeyHints.open("http://example.com"):
            pass
    assert "\n" not in str(caught.value)


async def test_a_password_is_not_logged(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    async with ValkeyHints.open(f"unix://anybody:hidden@{tmp_path}/none.sock") as hints:
        hints.publish("log", b"")
        await until(lambda: bool(caplog.records))
    assert "no connection" in caplog.text
    assert "hidden" not in caplog.text
