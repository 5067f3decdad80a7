"""Valkey killed, restarted, paused or absent: sends take no longer, and everyone hears everything all the same."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.faults.conftest import FULL, Form
from tests.faults.world import World

# A send that waits for Valkey takes as long as the pause. What is allowed beyond the ratio is noise.
RATIO = 2.0
NOISE_SECONDS = 0.1 if FULL else 2.0


async def p99(scene: World, sends: int) -> float:
    """Send so many messages, each person one after the other; the time that 99 of 100 of them took at most."""
    before = len(scene.history.attempts)
    await scene.talk(sends)
    times = sorted(attempt.ended - attempt.began for attempt in scene.history.attempts[before:])
    return times[len(times) * 99 // 100]


@asynccontextmanager
async def paused_valkey(scene: World) -> AsyncIterator[None]:
    scene.engine.signal_valkey(signal.SIGSTOP)
    try:
        yield
    finally:
        scene.engine.signal_valkey(signal.SIGCONT)


async def test_a_paused_valkey_slows_no_send_and_hides_no_message(scene: World, form: Form) -> None:
    here, there = await scene.serve(2)
    far = await scene.listen("bob", where=lambda: there.url)
    await scene.listen("ann")
    await p99(scene, form.sends)  # warms up
    calm = await p99(scene, form.sends)
    async with paused_valkey(scene):
        end = asyncio.get_running_loop().time() + form.pause
        paused = await p99(scene, form.sends)
        attempt = await scene.writer("ann", lambda: here.url).send(scene.cast.direct, scene.new_text("ann"))
        assert await far.until(lambda: attempt.seq in far.heard_seqs(scene.cast.direct))
        await asyncio.sleep(end - asyncio.get_running_loop().time())
        paused = max(paused, await p99(scene, form.sends))
    assert paused <= calm * RATIO + NOISE_SECONDS
    await scene.check()


async def test_a_valkey_killed_and_restarted_loses_no_message(scene: World, form: Form) -> None:
    await scene.serve(2)
    for name in scene.cast.people:
        await scene.listen(name)
    try:
        for _ in range(form.rounds // 2):
            talking = asyncio.create_task(scene.talk(form.sends))
            await asyncio.sleep(scene.chance.uniform(0, 0.2))
            scene.engine.signal_valkey(signal.SIGKILL)
            await talking
            await scene.engine.restart_valkey()
            await scene.talk(form.sends // 2)
    finally:
        with suppress(ProcessLookupError):
            await scene.engine.restart_valkey()
    await scene.check()


async def test_without_valkey_everyone_hears_everything(scene: World, form: Form) -> None:
    await scene.serve(2, REDIS_URL="")
    for name in scene.cast.people:
        await scene.listen(name)
    await scene.listen("bob", scene.cast.direct)
    await scene.talk(form.sends)
    await scene.check()


async def test_with_a_valkey_that_is_not_there_everyone_hears_everything(scene: World, form: Form) -> None:
    await scene.serve(2, REDIS_URL="unix:///nowhere/valkey.sock")
    for name in scene.cast.people:
        await scene.listen(name)
    await scene.talk(form.sends)
    await scene.check()
