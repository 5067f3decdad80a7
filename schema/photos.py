"""Photos and the URLs they are fetched by."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.services import Services
from app.store.database import Row
from schema.context import Info, Operation
from schema.enums import PhotoVariant


@strawberry.type(
    description="A presigned URL: it works for whoever holds it until it expires. Never store it, ask again."
)
class MediaUrl:
    href: str = strawberry.field(description="Where to fetch the file by GET, without any header.")
    expires_at: datetime = strawberry.field(description="When the URL stops working.")

    @classmethod
    def of(cls, services: Services, key: str) -> "MediaUrl":
        """Sign an object's key; whoever may see the object at one time gets the same."""
        signed = services.signer.get_url(key, expires=services.settings.media_url_seconds, now=datetime.now(UTC))
        return cls(href=signed.href, expires_at=signed.expires_at)


@strawberry.type(description="A photo, upright and without any metadata of the camera.")
class Photo:
    width: int = strawberry.field(description="Width of the FULL variant in pixels.")
    height: int = strawberry.field(description="Height of the FULL variant in pixels.")
    placeholder: str = strawberry.field(
        description="ThumbHash in base64: decode it to a blurred preview to show until the photo is there."
    )
    alt_text: str | None = strawberry.field(description="What the photo shows, in the words of who uploaded it.")
    keys: strawberry.Private[dict[str, str]]

    @strawberry.field(description="Where to fetch the photo, as WebP.")
    def url(
        self,
        info: Info,
        variant: Annotated[PhotoVariant, strawberry.argument(description="The size wanted.")] = PhotoVariant.CHAT,
    ) -> MediaUrl | None:
        return MediaUrl.of(info.context.services, self.keys[variant])

    @classmethod
    def from_row(cls, row: Row) -> "Photo":
        """Wrap a row of `photos`."""
        return cls(
            width=row["width"],
            height=row["height"],
            placeholder=row["placeholder"],
            alt_text=row["alt_text"],
            keys={
                PhotoVariant.THUMBNAIL: row["thumbnail_key"],
                PhotoVariant.CHAT: row["chat_key"],
                PhotoVariant.FULL: row["full_key"],
            },
        )


async def load_photos(operation: Operation, ids: Sequence[UUID]) -> list[Photo | None]:
    """Photos by id; who holds an id got it from something they may see."""
    rows = await operation.services.lookups.photos(ids)
    return [Photo.from_row(row) if row else None for row in rows]


async def load_albums(operation: Operation, albums: Sequence[tuple[UUID, ...]]) -> list[list[Photo]]:
    """The photos of several messages at once."""
    ids = list({photo_id for album in albums for photo_id in album})
    photos = dict(zip(ids, await load_photos(operation, ids), strict=True))
    return [[photo for photo_id in album if (photo := photos[photo_id])] for album in albums]
