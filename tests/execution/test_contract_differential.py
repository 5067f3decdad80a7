"""The playground's queries are answered alike with compiled execution and without, by real servers on the same data."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp.test_utils import TestServer

from app.execution.compiled import run
from app.server import build_app
from app.services import Services
from tests.rules.cast import Cast, mutations
from tests.rules.records import key_of
from tests.support.graphql_client import GraphQLClient
from tests.support.people import OPERATIONS, People, operation

SIGNED = ("href", "expiresAt")
"""Fields that tell when they were asked for."""

QUERIES = sorted(
    name
    for file in OPERATIONS.glob("*/*.graphql")
    if (name := f"{file.parent.name}/{file.stem}") not in mutations() and file.parent.name != "live"
)


@pytest.fixture(scope="module")
async def cast(anyone: GraphQLClient, services: Services) -> Cast:
    return await Cast.assemble(People(anyone), services)


@pytest.fixture(scope="module")
async def plain(cast: Cast, services: Services, http: aiohttp.ClientSession) -> AsyncIterator[GraphQLClient]:
    """Ann's access to a server that leaves all execution to graphql-core."""
    on_session_ended = services.hub.on_session_ended
    settings = replace(services.settings, compiled_execution=False)
    async with TestServer(build_app(replace(services, settings=settings))) as server:
        yield GraphQLClient(http, str(server.make_url("/graphql")), cast.ann.client.token)
    services.hub.on_session_ended = on_session_ended


@pytest.mark.parametrize("name", QUERIES)
async def test_it_is_answered_alike(name: str, cast: Cast, plain: GraphQLClient) -> None:
    has_variables = (OPERATIONS / f"{name}.variables.json").exists()
    variables = cast.variables(name) if has_variables else None
    compiled = await cast.ann.client.raw(operation(name), variables)
    expected = await plain.raw(operation(name), variables)
    assert compiled.status == expected.status
    assert "errors" not in expected.body
    assert as_text(compiled.body) == as_text(expected.body)


CURSORS = "{ viewer { conversations(first: 1) { edges { node { members { edges { cursor } } } } } } }"
MEMBERS = (
    "members { edges { node { handle displayName } } }",
    "members(first: 1) { edges { node { handle bio avatar { width } } } pageInfo { hasNextPage } }",
    "members(first: $n) { edges { cursor role joinedAt lastReadSeq node { id isFriend } } }",
    "members(after: CURSOR) { edges { node { handle } } pageInfo { hasPreviousPage endCursor } }",
    "a: members(first: 1) { edges { node { bio } } } b: members { edges { role } }",
    "a: members(first: 1) { edges { node { handle } } } b: members { edges { node { handle } } }",
    "... { members { edges { role } } } members { edges { node { bio } } }",
    "members(first: 0) { edges { node { handle } } }",
    'members(after: "?") { edges { node { handle } } }',
)


@pytest.mark.parametrize("members", MEMBERS)
async def test_members_that_come_with_an_inbox_are_those_that_are_loaded_for_it(
    members: str, cast: Cast, plain: GraphQLClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Compiled execution looks ahead to them, and leaves nothing to graphql-core."""
    [talk] = (await plain.execute(CURSORS))["viewer"]["conversations"]["edges"]
    selected = members.replace("CURSOR", f'"{talk["node"]["members"]["edges"][0]["cursor"]}"')
    declared = "($n: Int = 2)" if "$n" in members else ""
    document = f"query {declared} {{ viewer {{ conversations(first: 3) {{ edges {{ node {{ id {selected} }} }} }} }} }}"
    expected = (await plain.raw(document)).body
    with caplog.at_level("DEBUG", run.__name__):
        assert as_text((await cast.ann.client.raw(document)).body) == as_text(expected)
    is_bad = "first: 0" in members or "?" in members
    assert ("errors" in expected) == ("left the value" in caplog.text) == is_bad


async def test_a_seq_that_is_no_int_any_more_is_refused_alike(
    cast: Cast, plain: GraphQLClient, services: Services
) -> None:
    group = await cast.ann.make_group(cast.bob)
    await cast.ann.send_text(group, "Hello")
    await services.database.rows(
        "UPDATE messages SET seq = seq + $2 WHERE conversation_id = $1", key_of(group), 2**31 - 2
    )
    document = f'{{ node(id: "{group}") {{ ... on Conversation {{ messages {{ edges {{ node {{ seq }} }} }} }} }} }}'
    for client in (cast.ann.client, plain):
        body = (await client.raw(document)).body
        assert body["data"] == {"node": None}
        assert [error["path"] for error in body["errors"]] == [["node", "messages", "edges", 1, "node", "seq"]]


def as_text(body: Any) -> bytes:
    """JSON in the order of its keys, without what tells the time."""
    return orjson.dumps(timeless(body))


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: key if key in SIGNED and item else timeless(item) for key, item in value.items()}
    return [timeless(item) for item in value] if isinstance(value, list) else value
