"""Conversations, and the viewer's own state in them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from app.config import Settings
from app.execution.plain_fields import ColumnField, ComputedField, Expression, Standing
from app.execution.rows import RowClass
from app.live.aspects import BLOCKS, NOW, SELF
from app.store import conversations, inboxes, permissions
from app.store.database import Row
from app.store.inboxes import MOST_UNREAD
from app.store.messages import SEQ
from app.store.moments import to_moment
from resolvers.policy import allowed_kinds, direct_refusal, sender_refusal
from schema.context import Operation
from schema.enums import ErrorCode, MessageKind, Role
from schema.histories import HISTORY_PAGE, MessageConnection, history_page, load_histories
from schema.ids import ids_of
from schema.loading import AS_IT_IS, column, computed, depends_on, itself, listed, loaded, spared
from schema.members import MemberConnection, Members, known_members, member_connection
from schema.messages import MESSAGES, SPARED, Message, MessageKey, View, load_messages
from schema.node import ID_DESCRIPTION, Node
from schema.paging import After, First, PageInfo, TimePage, info_of, microsecond_cursor, time_page
from schema.people import User, load_facts, load_people
from schema.permissions import MessagePermission
from schema.photos import Photo, load_photos


@strawberry.enum(description="The two kinds of conversation.")
class ConversationKind(Enum):
    DIRECT = strawberry.enum_value("DIRECT", description="Between two people; there is one for each pair.")
    GROUP = strawberry.enum_value("GROUP", description="Between several, with a title and roles.")


async def load_conversations(operation: Operation, ids: Sequence[UUID]) -> "list[Conversation | None]":
    """The viewer's conversations by id."""
    viewer_id = operation.me.user_id
    rows = await operation.services.lookups.conversations(viewer_id, ids)
    return [Conversation.from_row(row, viewer_id) if row else None for row in rows]


async def load_states(operation: Operation, ids: Sequence[UUID]) -> "list[ConversationViewerState]":
    """The viewer's own state in each conversation."""
    rows = await inboxes.viewer_states(operation.database, operation.me.user_id, ids)
    found = {row["conversation_id"]: ConversationViewerState(row=row) for row in rows}
    return [found.get(conversation_id) or ConversationViewerState.of_nobody() for conversation_id in ids]


def member_page(first: First = 32, after: After = None) -> tuple[TimePage]:
    """The page of members that the arguments ask for: all, unless an installation allows more than the default."""
    return time_page(first, after)


async def load_members(operation: Operation, ids: Sequence[UUID], page: TimePage) -> list[MemberConnection]:
    """A page of the members of each conversation."""
    groups: list[list[Row]] = [[] for _ in ids]
    for row in await conversations.member_pages(operation.database, operation.me.user_id, ids, page.place, page.limit):
        groups[row["place"] - 1].append(row)
    return [member_connection(rows, page) for rows in groups]


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


async def load_typists(operation: Operation, ids: Sequence[UUID]) -> list[list[User]]:
    """Who is typing in each conversation; nothing is looked up where nobody is."""
    typists = operation.services.hub.typists
    groups = [typists.of(conversation_id, operation.me.user_id) for conversation_id in ids]
    people_ids = list({user_id for group in groups for user_id in group})
    found = dict(zip(people_ids, await load_people(operation, people_ids), strict=True)) if people_ids else {}
    return [[person for user_id in group if (person := found[user_id])] for group in groups]


@strawberry.type(description="What is unread for the viewer: others' messages behind the read mark; no notices.")
class Unread:
    count: int = column(
        "count",
        serialised=True,
        description=f"How many; counting ends at {MOST_UNREAD}: show that as {MOST_UNREAD - 1}+.",
        depends_on=SELF,
    )
    first_unread_seq: int | None = column("first_seq", description="The `seq` of the first one.", depends_on=SELF)


@strawberry.type(description="The viewer's own state in a conversation.")
class ConversationViewerState:
    """A row of the viewer's membership; it stands for what is unread as well."""

    __slots__ = ("row",)

    row: strawberry.Private[Row]

    role: Role = column(
        "role",
        compute=Role,
        serialised=AS_IT_IS,
        description="What the viewer may do; MEMBER in a direct conversation.",
        depends_on=SELF,
    )
    unread: Unread = itself(description="What is unread.", depends_on=SELF)
    last_read_seq: int = column(
        "last_read_seq", description="The `seq` up to which the viewer has read.", depends_on=SELF
    )
    muted_until: datetime | None = computed(
        lambda state: _if_to_come(state.row["muted_until"]),
        description="Until when its notifications are off; null when they are on.",
        depends_on=SELF,
    )

    @classmethod
    def of_nobody(cls) -> "ConversationViewerState":
        """The state of who was removed while the operation ran."""
        return cls(row={"role": "MEMBER", "count": 0, "first_seq": None, "last_read_seq": 0, "muted_until": None})


_STATES = RowClass(ConversationViewerState)


def _if_to_come(moment: datetime | None) -> datetime | None:
    return moment if moment and moment > datetime.now(UTC) else None


@strawberry.type(description="What the viewer may send in a conversation, now.")
class ConversationCapabilities:
    can_send: bool = strawberry.field(description="Whether anything can be sent.", metadata=depends_on(SELF))
    kinds: list[MessageKind] = strawberry.field(
        description="The kinds that can; empty if none.", metadata=depends_on(SELF)
    )
    code: ErrorCode | None = strawberry.field(description="Why nothing can, for programs.", metadata=depends_on(SELF))
    reason: str | None = strawberry.field(description="Why nothing can, for people.", metadata=depends_on(SELF))

    @classmethod
    def of(cls, permission: MessagePermission, kinds: list[MessageKind]) -> "ConversationCapabilities":
        """The rules' answer."""
        return cls(
            can_send=permission.allowed,
            kinds=kinds if permission.allowed else [],
            code=permission.code,
            reason=permission.reason,
        )


_KEY = ColumnField("row", "id")


@strawberry.type(description="A conversation of the viewer's.")
class Conversation(Node):
    """A row of `conversations`; one of an inbox is that of the last message and of the viewer's state as well."""

    __slots__ = ("is_listed", "members_ahead", "row", "view")

    row: strawberry.Private[Any]
    view: strawberry.Private[View]
    is_listed: strawberry.Private[bool]
    members_ahead: strawberry.Private[Members | None]

    id: strawberry.ID = column("id", compute=ids_of("Conversation"), serialised=True, description=ID_DESCRIPTION)
    kind: ConversationKind = column(
        "kind", compute=ConversationKind, serialised=AS_IT_IS, description="DIRECT or GROUP."
    )
    title: str | None = column("title", serialised=True, description="A group's title; null for a direct conversation.")
    last_activity_at: datetime = column(
        "activity_microseconds",
        compute=to_moment,
        description="When something was last said: lists are in this order.",
    )
    avatar: Photo | None = loaded(load_photos, key=ColumnField("row", "avatar_id"), description="A group's picture.")
    last_message: Message | None = loaded(
        load_messages,
        key="last_key",
        standing=Standing(MESSAGES, where="is_listed", present=SEQ),
        description="The latest message; null when nothing was said yet.",
        depends_on=SELF,
    )
    viewer_state: ConversationViewerState = loaded(
        load_states,
        key=_KEY,
        standing=Standing(_STATES, where="is_listed"),
        description="The viewer's own state.",
        depends_on=SELF,
    )
    typing_users: list[User] = loaded(
        load_typists, key=_KEY, depends_on=SELF,
        description="Which other members are typing. Changes are told by `TypingChanged`.",
    )  # fmt: skip
    capabilities: ConversationCapabilities = loaded(
        load_capabilities, key="rule_key", description="What the viewer may send here now.", depends_on=SELF
    )

    members: MemberConnection = loaded(
        load_members,
        key=_KEY,
        preloaded=ComputedField(known_members, of=("row", "members_ahead")),
        arguments=member_page,
        description="The members, in the order in which they joined.",
        depends_on=BLOCKS | NOW,
    )
    messages: MessageConnection = loaded(
        load_histories,
        key=_KEY,
        arguments=history_page,
        shown=spared(*SPARED),
        description=f"Messages in ascending order: `last` (with `before`) pages back, `first` (with `after`) forward. "
        f"Without either, the latest {HISTORY_PAGE}.",
        depends_on=SELF,
    )

    @property
    def key(self) -> UUID:
        """Which it is."""
        return self.row["id"]  # type: ignore[no-any-return]

    @property
    def last_key(self) -> MessageKey | None:
        """Its last message."""
        return MessageKey(self.key, self.row["last_seq"]) if self.row["last_seq"] else None

    @property
    def rule_key(self) -> tuple[UUID, UUID | None]:
        """What the rules of sending depend on: the conversation, and in a direct one the other person."""
        low, high = self.row["direct_low"], self.row["direct_high"]
        return self.key, high if low == self.view.viewer_id else low

    @classmethod
    def from_row(cls, row: Row, viewer_id: UUID) -> "Conversation":
        """Wrap a row of `conversations`."""
        return cls(row=row, view=View(viewer_id), is_listed=False, members_ahead=None)


_CONVERSATIONS = RowClass(Conversation, "view", "is_listed", "members_ahead")


_place = Expression(microsecond_cursor.of("{row}['activity_microseconds']", "{row}['id']"), "row")


@strawberry.type(description="One item of a list, with its place.")
class ConversationEdge:
    """A conversation stands for its own edge, as a message does."""

    cursor: str = computed(
        _place, of=("row",), serialised=True, description="The place of this item, for `after` and `before`."
    )
    node: Conversation = itself(description="The item.")


@strawberry.type(description="A page of a list.")
class ConversationConnection:
    rows: strawberry.Private[Sequence[Row]]
    view: strawberry.Private[View]
    members_ahead: strawberry.Private[Members | None]
    is_listed = True

    edges: list[ConversationEdge] = listed(
        _CONVERSATIONS, "rows", description="The items of this page, each with its cursor."
    )
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


def inbox_page(rows: Sequence[Row], page: TimePage, viewer_id: UUID, members: Members | None) -> ConversationConnection:
    """A page of an inbox, from up to `page.limit` rows, which came with a page of the members or without."""
    shown = rows[: page.size]
    has_next, has_previous = len(rows) > page.size, page.place is not None
    page_info = info_of(shown, _place, has_next=has_next, has_previous=has_previous)
    return ConversationConnection(rows=shown, view=View(viewer_id), members_ahead=members, page_info=page_info)
