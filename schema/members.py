"""Members of a conversation."""

from datetime import datetime

import strawberry

from app.execution.making import maker
from app.live.aspects import BLOCKS, NOW
from app.store.moments import to_moment
from schema.enums import Role
from schema.loading import column, computed, itself
from schema.paging import PageInfo, TimePage, info_of, microsecond_cursor
from schema.people import User


def _place(member: User) -> str:
    return microsecond_cursor(member.row["joined_microseconds"], member.key)


@strawberry.type(description="A member of a conversation.")
class MemberEdge:
    """A person stands for their own edge, whose columns come behind theirs."""

    cursor: str = computed(_place, serialised=True, description="The place of this item, for `after` and `before`.")
    node: User = itself(description="The item.", depends_on=BLOCKS | NOW)
    role: Role = column(
        "role",
        compute=Role,
        serialised=str,
        description="What they may do in a group; MEMBER in a direct conversation.",
    )
    joined_at: datetime = column("joined_microseconds", compute=to_moment, description="When they (last) came in.")
    last_read_seq: int = column("last_read_seq", description="The `seq` up to which they have read.")


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


def member_connection(people: list[User], page: TimePage) -> MemberConnection:
    """A forward page, from up to `page.limit` members."""
    has_next = len(people) > page.size
    return _make_connection(page, has_next, people[: page.size] if has_next else people)


_make_connection = maker(MemberConnection, "page", "has_next", "edges")
