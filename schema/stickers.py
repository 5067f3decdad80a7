"""Stickers and the packs they come in."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from app.store import media
from app.store.database import Row
from schema.context import Operation
from schema.ids import to_id
from schema.loading import grouped, in_order, loaded
from schema.node import Node
from schema.photos import Photo, load_photos


@strawberry.type(description="A sticker.")
class Sticker(Node):
    name: str = strawberry.field(description="What it shows, in a word or two: say it to people who can't see it.")
    photo_id: strawberry.Private[UUID]

    image: Photo | None = loaded(load_photos, key="photo_id", description="The picture, with transparency.")

    @classmethod
    def from_row(cls, row: Row) -> "Sticker":
        """Wrap a row of `stickers`."""
        return cls(id=to_id("Sticker", row["id"]), name=row["name"], photo_id=row["photo_id"])


async def load_stickers(operation: Operation, ids: Sequence[UUID]) -> list[Sticker | None]:
    """Stickers by id."""
    return in_order(ids, await media.stickers(operation.database, ids), Sticker.from_row)


async def load_stickers_of_packs(operation: Operation, ids: Sequence[UUID]) -> list[list[Sticker]]:
    """The stickers of each pack."""
    rows = await media.stickers_of_packs(operation.database, ids)
    return [list(map(Sticker.from_row, group)) for group in grouped(ids, rows, lambda row: row["pack_id"])]


@strawberry.type(description="A set of stickers.")
class StickerPack(Node):
    title: str = strawberry.field(description="Its title.")
    author: str = strawberry.field(description="Who drew it.")
    key: strawberry.Private[UUID]

    stickers: list[Sticker] = loaded(load_stickers_of_packs, key="key", description="Its stickers, in order.")

    @classmethod
    def from_row(cls, row: Row) -> "StickerPack":
        """Wrap a row of `sticker_packs`."""
        return cls(id=to_id("StickerPack", row["id"]), title=row["title"], author=row["author"], key=row["id"])


async def load_sticker_packs(operation: Operation, ids: Sequence[UUID]) -> list[StickerPack | None]:
    """Sticker packs by id."""
    return in_order(ids, await media.sticker_packs_by_ids(operation.database, ids), StickerPack.from_row)
