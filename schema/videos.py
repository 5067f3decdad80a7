"""Videos: published clips that can be shared."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from app.live.aspects import BLOCKS, NOW
from app.store import media
from app.store.database import Row
from schema.context import Info, Operation
from schema.enums import VideoVisibility
from schema.ids import to_id
from schema.loading import in_order, loaded
from schema.node import Node
from schema.people import User, load_people
from schema.photos import MediaUrl, Photo, load_photos


@strawberry.type(description="A published clip.")
class Video(Node):
    title: str = strawberry.field(description="Its title; may be empty.")
    duration_seconds: float = strawberry.field(description="Length in seconds, as read from the file.")
    visibility: VideoVisibility = strawberry.field(description="Who may see it.")
    published_at: datetime = strawberry.field(description="When it was published.")
    author_id: strawberry.Private[UUID]
    poster_id: strawberry.Private[UUID]
    media_key: strawberry.Private[str]

    author: User | None = loaded(load_people, key="author_id", description="Who published it.", depends_on=BLOCKS | NOW)
    poster: Photo | None = loaded(load_photos, key="poster_id", description="A frame of it, of the same shape.")

    @strawberry.field(description="Where to fetch it: MP4 or WebM.")
    def url(self, info: Info) -> MediaUrl | None:
        return MediaUrl.of(info.context.services, self.media_key)

    @classmethod
    def from_row(cls, row: Row) -> "Video":
        """Wrap a row of `videos`."""
        return cls(
            id=to_id("Video", row["id"]),
            title=row["title"],
            duration_seconds=row["duration_seconds"],
            visibility=VideoVisibility(row["visibility"]),
            published_at=row["published_at"],
            author_id=row["author_id"],
            poster_id=row["poster_id"],
            media_key=row["media_key"],
        )


async def load_videos(operation: Operation, ids: Sequence[UUID]) -> list[Video | None]:
    """The videos that the viewer may see."""
    return in_order(ids, await media.videos(operation.database, operation.viewer_id, ids), Video.from_row)
