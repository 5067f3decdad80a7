"""Answers written in one piece are the same as aiohttp's own, and wait for who does not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest

from tests.support.patience import PATIENCE
from tests.transport.conftest import StartToy, Toy

LARGE = 200_000
"""Bytes of an answer."""


@asynccontextmanager
async def connection(toy: Toy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(toy.server.host, toy.server.port)
    yield reader, writer
    writer.close()


def post(query: str, *headers: str, version: str = "1.1") -> bytes:
    body = orjson.dumps({"query": query})
    lines = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return f"POST /graphql HTTP/{version}\r\n".encode() + "\r\n".join(lines).encode() + body


async def answer(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    async with asyncio.timeout(PATIENCE):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert len(headers) == len(lines)
        return status, headers, await reader.readexactly(int(headers["Content-Length"]))


@pytest.mark.parametrize("origin", [None, "https://app.example.com", "https://elsewhere.example.com"])
async def test_its_head_is_that_of_other_responses(toy: Toy, origin: str | None) -> None:
    more = [f"Origin: {origin}"] if origin else []
    answers = []
    for version in ("1.1", "1.0"):  # which aiohttp answers
        async with connection(toy) as (reader, writer):
            writer.write(post("{ hello }", *more, version=version))
            status, headers, body = await answer(reader)
            assert headers["Date"].endswith(" GMT")
            answers.append((status.removeprefix(f"HTTP/{version}"), headers | {"Date": ""}, body))
    assert answers[0] == answers[1]
    assert ("Access-Control-Allow-Origin" in answers[0][1]) is (origin == "https://app.example.com")


async def test_an_origin_of_garbage_is_told_nothing(start_toy: StartToy) -> None:
    toy = await start_toy(origins=("*",))
    async with connection(toy) as (reader, writer):
        writer.write(post("{ hello }", "Origin: https://a.example").replace(b"a.example", b"\xff.example"))
        status, headers, _ = await answer(reader)
    assert status == "HTTP/1.1 200 OK"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("last", [post("{ hello }", "Connection: close"), post("{ hello }", version="1.0")])
async def test_who_wants_the_connection_closed_is_heard(toy: Toy, last: bytes) -> None:
    async with connection(toy) as (reader, writer):
        writer.write(post("{ hello }") + post("{ whoami }") + last)
        for data in ({"hello": "hello you"}, {"whoami": None}, {"hello": "hello you"}):
            assert orjson.loads((await answer(reader))[2]) == {"data": data}
        assert await reader.read() == b""


async def test_who_does_not_read_takes_a_bounded_amount_of_memory(toy: Toy) -> None:
    async with connection(toy) as (reader, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(post(f"{{ large(bytes: {LARGE}) }}") * 100)
        most = 0
        for _ in range(2_000):
            await asyncio.sleep(0)
            peers = [peer.transport for peer in toy.server.handler.connections if peer.transport]
            most = max(most, *(transport.get_write_buffer_size() for transport in peers), 0)
        assert 0 < most < 3 * LARGE
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        for _ in range(100):
            assert len((await answer(reader))[2]) > LARGE
