"""Every member that a mutation's result union declares can be reached, and a refusal changes nothing."""

import re
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLUnionType, get_named_type

from app.services import Services
from schema.schema import schema
from tests.rules.cast import Cast, mutations, publish
from tests.rules.conftest import ServerWith, Unchanged
from tests.rules.records import nobody, to_message_id
from tests.rules.results import RESULTS, SETTINGS
from tests.support.people import People, Person, operation
from tests.support.samples import a_clip


def declared() -> dict[str, set[str]]:
    """The members of each mutation's result union."""
    mutation = schema._schema.mutation_type
    assert mutation
    unions = {name: get_named_type(field.type) for name, field in mutation.fields.items()}
    return {
        name: {member.name for member in union.types}
        for name, union in unions.items()
        if isinstance(union, GraphQLUnionType)
    }


def operations() -> dict[str, str]:
    """An example operation for each mutation; the first where there are several."""
    named: dict[str, str] = {}
    for name in reversed(mutations()):
        found = re.search(r"^  (\w+)\(input: \$input\)", operation(name), re.MULTILINE)
        assert found, name
        named[found[1]] = name
    return named


OPERATIONS = operations()


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


@pytest.fixture(scope="module")
async def names(cast: Cast, crowd: People) -> dict[str, str]:
    """What stands for `{{name}}` in the inputs."""
    ann, bob, cat = cast.ann, cast.bob, cast.cat
    dan, eve, fay = [await crowd.join(name) for name in ("dan", "eve", "fay")]
    shut_talk = await ann.talk_to(fay)
    await fay.do("people/update-settings", messagePolicy="OFF")
    used = await ann.send_text(cast.talk, "used")
    reserved_clip = (await ann.reserve(a_clip(1), "video/mp4", purpose="VIDEO"))["upload"]["id"]
    people: dict[str, Person] = {"ann": ann, "bob": bob, "cat": cat, "dan": dan, "eve": eve}
    absent = ("Conversation", "Session", "Upload", "Video")
    return {
        **{name: person.id for name, person in people.items()},
        **{f"no{type_name}": nobody(type_name) for type_name in absent},
        "nobody": nobody(),
        "noMessage": to_message_id(uuid4(), 1),
        "annHandle": ann.handle,
        "newHandle": f"new{crowd.suffix}",
        "refreshToken": bob.refresh_token,
        "talk": cast.talk,
        "shutTalk": shut_talk,
        "group": cast.group,
        "spareGroup": await ann.make_group(bob),
        "otherSpareGroup": await ann.make_group(bob),
        "own": cast.said["id"],
        "heard": cast.heard["id"],
        "notice": (await ann.messages(cast.group))[0]["id"],
        "spareMessage": used["id"],
        "usedKey": used["clientKey"],
        "photo": cast.photo,
        "reserved": cast.reserved,
        "clip": cast.clip,
        "reservedClip": reserved_clip,
        "spareVideo": (await publish(ann, "PUBLIC"))["id"],
    }


def filled(value: Any, names: dict[str, str]) -> Any:
    """An input with ids in the place of names."""
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    return names[value[2:-2]] if isinstance(value, str) and value.startswith("{{") else value


def test_the_table_has_every_mutation_and_every_member_that_it_declares() -> None:
    assert {name: set(members) for name, members in RESULTS.items()} == declared()


@pytest.mark.parametrize(
    ("name", "member"), [(name, member) for name, members in RESULTS.items() for member in members]
)
async def test_it_can_be_reached(
    cast: Cast, names: dict[str, str], server_with: ServerWith, unchanged: Unchanged, name: str, member: str
) -> None:
    ann = cast.ann.at(await server_with(**SETTINGS[member])) if member in SETTINGS else cast.ann
    fields = filled(RESULTS[name][member], names)
    async with unchanged() if member.endswith("Error") else nullcontext():
        result = await ann.answer(OPERATIONS[name], **fields)
    assert result["__typename"] == member
    if member.endswith("Error"):
        assert result["code"]
        assert result["reason"]
