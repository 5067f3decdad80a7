"""Lists of ids as arguments of statements that many wait for."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

_hex_of = attrgetter("hex")


def array_of(ids: Iterable[UUID]) -> str:
    """What `$1::text::uuid[]` takes: written in a fraction of the time that asyncpg takes for `$1::uuid[]`."""
    return f"{{{','.join(map(_hex_of, ids))}}}"
