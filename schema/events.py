"""What the inbox tells: every event carries a cursor to resume from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from app.live.aspects import BLOCKS, MEMBER, NOW, SELF
from app.live.entry import Beat, Entry, Restart
from app.live.signals import PresenceSignal, Signal, TypingSignal
from app.store.events import EventKind
from schema.conversations import Conversation, load_conversations
from schema.ids import to_id
from schema.loading import loaded
from schema.messages import Message
from schema.people import User, load_people
from schema.scalars import Cursor
from schema.uploads import Upload, load_uploads


@strawberry.interface(
    description="Something that happened, or a heartbeat. New kinds will come: ignore those that you don't know."
)
class InboxEvent:
    cursor: Cursor = strawberry.field(description="Keep it: `inbox(after:)` resumes behind this event.")
    occurred_at: datetime = strawberry.field(description="When it happened.")


@strawberry.type(description="A message or notice was added.")
class MessageAdded(InboxEvent):
    message: Message = strawberry.field(description="The message, as it is now.")


@strawberry.type(description="A message's text was changed.")
class MessageEdited(InboxEvent):
    message: Message = strawberry.field(description="The message, as it is now.")


@strawberry.type(description="A message was taken back.")
class MessageUnsent(InboxEvent):
    message: Message = strawberry.field(description="What remains of it.")


@strawberry.type(description="The reactions to a message changed.")
class ReactionsChanged(InboxEvent):
    message: Message = strawberry.field(description="The message, with its reactions as they are now.")


@strawberry.interface(description="Something that happened to a conversation.")
class ConversationEvent(InboxEvent):
    conversation_id: strawberry.ID = strawberry.field(description="The conversation's id.")
    key: strawberry.Private[UUID]

    conversation: Conversation | None = loaded(
        load_conversations,
        key="key",
        description="The conversation as it is now; null once the viewer is no longer a member.",
        depends_on=MEMBER | NOW,
    )


@strawberry.type(description="Somebody came in; for the viewer themselves: a new group is in the inbox.")
class MemberJoined(ConversationEvent):
    user_id: strawberry.Private[UUID]

    user: User | None = loaded(
        load_people, key="user_id", description="Who; null when not for the viewer.", depends_on=BLOCKS | NOW
    )


@strawberry.type(
    description="Somebody left or was removed; for the viewer themselves: the group is gone from the inbox."
)
class MemberLeft(ConversationEvent):
    user_id: strawberry.Private[UUID]

    user: User | None = loaded(
        load_people, key="user_id", description="Who; null when not for the viewer.", depends_on=BLOCKS | NOW
    )


@strawberry.type(description="A title, picture, role, or the viewer's own mute changed.")
class ConversationChanged(ConversationEvent):
    pass


@strawberry.type(description="Somebody read on; for the viewer themselves: on another device.")
class ReadMoved(ConversationEvent):
    seq: int = strawberry.field(description="The `seq` up to which they have read.")
    user_id: strawberry.Private[UUID]

    user: User | None = loaded(
        load_people, key="user_id", description="Who; null when not for the viewer.", depends_on=BLOCKS | NOW
    )


@strawberry.type(description="An upload of the viewer's is READY or REJECTED.")
class UploadChanged(InboxEvent):
    upload_key: strawberry.Private[UUID]

    upload: Upload | None = loaded(
        load_uploads, key="upload_key", description="The upload as it is now.", depends_on=SELF
    )


# Signals hold plain ids: what had to be looked up first would make durable events wait behind it.
@strawberry.type(
    description="Somebody began or stopped typing. Such events are not kept: they may get lost, and are never repeated "
    "by `inbox(after:)`. A message from the person ends their typing without one."
)
class TypingChanged(InboxEvent):
    conversation_id: strawberry.ID = strawberry.field(description="Where.")
    user_id: strawberry.ID = strawberry.field(description="Who.")
    is_typing: bool = strawberry.field(description="Whether they are typing now.")


@strawberry.type(
    description="A friend came online or went. Such events are not kept: they may get lost, and are never repeated by "
    "`inbox(after:)`; `User.isOnline` tells how it is."
)
class PresenceChanged(InboxEvent):
    user_id: strawberry.ID = strawberry.field(description="Who.")
    is_online: bool = strawberry.field(description="Whether they have an inbox open now.")


@strawberry.type(
    description="The stream can't go on from `after`, or from here: it completes behind this event. Load the state "
    "afresh, then subscribe with this event's `cursor`: nothing that happens in between is missed."
)
class SnapshotRequired(InboxEvent):
    reason: str = strawberry.field(description="Why, for people.")


@strawberry.type(
    description="Nothing happened. One opens the stream, to say that it stands, and one comes every 20 seconds."
)
class Heartbeat(InboxEvent):
    pass


_ABOUT_MESSAGES: Mapping[EventKind | None, type[Any]] = {
    EventKind.MESSAGE_ADDED: MessageAdded,
    EventKind.MESSAGE_EDITED: MessageEdited,
    EventKind.MESSAGE_UNSENT: MessageUnsent,
    EventKind.REACTIONS_CHANGED: ReactionsChanged,
}
_ABOUT_MEMBERS: Mapping[EventKind | None, type[Any]] = {
    EventKind.MEMBER_JOINED: MemberJoined,
    EventKind.MEMBER_LEFT: MemberLeft,
}

EVENT_TYPES = [
    *_ABOUT_MESSAGES.values(), *_ABOUT_MEMBERS.values(), ConversationChanged, ReadMoved, UploadChanged, TypingChanged,
    PresenceChanged, SnapshotRequired, Heartbeat,
]  # fmt: skip


def inbox_event(told: Entry | Beat | Restart | Signal, viewer_id: UUID, *, blocked: bool) -> InboxEvent:
    """How what is told looks to a viewer; `blocked` says that a block stands between them and the message's sender."""
    if not isinstance(told, Entry):
        return _momentary(told)
    common: dict[str, Any] = {"cursor": Cursor(told.cursor), "occurred_at": told.occurred_at}
    if told.kind in _ABOUT_MESSAGES:
        message = Message.from_row(told.message or {}, viewer_id, blocked=blocked)
        return _ABOUT_MESSAGES[told.kind](message=message, **common)  # type: ignore[no-any-return]
    if told.kind is EventKind.UPLOAD_CHANGED:
        return UploadChanged(upload_key=_present(told.other_id), **common)
    return _about_conversation(told, common)


def _momentary(told: Beat | Restart | Signal) -> InboxEvent:
    common: dict[str, Any] = {"cursor": Cursor(told.cursor), "occurred_at": told.occurred_at}
    if isinstance(told, TypingSignal):
        conversation_id, user_id = to_id("Conversation", told.conversation_id), to_id("User", told.user_id)
        return TypingChanged(conversation_id=conversation_id, user_id=user_id, is_typing=told.is_typing, **common)
    if isinstance(told, PresenceSignal):
        return PresenceChanged(user_id=to_id("User", told.user_id), is_online=told.is_online, **common)
    return SnapshotRequired(reason=told.reason, **common) if isinstance(told, Restart) else Heartbeat(**common)


def _about_conversation(told: Entry, common: dict[str, Any]) -> InboxEvent:
    common |= {"key": told.conversation_id, "conversation_id": to_id("Conversation", _present(told.conversation_id))}
    if told.kind in _ABOUT_MEMBERS:
        return _ABOUT_MEMBERS[told.kind](user_id=told.user_id, **common)  # type: ignore[no-any-return]
    if told.kind is EventKind.READ_MOVED:
        return ReadMoved(**common, user_id=told.user_id, seq=told.seq)  # type: ignore[arg-type]
    return ConversationChanged(**common)


def _present(key: UUID | None) -> UUID:
    assert key
    return key
