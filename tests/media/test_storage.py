import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.media.bucket import Bucket
from app.media.bucket_setup import BucketReport, CorsState
from app.media.storage import Storage, open_storage
from app.media.storage_errors import StorageError, StorageErrorCode
from tests.support.patience import PATIENCE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ORIGINS = ["http://app.example", "https://app.example"]


async def put(storage: Storage, body: bytes) -> str:
    key = f"tests/{uuid4()}"
    await storage.put(key, body, content_type="image/webp", cache_control="private, max-age=60")
    return key


async def test_what_was_put_is_had_again_and_deleted_for_good(storage: Storage) -> None:
    key = await put(storage, b"bytes")
    assert await storage.get(key, 5) == b"bytes"
    assert await storage.exists(key)
    head = await storage.head(key)
    assert head is not None
    assert (head.size, head.content_type) == (5, "image/webp")
    await storage.delete(key)
    await storage.delete(key)
    assert not await storage.exists(key)
    assert await storage.head(key) is None


async def test_a_missing_object_is_told_from_a_failure(storage: Storage) -> None:
    with pytest.raises(StorageError) as caught:
        await storage.get(f"tests/{uuid4()}", 5)
    assert caught.value.code is StorageErrorCode.MISSING_OBJECT


async def test_an_object_over_the_limit_is_not_read(storage: Storage, tmp_path: Path) -> None:
    key = await put(storage, b"bytes")
    for reading in (storage.get(key, 4), storage.download(key, tmp_path / "file", 4)):
        with pytest.raises(StorageError) as caught:
            await reading
        assert caught.value.code is StorageErrorCode.TOO_LARGE
    assert await storage.get(key, 5) == b"bytes"


async def test_a_file_goes_to_the_store_and_back(storage: Storage, tmp_path: Path) -> None:
    body = bytes(range(256)) * 20_000  # several chunks
    source, key = tmp_path / "source", f"tests/{uuid4()}"
    source.write_bytes(body)
    await storage.put_file(
        key,
        source,
        sha256_hex=sha256(body).hexdigest(),
        content_type="video/mp4",
        cache_control="private",
    )
    await storage.download(key, tmp_path / "target", len(body))
    assert (tmp_path / "target").read_bytes() == body
    head = await storage.head(key)
    assert head is not None
    assert (head.size, head.content_type) == (len(body), "video/mp4")


async def test_the_store_refuses_a_file_that_is_not_what_its_digest_says(storage: Storage, tmp_path: Path) -> None:
    source, key = tmp_path / "source", f"tests/{uuid4()}"
    source.write_bytes(b"changed on its way")
    with pytest.raises(StorageError) as caught:
        await storage.put_file(
            key,
            source,
            sha256_hex=sha256(b"as it was").hexdigest(),
            content_type="video/mp4",
            cache_control="private",
        )
    assert caught.value.code is StorageErrorCode.FAILED
    assert not await storage.exists(key)


@pytest.fixture
async def fresh(bucket: Bucket) -> AsyncIterator[Storage]:
    """A bucket that is not there yet."""
    async with open_storage(replace(bucket, name=f"fresh-{uuid4()}")) as opened:
        yield opened
        await (await opened._client()).delete_bucket(Bucket=opened._bucket.name)


async def test_a_bucket_is_set_up_once(fresh: Storage) -> None:
    with pytest.raises(StorageError) as caught:
        await fresh.check(ORIGINS)
    assert caught.value.code is StorageErrorCode.MISSING_BUCKET
    assert await fresh.set_up(ORIGINS) == BucketReport(created=True, cors=CorsState.CHANGED)
    assert await fresh.set_up(ORIGINS[::-1]) == BucketReport(created=False, cors=CorsState.KEPT)
    await fresh.check(ORIGINS)


async def test_origins_that_differ_from_the_settings_are_told_and_mended(fresh: Storage) -> None:
    await fresh.set_up(ORIGINS)
    for origins in (["http://other.example"], []):
        with pytest.raises(StorageError) as caught:
            await fresh.check(origins)
        assert caught.value.code is StorageErrorCode.WRONG_CORS
        assert (await fresh.set_up(origins)).cors is CorsState.CHANGED
        await fresh.check(origins)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"access_key": "unknown"}, StorageErrorCode.WRONG_CREDENTIALS),
        ({"secret_key": "wrong"}, StorageErrorCode.WRONG_CREDENTIALS),
        ({"name": "no-such-bucket"}, StorageErrorCode.MISSING_BUCKET),
    ],
)
async def test_a_wrong_setting_is_named_in_one_line(
    bucket: Bucket, changed: dict[str, str], code: StorageErrorCode
) -> None:
    async with open_storage(replace(bucket, **changed)) as storage:  # type: ignore[arg-type]
        with pytest.raises(StorageError) as caught:
            await storage.check(ORIGINS)
    assert caught.value.code is code
    assert bucket.endpoint_url in str(caught.value)
    assert "\n" not in str(caught.value)


def somewhere(endpoint_url: str) -> Bucket:
    return Bucket(endpoint_url, "us-east-1", "media", "key", "secret")


async def test_a_store_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        async with open_storage(somewhere(address)) as storage:
            with pytest.raises(StorageError) as caught:
                await storage.check(ORIGINS)
    assert caught.value.code is StorageErrorCode.UNREACHABLE
    assert address in str(caught.value)


async def test_a_store_that_hangs_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with open_storage(somewhere(address), read_seconds=0.1) as storage:
            for seconds in (PATIENCE, 9):  # once its client is made, before a single wait of the usual length is over
                async with asyncio.timeout(seconds):
                    with pytest.raises(StorageError) as caught:
                        await storage.get("key", 5)
    assert caught.value.code is StorageErrorCode.UNREACHABLE


async def test_an_object_that_breaks_off_is_not_taken_for_whole() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "10"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    async with _server(half) as storage:
        with pytest.raises(StorageError) as caught:
            await storage.get("key", 10)
    assert caught.value.code is StorageErrorCode.UNREACHABLE


async def test_a_store_without_cors_by_bucket_can_be_used() -> None:
    async def answer(request: web.Request) -> web.Response:
        if "cors" in request.query:
            return web.Response(status=501, text="<Error><Code>NotImplemented</Code></Error>")
        return web.Response(text="<ListBucketResult/>")

    async with _server(answer) as storage:
        assert await storage.set_up(ORIGINS) == BucketReport(created=False, cors=CorsState.UNSUPPORTED)
        await storage.check(ORIGINS)


@asynccontextmanager
async def _server(handler: Handler) -> AsyncIterator[Storage]:
    """A stand-in for a store that behaves as the embedded one never does."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server, open_storage(somewhere(str(server.make_url("")))) as storage:
        yield storage
