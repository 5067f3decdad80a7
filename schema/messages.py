"""Messages: one type and one id for life, whatever becomes of the content."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

import strawberry

from app.errors import invalid
from app.execution.batching import NOT_LOADED, NotLoaded
from app.execution.making import maker
from app.live.aspects import BLOCKS, MEMBER, OWN, SELF
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
    Connection,
    TimePage,
    info_of,
    make_edge,
    number_cursor,
    page_size,
    parse_number_cursor,
    time_page,
)
from schema.people import User, load_people

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
    groups = grouped(keys, rows, lambda row: (row["conversation_id"], row["seq"]))
    return [member_connection(group, page) for group in groups]


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
    is_hidden: strawberry.Private[bool]
    viewer_id: strawberry.Private[UUID]
    id_head: strawberry.Private[str]
    may_have_reactions: strawberry.Private[bool] = True

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
        depends_on=MEMBER,
    )
    sender: User | None = loaded(
        load_people,
        key="sender_id",
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
        depends_on=BLOCKS | MEMBER,
    )
    read_by: MemberConnection = loaded(
        load_readers,
        key="key",
        arguments=time_page,
        description="Which other members have read this far.",
        depends_on=BLOCKS | MEMBER,
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
    def known_reactions(self) -> "list[ReactionGroup] | NotLoaded":
        """Its reactions, where the row says that there are none."""
        return NOT_LOADED if self.may_have_reactions else []

    @property
    def reply_to_key(self) -> MessageKey | None:
        """What it replies to, unless it is hidden."""
        seq = self.reply_to_seq
        return MessageKey(self.conversation_id, seq) if seq and not self.is_hidden else None

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID, *, hidden: bool | None = None) -> "Message":
        """Wrap a row of `messages`; `hidden` (else the row's own) says whether a block hides it from the viewer."""
        hides = row.get("hidden", False) if hidden is None else hidden
        head = message_id_head(row["conversation_id"])
        return _make_alone((*_columns(row), hides), viewer_id, head, row.get("has_reactions", True))


_columns = itemgetter(*messages.NAMES)
_RENAMED = {"client_key": "sender_key", "edited_at": "text_changed_at"}
"""Columns that are called otherwise in a message, where a field has their name."""
_VALUES = [*(_RENAMED.get(name, name) for name in messages.NAMES), "is_hidden"]

_make_alone = maker(Message, "viewer_id", "id_head", "may_have_reactions", row=_VALUES)
make_message = maker(Message, "viewer_id", "id_head", row=_VALUES)
"""Wrap a row of the columns of `messages.NAMES`, then `hidden`: `(row, viewer_id, id_head)`."""


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


async def load_histories(operation: Operation, ids: Sequence[UUID], page: History) -> list[Connection[Message]]:
    """A page of the messages of each conversation."""
    viewer_id = operation.me.user_id
    span = messages.Span(page.size + 1, page.after, page.before, page.backwards)
    rows = await messages.pages(operation.database, viewer_id, ids, span)

    groups = grouped(ids, rows, lambda row: row["conversation_id"])
    heads = map(message_id_head, ids)
    return [message_connection(group, page, viewer_id, head) for group, head in zip(groups, heads, strict=True)]


def _place(message: Message) -> str:
    return number_cursor(message.seq)


def message_connection(rows: Sequence[Row], page: History, viewer_id: UUID, id_head: str) -> Connection[Message]:
    """A page from up to `page.size + 1` rows in ascending order."""
    more = len(rows) > page.size
    shown = (rows[1:] if page.backwards else rows[: page.size]) if more else rows
    nodes = [make_message(row, viewer_id, id_head) for row in shown]
    edges = [make_edge(node, _place, node) for node in nodes]
    has_next, has_previous = (page.bounded, more) if page.backwards else (more, page.bounded)
    return Connection(edges=edges, page_info=info_of(edges, has_next=has_next, has_previous=has_previous))
