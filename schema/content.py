"""What a message holds: the typed union."""

from collections.abc import Sequence
from typing import Annotated, Any, Union
from uuid import UUID

import strawberry

from app.execution.making import maker
from app.execution.plain_fields import Expression
from app.execution.rows import RowClass
from app.live.aspects import BLOCKS, NOW, SELF
from app.store.messages import ATTACHMENT_IDS, IS_HIDDEN, KIND, NOTICE, SENDER_ID, TEXT, UNSENT_AT
from schema.context import Operation
from schema.enums import NoticeKind
from schema.loading import column, loaded
from schema.people import User, load_people
from schema.photos import Photo, load_albums
from schema.stickers import Sticker, load_stickers
from schema.videos import Video, load_videos


async def load_groups_of_people(operation: Operation, groups: Sequence[tuple[UUID, ...]]) -> list[list[User]]:
    """The people of several notices at once, without those whom the viewer may not see."""
    ids = list({user_id for group in groups for user_id in group})
    people = dict(zip(ids, await load_people(operation, ids), strict=True))
    return [[person for user_id in group if (person := people[user_id])] for group in groups]


async def load_availability(operation: Operation, ids: Sequence[UUID]) -> list[bool]:
    """Whether the viewer may see each video."""
    return [video is not None for video in await load_videos(operation, ids)]


@strawberry.type(description="Words.")
class TextContent:
    """A row of a message."""

    __slots__ = ("row",)

    row: strawberry.Private[Any]

    text: str = column(TEXT, serialised=True, description="What was written. Show it as text, never as markup.")


@strawberry.type(description="One photo, or an album.")
class PhotoContent:
    caption: str | None = strawberry.field(description="What was written with it.")
    photo_ids: strawberry.Private[tuple[UUID, ...]]

    photos: list[Photo] = loaded(load_albums, key="photo_ids", description="The photos, in the sender's order.")


@strawberry.type(description="A shared video.")
class SharedVideoContent:
    caption: str | None = strawberry.field(description="What was written with it.")
    video_id: strawberry.Private[UUID]

    video: Video | None = loaded(
        load_videos, key="video_id", description="The video; null when it is gone or not for the viewer.",
        depends_on=SELF,
    )  # fmt: skip
    is_available: bool = loaded(
        load_availability, key="video_id", description="False when the video is gone or not for the viewer: say so.",
        depends_on=SELF,
    )  # fmt: skip


@strawberry.type(description="A shared profile.")
class SharedProfileContent:
    caption: str | None = strawberry.field(description="What was written with it.")
    user_id: strawberry.Private[UUID]

    user: User | None = loaded(
        load_people,
        key="user_id",
        description="The person; null when gone or not for the viewer.",
        depends_on=BLOCKS | NOW,
    )


@strawberry.type(description="A sticker.")
class StickerContent:
    sticker_id: strawberry.Private[UUID]

    sticker: Sticker | None = loaded(load_stickers, key="sticker_id", description="The sticker.")


@strawberry.type(description="Something that happened in the group, told in a line between the messages.")
class NoticeContent:
    notice: NoticeKind = strawberry.field(description="What happened.")
    title: str | None = strawberry.field(description="The group's title that it is about.")
    actor_id: strawberry.Private[UUID]
    people_ids: strawberry.Private[tuple[UUID, ...]]

    actor: User | None = loaded(
        load_people, key="actor_id", description="Who did it; null when not for the viewer.", depends_on=BLOCKS | NOW,
    )  # fmt: skip
    people: list[User] = loaded(
        load_groups_of_people, key="people_ids", description="Whom it was done to.", depends_on=BLOCKS | NOW
    )


@strawberry.type(description="A message that was taken back, or that is not for the viewer: its place remains.")
class UnsentContent:
    explanation: str = strawberry.field(description="What to show in its place.")


MessageContent = Annotated[
    Union[  # noqa: UP007 - strawberry names the union, so it needs the form that takes an annotation
        TextContent,
        PhotoContent,
        SharedVideoContent,
        SharedProfileContent,
        StickerContent,
        NoticeContent,
        UnsentContent,
    ],
    strawberry.union(
        "MessageContent",
        description="What a message holds. New kinds will come: select `fallbackText` of the message for them.",
    ),
]

AS_TEXT = {KIND: "TEXT", UNSENT_AT: None, IS_HIDDEN: None}
"""What the row of a message holds that shows what was written."""

UNAVAILABLE = "This message is not available."


TEXTS = RowClass(TextContent)


def content_of(row: Any) -> MessageContent:  # noqa: PLR0911 - one line a kind
    """The content of a message by its row, as far as it is for the viewer."""
    if row[UNSENT_AT] is not None or row[IS_HIDDEN]:
        return UnsentContent(explanation=UNAVAILABLE)
    kind, text = row[KIND], row[TEXT]
    if kind == "TEXT":
        return TEXTS.make(row)
    ids = tuple(row[ATTACHMENT_IDS])
    if kind == "PHOTOS":
        return _photos(text, ids)
    if kind == "VIDEO":
        return SharedVideoContent(caption=text, video_id=ids[0])
    if kind == "PROFILE":
        return _profile(text, ids[0])
    if kind == "STICKER":
        return StickerContent(sticker_id=ids[0])
    return NoticeContent(notice=NoticeKind(row[NOTICE]), title=text, actor_id=row[SENDER_ID], people_ids=ids)


_photos = maker(PhotoContent, "caption", "photo_ids")
_profile = maker(SharedProfileContent, "caption", "user_id")


def _fallback_of(row: Any) -> str:
    if row[UNSENT_AT] is not None or row[IS_HIDDEN]:
        return UNAVAILABLE
    kind, text = row[KIND], row[TEXT]
    if kind == "TEXT":
        return str(text)
    if kind == "PHOTOS":
        count = len(row[ATTACHMENT_IDS])
        return _captioned("Photo" if count == 1 else f"{count} photos", text)
    if kind == "NOTICE":
        return _NOTICES[row[NOTICE]].format(title=text)
    return _captioned({"VIDEO": "Video", "PROFILE": "Profile", "STICKER": "Sticker"}[kind], text)


FALLBACK = Expression(
    f"({{row}}[{TEXT}] if {{row}}[{KIND}] == 'TEXT' and not {{row}}[{UNSENT_AT}] and not {{row}}[{IS_HIDDEN}]"
    " else {other}({row}))",
    "row",
    other=_fallback_of,
)
"""A line of text that stands for the content of a message, by its row, where a client does not know its kind."""

_NOTICES = {
    "CREATED": "The group “{title}” was created.",
    "JOINED": "Somebody joined the group.",
    "LEFT": "Somebody left the group.",
    "REMOVED": "Somebody was removed from the group.",
    "RENAMED": "The group is now called “{title}”.",
}


def _captioned(what: str, caption: str | None) -> str:
    return f"{what}: {caption}" if caption else what
