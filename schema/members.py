"""Members of a conversation."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from app.execution.making import maker
from app.live.aspects import BLOCKS, NOW
from app.store.database import Row
from app.store.moments import to_moment
from schema.enums import Role
from schema.loading import column, computed, loaded
from schema.paging import PageInfo, TimePage, info_of, microsecond_cursor
from schema.people import People, User, load_people


def _place(edge: "MemberEdge") -> str:
    return microsecond_cursor(edge.row["joined_microseconds"], edge.row["id"])


@strawberry.type(description="A member of a conversation.")
class MemberEdge:
    row: strawberry.Private[Row]
    person: strawberry.Private[User]

    cursor: str = computed(_place, description="The place of this item, for `after` and `before`.")
    node: User = loaded(
        load_people, key="person_id", preloaded="person", repeats=True, description="The item.", depends_on=BLOCKS | NOW
    )
    role: Role = computed(
        lambda edge: Role(edge.row["role"]),
        serialised=lambda edge: edge.row["role"],
        description="What they may do in a group; MEMBER in a direct conversation.",
    )
    joined_at: datetime = computed(
        lambda edge: to_moment(edge.row["joined_microseconds"]), description="When they (last) came in."
    )
    last_read_seq: int = column("last_read_seq", description="The `seq` up to which they have read.")

    @property
    def person_id(self) -> UUID:
        """Who it is."""
        return self.person.key


_make_edge = maker(MemberEdge, "row", "person")


@strawberry.type(description="A page of members, without those whom a block hides from the viewer.")
class MemberConnection:
    page: strawberry.Private[TimePage]
    has_next: strawberry.Private[bool]

    edges: list[MemberEdge] = strawberry.field(description="The members of this page.")
    page_info: PageInfo = computed(
        lambda members: info_of(
            members.edges, _place, has_next=members.has_next, has_previous=members.page.place is not None
        ),
        description="Where this page stands in the list.",
    )


def member_connection(rows: Sequence[Row], page: TimePage, people: People) -> MemberConnection:
    """A forward page, from up to `page.limit` rows of members and their people."""
    edges = [_make_edge(row, people.of(row)) for row in rows[: page.size]]
    return _make_connection(page, len(rows) > page.size, edges)


_make_connection = maker(MemberConnection, "page", "has_next", "edges")
