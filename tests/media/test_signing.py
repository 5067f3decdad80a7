import functools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from app.media.bucket import Addressing, Bucket
from app.media.signing import MAX_LIFETIME_SECONDS, UploadContent, UrlSigner

NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
ENDPOINTS = [
    "http://127.0.0.1:8333",
    "https://s3.example.com",
    "https://s3.example.com:443",
    "http://s3.example.com:9000/behind/",
]
KEYS = ["photos/ab12.webp", "a b/ü 😀.webp", "../up//and/down", "/leading", "a+b~c!'()*&=?#%41;:@$,"]


def bucket_at(endpoint_url: str, addressing: Addressing = "path") -> Bucket:
    return Bucket(endpoint_url, "eu-west-1", "dm-media", "AKIA/+x", "sec/ret+", addressing)


SESSION = botocore.session.get_session()


@functools.cache
def botocore_client(bucket: Bucket) -> Any:
    return SESSION.create_client(
        "s3",
        endpoint_url=bucket.endpoint_url,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": bucket.addressing}),
    )


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore sign at NOW."""
    for module in ("auth", "signers"):
        monkeypatch.setattr(f"botocore.{module}.get_current_datetime", lambda **_: NOW.replace(tzinfo=None))


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("addressing", ["path", "virtual"])
@pytest.mark.parametrize("endpoint_url", ENDPOINTS)
def test_a_url_is_byte_for_byte_the_one_of_botocore(endpoint_url: str, addressing: Addressing) -> None:
    bucket = bucket_at(endpoint_url, addressing)
    signer, client = UrlSigner(bucket, window_seconds=0), botocore_client(bucket)
    for key in KEYS:
        expected = client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket.name, "Key": key}, ExpiresIn=600
        )
        assert signer.get_url(key, expires=600, now=NOW).href == expected


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("disposition", [None, 'attachment; filename="a b~ü.webp"'])
@pytest.mark.parametrize("content_type", [None, "image/webp; q=1"])
def test_overridden_headers_are_signed_as_botocore_does(disposition: str | None, content_type: str | None) -> None:
    bucket = bucket_at("https://s3.example.com")
    overrides = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
    params = {"Bucket": bucket.name, "Key": "a"} | {name: value for name, value in overrides.items() if value}
    expected = botocore_client(bucket).generate_presigned_url("get_object", Params=params, ExpiresIn=60)
    url = UrlSigner(bucket, window_seconds=0).get_url(
        "a",
        expires=60,
        now=NOW,
        response_content_type=content_type,
        response_content_disposition=disposition,
    )
    assert url.href == expected


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("addressing", ["path", "virtual"])
def test_a_form_is_byte_for_byte_the_one_of_botocore(addressing: Addressing) -> None:
    bucket = bucket_at("https://s3.example.com", addressing)
    described = {
        "Content-Type": "image/jpeg",
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": "q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=",
    }
    expected = botocore_client(bucket).generate_presigned_post(
        bucket.name,
        "uploads/ü 1",
        Fields=dict(described),
        Conditions=[["content-length-range", 7, 7], *({name: value} for name, value in described.items())],
        ExpiresIn=60,
    )
    content = UploadContent("image/jpeg", 7, described["x-amz-checksum-sha256"])
    form = UrlSigner(bucket).post_form("uploads/ü 1", content, expires=60, now=NOW)
    assert form.fields == expected["fields"]
    assert form.url.rstrip("/") == expected["url"].rstrip("/")
    assert form.expires_at == NOW + timedelta(seconds=60)


def test_a_photo_keeps_its_url_within_a_window() -> None:
    signer = UrlSigner(bucket_at("https://s3.example.com"), window_seconds=300)
    start = datetime(2025, 3, 4, 5, 5, tzinfo=UTC)
    urls = {signer.get_url("a", expires=60, now=start + timedelta(seconds=s)).href for s in (0, 7, 299)}
    assert len(urls) == 1
    assert signer.get_url("a", expires=60, now=start + timedelta(seconds=300)).href not in urls


@pytest.mark.parametrize("age_of_window", [0, 1, 299])
def test_a_url_lives_as_long_as_promised_however_old_its_window(age_of_window: int) -> None:
    signer = UrlSigner(bucket_at("https://s3.example.com"), window_seconds=300)
    now = datetime(2025, 3, 4, 5, 5, tzinfo=UTC) + timedelta(seconds=age_of_window)
    url = signer.get_url("a", expires=60, now=now)
    assert timedelta(seconds=60) <= url.expires_at - now <= timedelta(seconds=360)
    assert "X-Amz-Date=20250304T050500Z&X-Amz-Expires=360&" in url.href


def test_urls_of_different_lifetimes_do_not_mix() -> None:
    signer = UrlSigner(bucket_at("https://s3.example.com"), window_seconds=300)
    short, long = (signer.get_url("a", expires=seconds, now=NOW) for seconds in (60, 3600))
    assert long.expires_at - short.expires_at == timedelta(seconds=3540)
    assert signer.get_url("a", expires=60, now=NOW) == short


def test_a_lifetime_that_no_store_accepts_is_refused() -> None:
    signer = UrlSigner(bucket_at("https://s3.example.com"), window_seconds=300)
    with pytest.raises(ValueError, match="604800"):
        signer.get_url("a", expires=MAX_LIFETIME_SECONDS, now=NOW)


def test_a_secret_key_does_not_show_in_logs() -> None:
    assert "sec/ret" not in repr(bucket_at("https://s3.example.com"))


def test_signing_costs_less_than_a_tenth_of_botocore() -> None:
    bucket = bucket_at("https://s3.example.com")
    signer, client = UrlSigner(bucket), botocore_client(bucket)

    def ours(count: int) -> float:
        start = time.process_time()
        for number in range(count):
            signer.get_url(f"photos/{number:064x}.webp", expires=3600, now=NOW)
        return (time.process_time() - start) / count

    def theirs(count: int) -> float:
        start = time.process_time()
        for number in range(count):
            params = {"Bucket": bucket.name, "Key": f"photos/{number:064x}.webp"}
            client.generate_presigned_url("get_object", Params=params, ExpiresIn=3600)
        return (time.process_time() - start) / count

    theirs(10)
    assert ours(1000) < theirs(100) / 10
