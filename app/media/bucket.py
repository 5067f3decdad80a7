"""Where the media are kept: one bucket of an S3-compatible store, and the keys that open it."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

Addressing = Literal["path", "virtual"]

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket as seen from one place.

    The server reaches the store at an internal address, browsers at a public one, and the host is part of
    every signature: make one `Bucket` for each (`dataclasses.replace(bucket, endpoint_url=public_url)`).

    `endpoint_url` is `scheme://host[:port][/path]` without the bucket. `addressing` says whether the bucket
    stands in the path (`https://s3.example/bucket/key`) or in the host name (`https://bucket.s3.example/key`);
    at a numeric address it stands in the path whatever is asked, for such a host has no names below it.
    """

    endpoint_url: str
    region: str
    name: str
    access_key: str
    secret_key: str = field(repr=False)
    addressing: Addressing = "path"

    @property
    def origin(self) -> str:
        """Scheme and host of the bucket's address, written as in `endpoint_url`."""
        parts = urlsplit(self.endpoint_url)
        return f"{parts.scheme}://{parts.netloc if self._is_in_path else f'{self.name}.{parts.netloc}'}"

    @property
    def host(self) -> str:
        """The value of the Host header that clients send: in lower case, without a port that goes unsaid."""
        parts = urlsplit(self.origin)
        return parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme])

    @property
    def path(self) -> str:
        """The path of the bucket, without a slash at its end; empty where the host names the bucket."""
        prefix = urlsplit(self.endpoint_url).path.rstrip("/")
        return f"{prefix}/{self.name}" if self._is_in_path else prefix

    @property
    def _is_in_path(self) -> bool:
        return self.addressing == "path" or _is_numeric(urlsplit(self.endpoint_url).hostname or "")


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
