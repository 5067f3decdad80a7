import asyncio
import os
import stat
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.embedded import EmbeddedEngines, EngineError
from app.embedded.valkey import SETTINGS
from tests.support.patience import PATIENCE

from .processes import engines_in, listeners


async def start(data_dir: Path) -> tuple[EmbeddedEngines, str]:
    engines = EmbeddedEngines(data_dir, postgres=False, s3=False, valkey=True)
    endpoints = await engines.start()
    assert endpoints.redis_url is not None
    return engines, endpoints.redis_url


async def answers(url: str) -> bool:
    async with Redis.from_url(url) as client:
        return bool(await client.ping())


async def test_it_listens_on_a_private_socket_and_on_no_port_and_a_stop_leaves_nothing(data_dir: Path) -> None:
    engines, url = await start(data_dir)
    try:
        assert await answers(url)
        assert [process.name() for process in engines_in(data_dir)] == ["valkey-server"]
        assert os.getsid(engines_in(data_dir)[0].pid) != os.getsid(0), "Ctrl-C would reach it"
        assert listeners(data_dir) == set()
        assert stat.S_IMODE((data_dir / "valkey" / "run").stat().st_mode) == 0o700
    finally:
        await engines.stop()
    assert engines_in(data_dir) == []
    assert list((data_dir / "valkey").iterdir()) == []


async def test_what_a_killed_server_left_is_taken_over(data_dir: Path) -> None:
    first, url = await start(data_dir)
    first._lock.release()  # as the kernel does for a process that is killed,
    assert first._keeping is not None
    first._keeping.cancel()  # which starts nothing again
    left = engines_in(data_dir)
    second, second_url = await start(data_dir)
    try:
        assert second_url == url
        assert await answers(url)
        assert psutil.wait_procs(left, timeout=PATIENCE)[1] == []
        assert len(engines_in(data_dir)) == 1
    finally:
        await second.stop()
        await first.stop()


async def test_a_long_path_gets_a_short_socket(data_dir: Path) -> None:
    deep = data_dir / ("long-" * 25) / "with, comma and ?#"
    engines, url = await start(deep)
    try:
        assert await answers(url)
        short = (deep / "valkey" / "run").readlink()
    finally:
        await engines.stop()
    assert not short.exists()


@pytest.mark.parametrize("folder", ["data", "long-" * 25])
async def test_one_that_dies_is_started_again_at_the_same_address(data_dir: Path, folder: str) -> None:
    engines, url = await start(data_dir / folder)
    try:
        for _ in range(2):
            [killed] = engines_in(data_dir)
            killed.kill()
            await answers_again(url, killed)
    finally:
        await engines.stop()
    assert engines_in(data_dir) == []


async def answers_again(url: str, killed: psutil.Process) -> None:
    """Wait until another one answers, which nothing announces."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(RedisError, OSError):
                async with Redis.from_url(url) as client:
                    if (await client.info("server"))["process_id"] != killed.pid:
                        return
            await asyncio.sleep(0.02)


async def test_one_that_dies_is_not_started_again_after_the_stop(data_dir: Path) -> None:
    engines, _ = await start(data_dir)
    [killed] = engines_in(data_dir)
    killed.kill()
    await engines.stop()
    assert engines_in(data_dir) == []
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "keep-valkey"]


async def test_a_server_that_does_not_start_is_told_in_one_line(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SETTINGS, "no-such-setting", "1")
    with pytest.raises(EngineError, match="Valkey does not start: ") as caught:
        await start(data_dir)
    assert "\n" not in str(caught.value)
    assert engines_in(data_dir) == []
