"""How a server leaves, seen from connections that are open already."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from app.config import Settings, load_settings
from app.environment import read, written
from app.server import SOCKETS, build_app
from app.services import Services
from app.serving.process import drain
from app.serving.stop_signals import StopSignals
from tests.support.patience import PATIENCE


@pytest.fixture
async def runner(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[web.AppRunner]:
    monkeypatch.setattr(
        services.hub, "on_session_ended", services.hub.on_session_ended
    )  # the other server's, in the end
    runner = web.AppRunner(build_app(services), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner
    await runner.cleanup()


def address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0]
    return f"http://{host}:{port}"


async def test_an_open_connection_is_answered_once_more_and_told_that_the_server_is_not_ready(
    runner: web.AppRunner,
) -> None:
    url, stop = address(runner), StopSignals()
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/readyz") as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] == "ready"
        draining = asyncio.create_task(drain(runner, 600, stop))
        await asyncio.sleep(0)
        async with http.get(f"{url}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["status"] == "draining"
            assert answer.headers["Connection"] == "close"
        await asyncio.wait_for(draining, PATIENCE)
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(f"{url}/healthz")


async def test_an_operation_during_a_drain_is_the_last_of_its_connection(runner: web.AppRunner) -> None:
    url, query = f"{address(runner)}/graphql", {"query": "{ policy { textMaxCharacters } }"}
    async with aiohttp.ClientSession() as http:
        async with http.post(url, json=query) as answer:
            assert "Connection" not in answer.headers
            before = await answer.json()
        draining = asyncio.create_task(drain(runner, 600, StopSignals()))
        await asyncio.sleep(0)
        async with http.post(url, json=query) as answer:
            assert answer.headers["Connection"] == "close"
            assert await answer.json() == before
        await asyncio.wait_for(draining, PATIENCE)


async def test_an_idle_connection_holds_a_drain_up_for_no_longer_than_its_time_or_until_it_is_urgent(
    runner: web.AppRunner,
) -> None:
    stop = StopSignals()
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{address(runner)}/healthz"):
            pass
        draining = asyncio.create_task(drain(runner, 600, stop))
        await asyncio.sleep(0)
        assert not draining.done()
        stop.ask()
        stop.ask()
        await asyncio.wait_for(draining, PATIENCE)
        await asyncio.wait_for(drain(runner, 0, StopSignals()), PATIENCE)
    assert runner.app[SOCKETS].draining


def test_a_worker_finds_the_settings_of_its_supervisor(settings: Settings) -> None:
    some = load_settings(
        **{
            **{name: getattr(settings, name) for name in ("database_url", "s3_endpoint_url", "jwt_secret")},
            **{name: getattr(settings, name) for name in ("s3_access_key_id", "s3_secret_access_key")},
        },
    )
    for given in (settings, some, read(Settings, written(some) | {"TRUSTED_PROXIES": "10.0.0.0/8,::1/128"}, {})):
        assert read(Settings, written(given), {}) == given
