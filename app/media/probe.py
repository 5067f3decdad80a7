"""Looking whether the store can be used, without the client library, which takes a second to import."""

import asyncio
import logging
import re
import time
from datetime import UTC, datetime

import aiohttp

from app.media.bucket import Bucket
from app.media.signing import UrlSigner

logger = logging.getLogger(__name__)

# An object that need not be there: that it is missing is an answer as well.
KEY = ".ready"
LOOK_SECONDS = 5.0
# How long what was seen counts as the state.
FRESH_SECONDS = 15.0

USABLE = "ready"

# What an operator has to put right. AccessDenied is not among them: it is how S3 tells a key that may not list the
# bucket that there is no such object.
TROUBLE = {
    b"InvalidAccessKeyId": "the store does not know S3_ACCESS_KEY_ID",
    b"SignatureDoesNotMatch": "the store refuses S3_SECRET_ACCESS_KEY",
    b"NoSuchBucket": "there is no such bucket: `python -m app storage` creates it",
}


class StorageProbe:
    """Knows whether the bucket can be used; each change for the worse or the better is a line in the log."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._signer = UrlSigner(bucket, window_seconds=0)
        self._looking = asyncio.Lock()
        self._looked_at: float | None = None
        self._state = USABLE

    async def state(self) -> str:
        """`ready`, or what is wrong in a few words that name no address."""
        async with self._looking:
            if self._looked_at is None or time.monotonic() > self._looked_at + FRESH_SECONDS:
                before, self._state = self._state, await self._look()
                self._looked_at = time.monotonic()
                if self._state != before:
                    self._report()
        return self._state

    def _report(self) -> None:
        where = f"{self._bucket.name} at {self._bucket.endpoint_url}"
        if self._state == USABLE:
            logger.info("S3 can be used again: bucket %s", where)
        else:
            logger.warning("S3 can't be used, so media fail; all else works: %s (bucket %s)", self._state, where)

    async def _look(self) -> str:
        url = self._signer.get_url(KEY, expires=60, now=datetime.now(UTC)).href
        timeout = aiohttp.ClientTimeout(total=LOOK_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as answer:
                body = await answer.content.read(4_096)
        except TimeoutError:
            return f"no answer within {LOOK_SECONDS:g} s"
        except aiohttp.ClientError:
            return "no connection"
        code = re.search(rb"<Code>(\w+)</Code>", body)
        return TROUBLE.get(code[1], USABLE) if code else USABLE
