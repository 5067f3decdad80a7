"""Opening the live services of a process, and closing them in the right order."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import asyncpg

from app.auth.passwords import Passwords
from app.auth.tokens import AccessTokens
from app.config import Settings
from app.errors import ConfigurationError
from app.hints import Hints, LocalHints
from app.live.hub import Hub
from app.live.retention import Retention
from app.media.bucket import Bucket
from app.media.limits import PhotoLimits, VideoLimits
from app.media.signing import UrlSigner
from app.media.storage import open_storage
from app.media.workers import MediaWorkers
from app.services import Services
from app.store.database import Database, Observer


def bucket_of(settings: Settings) -> Bucket:
    """The bucket as the server reaches it."""
    return Bucket(
        endpoint_url=settings.s3_endpoint_url,
        region=settings.s3_region,
        name=settings.s3_bucket,
        access_key=settings.s3_access_key_id,
        secret_key=settings.s3_secret_access_key,
        addressing=settings.s3_addressing,
    )


def public_bucket_of(settings: Settings) -> Bucket:
    """The bucket as clients reach it: presigned URLs hold this host."""
    return replace(bucket_of(settings), endpoint_url=settings.s3_public_url or settings.s3_endpoint_url)


@asynccontextmanager
async def open_hints(settings: Settings) -> AsyncIterator[Hints]:
    """Word from and to the other processes; a server that is out of reach is waited for in the background.

    Raises:
        ConfigurationError: REDIS_URL is no URL of a server.
    """
    if settings.redis_url is None:
        yield LocalHints()
        return
    from app.hints.valkey import ValkeyHints  # noqa: PLC0415 - a process alone need not import the client

    async with ValkeyHints.open(settings.redis_url) as hints:
        yield hints


@asynccontextmanager
async def open_services(settings: Settings, *, observer: Observer | None = None) -> AsyncIterator[Services]:
    """Connect to the engines and follow the log; on leaving, everything is finished and closed.

    Raises:
        ConfigurationError: the database can't be used.
    """
    async with AsyncExitStack() as stack:
        database = await Database.open(settings.database_url, pool_size=settings.database_pool_size, observer=observer)
        stack.push_async_callback(database.close)
        hints = await stack.enter_async_context(open_hints(settings))
        try:
            hub = await Hub.open(database, settings.jwt_secret, hints)
        except asyncpg.UndefinedTableError:
            raise ConfigurationError("The database has no tables yet: run `python -m app migrate`.") from None
        stack.push_async_callback(hub.close)
        retention = Retention(database, timedelta(days=settings.log_retention_days))
        stack.push_async_callback(retention.stop)
        storage = await stack.enter_async_context(open_storage(bucket_of(settings)))
        workers = MediaWorkers(
            photo_limits=PhotoLimits(max_bytes=settings.photo_max_bytes),
            video_limits=VideoLimits(max_bytes=settings.video_max_bytes),
        )
        stack.push_async_callback(workers.close)
        lifetime = timedelta(seconds=settings.access_token_seconds)
        yield Services(
            settings=settings,
            database=database,
            passwords=Passwords(),
            access_tokens=AccessTokens(settings.jwt_secret, lifetime),
            storage=storage,
            signer=UrlSigner(public_bucket_of(settings)),
            workers=workers,
            hub=hub,
        )
