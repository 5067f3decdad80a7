"""Videos: who may see and share them, and what becomes of a message whose video is gone."""

import asyncio
from dataclasses import dataclass

import pytest

from app.services import Services
from tests.rules.cast import publish
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of, nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person
from tests.support.samples import a_clip, a_photo

VISIBILITIES = ("PUBLIC", "FRIENDS", "ONLY_SHARED")


@dataclass
class Shown:
    """`ann` published one video of each visibility; `bob` is her friend, `cat` and `dan` are strangers."""

    ann: Person
    bob: Person
    cat: Person
    dan: Person
    videos: dict[str, str]

    def names(self, ids: list[str]) -> set[str]:
        """The visibilities of the videos with these ids."""
        return {name for name, video_id in self.videos.items() if video_id in ids}


@pytest.fixture(scope="module")
async def shown(crowd: People) -> Shown:
    (ann, bob), cat, dan = await crowd.friends("ann", "bob"), await crowd.join("cat"), await crowd.join("dan")
    published = await asyncio.gather(*(publish(ann, name, shade=n) for n, name in enumerate(VISIBILITIES)))
    return Shown(ann, bob, cat, dan, {name: video["id"] for name, video in zip(VISIBILITIES, published, strict=True)})


async def seen(shown: Shown, person: Person) -> set[str]:
    """The visibilities of the videos that somebody can see, by id and on the author's profile alike."""
    nodes = (await person.ask("about/nodes", ids=list(shown.videos.values())))["nodes"]
    listed = (await person.ask("media/videos", handle=shown.ann.handle))["user"]["videos"]["edges"]
    by_id = shown.names([node["id"] for node in nodes if node])
    assert by_id == shown.names([edge["node"]["id"] for edge in listed])
    return by_id


async def share(person: Person, other: Person, video_id: str) -> Json:
    """What the server answers when somebody shares a video in their direct conversation."""
    return await person.send(await person.talk_to(other), {"video": {"videoId": video_id}})


async def last_content(person: Person, other: Person) -> Json:
    [message] = await person.messages(await person.talk_to(other), last=1)
    return message["content"]  # type: ignore[no-any-return]


async def test_each_is_seen_by_those_it_is_for(shown: Shown) -> None:
    assert await seen(shown, shown.ann) == set(VISIBILITIES)
    assert await seen(shown, shown.bob) == {"PUBLIC", "FRIENDS"}
    assert await seen(shown, shown.cat) == {"PUBLIC"}


async def test_a_private_clip_is_seen_where_its_author_shared_it_and_as_long(shown: Shown) -> None:
    clip = shown.videos["ONLY_SHARED"]
    first, second = [(await share(shown.ann, shown.dan, clip))["message"] for _ in range(2)]
    assert await seen(shown, shown.dan) == {"PUBLIC", "ONLY_SHARED"}
    assert (await last_content(shown.dan, shown.ann))["video"]["url"]["href"]
    await shown.ann.do("messages/unsend-message", messageId=first["id"])
    assert await seen(shown, shown.dan) == {"PUBLIC", "ONLY_SHARED"}
    await shown.ann.do("messages/unsend-message", messageId=second["id"])
    assert await seen(shown, shown.dan) == {"PUBLIC"}


async def test_a_private_clip_is_shared_by_its_author_alone(shown: Shown, unchanged: Unchanged) -> None:
    clip = shown.videos["ONLY_SHARED"]
    await share(shown.ann, shown.dan, clip)
    await shown.dan.talk_to(shown.cat)
    await shown.bob.talk_to(shown.cat)
    async with unchanged():
        refused = await share(shown.dan, shown.cat, clip)
        assert (refused["__typename"], refused["code"]) == ("NotAllowedError", "NOT_THE_AUTHOR")
        assert (await share(shown.bob, shown.cat, clip))["code"] == "NOT_FOUND"


async def test_others_videos_can_be_shared_by_whoever_sees_them(shown: Shown, unchanged: Unchanged) -> None:
    await share(shown.bob, shown.cat, shown.videos["PUBLIC"])
    assert (await last_content(shown.cat, shown.bob))["isAvailable"] is True
    await share(shown.bob, shown.cat, shown.videos["FRIENDS"])
    content = await last_content(shown.cat, shown.bob)
    assert (content["isAvailable"], content["video"]) == (False, None)
    assert (await last_content(shown.bob, shown.cat))["video"]["id"] == shown.videos["FRIENDS"]
    await shown.cat.talk_to(shown.dan)
    async with unchanged():
        assert (await share(shown.cat, shown.dan, shown.videos["FRIENDS"]))["code"] == "NOT_FOUND"


async def test_a_friend_who_is_none_any_more_has_lost_sight_of_it(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    video = await publish(ann, "FRIENDS")
    await share(ann, bob, video["id"])
    assert (await last_content(bob, ann))["isAvailable"] is True
    await bob.do("people/unfollow-user", userId=ann.id)
    assert (await last_content(bob, ann))["isAvailable"] is False


async def test_a_deleted_video_says_so_and_breaks_no_page(people: People, unchanged: Unchanged) -> None:
    ann, bob = await people.friends("ann", "bob")
    clip = await ann.upload(a_clip(1), "video/mp4", purpose="VIDEO")
    video = (await ann.do("media/publish-video", uploadId=clip["id"], title="Gone soon"))["video"]
    talk = await ann.talk_to(bob)
    await ann.send(talk, {"video": {"videoId": video["id"], "caption": "Look"}})
    await ann.send_text(talk, "after it")
    async with unchanged():
        assert await bob.refused("media/delete-video", videoId=video["id"]) == "NOT_FOUND"
        assert await ann.refused("media/delete-video", videoId=nobody("Video")) == "NOT_FOUND"
    await ann.do("media/delete-video", videoId=video["id"])
    for reader in (ann, bob):
        shared, after = await reader.messages(talk)
        assert (shared["content"]["isAvailable"], shared["content"]["video"]) == (False, None)
        assert (shared["content"]["caption"], after["fallbackText"]) == ("Look", "after it")
        assert (await reader.ask("about/nodes", ids=[video["id"]]))["nodes"] == [None]
        assert (await reader.ask("media/videos", handle=ann.handle))["user"]["videos"]["edges"] == []
    async with unchanged():
        await ann.do("media/delete-video", videoId=video["id"])
        assert (await share(ann, bob, video["id"]))["code"] == "NOT_FOUND"
        assert await ann.refused("media/publish-video", uploadId=clip["id"]) == "NOT_FOUND"


async def test_a_clip_is_published_once_however_often(people: People, services: Services, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    clip = await ann.upload(a_clip(1), "video/mp4", purpose="VIDEO")
    publishing = {"uploadId": clip["id"], "title": "First"}
    published = await asyncio.gather(*(ann.do("media/publish-video", **publishing) for _ in range(5)))
    assert len({answer["video"]["id"] for answer in published}) == 1
    async with unchanged():
        again = await ann.do("media/publish-video", uploadId=clip["id"], title="Second", visibility="FRIENDS")
    assert (again["video"]["title"], again["video"]["visibility"]) == ("First", "PUBLIC")
    rows = await services.database.rows("SELECT id FROM videos WHERE upload_id = $1", key_of(clip["id"]))
    assert len(rows) == 1


async def test_length_size_and_poster_are_read_from_the_file(people: People) -> None:
    ann = await people.join("ann")
    clip = await ann.upload(a_clip(2, (320, 180)), "video/mp4", purpose="VIDEO", alt_text="Blue")
    assert clip["durationSeconds"] == pytest.approx(2.0, abs=0.15)
    published = (await ann.do("media/publish-video", uploadId=clip["id"], title=" A clip "))["video"]
    assert (published["title"], published["visibility"]) == ("A clip", "PUBLIC")
    assert published["durationSeconds"] == clip["durationSeconds"]
    [edge] = (await ann.ask("media/videos", handle=ann.handle))["user"]["videos"]["edges"]
    poster = edge["node"]["poster"]
    assert (poster["width"], poster["height"]) == (320, 180)
    for url, media_type in ((edge["node"]["url"], "video/mp4"), (poster["url"], "image/webp")):
        async with ann.client.session.get(url["href"]) as response:
            assert (response.status, response.content_type) == (200, media_type)


async def test_only_a_ready_clip_of_ones_own_can_be_published(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    clip = (await ann.upload(a_clip(1), "video/mp4", purpose="VIDEO"))["id"]
    photo = (await ann.upload(a_photo(), "image/jpeg"))["id"]
    reserved = (await ann.reserve(a_clip(1), "video/mp4", purpose="VIDEO"))["upload"]["id"]
    async with unchanged():
        assert await bob.refused("media/publish-video", uploadId=clip) == "NOT_FOUND"
        assert await ann.refused("media/publish-video", uploadId=photo) == "NOT_FOUND"
        assert await ann.refused("media/publish-video", uploadId=nobody("Upload")) == "NOT_FOUND"
        assert await ann.refused("media/publish-video", uploadId=reserved) == "UPLOAD_NOT_READY"
        assert await ann.refused("media/publish-video", uploadId=clip, title="x" * 201) == "INVALID_INPUT"
        assert await ann.refused("media/publish-video", uploadId="x") == "INVALID_INPUT"
