"""Members of a conversation."""

from datetime import datetime
from typing import NamedTuple, cast

import strawberry

from app.execution.batching import NOT_LOADED, Ahead, NotLoaded
from app.execution.making import maker
from app.execution.plain_fields import Expression
from app.live.aspects import BLOCKS, NOW
from app.store import inboxes
from app.store.conversations import JOINED_MICROSECONDS, LAST_READ_SEQ, MEMBER_NAMES, ROLE
from app.store.database import Row
from app.store.moments import to_moment
from app.store.users import BIO, ID
from schema.enums import Role
from schema.loading import AS_IT_IS, column, computed, itself, listed
from schema.paging import PageInfo, TimePage, info_of, microsecond_cursor
from schema.people import PEOPLE, User

_place = Expression(microsecond_cursor.of(f"{{row}}[{JOINED_MICROSECONDS}]", f"{{row}}[{ID}]"), "row")


@strawberry.type(description="A member of a conversation.")
class MemberEdge:
    """A person stands for their own edge, whose columns come behind theirs."""

    cursor: str = computed(
        _place, of=("row",), serialised=True, description="The place of this item, for `after` and `before`."
    )
    node: User = itself(description="The item.", depends_on=BLOCKS | NOW)
    role: Role = column(
        ROLE,
        compute=Role,
        serialised=AS_IT_IS,
        description="What they may do in a group; MEMBER in a direct conversation.",
    )
    joined_at: datetime = column(JOINED_MICROSECONDS, compute=to_moment, description="When they (last) came in.")
    last_read_seq: int = column(LAST_READ_SEQ, description="The `seq` up to which they have read.")


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


# Which fields need which columns of a member; all others make do with the first three.
_OF_PEOPLE = frozenset({"bio", "avatar"})
_OF_MEMBERSHIPS = frozenset({"role", "joinedAt", "lastReadSeq", "cursor", "pageInfo"})


class Members(NamedTuple):
    """The members that an operation will ask for of each conversation, and how many of their columns it shows."""

    page: TimePage
    width: int

    @classmethod
    def of(cls, ahead: Ahead) -> "Members":
        """From the fields that it selects."""
        (page,) = cast("tuple[TimePage]", ahead.following)
        shows_memberships, shows_more = ahead.names & _OF_MEMBERSHIPS, ahead.names & _OF_PEOPLE
        return cls(page, len(MEMBER_NAMES) if shows_memberships else ROLE if shows_more else BIO)

    @property
    def wanted(self) -> inboxes.MembersPage:
        """What is read of them."""
        return inboxes.MembersPage(self.page.place, self.page.limit, self.width)


def known_members(row: Row, members: Members | None) -> MemberConnection | NotLoaded:
    """Those that a conversation's row came with."""
    if members is None:
        return NOT_LOADED
    page, width = members
    return member_connection(inboxes.members_of(row, width), page)


def member_connection(rows: list[Row], page: TimePage) -> MemberConnection:
    """A forward page, from the rows of up to `page.limit` members."""
    has_next = len(rows) > page.size
    return _make_connection(page, has_next, rows[: page.size] if has_next else rows)


_make_connection = maker(MemberConnection, "page", "has_next", "rows")
