"""Who an operation runs for, and where it comes from."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Viewer(NamedTuple):  # as every request makes one: frozen dataclasses take three times as long to make
    """A signed-in person on one device; `expires_at` is when their access token stops working."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


class Client(NamedTuple):
    """The other end of a request: its network address, and what it calls itself (User-Agent)."""

    address: str
    device: str
