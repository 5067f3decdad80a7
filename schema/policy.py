"""The limits and rules of this installation, read from the settings that the rules enforce."""

import strawberry

from app.config import Settings
from resolvers.policy import allowed_kinds
from resolvers.uploads import CONTENT_TYPES
from schema.enums import MessageKind, UploadPurpose


@strawberry.type(description="The limits and rules of this installation: read them instead of building them in.")
class Policy:
    text_max_characters: int = strawberry.field(description="Length of a text or caption.")
    album_max_photos: int = strawberry.field(description="Photos in one message.")
    group_max_members: int = strawberry.field(description="Members of a group.")
    edit_window_seconds: int = strawberry.field(description="How long after sending a text can be changed.")
    unsend_window_seconds: int = strawberry.field(description="How long after sending a message can be taken back.")
    minimum_age: int = strawberry.field(description="Age for direct messages in years, where a birth date is known.")
    message_kinds: list[MessageKind] = strawberry.field(description="The kinds of message that are allowed here.")
    photo_max_bytes: int = strawberry.field(description="Size of an uploaded photo.")
    photo_content_types: list[str] = strawberry.field(description="Media types that are taken as photos.")
    video_max_bytes: int = strawberry.field(description="Size of an uploaded clip.")
    video_content_types: list[str] = strawberry.field(description="Media types that are taken as clips.")

    @classmethod
    def of(cls, settings: Settings) -> "Policy":
        """The policy of an installation."""
        return cls(
            text_max_characters=settings.text_max_characters,
            album_max_photos=settings.album_max_photos,
            group_max_members=settings.group_max_members,
            edit_window_seconds=settings.edit_seconds,
            unsend_window_seconds=settings.unsend_seconds,
            minimum_age=settings.minimum_age,
            message_kinds=allowed_kinds(settings),
            photo_max_bytes=settings.photo_max_bytes,
            photo_content_types=list(CONTENT_TYPES[UploadPurpose.PHOTO]),
            video_max_bytes=settings.video_max_bytes,
            video_content_types=list(CONTENT_TYPES[UploadPurpose.VIDEO]),
        )
