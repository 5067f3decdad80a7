"""Photos and the URLs they are fetched by."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.execution.making import maker
from app.services import Services
from app.store.database import Row
from schema.context import Info, Operation
from schema.enums import PhotoVariant
from schema.loading import column


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


_KEYS = {
    PhotoVariant.THUMBNAIL: "thumbnail_key",
    PhotoVariant.CHAT: "chat_key",
    PhotoVariant.FULL: "full_key",
}
"""The columns that hold the objects' keys."""


@strawberry.type(description="A photo, upright and without any metadata of the camera.")
class Photo:
    """A row of `photos`."""

    __slots__ = ("row",)

    row: strawberry.Private[Row]

    width: int = column("width", serialised=True, description="Width of the FULL variant in pixels.")
    height: int = column("height", serialised=True, description="Height of the FULL variant in pixels.")
    placeholder: str = column(
        "placeholder",
        serialised=True,
        description="ThumbHash in base64: decode it to a blurred preview to show until the photo is there.",
    )
    alt_text: str | None = column(
        "alt_text", serialised=True, description="What the photo shows, in the words of who uploaded it."
    )

    @strawberry.field(description="Where to fetch the photo, as WebP.")
    def url(
        self,
        info: Info,
        variant: Annotated[PhotoVariant, strawberry.argument(description="The size wanted.")] = PhotoVariant.CHAT,
    ) -> MediaUrl | None:
        return MediaUrl.of(info.context.services, self.row[_KEYS[variant]])


make_photo: Callable[[Row], Photo] = maker(Photo, "row")


async def load_photos(operation: Operation, ids: Sequence[UUID]) -> list[Photo | None]:
    """Photos by id; who holds an id got it from something they may see."""
    rows = await operation.services.lookups.photos(ids)
    return [make_photo(row) if row else None for row in rows]


async def load_albums(operation: Operation, albums: Sequence[tuple[UUID, ...]]) -> list[list[Photo]]:
    """The photos of several messages at once."""
    ids = list({photo_id for album in albums for photo_id in album})
    photos = dict(zip(ids, await load_photos(operation, ids), strict=True))
    return [[photo for photo_id in album if (photo := photos[photo_id])] for album in albums]
