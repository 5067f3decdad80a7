"""Signed addresses: who holds one may fetch one object, or upload one, until it expires.

AWS Signature Version 4 in its query-string and POST-policy forms, for credentials without a session token.
The code is our own because a page of photos signs a hundred URLs, and the general signer of botocore spends
hundreds of microseconds on each. Its output is the same, byte for byte, which the tests compare.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from app.media.bucket import Bucket

# The longest life of a SigV4 signature: seven days, by its specification.
MAX_LIFETIME_SECONDS = 7 * 24 * 3600

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """An address that works for anyone until `expires_at`."""

    href: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadContent:
    """What will be uploaded: `size` in bytes, `checksum_sha256` as the base64 of the SHA-256 of the bytes."""

    content_type: str
    size: int
    checksum_sha256: str


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A multipart form that uploads one object: POST `fields`, then the field `file`, to `url`."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What all signatures made at one time, for one lifetime, have in common."""

    query: str  # of the URL, up to the signature
    string_to_sign: str  # up to the digest of the canonical request
    signing_key: bytes
    expires_at: datetime


class UrlSigner:
    """Signs for one bucket, at the address that browsers use.

    `window_seconds` rounds the time of signing down to a multiple of itself, so that the same object has the
    same URL for that long and browsers find it in their cache; 0 signs at the very second. What the rounding
    takes from the front of a URL's life is added at its end: a URL always lives at least as long as asked, and
    at most `window_seconds` longer.
    """

    def __init__(self, bucket: Bucket, *, window_seconds: int = 300) -> None:
        self._bucket = bucket
        self._window = window_seconds
        self._origin = bucket.origin
        self._path = quote(bucket.path, safe="/~")
        self._canonical_end = f"\nhost:{bucket.host}\n\nhost\nUNSIGNED-PAYLOAD"
        self._signing_time = 0
        self._stamps: dict[int, _Stamp] = {}

    def get_url(
        self,
        key: str,
        *,
        expires: int,
        now: datetime,
        response_content_type: str | None = None,
        response_content_disposition: str | None = None,
    ) -> SignedUrl:
        """Sign a GET of `key` that works for at least `expires` seconds from `now`.

        The response headers, where given, replace those that the object was stored with.
        Raises ValueError if the signature would outlive `MAX_LIFETIME_SECONDS`.
        """
        stamp = self._stamp(int(now.timestamp()), expires)
        path = f"{self._path}/{quote(key, safe='/~')}"
        overrides = ""
        if response_content_disposition is not None:
            overrides = f"&response-content-disposition={quote(response_content_disposition, safe='~')}"
        if response_content_type is not None:
            overrides += f"&response-content-type={quote(response_content_type, safe='~')}"
        canonical = f"GET\n{path}\n{stamp.query}{overrides}{self._canonical_end}"
        to_sign = stamp.string_to_sign + sha256(canonical.encode()).hexdigest()
        signature = hmac.digest(stamp.signing_key, to_sign.encode(), "sha256").hex()
        first = f"{overrides[1:]}&" if overrides else ""
        href = f"{self._origin}{path}?{first}{stamp.query}&X-Amz-Signature={signature}"
        return SignedUrl(href, stamp.expires_at)

    def _stamp(self, now: int, expires: int) -> _Stamp:
        signing_time = now - now % self._window if self._window else now
        if signing_time != self._signing_time:
            self._signing_time, self._stamps = signing_time, {}
        stamp = self._stamps.get(expires)
        if stamp is None:
            stamp = self._stamps[expires] = self._new_stamp(signing_time, expires + self._window)
        return stamp

    def _new_stamp(self, signing_time: int, lifetime: int) -> _Stamp:
        if not 0 < lifetime <= MAX_LIFETIME_SECONDS:
            raise ValueError(f"a signature lives 1 to {MAX_LIFETIME_SECONDS} seconds, not {lifetime}")
        moment = datetime.fromtimestamp(signing_time, UTC)
        stamp, scope = f"{moment:%Y%m%dT%H%M%SZ}", self._scope(moment)
        credential = quote(f"{self._bucket.access_key}/{scope}", safe="~")
        return _Stamp(
            query=f"X-Amz-Algorithm={_ALGORITHM}&X-Amz-Credential={credential}&X-Amz-Date={stamp}"
            f"&X-Amz-Expires={lifetime}&X-Amz-SignedHeaders=host",
            string_to_sign=f"{_ALGORITHM}\n{stamp}\n{scope}\n",
            signing_key=self._signing_key(moment),
            expires_at=moment + timedelta(seconds=lifetime),
        )

    def post_form(self, key: str, content: UploadContent, *, expires: int, now: datetime) -> SignedForm:
        """Sign an upload of exactly this content to exactly `key`, for `expires` seconds.

        A store that supports the checksum (S3 does) refuses other bytes; one that does not only insists that the
        field is sent, so verify after the upload too.
        """
        moment = now.astimezone(UTC).replace(microsecond=0)
        expires_at = moment + timedelta(seconds=expires)
        described = {
            "Content-Type": content.content_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": content.checksum_sha256,
        }
        signed = {
            "x-amz-algorithm": _ALGORITHM,
            "x-amz-credential": f"{self._bucket.access_key}/{self._scope(moment)}",
            "x-amz-date": f"{moment:%Y%m%dT%H%M%SZ}",
        }
        conditions: list[object] = [["content-length-range", content.size, content.size]]
        for exact in (described, {"bucket": self._bucket.name, "key": key}, signed):
            conditions += [{name: value} for name, value in exact.items()]
        policy = _policy(expires_at, conditions)
        signature = hmac.digest(self._signing_key(moment), policy.encode(), "sha256").hex()
        fields = {**described, "key": key, **signed, "policy": policy, "x-amz-signature": signature}
        return SignedForm(self._origin + self._path, fields, expires_at)

    def _signing_key(self, moment: datetime) -> bytes:
        return _signing_key(self._bucket.secret_key, f"{moment:%Y%m%d}", self._bucket.region)

    def _scope(self, moment: datetime) -> str:
        return f"{moment:%Y%m%d}/{self._bucket.region}/s3/aws4_request"


def _policy(expires_at: datetime, conditions: Sequence[object]) -> str:
    document = {"expiration": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", "conditions": conditions}
    return b64encode(json.dumps(document).encode()).decode()


@lru_cache(maxsize=16)
def _signing_key(secret_key: str, date: str, region: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (date, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
