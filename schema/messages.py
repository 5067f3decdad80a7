"""Messages: one type and one id for life, whatever becomes of the content."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import UUID

import strawberry
from graphql import GraphQLInt

from app.execution.batching import NOT_LOADED, NotLoaded
from app.execution.plain_fields import ColumnField, Expression, Standing
from app.execution.rows import RowClass
from app.live.aspects import BLOCKS, MEMBER, NOW, OWN, SELF
from app.store import conversations, messages, moments
from app.store.database import Row
from app.store.messages import (
    CLIENT_KEY,
    CONVERSATION_ID,
    EDITED_AT,
    HANDLE,
    IS_HIDDEN,
    REPLY_TO_SEQ,
    SENDER_ID,
    SENT_TEXT,
    SEQ,
)
from schema.content import AS_TEXT, FALLBACK, TEXTS, MessageContent, content_of
from schema.context import Operation
from schema.ids import message_id_head
from schema.loading import column, computed, depends_on, either, grouped, loaded
from schema.members import MemberConnection, member_connection
from schema.node import ID_DESCRIPTION, Node
from schema.paging import TimePage, time_page
from schema.people import PEOPLE, User, load_people

if TYPE_CHECKING:
    from schema.conversations import Conversation


ISO = Expression(
    f"({{v}}.replace(' ', 'T') + ':00' if len({{v}}) == {moments.USUAL_LENGTH} else {{iso}}({{v}}))", iso=moments.to_iso
)
"""`moments.to_iso`, which nine in ten are shorter done than called for."""


SEQ_SHOWN = Expression("({v} if {v} <= 1073741823 else {check}({v}))", check=GraphQLInt.coerce_output_value)
"""A `seq` as `Int` shows it, which ends before PostgreSQL's numbers do. CPython compares ints of 30 bits faster."""


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


class View(NamedTuple):
    """How messages come to a viewer: what their ids begin with, if it is the same, and what their rows hold."""

    viewer_id: UUID
    id_head: str | None = None
    has_senders: bool = True
    may_have_reactions: bool = True


@strawberry.type(description="A message, or a notice of something that happened in a group.")
class Message(Node):
    """A row that begins with `messages.SEEN_NAMES`, and how it is seen."""

    __slots__ = ("row", "view")

    row: strawberry.Private[Any]
    view: strawberry.Private[View]

    id: strawberry.ID = computed(
        Expression(
            f"({{view}}.id_head or {message_id_head.of(f'{{row}}[{CONVERSATION_ID}]')}) + str({{row}}[{SEQ}])",
            "row",
            "view",
        ),
        of=("row", "view"),
        serialised=True,
        description=ID_DESCRIPTION,
    )
    seq: int = column(
        SEQ,
        serialised=SEQ_SHOWN,
        description="Its place in the conversation: 1, 2, 3, … without gaps, the same for every reader.",
    )
    sent_at: datetime = column(SENT_TEXT, compute=moments.read, serialised=ISO, description="When it was sent.")
    edited_at: datetime | None = computed(
        lambda row: None if row[IS_HIDDEN] else row[EDITED_AT],
        of=("row",),
        description="When its text was last changed.",
        depends_on=BLOCKS,
    )
    client_key: str | None = computed(
        lambda row, view: row[CLIENT_KEY] if row[SENDER_ID] == view.viewer_id else None,
        of=("row", "view"),
        description="The key that its sender's client chose; null for everyone else.",
        depends_on=OWN,
    )
    content: MessageContent = either(content_of, TEXTS, AS_TEXT, description="What it holds.", depends_on=BLOCKS)
    conversation: Annotated["Conversation", strawberry.lazy("schema.conversations")] | None = loaded(
        load_conversation,
        key=ColumnField("row", CONVERSATION_ID),
        description="Where it was said; null once the viewer is no longer a member.",
        depends_on=MEMBER | NOW,
    )
    sender: User | None = loaded(
        load_people,
        key=ColumnField("row", SENDER_ID),
        standing=Standing(PEOPLE, where="view.has_senders", present=HANDLE),
        repeats=ColumnField("row", HANDLE),
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
        FALLBACK,
        of=("row",),
        serialised=True,
        description="The content as a line of text, for clients that don't know its kind.",
        depends_on=BLOCKS,
    )

    @property
    def key(self) -> MessageKey:
        """Its place."""
        return MessageKey(self.row[CONVERSATION_ID], self.row[SEQ])

    @property
    def known_reactions(self) -> "list[ReactionGroup] | NotLoaded":
        """Its reactions, where it is known that there are none."""
        return NOT_LOADED if self.view.may_have_reactions else []

    @property
    def reply_to_key(self) -> MessageKey | None:
        """What it replies to, unless it is hidden."""
        seq = self.row[REPLY_TO_SEQ]
        return MessageKey(self.row[CONVERSATION_ID], seq) if seq and not self.row[IS_HIDDEN] else None

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID, *, blocked: bool = False) -> "Message":
        """Wrap a row of `messages`; `blocked` says if a block stands between viewer and sender, where it does not."""
        profile = [None if blocked else row.get(name) for name in messages.PROFILE_NAMES]
        is_hidden = row.get("is_hidden", blocked and row.get("in_group"))
        view = View(viewer_id, has_senders="handle" in row, may_have_reactions=row.get("has_reactions", True))
        return MESSAGES.make((row["sender_id"], *profile, *_columns(row), is_hidden), view)


SPARED = (
    ({"bio", "avatar"}, {"s.bio", "s.avatar_id"}),
    ({"replyTo", "clientKey", "editedAt"}, {"m.reply_to_seq", "m.client_key", "m.edited_at"}),
)
"""Fields, and the columns of `messages.SEEN_NAMES` that only they need."""

_columns = itemgetter(*messages.NAMES)

MESSAGES = RowClass(Message, "view")
