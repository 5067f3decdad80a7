"""Signing up: handles that are nobody else's and look like nobody else's, names that can be read, dates not shown."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from schema.schema import schema
from tests.rules.conftest import Unchanged
from tests.support.graphql_client import GraphQLClient, Json
from tests.support.people import PASSWORD, People, Person, operation


async def sign_up(anyone: GraphQLClient, **fields: Any) -> Json:
    fields = {"password": PASSWORD, "displayName": "Somebody", **fields}
    return (await anyone.execute(operation("identity/sign-up"), {"input": fields}))["signUp"]  # type: ignore[no-any-return]


async def problem_with(anyone: GraphQLClient, **fields: Any) -> str:
    """The path of the one field that is refused."""
    result = await sign_up(anyone, **fields)
    assert result["__typename"] == "InvalidInputError", result
    [problem] = result["problems"]
    return problem["path"]  # type: ignore[no-any-return]


async def test_who_signs_up_is_signed_in(people: People) -> None:
    ann = await people.join("ann")
    viewer = (await ann.ask("people/viewer"))["viewer"]
    assert viewer["user"]["handle"] == ann.handle
    assert viewer["settings"] == {"messagePolicy": "EVERYONE", "notificationsSilenced": False, "showsPresence": True}


async def test_handles_are_kept_in_lower_case_and_found_in_any(anyone: GraphQLClient, people: People) -> None:
    result = await sign_up(anyone, handle=f" @Ann.{people.suffix} ")
    assert result["viewer"]["user"]["handle"] == f"ann.{people.suffix}"
    found = await anyone.execute(operation("people/user"), {"handle": f"@ANN.{people.suffix.upper()}"})
    assert found["user"]["id"] == result["viewer"]["user"]["id"]


@pytest.fixture(scope="module")
async def ollie(crowd: People) -> Person:
    return await crowd.join("ollie0")


@pytest.mark.parametrize(
    "twin", ["OLLIE0{}", "ollie0{}", "0llie0{}", "o11ie0{}", "oiiie0{}", "ol_lie0{}", "o.l.l.i.e.0{}", "@ollieo{}"]
)
async def test_a_handle_that_looks_like_a_taken_one_is_taken(
    ollie: Person, anyone: GraphQLClient, unchanged: Unchanged, twin: str
) -> None:
    async with unchanged():
        result = await sign_up(anyone, handle=twin.format(ollie.handle.removeprefix("ollie0")))
    assert (result["__typename"], result["code"]) == ("HandleTakenError", "HANDLE_TAKEN")


@pytest.mark.parametrize(
    "handle",
    [
        *("", "a", "x" * 31, "an n", "ann-b", "ann@b", "ann\n\nb", "ann\0"),
        *(".ann", "ann.", "_ann", "ann_", "an..n", "an._n"),
        *("\u0430nn", "\uff41nn", "\u212anut", "ann\u200b", "\u202eann", "a\u0301nn", "ann\ufe0f", "\u0661\u0662"),
    ],
)
async def test_a_handle_of_other_or_invisible_characters_is_refused(
    anyone: GraphQLClient, unchanged: Unchanged, handle: str
) -> None:
    async with unchanged():
        assert await problem_with(anyone, handle=handle) == "handle"


@pytest.mark.parametrize("handle", ["admin", "Admin", "adm1n", "a_d.m_i_n", "r00t", "@support", "sy.stem"])
async def test_nobody_can_pose_as_the_installation(anyone: GraphQLClient, unchanged: Unchanged, handle: str) -> None:
    async with unchanged():
        assert await problem_with(anyone, handle=handle) == "handle"


@pytest.mark.parametrize("name", ["", "  \t ", "x" * 51, "Ann\u200b", "\u202eAnn", "An\0n", "Ann\u2066", "\ue000"])
async def test_a_name_that_can_not_be_read_is_refused(
    anyone: GraphQLClient, people: People, unchanged: Unchanged, name: str
) -> None:
    async with unchanged():
        assert await problem_with(anyone, handle=f"ann{people.suffix}", displayName=name) == "displayName"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Ann \n  Lee ", "Ann Lee"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u0622\u0646\u0627 \u0645\u06cc\u200c\u062f\u0627\u0646\u0645", None),
        ("\U0001f469\u200d\U0001f680", None),
    ],
)
async def test_names_of_all_scripts_are_kept_in_normal_form(people: People, given: str, kept: str | None) -> None:
    ann = await people.join("ann", displayName=given)
    viewer = (await ann.ask("people/viewer"))["viewer"]
    assert viewer["user"]["displayName"] == (kept or given)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1025])
async def test_a_short_or_endless_password_is_refused(
    anyone: GraphQLClient, people: People, unchanged: Unchanged, password: str
) -> None:
    async with unchanged():
        assert await problem_with(anyone, handle=f"ann{people.suffix}", password=password) == "password"


def days_from_now(days: int) -> str:
    return str(datetime.now(UTC).date() + timedelta(days=days))


@pytest.mark.parametrize("birth_date", ["0001-01-01", days_from_now(2), days_from_now(-131 * 366)])
async def test_a_birth_date_that_can_not_be_is_refused(
    anyone: GraphQLClient, people: People, unchanged: Unchanged, birth_date: str
) -> None:
    async with unchanged():
        assert await problem_with(anyone, handle=f"ann{people.suffix}", birthDate=birth_date) == "birthDate"


def test_no_field_of_any_output_is_about_birth_passwords_or_hashes() -> None:
    outputs = [
        definition
        for definition in schema._schema.type_map.values()
        if isinstance(definition, GraphQLObjectType | GraphQLInterfaceType) and not definition.name.startswith("__")
    ]
    names = [f"{output.name}.{field}" for output in outputs for field in output.fields]
    assert "User.handle" in names
    assert not [name for name in names for word in ("birth", "password", "hash") if word in name.lower()]


async def test_a_birth_date_is_in_nothing_that_is_answered(anyone: GraphQLClient, people: People) -> None:
    ann = await people.join("ann", birthDate="1987-06-05")
    answers = [
        await ann.ask("people/viewer"),
        await ann.ask("people/user", handle=ann.handle),
        await ann.do("people/update-profile", bio="Hello"),
        await anyone.execute(operation("people/search-users"), {"text": ann.handle}),
    ]
    assert "1987" not in str(answers)


async def test_of_several_who_want_a_handle_at_once_one_gets_it(anyone: GraphQLClient, people: People) -> None:
    handles = (f"ann{people.suffix}", f"ANN{people.suffix}", f"a.nn{people.suffix}", f"an_n{people.suffix}")
    results = await asyncio.gather(*(sign_up(anyone, handle=handle) for handle in handles))
    assert sorted(result["__typename"] for result in results) == [*["HandleTakenError"] * 3, "SignUpSuccess"]
