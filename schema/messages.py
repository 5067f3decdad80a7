"""Messages: one type and one id for life, whatever becomes of the content."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

import strawberry

from app.store import conversations, messages
from app.store.database import Row
from schema.content import UNAVAILABLE, MessageContent, UnsentContent, content_of, fallback_of
from schema.context import Info, Operation
from schema.ids import to_message_id
from schema.loading import VIEWER, grouped, loaded
from schema.members import MemberConnection, member_connection
from schema.node import Node
from schema.paging import After, Connection, Edge, First, info_of, number_cursor, page_size, parse_time_cursor
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
    found = {(row["conversation_id"], row["seq"]): Message.from_row(row, viewer_id) for row in rows}
    return [found.get(key) for key in keys]


async def load_reactions(operation: Operation, keys: Sequence[MessageKey]) -> "list[list[ReactionGroup]]":
    """The reactions to each message."""
    rows = await messages.reactions(operation.database, operation.me.user_id, keys)
    groups = grouped(keys, rows, lambda row: (row["conversation_id"], row["seq"]))
    return [list(map(ReactionGroup.from_row, group)) for group in groups]


async def load_readers(
    operation: Operation, keys: Sequence[MessageKey], after: tuple[datetime, UUID] | None, limit: int
) -> list[list[Row]]:
    """A page of who has read each message."""
    rows = await conversations.reader_pages(operation.database, operation.me.user_id, keys, after, limit)
    return grouped(keys, rows, lambda row: (row["conversation_id"], row["seq"]))


async def load_conversation(operation: Operation, ids: Sequence[UUID]) -> "list[Conversation | None]":
    """The viewer's conversations by id."""
    from schema.conversations import load_conversations  # noqa: PLC0415 - the two types name each other

    return await load_conversations(operation, ids)


@strawberry.type(description="Those who reacted with the same emoji.")
class ReactionGroup:
    emoji: str = strawberry.field(description="The emoji.")
    count: int = strawberry.field(description="How many reacted with it.")
    viewer_has_reacted: bool = strawberry.field(description="Whether the viewer is among them.", metadata=VIEWER)

    @classmethod
    def from_row(cls, row: Row) -> "ReactionGroup":
        """Wrap a row of counted reactions."""
        return cls(emoji=row["emoji"], count=row["count"], viewer_has_reacted=row["viewer_reacted"])


@strawberry.type(description="A message, or a notice of something that happened in a group.")
class Message(Node):
    seq: int = strawberry.field(
        description="Its place in the conversation: 1, 2, 3, … without gaps, the same for every reader."
    )
    sent_at: datetime = strawberry.field(description="When it was sent.")
    edited_at: datetime | None = strawberry.field(description="When its text was last changed.")
    client_key: str | None = strawberry.field(
        description="The key that its sender's client chose; null for everyone else.", metadata=VIEWER
    )
    content: MessageContent = strawberry.field(description="What it holds.", metadata=VIEWER)
    row: strawberry.Private[Row]
    key: strawberry.Private[MessageKey]
    conversation_id: strawberry.Private[UUID]
    sender_id: strawberry.Private[UUID]
    reply_to_key: strawberry.Private[MessageKey | None]
    is_hidden: strawberry.Private[bool]

    conversation: Annotated["Conversation", strawberry.lazy("schema.conversations")] | None = loaded(
        load_conversation,
        key="conversation_id",
        description="Where it was said; null once the viewer is no longer a member.",
        viewer_dependent=True,
    )
    sender: User | None = loaded(
        load_people,
        key="sender_id",
        description="Who sent it; null when that person is gone or not for the viewer.",
        viewer_dependent=True,
    )
    reply_to: Annotated["Message", strawberry.lazy("schema.messages")] | None = loaded(
        load_messages,
        key="reply_to_key",
        description="What it replies to; null when it replies to nothing, or to what the viewer can't see.",
        viewer_dependent=True,
    )
    reactions: list[ReactionGroup] = loaded(
        load_reactions, key="key", description="Reactions by emoji, the first given first.", viewer_dependent=True
    )

    @strawberry.field(description="Which other members have read this far.", metadata=VIEWER)
    async def read_by(self, info: Info, first: First = 20, after: After = None) -> MemberConnection:
        limit = page_size(first) + 1
        rows = await info.context.load(load_readers, self.key, parse_time_cursor(after), limit)
        return member_connection(rows, first, after)

    @strawberry.field(
        description="The content as a line of text, for clients that don't know its kind.", metadata=VIEWER
    )
    def fallback_text(self) -> str:
        return UNAVAILABLE if self.is_hidden else fallback_of(self.row)

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID, *, hidden: bool | None = None) -> "Message":
        """Wrap a row of `messages`; `hidden` (else the row's own) says whether a block hides it from the viewer."""
        conversation_id, seq, reply_to_seq = row["conversation_id"], row["seq"], row["reply_to_seq"]
        hides = row.get("hidden", False) if hidden is None else hidden
        return cls(
            id=to_message_id(conversation_id, seq),
            seq=seq,
            sent_at=row["sent_at"],
            edited_at=None if hides else row["edited_at"],
            client_key=row["client_key"] if row["sender_id"] == viewer_id else None,
            content=UnsentContent(explanation=UNAVAILABLE) if hides else content_of(row),
            row=row,
            key=MessageKey(conversation_id, seq),
            conversation_id=conversation_id,
            sender_id=row["sender_id"],
            reply_to_key=MessageKey(conversation_id, reply_to_seq) if reply_to_seq and not hides else None,
            is_hidden=hides,
        )


def message_connection(
    rows: Sequence[Row], viewer_id: UUID, *, size: int, backwards: bool, bounded: bool
) -> Connection[Message]:
    """A page in ascending order, from up to `size + 1` rows; `bounded` says whether it started at a cursor."""
    more = len(rows) > size
    page = (rows[1:] if backwards else rows[:size]) if more else rows
    edges = [Edge(cursor=number_cursor(row["seq"]), node=Message.from_row(row, viewer_id)) for row in page]
    has_next, has_previous = (bounded, more) if backwards else (more, bounded)
    return Connection(edges=edges, page_info=info_of(edges, has_next=has_next, has_previous=has_previous))
