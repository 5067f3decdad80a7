"""Reports: kept with what was there to see, whatever becomes of it."""

from typing import Any

import pytest

from app.services import Services
from tests.rules.cast import publish
from tests.rules.conftest import Unchanged
from tests.rules.records import key_of, nobody, to_message_id
from tests.support.graphql_client import Json
from tests.support.people import People, Person
from tests.support.samples import a_photo


async def report(person: Person, subject: Json, **fields: Any) -> str:
    """Report something and return the report's id."""
    fields = {"category": "HARASSMENT", "note": "", **fields}
    return (await person.do("people/report", subject=subject, **fields))["reportId"]  # type: ignore[no-any-return]


async def kept(services: Services, report_id: str) -> Json:
    """The report as staff will find it."""
    row = await services.database.row("SELECT * FROM reports WHERE id = $1", key_of(report_id))
    assert row
    return dict(row)


async def test_the_evidence_survives_edits_and_unsending(people: People, services: Services) -> None:
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    for number in range(12):
        await bob.send_text(talk, f"before {number}")
    photo = (await ann.upload(a_photo(), "image/jpeg"))["id"]
    message = (await ann.send(talk, {"photos": {"uploadIds": [photo], "caption": "nasty"}}))["message"]
    await bob.send_text(talk, "after")
    report_id = await report(bob, {"messageId": message["id"]}, note="  Look at this. ")
    await ann.do("messages/edit-message", messageId=message["id"], text="nice")
    await ann.do("messages/unsend-message", messageId=message["id"])
    row = await kept(services, report_id)
    assert (row["category"], row["note"], row["subject_seq"]) == ("HARASSMENT", "Look at this.", 13)
    assert (row["reporter_id"], row["subject_conversation_id"]) == (key_of(bob.id), key_of(talk))
    evidence = row["evidence"]
    assert (evidence["message"]["text"], evidence["message"]["sender_id"]) == ("nasty", str(key_of(ann.id)))
    assert [said["seq"] for said in evidence["context"]] == list(range(3, 15))
    assert [picture["id"] for picture in evidence["photos"]] == evidence["message"]["attachment_ids"]
    assert evidence["photos"][0]["full_key"]


async def test_a_person_and_a_video_can_be_reported(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await ann.do("people/update-profile", bio="I am the president.")
    video = (await publish(ann, "PUBLIC", title="Trailer"))["id"]
    about_person = await report(bob, {"userId": ann.id}, category="IMPERSONATION")
    about_video = await report(bob, {"videoId": video}, category="VIOLENCE")
    await ann.do("people/update-profile", bio="Just me.")
    await ann.do("media/delete-video", videoId=video)
    person = await kept(services, about_person)
    assert (person["subject_user_id"], person["evidence"]["person"]["bio"]) == (key_of(ann.id), "I am the president.")
    assert person["evidence"]["person"].keys() == {"id", "handle", "display_name", "bio", "avatar_id"}
    clip = await kept(services, about_video)
    assert (clip["subject_video_id"], clip["evidence"]["video"]["title"]) == (key_of(video), "Trailer")
    assert clip["evidence"]["video"]["media_key"]


async def test_a_block_is_no_shelter_from_a_report(people: People, services: Services) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await cat.make_group(ann, bob)
    message = await ann.send_text(group, "nasty")
    await ann.do("people/block-user", userId=bob.id)
    row = await kept(services, await report(bob, {"messageId": message["id"]}))
    assert row["evidence"]["message"]["text"] == "nasty"
    row = await kept(services, await report(bob, {"userId": ann.id}))
    assert row["evidence"]["person"]["handle"] == ann.handle


async def test_reporting_tells_nobody(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    count = "SELECT count(*) AS count FROM events"
    before = await services.database.row(count)
    await report(bob, {"userId": ann.id})
    await report(bob, {"userId": ann.id})
    assert await services.database.row(count) == before


async def test_what_is_not_ones_own_to_see_can_not_be_reported(people: People, unchanged: Unchanged) -> None:
    ann, bob, eve = [await people.join(name) for name in ("ann", "bob", "eve")]
    talk = await ann.talk_to(bob)
    message = await ann.send_text(talk, "between us")
    video = (await publish(ann, "FRIENDS"))["id"]
    async with unchanged():
        for subject in (
            {"messageId": message["id"]},
            {"messageId": to_message_id(key_of(talk), 99)},
            {"videoId": video},
            {"userId": nobody()},
        ):
            assert await eve.refused("people/report", subject=subject, category="SPAM") == "NOT_FOUND"


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": {"userId": "x"}},
        {"subject": {"messageId": ""}},
        {"subject": {"videoId": nobody("User")}},
        {"note": "x" * 2001},
        {"note": "nul\0"},
    ],
)
async def test_a_report_of_nothing_or_with_an_endless_note_is_refused(
    people: People, unchanged: Unchanged, fields: Json
) -> None:
    ann = await people.join("ann")
    async with unchanged():
        code = await ann.refused("people/report", **{"subject": {"userId": ann.id}, "category": "SPAM", **fields})
    assert code == "INVALID_INPUT"
