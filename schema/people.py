"""People, and how the viewer stands to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.store import follows, media, permissions, users
from app.store.database import Row
from resolvers.policy import allowed_kinds, direct_refusal
from schema.context import Info, Operation
from schema.enums import MessageKind
from schema.ids import to_id
from schema.loading import VIEWER, grouped, in_order, loaded
from schema.node import Node
from schema.paging import (
    After,
    Connection,
    Edge,
    First,
    PageInfo,
    connection,
    forward,
    page_size,
    parse_time_cursor,
    time_cursor,
)
from schema.permissions import MessagePermission
from schema.photos import Photo, load_photos

if TYPE_CHECKING:
    from schema.videos import Video


async def load_people(operation: Operation, ids: Sequence[UUID]) -> "list[User | None]":
    """The people whom the viewer may see."""
    return in_order(ids, await users.by_ids(operation.database, operation.viewer_id, ids), User.from_row)


async def load_relations(operation: Operation, ids: Sequence[UUID]) -> list[tuple[bool, bool]]:
    """For each person: the viewer follows them, they follow the viewer."""
    if operation.viewer is None:
        return [(False, False)] * len(ids)
    rows = await follows.relations(operation.database, operation.viewer.user_id, ids)
    found = {row["user_id"]: (row["viewer_follows"], row["follows_viewer"]) for row in rows}
    return [found[user_id] for user_id in ids]


async def load_facts(operation: Operation, ids: Sequence[UUID]) -> list[Row | None]:
    """What it depends on whether the viewer may message each of some people."""
    rows = await permissions.between(operation.database, operation.me.user_id, ids)
    return in_order(ids, rows, lambda row: row, by="other_id")


async def load_edges(
    operation: Operation, ids: Sequence[UUID], direction: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[list[Row]]:
    """A page of each person's `followers` or `following`."""
    rows = await follows.edge_pages(operation.database, operation.viewer_id, ids, direction, after, limit)
    return grouped(ids, rows, lambda row: row["subject_id"])


async def load_friends(
    operation: Operation, ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[list[Row]]:
    """A page of each person's friends."""
    rows = await follows.friend_pages(operation.database, operation.viewer_id, ids, after, limit)
    return grouped(ids, rows, lambda row: row["subject_id"])


async def load_videos_of(
    operation: Operation, ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[list[Row]]:
    """A page of each person's videos."""
    rows = await media.videos_of(operation.database, operation.viewer_id, ids, after, limit)
    return grouped(ids, rows, lambda row: row["author_id"])


@strawberry.type(description="A person.")
class User(Node):
    handle: str = strawberry.field(description="Unique name, in lower case and without the @.")
    display_name: str = strawberry.field(description="The name to show.")
    bio: str = strawberry.field(description="What the person says of themselves; may be empty.")
    key: strawberry.Private[UUID]
    avatar_id: strawberry.Private[UUID | None]

    avatar: Photo | None = loaded(load_photos, key="avatar_id", description="Their picture, null where there is none.")

    @strawberry.field(description="Whether the viewer follows them.", metadata=VIEWER)
    async def viewer_is_following(self, info: Info) -> bool:
        return (await info.context.load(load_relations, self.key))[0]  # type: ignore[no-any-return]

    @strawberry.field(description="Whether they follow the viewer.", metadata=VIEWER)
    async def is_following_viewer(self, info: Info) -> bool:
        return (await info.context.load(load_relations, self.key))[1]  # type: ignore[no-any-return]

    @strawberry.field(description="Whether they and the viewer follow each other.", metadata=VIEWER)
    async def is_friend(self, info: Info) -> bool:
        return all(await info.context.load(load_relations, self.key))

    @strawberry.field(
        description="Whether the viewer may message them one to one, now. Null for the viewer and when signed out.",
        metadata=VIEWER,
    )
    async def viewer_can_message(
        self,
        info: Info,
        kind: Annotated[
            MessageKind | None, strawberry.argument(description="Ask for this kind of message; null asks for any.")
        ] = None,
    ) -> MessagePermission | None:
        viewer = info.context.viewer
        if viewer is None or viewer.user_id == self.key:
            return None
        facts = await info.context.load(load_facts, self.key)
        settings = info.context.services.settings
        refused = direct_refusal(settings, facts) if facts else None
        if refused is None and kind is not None and kind not in allowed_kinds(settings):
            return MessagePermission.kind_not_allowed(kind)
        return MessagePermission.of(refused)

    @strawberry.field(description="Who follows them, the latest first.", metadata=VIEWER)
    async def followers(self, info: Info, first: First = 20, after: After = None) -> "FollowerConnection":
        rows = await info.context.load(
            load_edges, self.key, "followers", parse_time_cursor(after), page_size(first) + 1
        )
        edges, page_info = forward(rows, first, after, FollowerEdge.from_row)
        return FollowerConnection(edges=edges, page_info=page_info)

    @strawberry.field(description="Whom they follow, the latest first.", metadata=VIEWER)
    async def following(self, info: Info, first: First = 20, after: After = None) -> "FollowingConnection":
        rows = await info.context.load(
            load_edges, self.key, "following", parse_time_cursor(after), page_size(first) + 1
        )
        edges, page_info = forward(rows, first, after, FollowingEdge.from_row)
        return FollowingConnection(edges=edges, page_info=page_info)

    @strawberry.field(description="The people who follow them back, the latest friends first.", metadata=VIEWER)
    async def friends(self, info: Info, first: First = 20, after: After = None) -> "FriendConnection":
        rows = await info.context.load(load_friends, self.key, parse_time_cursor(after), page_size(first) + 1)
        edges, page_info = forward(rows, first, after, FriendEdge.from_row)
        return FriendConnection(edges=edges, page_info=page_info)

    @strawberry.field(description="Their videos that the viewer may see, the latest first.", metadata=VIEWER)
    async def videos(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Annotated["Video", strawberry.lazy("schema.videos")]]:
        from schema.videos import Video  # noqa: PLC0415 - the two types name each other

        rows = await info.context.load(load_videos_of, self.key, parse_time_cursor(after), page_size(first) + 1)
        return connection(rows, first, after, lambda row: time_cursor(row["published_at"], row["id"]), Video.from_row)

    @classmethod
    def from_row(cls, row: Row) -> "User":
        """Wrap a row of `users`."""
        return cls(
            id=to_id("User", row["id"]),
            handle=row["handle"],
            display_name=row["display_name"],
            bio=row["bio"],
            key=row["id"],
            avatar_id=row["avatar_id"],
        )


@strawberry.type(description="A person who follows.")
class FollowerEdge(Edge[User]):
    followed_at: datetime = strawberry.field(description="When they began to follow.")

    @classmethod
    def from_row(cls, row: Row) -> "FollowerEdge":
        """Wrap a row of a person and `at`."""
        return cls(cursor=time_cursor(row["at"], row["id"]), node=User.from_row(row), followed_at=row["at"])


@strawberry.type(description="A page of followers.")
class FollowerConnection:
    edges: list[FollowerEdge] = strawberry.field(description="The followers of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


@strawberry.type(description="A person who is followed.")
class FollowingEdge(Edge[User]):
    followed_at: datetime = strawberry.field(description="Since when they are followed.")

    @classmethod
    def from_row(cls, row: Row) -> "FollowingEdge":
        """Wrap a row of a person and `at`."""
        return cls(cursor=time_cursor(row["at"], row["id"]), node=User.from_row(row), followed_at=row["at"])


@strawberry.type(description="A page of people who are followed.")
class FollowingConnection:
    edges: list[FollowingEdge] = strawberry.field(description="The people of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


@strawberry.type(description="A friend: both follow each other.")
class FriendEdge(Edge[User]):
    friends_since: datetime = strawberry.field(description="When the later of the two began to follow.")

    @classmethod
    def from_row(cls, row: Row) -> "FriendEdge":
        """Wrap a row of a person and `at`."""
        return cls(cursor=time_cursor(row["at"], row["id"]), node=User.from_row(row), friends_since=row["at"])


@strawberry.type(description="A page of friends.")
class FriendConnection:
    edges: list[FriendEdge] = strawberry.field(description="The friends of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
