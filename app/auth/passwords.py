"""Password hashing by Argon2id, off the event loop and a few at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# One hash takes 64 MiB and tens of milliseconds (RFC 9106, second recommended option): a flood of sign-ins waits here.
CONCURRENT_HASHES = 2


class Passwords:
    """Hashes and verifies; a wrong handle costs as much time as a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(CONCURRENT_HASHES)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The Argon2id hash to keep, in PHC string format."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password is the one behind a kept hash; None (no such person) takes as long and is False."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, password, kept) and kept is not None

    def _verify(self, password: str, kept: str | None) -> bool:
        if kept is None:
            kept = self._nobody = self._nobody or self._hasher.hash("nobody has this password")
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
