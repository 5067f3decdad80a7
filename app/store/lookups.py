"""What many operations look up by key: those that ask at about the same time take one statement."""

from collections.abc import Sequence
from uuid import UUID

from app.store import conversations, media, users
from app.store.database import Database, Row
from app.store.together import Together


class Lookups:
    """Reads for whoever asks, each answered by a statement that began after it was asked for."""

    def __init__(self, database: Database) -> None:
        self._people = Together[tuple[UUID | None, UUID], Row](lambda keys: users.seen(database, keys))
        self._conversations = Together[tuple[UUID, UUID], Row](lambda keys: conversations.seen(database, keys))
        self._photos = Together[UUID, Row](lambda ids: _photos(database, ids))

    async def people(self, viewer_id: UUID | None, ids: Sequence[UUID]) -> list[Row | None]:
        """Each of these people; None for one whom the viewer, who may be nobody, may not see."""
        keys = [(viewer_id, user_id) for user_id in ids]
        found = await self._people.get_all(keys)
        return [found.get(key) for key in keys]

    async def conversations(self, viewer_id: UUID, ids: Sequence[UUID]) -> list[Row | None]:
        """Each of these conversations; None for one that the viewer is no member of."""
        keys = [(viewer_id, conversation_id) for conversation_id in ids]
        found = await self._conversations.get_all(keys)
        return [found.get(key) for key in keys]

    async def photos(self, ids: Sequence[UUID]) -> list[Row | None]:
        """Each of these photos; whoever holds an id got it from something they may see."""
        found = await self._photos.get_all(ids)
        return [found.get(photo_id) for photo_id in ids]


async def _photos(database: Database, ids: Sequence[UUID]) -> dict[UUID, Row]:
    return {row["id"]: row for row in await media.photos(database, ids)}
