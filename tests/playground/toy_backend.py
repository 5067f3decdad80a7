"""What the toy of the API knows: people, their tokens, messages, and who listens."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import strawberry

PASSWORD = "correct horse battery staple"
PEOPLE = {
    "mira": "Mira Okafor",
    "jonas": "Jonas Weber",
    "sofia": "Sofía Álvarez",
    "kenji": "Kenji Watanabe",
    "amara": "Amara Diallo",
    "lena": "Lena Lindqvist",
    "tariq": "Tariq Haddad",
    "ines": "Inês Carvalho",
    "oskar": "Oskar Nowak",
    "priya": "Priya Raman",
    "noah": "Noah Kim",
    "zoe": "Zoë Laurent",
}


@strawberry.type
class Tokens:
    access_token: str
    refresh_token: str
    access_token_expires_at: datetime


@strawberry.type
class User:
    id: strawberry.ID
    handle: str
    display_name: str

    @classmethod
    def named(cls, handle: str) -> "User":
        return cls(id=strawberry.ID(f"user-{handle}"), handle=handle, display_name=PEOPLE.get(handle, handle))


@strawberry.type
class Message:
    """A message, known to its sender's client by `clientKey`."""

    id: strawberry.ID
    seq: int
    text: str
    client_key: str
    sent_at: datetime
    sender: User

    @strawberry.field
    def fallback_text(self) -> str:
        return self.text


class UnauthenticatedError(Exception):
    """The token does not work, or no more."""


@dataclass
class Backend:
    """Everything the toy knows."""

    lifetime: float = 900.0  # seconds that an access token works from now on
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)  # access token → (handle, its end)
    refresh_tokens: dict[str, str] = field(default_factory=dict)  # refresh token → handle
    refreshes: int = 0
    messages: list[Message] = field(default_factory=list)
    listeners: dict[str, list[asyncio.Queue[Message]]] = field(default_factory=dict)
    arrivals: asyncio.Queue[str] = field(default_factory=asyncio.Queue)  # handles that began to listen

    def issue(self, handle: str) -> Tokens:
        access, refresh, end = secrets.token_hex(8), secrets.token_hex(8), time.time() + self.lifetime
        self.tokens[access] = (handle, end)
        self.refresh_tokens[refresh] = handle
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            access_token_expires_at=datetime.fromtimestamp(end, UTC),
        )

    def viewer(self, authorization: str | None) -> str | None:
        if authorization is None:
            return None
        handle, end = self.tokens.get(authorization.removeprefix("Bearer "), ("", 0.0))
        if end < time.time():
            raise UnauthenticatedError("Sign in again.")
        return handle
