"""Signatures as the real store judges them, for a client that holds no keys."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from app.media.bucket import Bucket
from app.media.signing import SignedForm, UploadContent, UrlSigner
from app.media.storage import Storage

BODY = b"what was promised"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def signer(bucket: Bucket) -> UrlSigner:
    return UrlSigner(bucket)


@pytest.fixture
async def key(storage: Storage) -> str:
    """The key of a stored object, hard to spell."""
    key = f"tests/{uuid4()} ü+😀.webp"
    await storage.put(key, BODY, content_type="image/webp", cache_control="private")
    return key


async def test_a_signed_url_fetches_its_object(http: aiohttp.ClientSession, signer: UrlSigner, key: str) -> None:
    url = signer.get_url(key, expires=60, now=now())
    async with http.get(_encoded(url.href)) as response:
        assert (response.status, await response.read()) == (200, BODY)
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Cache-Control"] == "private"


async def test_a_signed_url_may_name_the_headers_of_its_answer(
    http: aiohttp.ClientSession, signer: UrlSigner, key: str
) -> None:
    disposition = 'attachment; filename="a b.bin"'
    url = signer.get_url(
        key,
        expires=60,
        now=now(),
        response_content_type="application/x-thing",
        response_content_disposition=disposition,
    )
    async with http.get(_encoded(url.href)) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/x-thing"
        assert response.headers["Content-Disposition"] == disposition


async def test_a_url_is_signed_for_the_address_that_clients_use(
    http: aiohttp.ClientSession, bucket: Bucket, key: str
) -> None:
    public = replace(bucket, endpoint_url=bucket.endpoint_url.replace("127.0.0.1", "localhost"))
    href = UrlSigner(public).get_url(key, expires=60, now=now()).href
    assert href.startswith("http://localhost:")
    async with http.get(_encoded(href)) as response:
        assert response.status == 200
    async with http.get(_encoded(href.replace("localhost", "127.0.0.1"))) as response:
        assert response.status == 403


async def test_nothing_is_had_without_a_valid_signature(
    http: aiohttp.ClientSession, bucket: Bucket, signer: UrlSigner, key: str
) -> None:
    href = signer.get_url(key, expires=60, now=now()).href
    expired = UrlSigner(bucket, window_seconds=0).get_url(key, expires=1, now=now() - timedelta(minutes=1)).href
    other_secret = UrlSigner(replace(bucket, secret_key="guessed")).get_url(key, expires=60, now=now()).href
    longer_lived = href.replace("X-Amz-Expires=360", "X-Amz-Expires=7200")
    unsigned = href.partition("?")[0]
    for forged in (expired, other_secret, longer_lived, unsigned):
        async with http.get(_encoded(forged)) as response:
            assert response.status == 403
            assert BODY not in await response.read()
    async with http.delete(_encoded(href)) as response:
        assert response.status == 403


def _encoded(href: str) -> URL:
    """Keep the client from writing the signed URL in another way."""
    return URL(href, encoded=True)


def _content(body: bytes = BODY, content_type: str = "image/jpeg") -> UploadContent:
    checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return UploadContent(content_type, len(body), checksum)


async def _post(http: aiohttp.ClientSession, form: SignedForm, body: bytes, **changed: str) -> int:
    data = aiohttp.FormData()
    for name, value in {**form.fields, **changed}.items():
        data.add_field(name, value)
    data.add_field("file", body, filename="photo.jpg", content_type="text/html")
    async with http.post(form.url, data=data) as response:
        return response.status


async def test_a_signed_form_uploads_what_it_was_signed_for(
    http: aiohttp.ClientSession, signer: UrlSigner, storage: Storage
) -> None:
    key = f"tests/{uuid4()}"
    form = signer.post_form(key, _content(), expires=60, now=now())
    assert await _post(http, form, BODY) == 204
    head = await storage.head(key)
    assert head is not None
    assert (head.size, head.content_type) == (len(BODY), "image/jpeg")
    assert head.checksum_sha256 == _content().checksum_sha256


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        pytest.param(BODY + b"!", {}, id="more bytes"),
        pytest.param(BODY[:-1], {}, id="fewer bytes"),
        pytest.param(BODY[::-1], {}, id="other bytes"),
        pytest.param(BODY, {"Content-Type": "text/html"}, id="another type"),
        pytest.param(BODY[::-1], {"x-amz-checksum-sha256": _content(BODY[::-1]).checksum_sha256}, id="its own"),
        pytest.param(BODY, {"policy": ""}, id="no policy"),
    ],
)
async def test_a_signed_form_uploads_nothing_else(
    http: aiohttp.ClientSession, signer: UrlSigner, storage: Storage, body: bytes, changed: dict[str, str]
) -> None:
    key = f"tests/{uuid4()}"
    form = signer.post_form(key, _content(), expires=60, now=now())
    assert await _post(http, form, body, **changed) in {400, 403}
    assert not await storage.exists(key)


async def test_a_signed_form_uploads_to_no_other_key(
    http: aiohttp.ClientSession, signer: UrlSigner, storage: Storage, key: str
) -> None:
    form = signer.post_form(f"tests/{uuid4()}", _content(b"evil"), expires=60, now=now())
    assert await _post(http, form, b"evil", key=key) == 403
    assert await storage.get(key, 1000) == BODY


async def test_an_expired_form_uploads_nothing(
    http: aiohttp.ClientSession, signer: UrlSigner, storage: Storage
) -> None:
    key = f"tests/{uuid4()}"
    form = signer.post_form(key, _content(), expires=60, now=now() - timedelta(minutes=2))
    assert await _post(http, form, BODY) == 403
    assert not await storage.exists(key)
