"""Members of a conversation."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.execution.making import maker
from app.store.database import Row
from app.store.moments import to_moment
from schema.enums import Role
from schema.loading import column, computed
from schema.paging import Edge, PageInfo, TimePage, forward, microsecond_cursor
from schema.people import User, make_user


@strawberry.type(description="A member of a conversation.")
class MemberEdge(Edge[User]):
    role: Role = computed(
        lambda edge: Role(edge.row["role"]),
        description="What they may do in a group; MEMBER in a direct conversation.",
    )
    joined_at: datetime = computed(
        lambda edge: to_moment(edge.row["joined_microseconds"]), description="When they (last) came in."
    )
    last_read_seq: int = column("last_read_seq", description="The `seq` up to which they have read.")

    @classmethod
    def from_row(cls, row: Row) -> "MemberEdge":
        """Wrap a row of a member and their person."""
        return _make_edge(row, _place, make_user(row))


_make_edge = maker(MemberEdge, "row", "place", "node")


def _place(row: Row) -> str:
    return microsecond_cursor(row["joined_microseconds"], row["id"])


@strawberry.type(description="A page of members, without those whom a block hides from the viewer.")
class MemberConnection:
    edges: list[MemberEdge] = strawberry.field(description="The members of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")


def member_connection(rows: Sequence[Row], page: TimePage) -> MemberConnection:
    """A forward page, from up to `page.limit` rows."""
    return _make_connection(*forward(rows, page, MemberEdge.from_row))


_make_connection = maker(MemberConnection, "edges", "page_info")
