from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from app.media.bucket import Bucket
from app.media.storage import Storage, open_storage


@pytest.fixture(scope="session")
def bucket(s3_endpoint: Any) -> Bucket:
    """The bucket of the real store that the test session has started."""
    return Bucket(
        endpoint_url=s3_endpoint.url,
        region=s3_endpoint.region,
        name=s3_endpoint.bucket,
        access_key=s3_endpoint.access_key,
        secret_key=s3_endpoint.secret_key,
    )


@pytest.fixture(scope="session")
async def storage(bucket: Bucket) -> AsyncIterator[Storage]:
    async with open_storage(bucket) as opened:
        await opened.set_up(["http://app.example"])
        yield opened


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that, like a browser, holds no keys of the store."""
    async with aiohttp.ClientSession() as session:
        yield session
