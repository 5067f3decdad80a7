"""Messages: one type and one id for life, whatever becomes of the content."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

import strawberry

from app.execution.batching import NOT_LOADED, NotLoaded
from app.execution.making import maker
from app.live.aspects import BLOCKS, MEMBER, NOW, OWN, SELF
from app.store import conversations, messages
from app.store.database import Row
from app.store.moments import to_iso, to_moment
from schema.content import MessageContent, content_of, fallback_of
from schema.context import Operation
from schema.ids import message_id_head, number_in_base64
from schema.loading import computed, depends_on, grouped, loaded
from schema.members import MemberConnection, member_connection
from schema.node import ID_DESCRIPTION, Node
from schema.paging import TimePage, time_page
from schema.people import People, Senders, User, load_people

if TYPE_CHECKING:
    from schema.conversations import Conversation


class MessageKey(NamedTuple):
    """A message's place: what its id holds."""

    conversation_id: UUID
    seq: int


async def load_messages(operation: Operation, keys: Sequence[MessageKey]) -> "list[Message | None]":
    """The messages that the viewer may see."""
    viewer_id = operation.me.user_id
    rows = await messages.by_keys(operation.database, viewer_id, keys)
    found = {message.key: message for message in (Message.from_row(row, viewer_id) for row in rows)}
    return [found.get(key) for key in keys]


async def load_reactions(operation: Operation, keys: Sequence[MessageKey]) -> "list[list[ReactionGroup]]":
    """The reactions to each message."""
    rows = await messages.reactions(operation.database, operation.me.user_id, keys)
    groups = grouped(keys, rows, lambda row: (row["conversation_id"], row["seq"]))
    return [list(map(ReactionGroup.from_row, group)) for group in groups]


async def load_readers(operation: Operation, keys: Sequence[MessageKey], page: TimePage) -> list[MemberConnection]:
    """A page of who has read each message."""
    viewer_id = operation.me.user_id
    rows = await conversations.reader_pages(operation.database, viewer_id, keys, page.place, page.limit)
    people = People()
    groups = grouped(keys, rows, lambda row: (row["conversation_id"], row["seq"]))
    return [member_connection(group, page, people) for group in groups]


async def load_conversation(operation: Operation, ids: Sequence[UUID]) -> "list[Conversation | None]":
    """The viewer's conversations by id."""
    from schema.conversations import load_conversations  # noqa: PLC0415 - the two types name each other

    return await load_conversations(operation, ids)


@strawberry.type(description="Those who reacted with the same emoji.")
class ReactionGroup:
    emoji: str = strawberry.field(description="The emoji.")
    count: int = strawberry.field(description="How many reacted with it.")
    viewer_has_reacted: bool = strawberry.field(
        description="Whether the viewer is among them.", metadata=depends_on(SELF)
    )

    @classmethod
    def from_row(cls, row: Row) -> "ReactionGroup":
        """Wrap a row of counted reactions."""
        return cls(emoji=row["emoji"], count=row["count"], viewer_has_reacted=row["viewer_reacted"])


@strawberry.type(description="A message, or a notice of something that happened in a group.")
class Message(Node):
    conversation_id: strawberry.Private[UUID]
    sender_id: strawberry.Private[UUID]
    kind: strawberry.Private[str]
    notice: strawberry.Private[str | None]
    text: strawberry.Private[str | None]
    attachment_ids: strawberry.Private[Sequence[UUID]]
    reply_to_seq: strawberry.Private[int | None]
    sender_key: strawberry.Private[str | None]
    text_changed_at: strawberry.Private[datetime | None]
    unsent_at: strawberry.Private[datetime | None]
    sent_microseconds: strawberry.Private[int]
    viewer_id: strawberry.Private[UUID]
    id_head: strawberry.Private[str]
    may_have_reactions: strawberry.Private[bool] = True

    # Who sent it, where the row says so.
    handle: strawberry.Private[str | None] = None
    display_name: strawberry.Private[str | None] = None
    bio: strawberry.Private[str | None] = None
    avatar_id: strawberry.Private[UUID | None] = None
    sender_blocked: strawberry.Private[bool | None] = None
    in_group: strawberry.Private[bool] = False
    senders: strawberry.Private[Senders | None] = None

    id: strawberry.ID = computed(
        lambda message: message.id_head + number_in_base64(message.seq), description=ID_DESCRIPTION
    )
    seq: int = strawberry.field(
        description="Its place in the conversation: 1, 2, 3, … without gaps, the same for every reader."
    )
    sent_at: datetime = computed(
        lambda message: to_moment(message.sent_microseconds),
        serialised=lambda message: to_iso(message.sent_microseconds),
        description="When it was sent.",
    )
    edited_at: datetime | None = computed(
        lambda message: None if message.is_hidden else message.text_changed_at,
        description="When its text was last changed.",
        depends_on=BLOCKS,
    )
    client_key: str | None = computed(
        lambda message: message.sender_key if message.sender_id == message.viewer_id else None,
        description="The key that its sender's client chose; null for everyone else.",
        depends_on=OWN,
    )
    content: MessageContent = computed(content_of, description="What it holds.", depends_on=BLOCKS)
    conversation: Annotated["Conversation", strawberry.lazy("schema.conversations")] | None = loaded(
        load_conversation,
        key="conversation_id",
        description="Where it was said; null once the viewer is no longer a member.",
        depends_on=MEMBER | NOW,
    )
    sender: User | None = loaded(
        load_people,
        key="sender_id",
        preloaded="known_sender",
        repeats=True,
        description="Who sent it; null when that person is gone or not for the viewer.",
        depends_on=BLOCKS | NOW,
        preloaded_depends_on=BLOCKS,
    )
    reply_to: Annotated["Message", strawberry.lazy("schema.messages")] | None = loaded(
        load_messages,
        key="reply_to_key",
        description="What it replies to; null when it replies to nothing, or to what the viewer can't see.",
        depends_on=SELF,
    )
    reactions: list[ReactionGroup] = loaded(
        load_reactions,
        key="key",
        preloaded="known_reactions",
        description="Reactions by emoji, the first given first.",
        depends_on=BLOCKS | MEMBER | NOW,
    )
    read_by: MemberConnection = loaded(
        load_readers,
        key="key",
        arguments=time_page,
        description="Which other members have read this far.",
        depends_on=BLOCKS | MEMBER | NOW,
    )

    fallback_text: str = computed(
        fallback_of,
        description="The content as a line of text, for clients that don't know its kind.",
        depends_on=BLOCKS,
    )

    @property
    def key(self) -> MessageKey:
        """Its place."""
        return MessageKey(self.conversation_id, self.seq)

    @property
    def is_hidden(self) -> bool:
        """Whether a block hides what it says: in a group; one to one, what was said before a block stays readable."""
        return bool(self.sender_blocked and self.in_group)

    @property
    def known_sender(self) -> User | NotLoaded | None:
        """Its sender, where the row came with them."""
        return self.senders.of(self) if self.senders else NOT_LOADED

    @property
    def known_reactions(self) -> "list[ReactionGroup] | NotLoaded":
        """Its reactions, where the row says that there are none."""
        return NOT_LOADED if self.may_have_reactions else []

    @property
    def reply_to_key(self) -> MessageKey | None:
        """What it replies to, unless it is hidden."""
        seq = self.reply_to_seq
        return MessageKey(self.conversation_id, seq) if seq and not self.is_hidden else None

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID, *, blocked: bool | None = None) -> "Message":
        """Wrap a row of `messages`; `blocked`, else the row, says if a block stands between viewer and sender."""
        head = message_id_head(row["conversation_id"])
        message = _make_alone(_columns(row), viewer_id, head, row.get("has_reactions", True))
        message.in_group = row.get("in_group", False)
        message.sender_blocked = row.get("sender_blocked") if blocked is None else blocked
        if "handle" in row:  # it came with its sender
            message.handle, message.display_name, message.bio, message.avatar_id = _profile(row)
            message.senders = Senders()
        return message

    @classmethod
    def from_page(cls, row: Row, viewer_id: UUID, id_head: str, senders: Senders) -> "Message":
        """Wrap a row whose first columns are `messages.NAMES` and `messages.SENDER_NAMES`."""
        return _make_message(_first_columns(row), viewer_id, id_head, senders)


_columns = itemgetter(*messages.NAMES)
_profile = itemgetter(*messages.PROFILE_NAMES)
_RENAMED = {"client_key": "sender_key", "edited_at": "text_changed_at"}
"""Columns that are called otherwise in a message, where a field has their name."""
_VALUES = [_RENAMED.get(name, name) for name in messages.NAMES]
_PAGE_VALUES = [*_VALUES, *messages.SENDER_NAMES]
_first_columns = itemgetter(slice(len(_PAGE_VALUES)))

_make_alone = maker(Message, "viewer_id", "id_head", "may_have_reactions", row=_VALUES)
_make_message = maker(Message, "viewer_id", "id_head", "senders", row=_PAGE_VALUES)
