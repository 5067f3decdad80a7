"""Groups: making, naming, members and roles. What happens in one is told by a notice, which is a message."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import ErrorCode, NotAllowedError, NotFoundError, invalid
from app.ids import new_id
from app.services import Services
from app.store import conversations, follows, messages, permissions, users
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.policy import REFUSALS, add_refusal
from resolvers.text import parse_line

TITLE_MAX = 100


class Role(StrEnum):
    """What a member of a group may do: owners name roles, owners and admins add and remove."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"


class NoticeKind(StrEnum):
    """What a notice tells."""

    CREATED = "CREATED"
    JOINED = "JOINED"
    LEFT = "LEFT"
    REMOVED = "REMOVED"
    RENAMED = "RENAMED"


async def create(services: Services, viewer: Viewer, *, title: str, member_ids: Sequence[UUID]) -> Row:
    """Make a group of the viewer, as its owner, and friends.

    Raises:
        InvalidInputError: the title breaks its rule.
        NotFoundError: a person is not there, or not for the viewer.
        NotAllowedError: a person is no friend or takes no messages; too many for a group.
    """
    name = parse_line(title, "title", at_most=TITLE_MAX)
    people = _others(viewer, member_ids, "memberIds")
    _check_size(services, 1 + len(people))

    async def work(tx: Transaction) -> Row:
        now = datetime.now(UTC)
        await follows.lock_pairs(tx, [(viewer.user_id, person) for person in people])
        await _check_addable(services, tx, viewer, people)
        row = await conversations.insert_group(tx, new_id(), name, now)
        await conversations.add_members(tx, row["id"], [viewer.user_id], role=Role.OWNER, from_seq=1, now=now)
        await conversations.add_members(tx, row["id"], people, role=Role.MEMBER, from_seq=1, now=now)
        everyone = [viewer.user_id, *people]
        tx.emit(*(_joined(row["id"], person, everyone) for person in everyone))
        await _notice(tx, row, viewer, NoticeKind.CREATED, text=name, people=people, audience=everyone, now=now)
        return await access.conversation(tx, viewer.user_id, row["id"])

    return await access.write(services, viewer, work)


async def add(services: Services, viewer: Viewer, conversation_id: UUID, user_ids: Sequence[UUID]) -> Row:
    """Add friends to a group; who is in it already stays as they are.

    Raises:
        NotFoundError, NotAllowedError: as in `create`; also where the viewer is neither owner nor admin.
    """
    people = _others(viewer, user_ids, "userIds")
    _check_size(services, 1 + len(people))  # before any lock: each person takes one

    async def work(tx: Transaction) -> Row:
        await follows.lock_pairs(tx, [(viewer.user_id, person) for person in people])
        row, roles = await _group(tx, viewer, conversation_id, {Role.OWNER, Role.ADMIN})
        await _check_seen(tx, viewer, people)
        new = [person for person in people if person not in roles]
        _check_size(services, len(roles) + len(new))
        await _check_addable(services, tx, viewer, new)
        if new:
            await _let_in(tx, row, viewer, new, [*roles, *new])
        return await access.conversation(tx, viewer.user_id, conversation_id)

    return await access.write(services, viewer, work)


async def _let_in(tx: Transaction, row: Row, viewer: Viewer, new: Sequence[UUID], audience: Sequence[UUID]) -> None:
    now, first_seq = datetime.now(UTC), row["last_seq"] + 1
    await conversations.add_members(tx, row["id"], new, role=Role.MEMBER, from_seq=first_seq, now=now)
    tx.emit(*(_joined(row["id"], person, audience) for person in new))
    await _notice(tx, row, viewer, NoticeKind.JOINED, people=new, audience=audience, now=now)


async def remove(services: Services, viewer: Viewer, conversation_id: UUID, user_id: UUID) -> Row:
    """Remove a member: owners anyone, admins members only.

    Raises:
        NotFoundError: not a group of the viewer's, or not a member of it.
        NotAllowedError: the viewer's role is too low; to go oneself there is `leave`.
    """

    async def work(tx: Transaction) -> Row:
        row, roles = await _group(tx, viewer, conversation_id, {Role.OWNER, Role.ADMIN})
        await _check_seen(tx, viewer, [user_id])
        if user_id not in roles:
            raise NotFoundError("person")
        if user_id == viewer.user_id:
            raise NotAllowedError(ErrorCode.SELF, "Use leaveGroup to go yourself.")
        if roles[viewer.user_id] == Role.ADMIN and roles[user_id] != Role.MEMBER:
            raise NotAllowedError(ErrorCode.ROLE_REQUIRED, "Only the owner can remove an admin.")
        await _let_go(tx, row, viewer, user_id, roles, NoticeKind.REMOVED)
        return await access.conversation(tx, viewer.user_id, conversation_id)

    return await services.database.unit(work)


async def leave(services: Services, viewer: Viewer, conversation_id: UUID) -> UUID:
    """Leave a group; where its only owner goes, the admin (else member) who joined first becomes owner.

    Raises:
        NotFoundError: not a group of the viewer's.
    """

    async def work(tx: Transaction) -> UUID:
        row, roles = await _group(tx, viewer, conversation_id, set(Role))
        heir = _heir(viewer, roles)
        if heir:
            await conversations.set_role(tx, conversation_id, heir, Role.OWNER)
            staying = [person for person in roles if person != viewer.user_id]
            tx.emit(Event(EventKind.CONVERSATION_CHANGED, conversation_id, audience=staying))
        await _let_go(tx, row, viewer, viewer.user_id, roles, NoticeKind.LEFT)
        return conversation_id

    return await services.database.unit(work)


def _heir(viewer: Viewer, roles: dict[UUID, str]) -> UUID | None:
    others = [person for person in roles if person != viewer.user_id]
    if roles[viewer.user_id] != Role.OWNER or any(roles[person] == Role.OWNER for person in others):
        return None
    admins = [person for person in others if roles[person] == Role.ADMIN]
    return next(iter(admins or others), None)


async def _let_go(
    tx: Transaction, row: Row, viewer: Viewer, user_id: UUID, roles: dict[UUID, str], kind: NoticeKind
) -> None:
    await conversations.end_membership(tx, row["id"], user_id, row["last_seq"])
    tx.emit(Event(EventKind.MEMBER_LEFT, row["id"], audience=list(roles), user_id=user_id))
    staying = [person for person in roles if person != user_id]
    await _notice(tx, row, viewer, kind, people=[user_id], audience=staying, now=datetime.now(UTC))


async def set_role(services: Services, viewer: Viewer, conversation_id: UUID, user_id: UUID, role: Role) -> Row:
    """Give a member a role, as an owner. Naming another owner leaves oneself one too.

    Raises:
        NotFoundError: not a group of the viewer's, or not a member of it.
        NotAllowedError: the viewer is no owner, or would leave the group without one.
    """

    async def work(tx: Transaction) -> Row:
        row, roles = await _group(tx, viewer, conversation_id, {Role.OWNER})
        await _check_seen(tx, viewer, [user_id])
        if user_id not in roles:
            raise NotFoundError("person")
        if Role.OWNER not in {**roles, user_id: role}.values():
            raise NotAllowedError(ErrorCode.ROLE_REQUIRED, "A group needs an owner. Name another one first.")
        if roles[user_id] != role:
            await conversations.set_role(tx, conversation_id, user_id, role)
            tx.emit(Event(EventKind.CONVERSATION_CHANGED, conversation_id, audience=list(roles)))
        return row

    return await services.database.unit(work)


async def update(
    services: Services, viewer: Viewer, conversation_id: UUID, *, title: str | None, avatar_upload_id: UUID | None
) -> Row:
    """Rename a group or change its picture, as owner or admin.

    Raises:
        InvalidInputError: the title breaks its rule.
        NotFoundError, NotAllowedError, UploadNotReadyError: not a group of the viewer's; no such role; no READY photo.
    """
    name = parse_line(title, "title", at_most=TITLE_MAX) if title is not None else None

    async def work(tx: Transaction) -> Row:
        row, roles = await _group(tx, viewer, conversation_id, {Role.OWNER, Role.ADMIN})
        avatar = (await access.ready_photos(tx, viewer, [avatar_upload_id]))[0] if avatar_upload_id else None
        renamed = name is not None and name != row["title"]
        await conversations.update_group(tx, conversation_id, name, avatar)
        everyone = list(roles)
        if renamed or avatar:
            tx.emit(Event(EventKind.CONVERSATION_CHANGED, conversation_id, audience=everyone))
        if renamed:
            now = datetime.now(UTC)
            await _notice(tx, row, viewer, NoticeKind.RENAMED, text=name, people=[], audience=everyone, now=now)
        return await access.conversation(tx, viewer.user_id, conversation_id)

    return await services.database.unit(work)


async def _group(
    tx: Transaction, viewer: Viewer, conversation_id: UUID, allowed: set[Role]
) -> tuple[Row, dict[UUID, str]]:
    row, roles = await access.locked_conversation(tx, viewer, conversation_id)
    access.require_kind(row, "GROUP")
    if roles[viewer.user_id] not in allowed:
        raise NotAllowedError(ErrorCode.ROLE_REQUIRED, "Your role in this group does not allow that.")
    return row, roles


async def _check_seen(tx: Transaction, viewer: Viewer, people: Sequence[UUID]) -> None:
    """Whom a block hides is not there, in the group or out of it: the answer does not tell which."""
    keys = [(viewer.user_id, person) for person in people]
    if not (await users.seen(tx, keys)).keys() >= set(keys):
        raise NotFoundError("person")


async def _check_addable(services: Services, tx: Transaction, viewer: Viewer, people: Sequence[UUID]) -> None:
    facts = {row["other_id"]: row for row in await permissions.hold_between(tx, viewer.user_id, people)}
    for person in people:
        if person not in facts or facts[person]["blocked"]:
            raise NotFoundError("person")
        if code := add_refusal(services.settings, facts[person]):
            raise NotAllowedError(code, REFUSALS.get(code, "You can add friends only: people who follow you back."))


def _others(viewer: Viewer, user_ids: Sequence[UUID], path: str) -> list[UUID]:
    people = [person for person in dict.fromkeys(user_ids) if person != viewer.user_id]
    if not people:
        raise invalid(path, "Name at least one other person.")
    return people


def _check_size(services: Services, size: int) -> None:
    most = services.settings.group_max_members
    if size > most:
        raise NotAllowedError(ErrorCode.GROUP_FULL, f"A group has at most {most} members; this would make {size}.")


def _joined(conversation_id: UUID, user_id: UUID, audience: Sequence[UUID]) -> Event:
    return Event(EventKind.MEMBER_JOINED, conversation_id, audience=audience, user_id=user_id)


async def _notice(
    tx: Transaction,
    row: Row,
    viewer: Viewer,
    kind: NoticeKind,
    *,
    people: Sequence[UUID],
    audience: Sequence[UUID],
    now: datetime,
    text: str | None = None,
) -> None:
    seq = row["last_seq"] + 1
    draft = messages.Draft("NOTICE", text=text, attachment_ids=people, notice=kind)
    await messages.insert(tx, row["id"], seq, viewer.user_id, draft, now)
    tx.emit(Event(EventKind.MESSAGE_ADDED, row["id"], audience=audience, seq=seq, user_id=viewer.user_id))
