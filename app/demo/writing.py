"""Writing the demo's rows, in the past: the rules in `resolvers/` know no other time than now.

No events are logged, since nobody listened then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from uuid import UUID

from app.auth.handles import handle_key, search_terms
from app.demo.cast import CIRCLES, CLIPS, ONE_WAY, PEOPLE, Clip, Person
from app.demo.files import Stored, avatar_path, clip_path, photo_path, sticker_key, sticker_path
from app.demo.packs import PACKS
from app.demo.transcripts import NOTICE, Conversation, Entry
from app.errors import ConfigurationError
from app.ids import new_id
from app.store import conversations, follows, media, messages, users
from app.store.database import Row, Transaction

JOINED = timedelta(days=30)
FOLLOWING_BEGAN = timedelta(days=28)
BETWEEN_FOLLOWS = timedelta(minutes=17)
UNTIL_EDITED = timedelta(seconds=70)
UNTIL_UNSENT = timedelta(seconds=40)
UNTIL_REACTED = timedelta(seconds=25)


class World:
    """The demo while it is written: the transaction, and the ids behind the script's names."""

    def __init__(self, tx: Transaction, now: datetime, stored: dict[Path, Stored], password_hash: str) -> None:
        self.tx = tx
        self.now = now
        self.stored = stored
        self.password_hash = password_hash
        self.people: dict[str, UUID] = {}
        self.videos: dict[str, UUID] = {}
        self.stickers: dict[str, UUID] = {}
        self.photos: dict[tuple[str, str], UUID] = {}

    async def upload(self, owner: str, path: Path, purpose: str, at: datetime) -> Row:
        """What a person's upload of a file became."""
        stored, photo = self.stored[path], self.stored[path].photo_row()
        row = await media.insert_upload(
            self.tx, new_id(), self.people[owner], purpose=purpose, content_type=stored.content_type,
            byte_size=stored.byte_size, checksum_sha256=stored.checksum_sha256, alt_text=photo["alt_text"], now=at,
        )  # fmt: skip
        await media.insert_photo(self.tx, photo)
        accepted = await media.accept_upload(self.tx, row["id"], photo["id"], stored.clip)
        assert accepted is not None
        return accepted

    async def photo(self, owner: str, name: str, at: datetime) -> UUID:
        """A person's photo, uploaded when it is first sent."""
        if (owner, name) not in self.photos:
            upload = await self.upload(owner, photo_path(name), "PHOTO", at)
            self.photos[owner, name] = upload["photo_id"]
        return self.photos[owner, name]


async def write_world(world: World, script: Sequence[Conversation]) -> None:
    """Write everything; nothing where another has written it meanwhile.

    Raises:
        ConfigurationError: a handle is taken.
    """
    if not await _add_person(world, PEOPLE[0]):
        return
    for person in PEOPLE[1:]:
        if not await _add_person(world, person):
            raise ConfigurationError(f"Somebody has the demo's handle {person.handle}: load it into a new database.")
    for n, (follower, followee) in enumerate(follow_edges()):
        at = world.now - FOLLOWING_BEGAN + n * BETWEEN_FOLLOWS
        await follows.follow(world.tx, world.people[follower], world.people[followee], at)
    await _add_stickers(world)
    for clip in CLIPS:
        await _publish(world, clip)
    for conversation in script:
        await _add_conversation(world, conversation)


def follow_edges() -> Iterator[tuple[str, str]]:
    """Who follows whom, each edge once."""
    mutual = (pair for circle in CIRCLES for pair in permutations(circle, 2))
    yield from dict.fromkeys([*mutual, *ONE_WAY])


async def _add_person(world: World, person: Person) -> bool:
    tx, at = world.tx, world.now - JOINED
    row = await users.insert(
        tx, user_id=new_id(), handle=person.handle, handle_key=handle_key(person.handle), display_name=person.name,
        password_hash=world.password_hash, birth_date=person.birth_date, now=at,
    )  # fmt: skip
    if row is None:
        return False
    world.people[person.handle] = row["id"]
    avatar = await world.upload(person.handle, avatar_path(person.avatar), "PHOTO", at)
    await users.update_profile(tx, row["id"], None, person.bio, avatar["photo_id"])
    await users.update_settings(tx, row["id"], message_policy=person.message_policy)
    await users.replace_search_terms(tx, row["id"], search_terms(person.handle, person.name))
    return True


async def _add_stickers(world: World) -> None:
    for pack in PACKS:
        rows = []
        for art in pack.stickers:
            photo = world.stored[sticker_path(pack, art)].photo_row()
            await media.insert_photo(world.tx, photo)
            world.stickers[sticker_key(art)] = new_id()
            rows.append((world.stickers[sticker_key(art)], art.name, photo["id"]))
        await media.insert_sticker_pack(world.tx, new_id(), pack.title, pack.author, rows)


async def _publish(world: World, clip: Clip) -> None:
    at = world.now - clip.ago
    upload = await world.upload(clip.author, clip_path(clip.file), "VIDEO", at)
    row = await media.insert_video(world.tx, new_id(), upload, clip.title, clip.visibility, at)
    assert row is not None
    world.videos[clip.file] = row["id"]


async def _add_conversation(world: World, conversation: Conversation) -> None:
    conversation_id = await _open(world, conversation)
    for seq, entry in enumerate(conversation.entries, 1):
        await _add_entry(world, conversation_id, seq, entry)
    for person in conversation.everyone:
        read = len(conversation.entries) - conversation.unread.get(person, 0)
        await conversations.move_read_mark(world.tx, conversation_id, world.people[person], read)


async def _open(world: World, conversation: Conversation) -> UUID:
    tx, conversation_id, at = world.tx, new_id(), world.now - conversation.entries[0].ago
    if conversation.title is None:
        one, other = (world.people[person] for person in conversation.members)
        await conversations.insert_direct(tx, conversation_id, *follows.ordered(one, other), at)
        return conversation_id
    await conversations.insert_group(tx, conversation_id, conversation.title, at)
    for person, role in conversation.members.items():
        await conversations.add_members(tx, conversation_id, [world.people[person]], role=role, from_seq=1, now=at)
    return conversation_id


async def _add_entry(world: World, conversation_id: UUID, seq: int, entry: Entry) -> None:
    tx, at = world.tx, world.now - entry.ago
    subjects = await _subjects(world, entry, at)
    if entry.notice:
        await _change_group(world, conversation_id, seq, entry, subjects)
    draft = messages.Draft(
        entry.kind, text=entry.text, attachment_ids=subjects, notice=entry.notice, reply_to_seq=entry.reply_to_seq
    )
    await messages.insert(tx, conversation_id, seq, world.people[entry.sender], draft, at)
    await _follow_up(world, conversation_id, seq, entry)


async def _subjects(world: World, entry: Entry, at: datetime) -> list[UUID]:
    if entry.kind == "PHOTOS":
        return [await world.photo(entry.sender, name, at) for name in entry.subjects]
    ids: dict[str, dict[str, UUID]] = {
        "VIDEO": world.videos, "PROFILE": world.people, "STICKER": world.stickers, NOTICE: world.people,
    }  # fmt: skip
    return [ids[entry.kind][name] for name in entry.subjects]


async def _change_group(world: World, conversation_id: UUID, seq: int, entry: Entry, people: Sequence[UUID]) -> None:
    """Do what a notice tells. Who joins sees the notice of it."""
    at = world.now - entry.ago
    if entry.notice == "JOINED":
        await conversations.add_members(world.tx, conversation_id, people, role="MEMBER", from_seq=seq, now=at)
    elif entry.notice == "RENAMED":
        await conversations.update_group(world.tx, conversation_id, entry.text, None)


async def _follow_up(world: World, conversation_id: UUID, seq: int, entry: Entry) -> None:
    """What happened to a message after it was sent."""
    tx, at = world.tx, world.now - entry.ago
    for n, (emoji, person) in enumerate(entry.reactions, 1):
        when = min(at + n * UNTIL_REACTED, world.now)
        await messages.react(tx, conversation_id, seq, world.people[person], emoji, when)
    if entry.edited:
        assert entry.text is not None
        await messages.edit(tx, conversation_id, seq, entry.text, at + UNTIL_EDITED)
    if entry.unsent:
        await messages.unsend(tx, conversation_id, seq, at + UNTIL_UNSENT)
