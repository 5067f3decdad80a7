"""Messages: one type and one id for life, whatever becomes of the content."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import UUID

import strawberry

from app.errors import invalid
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
from schema.paging import (
    After,
    PageInfo,
    TimePage,
    info_of,
    number_cursor,
    page_size,
    parse_number_cursor,
    time_page,
)
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
        description="Who sent it; null when that person is gone or not for the viewer.",
        depends_on=BLOCKS,
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
            message.handle, message.display_name, message.bio, message.avatar_id = _sender_columns(row)
            message.senders = Senders()
        return message

    @classmethod
    def from_page(cls, row: Row, viewer_id: UUID, id_head: str, senders: Senders) -> "Message":
        """Wrap a row whose first columns are `messages.NAMES` and `messages.SENDER_NAMES`."""
        return _make_message(_first_columns(row), viewer_id, id_head, senders)


_columns = itemgetter(*messages.NAMES)
_sender_columns = itemgetter("handle", "display_name", "bio", "avatar_id")
_RENAMED = {"client_key": "sender_key", "edited_at": "text_changed_at"}
"""Columns that are called otherwise in a message, where a field has their name."""
_VALUES = [_RENAMED.get(name, name) for name in messages.NAMES]
_PAGE_VALUES = [*_VALUES, *messages.SENDER_NAMES]
_first_columns = itemgetter(slice(len(_PAGE_VALUES)))

_make_alone = maker(Message, "viewer_id", "id_head", "may_have_reactions", row=_VALUES)
_make_message = maker(Message, "viewer_id", "id_head", "senders", row=_PAGE_VALUES)


@strawberry.type(description="One item of a list, with its place.")
class MessageEdge:
    """A message stands for its own edge: to make an object of each takes as long as to make the message."""

    cursor: str = computed(
        lambda message: number_cursor(message.seq), description="The place of this item, for `after` and `before`."
    )
    node: Message = computed(lambda message: message, description="The item.")


@strawberry.type(description="A page of a list.")
class MessageConnection:
    edges: list[MessageEdge] = strawberry.field(description="The items of this page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


HISTORY_PAGE = 50


class History(NamedTuple):
    """A page of a conversation, in ascending order: the last `size` messages of a span, or its first."""

    size: int
    after: int | None
    before: int | None
    backwards: bool

    @property
    def bounded(self) -> bool:
        """Whether the page starts at a cursor."""
        return (self.before if self.backwards else self.after) is not None


def history_page(
    first: Annotated[int | None, strawberry.argument(description="How many, forward from `after`.")] = None,
    after: After = None,
    last: Annotated[int | None, strawberry.argument(description="How many, back from `before`.")] = None,
    before: Annotated[str | None, strawberry.argument(description="A `cursor`: the page ends before it.")] = None,
) -> tuple[History]:
    """The page that the arguments ask for."""
    if first is not None and last is not None:
        raise invalid("first", "Use either first or last.")
    size = page_size(HISTORY_PAGE if last is None else last, "last") if first is None else page_size(first, "first")
    bounds = (parse_number_cursor(after), parse_number_cursor(before, "before"))
    return (History(size, *bounds, backwards=first is None),)


async def load_histories(operation: Operation, ids: Sequence[UUID], page: History) -> list[MessageConnection]:
    """A page of the messages of each conversation."""
    viewer_id = operation.me.user_id
    span = messages.Span(page.size + 1, page.after, page.before, page.backwards)
    rows = await messages.pages(operation.database, viewer_id, ids, span)

    senders = Senders()
    groups = grouped(ids, rows, lambda row: row["conversation_id"])
    heads = map(message_id_head, ids)
    return [_connection(group, page, viewer_id, head, senders) for group, head in zip(groups, heads, strict=True)]


def _place(message: Message) -> str:
    return number_cursor(message.seq)


def _connection(
    rows: Sequence[Row], page: History, viewer_id: UUID, id_head: str, senders: Senders
) -> MessageConnection:
    """A page from up to `page.size + 1` rows in ascending order."""
    more = len(rows) > page.size
    shown = (rows[1:] if page.backwards else rows[: page.size]) if more else rows
    edges: list[Any] = [Message.from_page(row, viewer_id, id_head, senders) for row in shown]
    has_next, has_previous = (page.bounded, more) if page.backwards else (more, page.bounded)
    page_info = info_of(edges, _place, has_next=has_next, has_previous=has_previous)
    return MessageConnection(edges=edges, page_info=page_info)
