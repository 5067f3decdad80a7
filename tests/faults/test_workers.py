"""`serve --workers` as an operator runs it: workers that are killed are replaced, and all are restarted one by one."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import psutil
import pytest

from tests.faults.cast import environment
from tests.faults.conftest import FULL, Form
from tests.faults.processes import free_port
from tests.faults.world import World
from tests.support.patience import PATIENCE

WORKERS = 2

pytestmark = pytest.mark.skipif(not FULL, reason="its processes take long to start; in short, see tests/workers")


@pytest.fixture
async def supervisor(scene: World) -> AsyncIterator[Process]:
    """`python -m app serve` with several workers, which clients use."""
    port = free_port()
    values = environment(scene.engine.url(scene.database)) | {"PATH": os.defpath, "PYTHONUNBUFFERED": "1"}
    arguments = ("-m", "app", "serve", "--workers", str(WORKERS), "--port", str(port))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=values, stdout=PIPE)
    assert process.stdout
    async with asyncio.timeout(PATIENCE):
        assert b"Serving on" in await process.stdout.readline()
    scene.endpoints.append(f"http://127.0.0.1:{port}/graphql")
    yield process
    process.terminate()
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0


async def test_workers_that_are_killed_and_restarted_lose_nothing(
    scene: World, form: Form, supervisor: Process
) -> None:
    for name in scene.cast.people:
        await scene.listen(name)
    for _ in range(form.rounds):
        talking = asyncio.create_task(scene.talk(form.sends // 5))
        workers = [each for each in psutil.Process(supervisor.pid).children() if "worker" in each.cmdline()]
        if scene.chance.random() < 0.5:
            scene.chance.choice(workers).kill()
        else:
            supervisor.send_signal(signal.SIGHUP)
        await talking
    await scene.check()
