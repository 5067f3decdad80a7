"""Profiles: what is left out stays, and a picture is one's own."""

from typing import Any

import pytest

from tests.rules.conftest import Unchanged
from tests.rules.records import nobody
from tests.support.people import People, Person
from tests.support.samples import a_clip, a_photo


@pytest.fixture(scope="module")
async def ann(crowd: People) -> Person:
    return await crowd.join("ann")


@pytest.fixture(scope="module")
async def bob(crowd: People) -> Person:
    return await crowd.join("bob")


async def test_what_is_left_out_of_an_update_stays(people: People, bob: Person) -> None:
    eve = await people.join("eve")
    await eve.do("people/update-profile", displayName="Eve Adams", bio="  Paints.\n\tSings. ")
    await eve.do("people/update-profile", displayName="Eve")
    user = (await bob.ask("people/user", handle=eve.handle))["user"]
    assert (user["displayName"], user["bio"], user["avatar"]) == ("Eve", "Paints.\n\tSings.", None)
    await eve.do("people/update-profile", bio="")
    user = (await bob.ask("people/user", handle=eve.handle))["user"]
    assert (user["displayName"], user["bio"]) == ("Eve", "")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("displayName", {"displayName": ""}),
        ("displayName", {"displayName": "x" * 51}),
        ("displayName", {"displayName": "A\u202en"}),
        ("bio", {"bio": "x" * 501}),
        ("bio", {"bio": "nul\0"}),
        ("avatarUploadId", {"avatarUploadId": "x"}),
        ("avatarUploadId", {"avatarUploadId": nobody("User")}),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named_and_nothing_is_changed(
    ann: Person, unchanged: Unchanged, path: str, fields: dict[str, Any]
) -> None:
    async with unchanged():
        result = await ann.answer("people/update-profile", **{"bio": "new", **fields})
    assert result["__typename"] == "InvalidInputError"
    assert [problem["path"] for problem in result["problems"]] == [path]


async def test_others_see_the_picture(ann: Person, bob: Person) -> None:
    photo = await ann.upload(a_photo("purple", (640, 480)), "image/jpeg")
    await ann.do("people/update-profile", avatarUploadId=photo["id"])
    avatar = (await bob.ask("people/user", handle=ann.handle))["user"]["avatar"]
    assert (avatar["width"], avatar["height"]) == (640, 480)
    async with bob.client.session.get(avatar["url"]["href"]) as response:
        assert (response.status, response.content_type) == (200, "image/webp")


async def test_only_a_ready_photo_of_ones_own_can_be_the_picture(
    ann: Person, bob: Person, unchanged: Unchanged
) -> None:
    others = (await bob.upload(a_photo(), "image/jpeg"))["id"]
    reserved = (await ann.reserve(a_photo(), "image/jpeg"))["upload"]["id"]
    clip = (await ann.upload(a_clip(1), "video/mp4", purpose="VIDEO"))["id"]
    async with unchanged():
        for upload_id, code in (
            (others, "NOT_FOUND"),
            (nobody("Upload"), "NOT_FOUND"),
            (clip, "NOT_FOUND"),
            (reserved, "UPLOAD_NOT_READY"),
        ):
            assert await ann.refused("people/update-profile", avatarUploadId=upload_id, displayName="New") == code


async def test_settings_that_are_left_out_stay(people: People, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    await ann.do("people/update-settings", messagePolicy="FRIENDS")
    changed = await ann.do("people/update-settings", notificationsSilenced=True)
    assert changed["settings"] == {
        "messagePolicy": "FRIENDS", "notificationsSilenced": True, "showsPresence": True,
    }  # fmt: skip
    assert (await ann.ask("people/viewer"))["viewer"]["settings"] == changed["settings"]
    async with unchanged():
        assert await ann.refused("people/update-settings") == "INVALID_INPUT"
