"""A small world with one of everything, for tests that go through all operations."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from app.ids import new_id
from app.services import Services
from app.store import media
from schema.ids import to_id
from tests.rules.records import key_of
from tests.support.graphql_client import Json
from tests.support.people import OPERATIONS, People, Person
from tests.support.samples import a_clip, a_photo


async def publish(person: Person, visibility: str, *, title: str = "Clip", shade: int = 0) -> Json:
    """Upload a clip and publish it; `shade` makes it another clip."""
    clip = await person.upload(a_clip(1, (160, 90 + 2 * shade)), "video/mp4", purpose="VIDEO")
    assert clip["state"] == "READY", clip
    published = await person.do("media/publish-video", uploadId=clip["id"], title=title, visibility=visibility)
    return published["video"]  # type: ignore[no-any-return]


async def add_sticker(services: Services, person: Person) -> str:
    """The id of a sticker in a new pack, whose picture somebody uploaded."""
    upload = await person.upload(a_photo("green"), "image/jpeg")
    [row] = await media.uploads(services.database, key_of(person.id), [key_of(upload["id"])])
    sticker = new_id()
    pack = (new_id(), "Pack", "Author", [(sticker, "Wave", row["photo_id"])])
    await services.database.unit(lambda tx: media.insert_sticker_pack(tx, *pack))
    return to_id("Sticker", sticker)


def mutations() -> list[str]:
    """The names of the playground's operations that change something, such as `people/follow-user`."""
    files = sorted(OPERATIONS.glob("*/*.graphql"))
    return [f"{f.parent.name}/{f.stem}" for f in files if "\nmutation " in f.read_text(encoding="utf-8")]


@dataclass
class Cast:
    """`ann` and her friend `bob`, `cat` whom nobody knows, and what ann can act on."""

    ann: Person
    bob: Person
    cat: Person
    talk: str
    group: str
    said: Json
    heard: Json
    photo: str
    reserved: str
    clip: str
    video: str
    sticker: str

    @classmethod
    async def assemble(cls, people: People, services: Services) -> "Cast":
        (ann, bob), cat = await people.friends("ann", "bob"), await people.join("cat")
        talk = await ann.talk_to(bob)
        clip = await ann.upload(a_clip(1), "video/mp4", purpose="VIDEO")
        return cls(
            ann=ann,
            bob=bob,
            cat=cat,
            talk=talk,
            group=await ann.make_group(bob),
            said=await ann.send_text(talk, "Hello"),
            heard=await bob.send_text(talk, "Hi"),
            photo=(await ann.upload(a_photo(), "image/jpeg"))["id"],
            reserved=(await ann.reserve(a_photo("blue"), "image/jpeg"))["upload"]["id"],
            clip=clip["id"],
            video=(await ann.do("media/publish-video", uploadId=clip["id"]))["video"]["id"],
            sticker=await add_sticker(services, ann),
        )

    @cached_property
    def placeholders(self) -> dict[str, str]:
        """What stands for `{{name}}` in the variables of the playground's operations, for ann."""
        return {
            "conversationId": self.talk,
            "groupId": self.group,
            "handle": self.ann.handle,
            "friendId": self.bob.id,
            "groupMemberId": self.bob.id,
            "friendHandle": self.bob.handle,
            "messageId": self.heard["id"],
            "ownMessageId": self.said["id"],
            "uploadId": self.photo,
            "videoId": self.video,
            "stickerId": self.sticker,
        }

    def variables(self, name: str) -> dict[str, Any]:
        """The example variables of one of the playground's operations."""
        text = Path(OPERATIONS, f"{name}.variables.json").read_text(encoding="utf-8")
        for key, value in self.placeholders.items():
            text = text.replace("{{" + key + "}}", value)
        text = text.replace("{{newKey}}", secrets.token_hex(8))
        assert "{{" not in text, text
        return orjson.loads(text)  # type: ignore[no-any-return]


def checksum(data: bytes) -> str:
    """The SHA-256 as `createUpload` takes it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
