"""A worker that hangs before it serves holds nobody up for ever: it is killed, and those who serve go on."""

import asyncio
import logging
import socket

import aiohttp
import psutil
import pytest

from app.config import Settings
from app.serving import worker_process
from app.serving.listeners import bind_all
from app.serving.stop_signals import StopSignals
from app.serving.supervisor import Supervisor
from tests.support.patience import PATIENCE
from tests.workers.conftest import free_port


async def test_a_restart_whose_new_worker_hangs_kills_it_and_leaves_the_old_one_serving(
    environment: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port, serves, stop = free_port(), asyncio.Event(), StopSignals()
    supervisor = Supervisor(bind_all("127.0.0.1", port, 1), environment, settings)
    running = asyncio.create_task(supervisor.run(serves.set, stop))
    try:
        async with asyncio.timeout(PATIENCE):
            await serves.wait()
        before = psutil.Process().children()
        with socket.create_server(("127.0.0.1", 0)) as mute:  # it takes connections, and says nothing for a minute
            environment["DATABASE_URL"] = f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/none"
            monkeypatch.setattr(worker_process, "START_SECONDS", 0.5)
            async with asyncio.timeout(PATIENCE / 2):
                await supervisor._roll()
        reason = "so the old ones stay: A worker hung for 0.5 s before it could serve."
        assert caplog.messages[-1].endswith(reason)
        assert psutil.Process().children() == before, "the new one is gone, and the old one is not"
        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
    finally:
        stop.ask()
        await running
