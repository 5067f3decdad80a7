"""Members of a conversation."""

from datetime import datetime
from typing import Any

import strawberry

from app.execution.making import maker
from app.live.aspects import BLOCKS, NOW
from app.store.database import Row
from app.store.moments import to_moment
from app.store.users import ID
from schema.enums import Role
from schema.loading import AS_IT_IS, column, computed, itself, listed
from schema.paging import PageInfo, TimePage, info_of, microsecond_cursor
from schema.people import PEOPLE, User


def _place(row: Any) -> str:
    return microsecond_cursor(row["joined_microseconds"], row[ID])


@strawberry.type(description="A member of a conversation.")
class MemberEdge:
    """A person stands for their own edge, whose columns come behind theirs."""

    cursor: str = computed(
        _place, of=("row",), serialised=True, description="The place of this item, for `after` and `before`."
    )
    node: User = itself(description="The item.", depends_on=BLOCKS | NOW)
    role: Role = column(
        "role",
        compute=Role,
        serialised=AS_IT_IS,
        description="What they may do in a group; MEMBER in a direct conversation.",
    )
    joined_at: datetime = column("joined_microseconds", compute=to_moment, description="When they (last) came in.")
    last_read_seq: int = column("last_read_seq", description="The `seq` up to which they have read.")


@strawberry.type(description="A page of members, without those whom a block hides from the viewer.")
class MemberConnection:
    rows: strawberry.Private[list[Row]]
    page: strawberry.Private[TimePage]
    has_next: strawberry.Private[bool]

    edges: list[MemberEdge] = listed(PEOPLE, "rows", description="The members of this page.")
    page_info: PageInfo = computed(
        lambda members: info_of(
            members.rows, _place, has_next=members.has_next, has_previous=members.page.place is not None
        ),
        description="Where this page stands in the list.",
    )


def member_connection(rows: list[Row], page: TimePage) -> MemberConnection:
    """A forward page, from the rows of up to `page.limit` members."""
    has_next = len(rows) > page.size
    return _make_connection(page, has_next, rows[: page.size] if has_next else rows)


_make_connection = maker(MemberConnection, "page", "has_next", "rows")
