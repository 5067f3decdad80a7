"""Settings, read from the environment.

Each variable is the upper-case name of a field below; the table in README.md is checked against this class.
"""

import os
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal

from app.environment import number, one_of, read, read_one, secret, setting, several, switch, text, written


class PhotoPolicy(StrEnum):
    """Whether photos may be sent on this installation."""

    OPEN = "OPEN"
    NO_PHOTOS = "NO_PHOTOS"


DAY = 86_400
GIGABYTE = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can set; what is missing or wrong is one clear line at start."""

    host: str = setting(text, "Address to listen on.", "127.0.0.1")
    port: int = setting(number(int, 1, 65535), "Port to listen on.", 8000)
    workers: int = setting(number(int, 1, 256), "Processes that share the port; one for each core serves best.", 1)
    database_url: str = setting(text, "PostgreSQL 15 or later: postgresql://user:password@host:5432/database.")
    database_pool_size: int = setting(number(int, 2, 200), "Connections to PostgreSQL per process.", 10)
    redis_url: str | None = setting(
        text, "Valkey or Redis between processes: redis://, rediss:// or unix://. Not needed by a process alone.", None
    )
    s3_endpoint_url: str = setting(text, "Where the server reaches S3.")
    s3_public_url: str | None = setting(
        text, "Where clients reach S3, if elsewhere: presigned URLs are signed for this host.", None
    )
    s3_bucket: str = setting(text, "Bucket of the media.", "backchannel")
    s3_region: str = setting(text, "Region of the bucket.", "us-east-1")
    s3_access_key_id: str = setting(text, "Access key of S3.")
    s3_secret_access_key: str = setting(text, "Secret key of S3.", shown=False)
    s3_addressing: Literal["path", "virtual"] = setting(
        one_of("path", "virtual"), "Whether the bucket stands in the path or in the host name of URLs.", "path"
    )
    jwt_secret: str = setting(
        secret(32),  # RFC 7518, section 3.2: as long as the hash
        "At least 32 characters that sign access tokens and cursors; the same in every process.",
        shown=False,
    )
    allowed_origins: tuple[str, ...] = setting(
        several(text), "Origins of browser apps (comma-separated), for CORS and WebSockets. `*` allows any.", ()
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        several(ip_network), "Networks (comma-separated CIDR) whose X-Forwarded-For is believed, for the log.", ()
    )
    photo_policy: PhotoPolicy = setting(
        lambda value: PhotoPolicy(one_of(*PhotoPolicy)(value)),
        "OPEN, or NO_PHOTOS to refuse photo messages.",
        PhotoPolicy.OPEN,
    )
    access_token_seconds: int = setting(number(int, 60, DAY), "Life of an access token.", 900)
    refresh_token_days: int = setting(number(int, 1, 365), "Life of a refresh token; each use renews it.", 30)
    media_url_seconds: int = setting(number(int, 60, DAY), "Life of a presigned media URL, at least.", 3600)
    text_max_characters: int = setting(number(int, 1, 100_000), "Length of a text message or caption.", 6000)
    album_max_photos: int = setting(number(int, 1, 50), "Photos in one message.", 9)
    group_max_members: int = setting(number(int, 2, 256), "Members of a group.", 32)
    edit_seconds: int = setting(number(int, 0, 365 * DAY), "How long a text can be edited after sending.", 900)
    unsend_seconds: int = setting(number(int, 0, 365 * DAY), "How long a message can be unsent for everyone.", 180)
    minimum_age: int = setting(
        number(int, 0, 120), "Age for direct messages in years, where a birth date is known.", 16
    )
    photo_max_bytes: int = setting(number(int, 1, GIGABYTE), "Size of an uploaded photo.", 20_000_000)
    video_max_bytes: int = setting(number(int, 1, GIGABYTE), "Size of an uploaded clip.", 100_000_000)
    body_max_bytes: int = setting(number(int, 1000, GIGABYTE), "Size of a GraphQL request.", 256_000)
    trusted_documents: str | None = setting(
        text, "File of documents that clients may name by their SHA-256; see Trusted documents.", None
    )
    trusted_documents_only: bool = setting(
        switch, "`on` accepts no other documents; then there is no playground.", default=False
    )
    drain_seconds: float = setting(number(float, 0, 600), "On SIGTERM, open sockets are closed over this time.", 5.0)
    worker_silence_seconds: float = setting(
        number(float, 1, 3600), "Of several workers, one that stands still for so long is killed and replaced.", 30.0
    )
    log_retention_days: int = setting(
        number(int, 1, 3650), "How long the live stream can be resumed; older events are deleted.", 30
    )
    slow_seconds: float = setting(number(float, 0.001, DAY), "Operations that take longer are logged.", 1.0)
    compiled_execution: bool = setting(
        switch, "`off` leaves the execution of GraphQL to graphql-core alone.", default=True
    )
    log_level: str = setting(one_of("DEBUG", "INFO", "WARNING", "ERROR"), "How much is logged.", "INFO")

    @property
    def edit_window(self) -> timedelta:
        """How long a text can be edited."""
        return timedelta(seconds=self.edit_seconds)

    @property
    def unsend_window(self) -> timedelta:
        """How long a message can be unsent."""
        return timedelta(seconds=self.unsend_seconds)


def environment_of(settings: Settings) -> dict[str, str]:
    """This process's environment, changed so that `load_settings` in a child finds these settings."""
    names = {each.name.upper() for each in fields(Settings)}
    return {name: value for name, value in os.environ.items() if name not in names} | written(settings)


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment; `overrides` stand above it.

    Raises:
        ConfigurationError: one line that names each variable that is missing or wrong.
    """
    return read(Settings, os.environ, overrides)


def load_database_url() -> str:
    """DATABASE_URL, for what needs no other setting.

    Raises:
        ConfigurationError: it is missing.
    """
    return str(read_one(Settings, "database_url", os.environ))
