"""Conversations, and the viewer's own state in them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from app.config import Settings
from app.errors import invalid
from app.store import conversations, messages, permissions
from app.store.database import Row
from resolvers.policy import allowed_kinds, direct_refusal, sender_refusal
from schema.context import Info, Operation
from schema.enums import ErrorCode, MessageKind, Role
from schema.ids import to_id
from schema.loading import VIEWER, grouped, in_order, loaded
from schema.members import MemberConnection, member_connection
from schema.messages import Message, MessageKey, load_messages, message_connection
from schema.node import Node
from schema.paging import After, Connection, First, page_size, parse_number_cursor, parse_time_cursor
from schema.people import load_facts
from schema.permissions import MessagePermission
from schema.photos import Photo, load_photos

HISTORY_PAGE = 50


@strawberry.enum(description="The two kinds of conversation.")
class ConversationKind(Enum):
    DIRECT = strawberry.enum_value("DIRECT", description="Between two people; there is one for each pair.")
    GROUP = strawberry.enum_value("GROUP", description="Between several, with a title and roles.")


async def load_conversations(operation: Operation, ids: Sequence[UUID]) -> "list[Conversation | None]":
    """The viewer's conversations by id."""
    viewer_id = operation.me.user_id
    rows = await conversations.by_ids(operation.database, viewer_id, ids)
    return in_order(ids, rows, lambda row: Conversation.from_row(row, viewer_id))


async def load_states(operation: Operation, ids: Sequence[UUID]) -> "list[ConversationViewerState]":
    """The viewer's own state in each conversation."""
    rows = await conversations.viewer_states(operation.database, operation.me.user_id, ids)
    found = {row["conversation_id"]: ConversationViewerState.from_row(row) for row in rows}
    return [found.get(conversation_id) or ConversationViewerState.of_nobody() for conversation_id in ids]


async def load_members(
    operation: Operation, ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[list[Row]]:
    """A page of the members of each conversation."""
    rows = await conversations.member_pages(operation.database, operation.me.user_id, ids, after, limit)
    return grouped(ids, rows, lambda row: row["conversation_id"])


async def load_message_pages(
    operation: Operation,
    ids: Sequence[UUID],
    after: int | None,
    before: int | None,
    limit: int,
    backwards: bool,
) -> list[list[Row]]:
    """A page of the messages of each conversation."""
    rows = await messages.pages(
        operation.database,
        operation.me.user_id,
        ids,
        after=after,
        before=before,
        limit=limit,
        backwards=backwards,
    )
    return grouped(ids, rows, lambda row: row["conversation_id"])


async def load_capabilities(
    operation: Operation, keys: Sequence[tuple[UUID, UUID | None]]
) -> "list[ConversationCapabilities]":
    """What the viewer may send in each conversation, by (conversation, other person of a direct one)."""
    settings = operation.services.settings
    others = [other for _, other in keys if other]
    facts = dict(zip(others, await load_facts(operation, others), strict=True)) if others else {}
    mine = await permissions.of_viewer(operation.database, operation.me.user_id) if len(others) < len(keys) else None
    answers = []
    for _, other in keys:
        about = facts.get(other) if other else None
        refused = _refusal(settings, other, about, mine)
        answers.append(ConversationCapabilities.of(MessagePermission.of(refused), allowed_kinds(settings)))
    return answers


def _refusal(settings: Settings, other: UUID | None, about: Row | None, mine: Row | None) -> ErrorCode | None:
    if other is not None:
        return direct_refusal(settings, about) if about else ErrorCode.RECIPIENT_UNAVAILABLE
    return sender_refusal(settings, mine) if mine else ErrorCode.RECIPIENT_UNAVAILABLE


@strawberry.type(description="What is unread for the viewer: others' messages behind the read mark; no notices.")
class Unread:
    count: int = strawberry.field(description="How many.", metadata=VIEWER)
    first_unread_seq: int | None = strawberry.field(description="The `seq` of the first one.", metadata=VIEWER)


@strawberry.type(description="The viewer's own state in a conversation.")
class ConversationViewerState:
    role: Role = strawberry.field(
        description="What the viewer may do; MEMBER in a direct conversation.", metadata=VIEWER
    )
    unread: Unread = strawberry.field(description="What is unread.", metadata=VIEWER)
    last_read_seq: int = strawberry.field(description="The `seq` up to which the viewer has read.", metadata=VIEWER)
    muted_until: datetime | None = strawberry.field(
        description="Until when its notifications are off; null when they are on.", metadata=VIEWER
    )

    @classmethod
    def from_row(cls, row: Row) -> "ConversationViewerState":
        """Wrap a row of the viewer's membership."""
        muted = row["muted_until"]
        return cls(
            role=Role(row["role"]),
            unread=Unread(count=row["count"], first_unread_seq=row["first_seq"]),
            last_read_seq=row["last_read_seq"],
            muted_until=muted if muted and muted > datetime.now(UTC) else None,
        )

    @classmethod
    def of_nobody(cls) -> "ConversationViewerState":
        """The state of who was removed while the operation ran."""
        return cls(role=Role.MEMBER, unread=Unread(count=0, first_unread_seq=None), last_read_seq=0, muted_until=None)


@strawberry.type(description="What the viewer may send in a conversation, now.")
class ConversationCapabilities:
    can_send: bool = strawberry.field(description="Whether anything can be sent.", metadata=VIEWER)
    kinds: list[MessageKind] = strawberry.field(description="The kinds that can; empty if none.", metadata=VIEWER)
    code: ErrorCode | None = strawberry.field(description="Why nothing can, for programs.", metadata=VIEWER)
    reason: str | None = strawberry.field(description="Why nothing can, for people.", metadata=VIEWER)

    @classmethod
    def of(cls, permission: MessagePermission, kinds: list[MessageKind]) -> "ConversationCapabilities":
        """The rules' answer."""
        return cls(
            can_send=permission.allowed,
            kinds=kinds if permission.allowed else [],
            code=permission.code,
            reason=permission.reason,
        )


@strawberry.type(description="A conversation of the viewer's.")
class Conversation(Node):
    kind: ConversationKind = strawberry.field(description="DIRECT or GROUP.")
    title: str | None = strawberry.field(description="A group's title; null for a direct conversation.")
    last_activity_at: datetime = strawberry.field(description="When something was last said: lists are in this order.")
    key: strawberry.Private[UUID]
    avatar_id: strawberry.Private[UUID | None]
    last_key: strawberry.Private[MessageKey | None]
    rule_key: strawberry.Private[tuple[UUID, UUID | None]]

    avatar: Photo | None = loaded(load_photos, key="avatar_id", description="A group's picture.")
    last_message: Message | None = loaded(
        load_messages,
        key="last_key",
        description="The latest message; null when nothing was said yet.",
        viewer_dependent=True,
    )
    viewer_state: ConversationViewerState = loaded(
        load_states, key="key", description="The viewer's own state.", viewer_dependent=True
    )
    capabilities: ConversationCapabilities = loaded(
        load_capabilities, key="rule_key", description="What the viewer may send here now.", viewer_dependent=True
    )

    @strawberry.field(description="The members, in the order in which they joined.", metadata=VIEWER)
    async def members(self, info: Info, first: First = 32, after: After = None) -> MemberConnection:
        limit = page_size(first) + 1
        rows = await info.context.load(load_members, self.key, parse_time_cursor(after), limit)
        return member_connection(rows, first, after)

    @strawberry.field(
        description=f"Messages in ascending order: `last` (with `before`) pages back, `first` (with `after`) forward. "
        f"Without either, the latest {HISTORY_PAGE}.",
        metadata=VIEWER,
    )
    async def messages(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, forward from `after`.")] = None,
        after: After = None,
        last: Annotated[int | None, strawberry.argument(description="How many, back from `before`.")] = None,
        before: Annotated[str | None, strawberry.argument(description="A `cursor`: the page ends before it.")] = None,
    ) -> Connection[Message]:
        if first is not None and last is not None:
            raise invalid("first", "Use either first or last.")
        backwards = first is None
        size = page_size(HISTORY_PAGE if last is None else last, "last") if first is None else page_size(first, "first")
        bounds = (parse_number_cursor(after), parse_number_cursor(before, "before"))
        rows = await info.context.load(load_message_pages, self.key, *bounds, size + 1, backwards)
        bounded = (before if backwards else after) is not None
        viewer_id = info.context.me.user_id
        return message_connection(rows, viewer_id, size=size, backwards=backwards, bounded=bounded)

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID) -> "Conversation":
        """Wrap a row of `conversations`."""
        low, high = row["direct_low"], row["direct_high"]
        return cls(
            id=to_id("Conversation", row["id"]),
            kind=ConversationKind(row["kind"]),
            title=row["title"],
            last_activity_at=row["last_activity_at"],
            key=row["id"],
            avatar_id=row["avatar_id"],
            last_key=MessageKey(row["id"], row["last_seq"]) if row["last_seq"] else None,
            rule_key=(row["id"], high if low == viewer_id else low),
        )
