"""Identifiers: UUIDs of version 7 (RFC 9562, section 5.7), which sort by the time they were made."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """48 bits of Unix milliseconds, then 74 random bits between the version and variant marks."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF000 << 64) | 0x7000 << 64
    value = value & ~(0xC000 << 48) | 0x8000 << 48
    return UUID(int=value)
