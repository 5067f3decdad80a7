"""The viewer: who is signed in, and what only they may see."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import strawberry

from app.execution.batching import Ahead
from app.live.aspects import SELF, SESSION
from app.store import follows, inboxes, sessions, users
from app.store.columns import NOTHING, Spared
from app.store.database import Row
from app.store.inboxes import MOST_UNREAD
from schema.context import Operation
from schema.conversations import ConversationConnection, inbox_page
from schema.enums import MessagePolicy
from schema.ids import to_id
from schema.loading import depends_on, loaded, spared
from schema.members import Members
from schema.messages import SPARED
from schema.paging import Connection, TimePage, connection, time_page
from schema.people import User, load_people, make_user, place_in_time
from schema.scalars import Cursor


@strawberry.type(description="The viewer's settings.")
class Settings:
    message_policy: MessagePolicy = strawberry.field(
        description="Who may message the viewer one to one.", metadata=depends_on(SELF)
    )
    notifications_silenced: bool = strawberry.field(
        description="Whether all notifications of direct messages are off.", metadata=depends_on(SELF)
    )
    shows_presence: bool = strawberry.field(
        description="Whether friends see when the viewer is online. Where it is off nobody does, within seconds.",
        metadata=depends_on(SELF),
    )

    @classmethod
    def from_row(cls, row: Row) -> "Settings":
        """Wrap the settings of a row of `users`."""
        return cls(
            message_policy=MessagePolicy(row["message_policy"]),
            notifications_silenced=row["notifications_silenced"],
            shows_presence=row["shows_presence"],
        )


@strawberry.type(description="A device on which the viewer is signed in.")
class Session:
    id: strawberry.ID = strawberry.field(description="For signOut.")
    device: str = strawberry.field(
        description="What the client called itself when it signed in.", metadata=depends_on(SELF)
    )
    created_at: datetime = strawberry.field(description="When it signed in.", metadata=depends_on(SELF))
    refreshed_at: datetime = strawberry.field(
        description="When its tokens were last refreshed.", metadata=depends_on(SELF)
    )
    is_current: bool = strawberry.field(description="Whether this request comes from it.", metadata=depends_on(SESSION))

    @classmethod
    def from_row(cls, row: Row, current: UUID) -> "Session":
        """Wrap a row of `sessions`; `current` is the one that the request comes from."""
        return cls(
            id=to_id("Session", row["id"]),
            device=row["device"],
            created_at=row["created_at"],
            refreshed_at=row["refreshed_at"],
            is_current=row["id"] == current,
        )


# The key of these batches is the viewer alone: what they answer is one value, in a list.


async def load_settings(operation: Operation, ids: Sequence[UUID]) -> list[Settings]:
    """The viewer's settings."""
    row = await users.settings(operation.database, ids[0])
    assert row is not None
    return [Settings.from_row(row)]


SPARED_OF_INBOXES = (
    *SPARED,
    ({"avatar", "capabilities"}, {"c.avatar_id", "c.direct_low", "c.direct_high"}),
    ({"role", "lastReadSeq", "mutedUntil", "firstUnreadSeq"},
     {"me.role", "me.last_read_seq", "me.muted_until", "unread.first_seq"}),
)  # fmt: skip
"""The same of conversations: fields, and the columns of an inbox that only they need."""


async def load_inbox(
    operation: Operation, ids: Sequence[UUID], page: TimePage, ahead: Ahead | None = None, spared: Spared = NOTHING
) -> list[ConversationConnection]:
    """A page of the viewer's conversations, each with the page of its members that will be asked for."""
    (viewer_id,), members = ids, Members.of(ahead) if ahead else None
    wanted = members.wanted if members else None
    rows = await inboxes.page(operation.database, viewer_id, page.place, page.limit, wanted, spared)
    return [inbox_page(rows, page, viewer_id, members)]


async def load_unread_count(operation: Operation, ids: Sequence[UUID]) -> list[int]:
    """In how many conversations something is unread for the viewer."""
    return [await inboxes.unread_conversations(operation.database, ids[0])]


async def load_blocked(operation: Operation, ids: Sequence[UUID], page: TimePage) -> list[Connection[User]]:
    """A page of whom the viewer has blocked."""
    rows = await follows.blocked_people(operation.database, ids[0], page.place, page.limit)
    return [connection(rows, page, place_in_time, make_user)]


async def load_sessions(operation: Operation, ids: Sequence[UUID]) -> list[list[Session]]:
    """The viewer's sessions."""
    # Behind its refresh token's life a session can do nothing more, ended or not.
    since = datetime.now(UTC) - timedelta(days=operation.services.settings.refresh_token_days)
    current = operation.me.session_id
    return [[Session.from_row(row, current) for row in await sessions.of_user(operation.database, ids[0], since)]]


@strawberry.type(description="The one who is signed in, with what only they may see.")
class Viewer:
    key: strawberry.Private[UUID]
    inbox_cursor: Cursor = strawberry.field(
        description="Where the live stream stood before this operation read anything: pass it to `inbox(after:)` to "
        "miss nothing that happens meanwhile.",
        metadata=depends_on(SELF),
    )

    user: User = loaded(load_people, key="key", description="The viewer's own profile.", depends_on=SELF)
    settings: Settings = loaded(load_settings, key="key", description="Their settings.", depends_on=SELF)

    conversations: ConversationConnection = loaded(
        load_inbox,
        key="key",
        arguments=time_page,
        ahead=("edges", "node", "members"),
        shown=spared(*SPARED_OF_INBOXES),
        description="The viewer's conversations, the latest active first.",
        depends_on=SELF,
    )
    unread_conversation_count: int = loaded(
        load_unread_count,
        key="key",
        description=f"In how many conversations something is unread; counting ends at {MOST_UNREAD}.",
        depends_on=SELF,
    )
    blocked_users: Connection[User] = loaded(
        load_blocked,
        key="key",
        arguments=time_page,
        description="Whom the viewer has blocked, the latest first.",
        depends_on=SELF,
    )
    sessions: list[Session] = loaded(
        load_sessions,
        key="key",
        description="Where the viewer is signed in, the latest used first.",
        depends_on=SELF,
    )


async def load_viewer(operation: Operation) -> Viewer | None:
    """The viewer of this operation; None when signed out."""
    if operation.viewer is None:
        return None
    return Viewer(key=operation.viewer.user_id, inbox_cursor=Cursor(operation.cursor))
