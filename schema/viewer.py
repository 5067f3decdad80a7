"""The viewer: who is signed in, and what only they may see."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import strawberry

from app.store import conversations, follows, sessions, users
from app.store.database import Row
from schema.context import Info, Operation
from schema.conversations import Conversation
from schema.enums import MessagePolicy
from schema.ids import to_id
from schema.loading import VIEWER, loaded
from schema.paging import After, Connection, First, connection, page_size, parse_time_cursor, time_cursor
from schema.people import User, load_people
from schema.scalars import Cursor


@strawberry.type(description="The viewer's settings.")
class Settings:
    message_policy: MessagePolicy = strawberry.field(
        description="Who may message the viewer one to one.", metadata=VIEWER
    )
    notifications_silenced: bool = strawberry.field(
        description="Whether all notifications of direct messages are off.", metadata=VIEWER
    )

    @classmethod
    def from_row(cls, row: Row) -> "Settings":
        """Wrap the settings of a row of `users`."""
        return cls(
            message_policy=MessagePolicy(row["message_policy"]), notifications_silenced=row["notifications_silenced"]
        )


@strawberry.type(description="A device on which the viewer is signed in.")
class Session:
    id: strawberry.ID = strawberry.field(description="For signOut.")
    device: str = strawberry.field(description="What the client called itself when it signed in.", metadata=VIEWER)
    created_at: datetime = strawberry.field(description="When it signed in.", metadata=VIEWER)
    refreshed_at: datetime = strawberry.field(description="When its tokens were last refreshed.", metadata=VIEWER)
    is_current: bool = strawberry.field(description="Whether this request comes from it.", metadata=VIEWER)


async def load_settings(operation: Operation, ids: Sequence[UUID]) -> list[Settings]:
    """The viewer's settings: `ids` is the viewer alone."""
    row = await users.settings(operation.database, ids[0])
    assert row is not None
    return [Settings.from_row(row)]


@strawberry.type(description="The one who is signed in, with what only they may see.")
class Viewer:
    key: strawberry.Private[UUID]
    inbox_cursor: Cursor = strawberry.field(
        description="Where the live stream stood before this operation read anything: pass it to `inbox(after:)` to "
        "miss nothing that happens meanwhile.",
        metadata=VIEWER,
    )

    user: User = loaded(load_people, key="key", description="The viewer's own profile.", viewer_dependent=True)
    settings: Settings = loaded(load_settings, key="key", description="Their settings.", viewer_dependent=True)

    @strawberry.field(description="The viewer's conversations, the latest active first.", metadata=VIEWER)
    async def conversations(self, info: Info, first: First = 20, after: After = None) -> Connection[Conversation]:
        place = parse_time_cursor(after)
        rows = await conversations.of_viewer(info.context.database, self.key, place, page_size(first) + 1)
        return connection(
            rows,
            first,
            after,
            lambda row: time_cursor(row["last_activity_at"], row["id"]),
            lambda row: Conversation.from_row(row, self.key),
        )

    @strawberry.field(description="In how many conversations something is unread.", metadata=VIEWER)
    async def unread_conversation_count(self, info: Info) -> int:
        return await conversations.unread_conversations(info.context.database, self.key)

    @strawberry.field(description="Whom the viewer has blocked, the latest first.", metadata=VIEWER)
    async def blocked_users(self, info: Info, first: First = 20, after: After = None) -> Connection[User]:
        place = parse_time_cursor(after)
        rows = await follows.blocked_people(info.context.database, self.key, place, page_size(first) + 1)
        return connection(rows, first, after, lambda row: time_cursor(row["at"], row["id"]), User.from_row)

    @strawberry.field(description="Where the viewer is signed in, the latest used first.", metadata=VIEWER)
    async def sessions(self, info: Info) -> list[Session]:
        current = info.context.me.session_id
        # Behind its refresh token's life a session can do nothing more, ended or not.
        since = datetime.now(UTC) - timedelta(days=info.context.services.settings.refresh_token_days)
        return [
            Session(
                id=to_id("Session", row["id"]),
                device=row["device"],
                created_at=row["created_at"],
                refreshed_at=row["refreshed_at"],
                is_current=row["id"] == current,
            )
            for row in await sessions.of_user(info.context.database, self.key, since)
        ]


async def load_viewer(operation: Operation) -> Viewer | None:
    """The viewer of this operation; None when signed out."""
    if operation.viewer is None:
        return None
    return Viewer(key=operation.viewer.user_id, inbox_cursor=Cursor(operation.cursor))
