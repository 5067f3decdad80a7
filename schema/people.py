"""People, and how the viewer stands to them."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from app.config import Settings
from app.execution.plain_fields import ColumnField
from app.execution.rows import RowClass
from app.live.aspects import BLOCKS, NOW, SELF
from app.store import follows, media, permissions, users
from app.store.database import Row
from resolvers.policy import allowed_kinds, direct_refusal
from schema.context import Operation
from schema.enums import MessageKind
from schema.ids import ids_of
from schema.loading import column, grouped, in_order, loaded
from schema.node import ID_DESCRIPTION, Node
from schema.paging import Connection, Edge, PageInfo, TimePage, connection, forward, time_cursor, time_page
from schema.permissions import MessagePermission
from schema.photos import Photo, load_photos

if TYPE_CHECKING:
    from schema.videos import Video


async def load_people(operation: Operation, ids: Sequence[UUID]) -> "list[User | None]":
    """The people whom the viewer may see."""
    rows = await operation.services.lookups.people(operation.viewer_id, ids)
    return [make_user(row) if row else None for row in rows]


async def load_relations(operation: Operation, ids: Sequence[UUID]) -> list[tuple[bool, bool]]:
    """For each person: the viewer follows them, they follow the viewer."""
    if operation.viewer is None:
        return [(False, False)] * len(ids)
    rows = await follows.relations(operation.database, operation.viewer.user_id, ids)
    found = {row["user_id"]: (row["viewer_follows"], row["follows_viewer"]) for row in rows}
    return [found[user_id] for user_id in ids]


async def load_online(operation: Operation, ids: Sequence[UUID]) -> list[bool]:
    """Of each person whether they are a friend who is online; nothing is looked up where nobody is."""
    online = [user_id for user_id in ids if operation.services.hub.presence.is_online(user_id)]
    friends = dict(zip(online, map(all, await load_relations(operation, online)), strict=True)) if online else {}
    return [friends.get(user_id, False) for user_id in ids]


async def load_facts(operation: Operation, ids: Sequence[UUID]) -> list[Row | None]:
    """What it depends on whether the viewer may message each of some people."""
    rows = await permissions.between(operation.database, operation.me.user_id, ids)
    return in_order(ids, rows, lambda row: row, by="other_id")


async def load_permissions(
    operation: Operation, ids: Sequence[UUID], kind: MessageKind | None
) -> list[MessagePermission | None]:
    """Whether the viewer may message each of some people; None for the viewer and when signed out."""
    others = [user_id for user_id in ids if operation.viewer and user_id != operation.viewer.user_id]
    if not others:
        return [None] * len(ids)
    facts = dict(zip(others, await load_facts(operation, others), strict=True))
    settings = operation.services.settings
    return [_permission(settings, facts[user_id], kind) if user_id in facts else None for user_id in ids]


def _permission(settings: Settings, facts: Row | None, kind: MessageKind | None) -> MessagePermission:
    refused = direct_refusal(settings, facts) if facts else None
    if refused is None and kind is not None and kind not in allowed_kinds(settings):
        return MessagePermission.kind_not_allowed(kind)
    return MessagePermission.of(refused)


def asked_kind(
    kind: Annotated[
        MessageKind | None, strawberry.argument(description="Ask for this kind of message; null asks for any.")
    ] = None,
) -> tuple[MessageKind | None]:
    """Which kind of message is asked about."""
    return (kind,)


async def load_followers(operation: Operation, ids: Sequence[UUID], page: TimePage) -> "list[FollowerConnection]":
    """A page of each person's followers."""
    pages = [forward(rows, page, FollowerEdge.from_row) for rows in await _edges(operation, ids, "followers", page)]
    return [FollowerConnection(edges=edges, page_info=page_info) for edges, page_info in pages]


async def load_following(operation: Operation, ids: Sequence[UUID], page: TimePage) -> "list[FollowingConnection]":
    """A page of whom each person follows."""
    pages = [forward(rows, page, FollowingEdge.from_row) for rows in await _edges(operation, ids, "following", page)]
    return [FollowingConnection(edges=edges, page_info=page_info) for edges, page_info in pages]


async def _edges(operation: Operation, ids: Sequence[UUID], direction: str, page: TimePage) -> list[list[Row]]:
    rows = await follows.edge_pages(operation.database, operation.viewer_id, ids, direction, page.place, page.limit)
    return grouped(ids, rows, lambda row: row["subject_id"])


async def load_friends(operation: Operation, ids: Sequence[UUID], page: TimePage) -> "list[FriendConnection]":
    """A page of each person's friends."""
    rows = await follows.friend_pages(operation.database, operation.viewer_id, ids, page.place, page.limit)
    groups = grouped(ids, rows, lambda row: row["subject_id"])
    pages = [forward(group, page, FriendEdge.from_row) for group in groups]
    return [FriendConnection(edges=edges, page_info=page_info) for edges, page_info in pages]


async def load_videos_of(operation: Operation, ids: Sequence[UUID], page: TimePage) -> "list[Connection[Video]]":
    """A page of each person's videos."""
    from schema.videos import Video  # noqa: PLC0415 - the two types name each other

    rows = await media.videos_of(operation.database, operation.viewer_id, ids, page.place, page.limit)
    groups = grouped(ids, rows, lambda row: row["author_id"])
    return [
        connection(group, page, lambda row: time_cursor(row["published_at"], row["id"]), Video.from_row)
        for group in groups
    ]


@strawberry.type(description="A person.")
class User(Node):
    __slots__ = ("row",)

    row: strawberry.Private[Any]

    id: strawberry.ID = column(users.ID, compute=ids_of("User"), serialised=True, description=ID_DESCRIPTION)
    handle: str = column(users.HANDLE, serialised=True, description="Unique name, in lower case and without the @.")
    display_name: str = column(users.DISPLAY_NAME, serialised=True, description="The name to show.")
    bio: str = column(users.BIO, serialised=True, description="What the person says of themselves; may be empty.")
    avatar: Photo | None = loaded(
        load_photos, key=ColumnField("row", users.AVATAR_ID), description="Their picture, null where there is none."
    )

    viewer_is_following: bool = loaded(
        load_relations, key="key", part=itemgetter(0), description="Whether the viewer follows them.",
        depends_on=SELF,
    )  # fmt: skip
    is_following_viewer: bool = loaded(
        load_relations, key="key", part=itemgetter(1), description="Whether they follow the viewer.",
        depends_on=SELF,
    )  # fmt: skip
    is_friend: bool = loaded(
        load_relations, key="key", part=all, description="Whether they and the viewer follow each other.",
        depends_on=SELF,
    )  # fmt: skip
    is_online: bool = loaded(
        load_online, key="key", depends_on=SELF,
        description="Whether a friend of the viewer's has an inbox open; false for everybody else, and where it is "
        "hidden (`Settings.showsPresence`). Changes are told by `PresenceChanged`.",
    )  # fmt: skip
    viewer_can_message: MessagePermission | None = loaded(
        load_permissions,
        key="key",
        arguments=asked_kind,
        description="Whether the viewer may message them one to one, now. Null for the viewer and when signed out.",
        depends_on=SELF,
    )
    followers: "FollowerConnection" = loaded(
        load_followers,
        key="key",
        arguments=time_page,
        description="Who follows them, the latest first.",
        depends_on=BLOCKS | NOW,
    )
    following: "FollowingConnection" = loaded(
        load_following,
        key="key",
        arguments=time_page,
        description="Whom they follow, the latest first.",
        depends_on=BLOCKS | NOW,
    )
    friends: "FriendConnection" = loaded(
        load_friends,
        key="key",
        arguments=time_page,
        description="The people who follow them back, the latest friends first.",
        depends_on=BLOCKS | NOW,
    )
    videos: Connection[Annotated["Video", strawberry.lazy("schema.videos")]] = loaded(
        load_videos_of,
        key="key",
        arguments=time_page,
        description="Their videos that the viewer may see, the latest first.",
        depends_on=SELF,
    )

    @property
    def key(self) -> UUID:
        """Who it is."""
        return self.row[users.ID]  # type: ignore[no-any-return]


PEOPLE = RowClass(User)
"""Of rows that begin with `users.COLUMNS`."""

make_user = PEOPLE.make


def place_in_time(row: Row) -> str:
    """The cursor of a person in a list by `at`."""
    return time_cursor(row["at"], row["id"])


@strawberry.type(description="A person who follows.")
class FollowerEdge(Edge[User]):
    followed_at: datetime = column("at", description="When they began to follow.")

    @classmethod
    def from_row(cls, row: Row) -> "FollowerEdge":
        """Wrap a row of a person and `at`."""
        return cls(row=row, place=place_in_time, node=make_user(row))


@strawberry.type(description="A page of followers.")
class FollowerConnection:
    edges: list[FollowerEdge] = strawberry.field(description="The followers of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


@strawberry.type(description="A person who is followed.")
class FollowingEdge(Edge[User]):
    followed_at: datetime = column("at", description="Since when they are followed.")

    @classmethod
    def from_row(cls, row: Row) -> "FollowingEdge":
        """Wrap a row of a person and `at`."""
        return cls(row=row, place=place_in_time, node=make_user(row))


@strawberry.type(description="A page of people who are followed.")
class FollowingConnection:
    edges: list[FollowingEdge] = strawberry.field(description="The people of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


@strawberry.type(description="A friend: both follow each other.")
class FriendEdge(Edge[User]):
    friends_since: datetime = column("at", description="When the later of the two began to follow.")

    @classmethod
    def from_row(cls, row: Row) -> "FriendEdge":
        """Wrap a row of a person and `at`."""
        return cls(row=row, place=place_in_time, node=make_user(row))


@strawberry.type(description="A page of friends.")
class FriendConnection:
    edges: list[FriendEdge] = strawberry.field(description="The friends of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
