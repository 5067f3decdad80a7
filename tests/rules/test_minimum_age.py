"""A minimum age for messages, where a birth date is known; who is too young neither sends nor receives."""

from datetime import UTC, date, datetime

from tests.rules.conftest import ServerWith, Unchanged
from tests.rules.test_message_policy import HELLO, capability, permission
from tests.support.people import People


def years_ago(years: int, *, days_short: int = 0) -> str:
    """The birth date of somebody who has been so old since today, or will be in some days."""
    today = datetime.now(UTC).date()
    born = date.fromordinal(today.toordinal() + days_short)
    try:
        return str(born.replace(year=born.year - years))
    except ValueError:  # 29 February
        return str(born.replace(year=born.year - years, month=3, day=1))


async def test_who_is_too_young_neither_sends_nor_receives(people: People, unchanged: Unchanged) -> None:
    ann = await people.join("ann")
    kid = await people.join("kid", birthDate=years_ago(16, days_short=1))
    await kid.befriend(ann)
    talk = await kid.talk_to(ann)
    async with unchanged():
        assert await permission(kid, ann) == await capability(kid, talk) == "UNDER_AGE"
        assert await permission(ann, kid) == await capability(ann, talk) == "RECIPIENT_UNAVAILABLE"
        assert (await kid.send(talk, HELLO))["code"] == "UNDER_AGE"
        assert (await ann.send(talk, HELLO))["code"] == "RECIPIENT_UNAVAILABLE"
        hello = {"clientKey": "1", "content": HELLO}
        assert await kid.refused("messages/send-to-person", recipientId=ann.id, **hello) == "UNDER_AGE"
        assert await kid.refused("conversations/create-group", title="x", memberIds=[ann.id]) == "UNDER_AGE"
        refused = await ann.refused("conversations/create-group", title="x", memberIds=[kid.id])
        assert refused == "RECIPIENT_UNAVAILABLE"


async def test_on_the_birthday_it_ends(people: People) -> None:
    ann = await people.join("ann")
    teen = await people.join("teen", birthDate=years_ago(16))
    talk = await teen.talk_to(ann)
    assert await permission(teen, ann) is await capability(teen, talk) is await permission(ann, teen) is None
    for who in (teen, ann):
        assert (await who.send(talk, HELLO))["__typename"] == "SendMessageSuccess"


async def test_without_a_birth_date_nobody_is_too_young(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    assert await permission(ann, bob) is None


async def test_the_age_is_a_setting_and_holds_in_groups(
    people: People, server_with: ServerWith, unchanged: Unchanged
) -> None:
    ann = await people.join("ann")
    bob = await people.join("bob", birthDate=years_ago(20))
    await ann.befriend(bob)
    group = await ann.make_group(bob)
    strict = bob.at(await server_with(minimum_age=21))
    assert (await strict.ask("about/policy"))["policy"]["minimumAge"] == 21
    async with unchanged():
        assert await capability(strict, group) == "UNDER_AGE"
        assert (await strict.send(group, HELLO))["code"] == "UNDER_AGE"
    assert await capability(bob, group) is None
