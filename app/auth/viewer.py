"""Who an operation runs for, and where it comes from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person on one device; `expires_at` is when their access token stops working."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """The other end of a request: its network address, and what it calls itself (User-Agent)."""

    address: str
    device: str
