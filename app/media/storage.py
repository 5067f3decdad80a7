"""The store of media: one client of an S3-compatible service, made when first needed and kept from then on.

The client's library takes about as long to import as all the rest of the server, so it is imported then as well.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from app.media.bucket import Bucket
from app.media.bucket_setup import BucketReport, check_bucket, set_up_bucket
from app.media.storage_errors import StorageError, StorageErrorCode, translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef

Connect = Callable[[], "AbstractAsyncContextManager[S3Client]"]

# Two tries in all: a store that does not answer must not hold a job much longer than its own time limit.
_TRIES = 2
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What the store says of an object; `checksum_sha256` is base64, None where it was stored without."""

    size: int
    content_type: str
    checksum_sha256: str | None


class Storage:
    """The objects of one bucket. When the store fails, every method raises `StorageError`."""

    def __init__(self, connect: "Connect", bucket: Bucket) -> None:
        self._connect = connect
        self._bucket = bucket
        self._opened: S3Client | None = None
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def close(self) -> None:
        """Close the client, if it was ever needed."""
        await self._stack.aclose()

    async def _client(self) -> "S3Client":
        async with self._opening:
            if self._opened is None:
                client = await asyncio.to_thread(self._connect)
                self._opened = await self._stack.enter_async_context(client)
        return self._opened

    async def head(self, key: str) -> ObjectHead | None:
        """Describe an object; None if there is none."""
        with translated(self._bucket):
            try:
                found = await (await self._client()).head_object(
                    Bucket=self._bucket.name, Key=key, ChecksumMode="ENABLED"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "404":  # an answer to HEAD has no body to name a code
                    return None
                raise
        return ObjectHead(found["ContentLength"], found["ContentType"], found.get("ChecksumSHA256"))

    async def exists(self, key: str) -> bool:
        """Tell whether there is an object under this key."""
        return await self.head(key) is not None

    async def get(self, key: str, max_bytes: int) -> bytes:
        """Read an object into memory: MISSING_OBJECT if there is none, TOO_LARGE if over `max_bytes`."""
        return b"".join([chunk async for chunk in self._chunks(key, max_bytes)])

    async def download(self, key: str, target: Path, max_bytes: int) -> None:
        """Write an object to a file, a chunk at a time; after an error (see `get`) the file is incomplete."""
        async with aclosing(self._chunks(key, max_bytes)) as chunks:
            with await asyncio.to_thread(target.open, "wb") as file:
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)

    async def _chunks(self, key: str, max_bytes: int) -> AsyncGenerator[bytes, None]:
        with translated(self._bucket):
            answer = await (await self._client()).get_object(Bucket=self._bucket.name, Key=key)
            body = answer["Body"]
            async with body:
                _refuse_larger(answer, key, max_bytes)
                while chunk := await body.read(_CHUNK_BYTES):
                    yield chunk

    async def put(self, key: str, body: bytes, *, content_type: str, cache_control: str) -> None:
        """Store an object, replacing one of the same key; the store verifies that it got these bytes."""
        await self._put(key, body, sha256(body).digest(), content_type, cache_control)

    async def put_file(self, key: str, source: Path, *, sha256_hex: str, content_type: str, cache_control: str) -> None:
        """Store a file as `put` does, never all in memory; `sha256_hex` is the digest of its bytes."""
        with await asyncio.to_thread(source.open, "rb") as file:
            await self._put(key, file, bytes.fromhex(sha256_hex), content_type, cache_control)

    async def _put(
        self, key: str, body: bytes | IO[bytes], digest: bytes, content_type: str, cache_control: str
    ) -> None:
        with translated(self._bucket):
            await (await self._client()).put_object(
                Bucket=self._bucket.name,
                Key=key,
                Body=body,
                ContentType=content_type,
                CacheControl=cache_control,
                ChecksumSHA256=b64encode(digest).decode(),
            )

    async def delete(self, key: str) -> None:
        """Delete an object; that there is none is no error."""
        with translated(self._bucket):
            await (await self._client()).delete_object(Bucket=self._bucket.name, Key=key)

    async def set_up(self, allowed_origins: Sequence[str]) -> BucketReport:
        """Create the bucket if it is missing, let pages of these origins use it, and say what was done."""
        with translated(self._bucket):
            return await set_up_bucket(await self._client(), self._bucket, allowed_origins)

    async def check(self, allowed_origins: Sequence[str]) -> None:
        """Return if the bucket is ready for these origins, else raise what is wrong."""
        with translated(self._bucket):
            await check_bucket(await self._client(), self._bucket, allowed_origins)


def _refuse_larger(answer: "GetObjectOutputTypeDef", key: str, max_bytes: int) -> None:
    size = answer["ContentLength"]
    if size > max_bytes:
        raise StorageError(StorageErrorCode.TOO_LARGE, f"{key} has {size} bytes, {max_bytes} are allowed")


@asynccontextmanager
async def open_storage(
    bucket: Bucket, *, connect_seconds: float = 2, read_seconds: float = 10
) -> AsyncIterator[Storage]:
    """Hold one client of the bucket at its internal address. Opening it makes no request.

    `connect_seconds` bounds each attempt to connect and `read_seconds` each wait for bytes.
    """
    storage = Storage(lambda: _client_of(bucket, connect_seconds, read_seconds), bucket)
    try:
        yield storage
    finally:
        await storage.close()


def _client_of(bucket: Bucket, connect_seconds: float, read_seconds: float) -> "AbstractAsyncContextManager[S3Client]":
    import aioboto3  # noqa: PLC0415 - see the top of this module
    from aiobotocore.config import AioConfig  # noqa: PLC0415

    config = AioConfig(
        signature_version="s3v4",
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": _TRIES},
        # Not every compatible store knows the checksum trailers that botocore adds by itself, and hashing a
        # video for the signature would hold up the event loop: objects carry a SHA-256 known beforehand.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": bucket.addressing, "payload_signing_enabled": False},
    )
    session = aioboto3.Session(bucket.access_key, bucket.secret_key, region_name=bucket.region)
    return session.client("s3", endpoint_url=bucket.endpoint_url, config=config)
