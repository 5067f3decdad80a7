"""Publishing clips, and taking them back."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import NotFoundError, UploadNotReadyError
from app.ids import new_id
from app.services import Services
from app.store import media
from app.store.database import Row, Transaction
from resolvers import access
from resolvers.text import parse_line

TITLE_MAX = 200


class VideoVisibility(StrEnum):
    """Who may see a video."""

    PUBLIC = "PUBLIC"
    FRIENDS = "FRIENDS"
    ONLY_SHARED = "ONLY_SHARED"


async def publish(
    services: Services, viewer: Viewer, upload_id: UUID, *, title: str, visibility: VideoVisibility
) -> Row:
    """Publish a READY clip of the viewer's; an upload that was published before returns its video as it is.

    Raises:
        InvalidInputError: the title breaks its rule.
        NotFoundError: it is no clip of the viewer's, or its video was deleted.
        UploadNotReadyError: it is not READY.
    """
    name = parse_line(title, "title", at_most=TITLE_MAX, at_least=0)

    async def work(tx: Transaction) -> Row:
        upload = await media.lock_upload(tx, upload_id)
        if upload is None or upload["owner_id"] != viewer.user_id or upload["purpose"] != "VIDEO":
            raise NotFoundError("clip")
        if upload["state"] != "READY":
            raise UploadNotReadyError(upload["state"])
        new = await media.insert_video(tx, new_id(), upload, name, visibility, datetime.now(UTC))
        existing = new or await media.video_of_upload(tx, upload_id)
        if existing is None:
            raise NotFoundError("clip")
        return existing

    return await access.write(services, viewer, work)


async def delete(services: Services, viewer: Viewer, video_id: UUID) -> UUID:
    """Take a video of the viewer's back: wherever it was shared it is gone. Again changes nothing.

    Raises:
        NotFoundError: it is no video of the viewer's.
    """

    async def work(tx: Transaction) -> UUID:
        if not await media.delete_video(tx, viewer.user_id, video_id, datetime.now(UTC)):
            raise NotFoundError("video")
        return video_id

    return await access.write(services, viewer, work)
