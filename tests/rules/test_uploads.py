"""Uploads: sent straight to S3, checked, and never handed on as they were sent."""

import asyncio
import io
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from PIL import Image

from app.services import Services
from tests.media.samples import corners, jpeg_with_metadata, quarters
from tests.rules.cast import checksum
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of, nobody
from tests.support.graphql_client import Json
from tests.support.people import People, Person
from tests.support.samples import a_clip, a_photo

COMPLETE = "media/complete-upload"


@pytest.fixture(scope="module")
async def ann(crowd: People) -> Person:
    return await crowd.join("ann")


@pytest.fixture(scope="module")
async def bob(crowd: People) -> Person:
    return await crowd.join("bob")


async def fetched(person: Person, href: str) -> bytes:
    """What anybody gets who has a URL, without any header."""
    async with person.client.session.get(href) as response:
        assert (response.status, response.content_type) == (200, "image/webp")
        return await response.read()


async def test_what_others_get_is_not_what_was_uploaded(ann: Person, bob: Person) -> None:
    original = jpeg_with_metadata(quarters(640, 400), orientation=6)
    upload = await ann.upload(original, "image/jpeg", alt_text="Four colours")
    assert (upload["state"], upload["rejection"]) == ("READY", None)
    assert (upload["photo"]["width"], upload["photo"]["height"]) == (400, 640)
    await ann.send(await ann.talk_to(bob), {"photos": {"uploadIds": [upload["id"]]}})
    [message] = await bob.messages(await bob.talk_to(ann), last=1)
    [photo] = message["content"]["photos"]
    assert photo["altText"] == "Four colours"
    data = await fetched(bob, photo["url"]["href"])
    assert not [word for word in (b"Secret", b"Exif", b"EXIF", b"GPS", b"xmp") if word in data]
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (400, 640), {})
        assert corners(image) == ["blue", "red", "yellow", "green"]


async def test_each_variant_is_no_larger_than_it_says(ann: Person) -> None:
    upload = await ann.upload(a_photo("navy", (3000, 1500)), "image/jpeg")
    urls = " ".join(f"{name.lower()}: url(variant: {name}) {{ href }}" for name in ("THUMBNAIL", "CHAT", "FULL"))
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Upload {{ photo {{ width height {urls} }} }} }} }}"
    photo = (await ann.client.execute(query, {"id": upload["id"]}))["node"]["photo"]
    assert (photo["width"], photo["height"]) == (2560, 1280)
    for variant, longest in (("thumbnail", 320), ("chat", 1280), ("full", 2560)):
        with Image.open(io.BytesIO(await fetched(ann, photo[variant]["href"]))) as image:
            assert image.size == (longest, longest // 2)


async def test_without_its_signature_a_url_opens_nothing(ann: Person) -> None:
    upload = await ann.upload(a_photo(), "image/jpeg")
    href = upload["photo"]["url"]["href"]
    bare = urlunsplit(urlsplit(href)._replace(query=""))
    for wrong in (bare, href[:-1] + ("0" if href[-1] != "0" else "1"), href.replace("/photos/", "/uploads/")):
        async with ann.client.session.get(wrong) as response:
            assert response.status == 403


async def test_the_store_takes_no_other_bytes_than_announced(ann: Person, unchanged: Unchanged) -> None:
    reserved = await ann.reserve(a_photo("red"), "image/jpeg")
    other = bytearray(a_photo("red"))
    other[-3] ^= 1
    async with unchanged():
        for data in (bytes(other), a_photo("red") + b"x", a_photo("red")[:-1], b""):
            assert await ann.try_form(reserved["form"], data) == 400
        assert await ann.refused(COMPLETE, uploadId=reserved["upload"]["id"]) == "INVALID_INPUT"


@pytest.mark.parametrize("data", [a_photo("blue"), a_photo("red") + b"x" * 1000], ids=["other bytes", "more bytes"])
async def test_other_bytes_in_a_store_that_took_them_are_rejected(
    ann: Person, bob: Person, services: Services, unchanged: Unchanged, data: bytes
) -> None:
    reserved = await ann.reserve(a_photo("red"), "image/jpeg")
    await services.storage.put(key_in(reserved), data, content_type="image/jpeg", cache_control="no-store")
    completed = (await ann.do(COMPLETE, uploadId=reserved["upload"]["id"]))["upload"]
    assert (completed["state"], completed["rejection"], completed["photo"]) == ("REJECTED", "DAMAGED", None)
    talk = await ann.talk_to(bob)
    async with unchanged():
        again = (await ann.do(COMPLETE, uploadId=completed["id"]))["upload"]
        assert again["state"] == "REJECTED"
        refused = await ann.send(talk, {"photos": {"uploadIds": [completed["id"]]}})
        assert refused["__typename"] == "UploadNotReadyError"


def key_in(reserved: Json) -> str:
    """The object's key, as the form of an upload names it."""
    [key] = [field["value"] for field in reserved["form"]["fields"] if field["name"] == "key"]
    return key  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("purpose", "content_type", "data", "rejection"),
    [
        ("PHOTO", "image/jpeg", b"no picture at all", "NOT_AN_IMAGE"),
        ("PHOTO", "image/png", b"<html><script>alert(1)</script></html>", "NOT_AN_IMAGE"),
        ("PHOTO", "image/jpeg", a_photo()[:200], None),
        ("PHOTO", "image/jpeg", a_clip(1), None),
        ("VIDEO", "video/mp4", b"no clip at all", "NOT_A_VIDEO"),
        ("VIDEO", "video/mp4", a_photo(), None),
    ],
)
async def test_bytes_that_are_something_else_are_rejected(
    ann: Person, purpose: str, content_type: str, data: bytes, rejection: str | None
) -> None:
    upload = await ann.upload(data, content_type, purpose=purpose)
    assert (upload["state"], upload["photo"]) == ("REJECTED", None)
    assert upload["rejection"] == rejection or rejection is None


async def test_nothing_that_was_sent_can_be_completed_until_it_is(ann: Person, unchanged: Unchanged) -> None:
    reserved = await ann.reserve(a_photo("pink"), "image/jpeg")
    upload_id = reserved["upload"]["id"]
    async with unchanged():
        refused = await ann.answer(COMPLETE, uploadId=upload_id)
        assert [problem["path"] for problem in refused["problems"]] == ["uploadId"]
    await ann.post_form(reserved["form"], a_photo("pink"))
    assert (await ann.do(COMPLETE, uploadId=upload_id))["upload"]["state"] == "READY"


async def test_completing_often_and_at_once_makes_one_photo_and_leaves_no_original(
    ann: Person, services: Services, unchanged: Unchanged
) -> None:
    count = "SELECT count(*) AS count FROM photos"
    reserved = await ann.reserve(a_photo("teal"), "image/jpeg")
    await ann.post_form(reserved["form"], a_photo("teal"))
    key = key_in(reserved)
    assert await services.storage.exists(key)
    before = await services.database.row(count)
    answers = await asyncio.gather(*(ann.do(COMPLETE, uploadId=reserved["upload"]["id"]) for _ in range(4)))
    assert {answer["upload"]["state"] for answer in answers} == {"READY"}
    assert len({answer["upload"]["photo"]["placeholder"] for answer in answers}) == 1
    after = await services.database.row(count)
    assert before
    assert after
    assert after["count"] == before["count"] + 1
    assert not await services.storage.exists(key)
    async with unchanged():
        await ann.do(COMPLETE, uploadId=reserved["upload"]["id"])


async def test_another_persons_upload_is_not_there(ann: Person, bob: Person, unchanged: Unchanged) -> None:
    reserved = await ann.reserve(a_photo("gold"), "image/jpeg")
    await ann.post_form(reserved["form"], a_photo("gold"))
    async with unchanged():
        assert await bob.refused(COMPLETE, uploadId=reserved["upload"]["id"]) == "NOT_FOUND"
        assert await ann.refused(COMPLETE, uploadId=nobody("Upload")) == "NOT_FOUND"
        assert await ann.refused(COMPLETE, uploadId=ann.id) == "INVALID_INPUT"
    assert (await bob.ask("about/nodes", ids=[reserved["upload"]["id"]]))["nodes"] == [None]


VALID: Json = {"purpose": "PHOTO", "contentType": "image/jpeg", "byteSize": 1, "checksumSha256": checksum(b"x")}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        *(("contentType", {"contentType": media}) for media in ("video/mp4", "image/svg+xml", "IMAGE/JPEG", "", "a\0")),
        ("contentType", {"purpose": "VIDEO"}),
        *(("byteSize", {"byteSize": size}) for size in (0, -1, 20_000_001, 2**31 - 1)),
        ("byteSize", {"purpose": "VIDEO", "contentType": "video/mp4", "byteSize": 100_000_001}),
        *(("checksumSha256", {"checksumSha256": text}) for text in ("", "x", "0" * 64, checksum(b"") + "=", "é" * 44)),
        *(("altText", {"altText": text}) for text in ("x" * 501, "nul\0")),
    ],
)
async def test_a_file_that_would_be_refused_is_not_even_reserved(
    ann: Person, unchanged: Unchanged, path: str, fields: dict[str, Any]
) -> None:
    async with unchanged():
        refused = await ann.answer("media/create-upload", **{**VALID, **fields})
    assert refused["__typename"] == "InvalidInputError", refused
    assert [problem["path"] for problem in refused["problems"]] == [path]


async def test_the_form_names_no_key_but_the_uploads_own(ann: Person) -> None:
    reserved = await ann.do("media/create-upload", **VALID)
    assert key_in(reserved) == f"uploads/{key_of(ann.id).hex}/{key_of(reserved['upload']['id']).hex}"
    assert reserved["upload"]["state"] == "RESERVED"
