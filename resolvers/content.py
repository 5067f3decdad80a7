"""What a message can hold: the parts of a send that depend on its kind."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from app.auth.viewer import Viewer
from app.config import Settings
from app.errors import ErrorCode, NotAllowedError, NotFoundError, invalid
from app.store import media
from app.store.database import Reader
from app.store.messages import Draft
from resolvers import access
from resolvers.policy import MessageKind
from resolvers.text import parse_optional, parse_text


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be sent: `subject_ids` are photo uploads, or the one video, person or sticker."""

    kind: MessageKind
    text: str | None = None
    subject_ids: Sequence[UUID] = ()

    def digest(self, reply_to_seq: int | None) -> bytes:
        """What tells a retry from other content under the same key."""
        parts = [self.kind, self.text, [subject.hex for subject in self.subject_ids], reply_to_seq]
        return hashlib.blake2b(orjson.dumps(parts), digest_size=16).digest()


def parse_content(settings: Settings, content: Content) -> Content:
    """Check what can be checked without looking anything up.

    Raises:
        InvalidInputError: text too long or empty, too many photos or one twice.
    """
    most = settings.text_max_characters
    if content.kind is MessageKind.TEXT:
        return Content(content.kind, parse_text(content.text or "", "content.text.text", at_most=most))
    if content.kind is MessageKind.PHOTOS:
        _check_album(settings, content.subject_ids)
    path = f"content.{content.kind.lower()}.caption"
    return Content(content.kind, parse_optional(content.text, path, at_most=most), content.subject_ids)


def _check_album(settings: Settings, upload_ids: Sequence[UUID]) -> None:
    if not 1 <= len(upload_ids) <= settings.album_max_photos:
        raise invalid("content.photos.uploadIds", f"Send 1 to {settings.album_max_photos} photos.")
    if len(set(upload_ids)) < len(upload_ids):
        raise invalid("content.photos.uploadIds", "Send each photo once.")


async def draft(reader: Reader, viewer: Viewer, content: Content) -> Draft:
    """Look up what the content names, as the viewer may use it.

    Raises:
        NotFoundError, UploadNotReadyError, NotAllowedError: it is not there, not ready, or not the viewer's to share.
    """
    subjects: Sequence[UUID] = content.subject_ids
    match content.kind:
        case MessageKind.PHOTOS:
            subjects = await access.ready_photos(reader, viewer, content.subject_ids)
        case MessageKind.VIDEO:
            await _check_video(reader, viewer, content.subject_ids[0])
        case MessageKind.PROFILE:
            await access.person(reader, viewer.user_id, content.subject_ids[0])
        case MessageKind.STICKER:
            if not await media.stickers(reader, content.subject_ids):
                raise NotFoundError("sticker")
        case MessageKind.TEXT:
            pass
    return Draft(content.kind, text=content.text, attachment_ids=subjects)


async def _check_video(reader: Reader, viewer: Viewer, video_id: UUID) -> None:
    row = await access.video(reader, viewer.user_id, video_id)
    if row["visibility"] == "ONLY_SHARED" and row["author_id"] != viewer.user_id:
        raise NotAllowedError(
            ErrorCode.NOT_THE_AUTHOR, "Only its author can share this video. Ask them to publish it for more people."
        )
