"""Documents named by their SHA-256, as Apollo's clients do it and as a list that the operator trusts."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.execution.documents import Documents
from app.execution.errors import RequestError
from app.execution.manifest import ManifestError, read_manifest
from app.execution.persisted import PersistedDocuments, TrustedDocumentError
from app.execution.segmented_cache import Capacity
from tests.support.graphql_client import Reply
from tests.transport.conftest import StartToy, Toy
from tests.transport.toy import schema

HELLO = "query Hello($name: String) { hello(name: $name) }"
TOO_DEAR = "{ dogs(first: 1000000) { edges { cursor } } }"
MODERN = "application/graphql-response+json"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def named(text: str, **entries: Any) -> dict[str, Any]:
    """A request that names a document without sending it."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}, **entries}


async def send(toy: Toy, request: dict[str, Any], accept: str = "application/json") -> Reply:
    return await toy.client.post(orjson.dumps(request), Accept=accept)


async def keep(toy: Toy, text: str) -> Reply:
    """Send a document along with its hash."""
    return await send(toy, named(text, query=text))


async def test_a_hash_that_is_not_known_asks_for_the_document(toy: Toy) -> None:
    reply = await send(toy, named(HELLO))
    assert reply.status == 200
    error = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    assert reply.body == {"errors": [error]}
    assert (await send(toy, named(HELLO), MODERN)).status == 422


async def test_a_document_sent_with_its_hash_is_known_by_it_from_then_on(toy: Toy) -> None:
    assert (await keep(toy, HELLO)).body == {"data": {"hello": "hello you"}}
    reply = await send(toy, named(HELLO, variables={"name": "bob"}, operationName="Hello"))
    assert reply.body == {"data": {"hello": "hello bob"}}


async def test_a_document_is_known_by_get_too(toy: Toy) -> None:
    await keep(toy, HELLO)
    extensions = orjson.dumps(named(HELLO)["extensions"]).decode()
    reply = await toy.client.get({"extensions": extensions, "variables": '{"name": "bob"}'})
    assert reply.body == {"data": {"hello": "hello bob"}}
    assert (await toy.client.get({"documentId": f"sha256:{digest(HELLO)}"})).body == {"data": {"hello": "hello you"}}


async def test_a_mutation_is_not_let_through_get_by_its_hash(toy: Toy) -> None:
    rename = 'mutation { rename(id: 1, name: "bob") }'
    await keep(toy, rename)
    toy.world.names.clear()
    assert (await toy.client.get({"documentId": digest(rename)})).status == 405
    assert toy.world.names == {}


async def test_a_document_is_known_to_sockets_too(toy: Toy) -> None:
    ticks = "subscription { count(to: 2) }"
    async with toy.client.socket() as socket:
        first = await socket.subscribe_to(named(ticks))
        await first.expect_error("PERSISTED_QUERY_NOT_FOUND")
        second = await socket.subscribe_to(named(ticks, query=ticks))
        assert [await second.next() for _ in "12"] == [{"count": 1}, {"count": 2}]
        third = await socket.subscribe_to(named(ticks))
        assert await third.next() == {"count": 1}


async def test_a_hash_of_another_document_is_refused_and_changes_nothing(toy: Toy) -> None:
    await keep(toy, HELLO)
    reply = await send(toy, named(HELLO, query="{ colour }"))
    assert reply.codes == ["BAD_USER_INPUT"]
    assert (await send(toy, named(HELLO))).body == {"data": {"hello": "hello you"}}
    reply = await send(toy, named("{ nobody }", query="{ colour }"))
    assert reply.codes == ["BAD_USER_INPUT"]
    assert (await send(toy, named("{ nobody }"))).codes == ["PERSISTED_QUERY_NOT_FOUND"]
    assert (await send(toy, named("{ colour }"))).codes == ["PERSISTED_QUERY_NOT_FOUND"]


@pytest.mark.parametrize("bad", ["{ hello", "{ nothing }", TOO_DEAR])
async def test_a_bad_document_is_not_kept(toy: Toy, bad: str) -> None:
    assert "errors" in (await keep(toy, bad)).body
    assert (await send(toy, named(bad))).codes == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_a_document_whose_variables_make_it_too_dear_is_refused_by_its_hash_too(toy: Toy) -> None:
    friends = "friends(first: $n) { ... on Dog { friends(first: $n) { __typename } } }"
    text = f"query ($n: Int!) {{ dogs(first: $n) {{ edges {{ node {{ {friends} }} }} }} }}"
    assert (await send(toy, named(text, query=text, variables={"n": 1}))).codes == []
    assert (await send(toy, named(text, variables={"n": 100}))).codes == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    "persisted",
    [
        "abc",
        [],
        {},
        {"version": 2, "sha256Hash": digest(HELLO)},
        {"version": 1},
        {"version": 1, "sha256Hash": None},
        {"version": 1, "sha256Hash": 7},
        {"version": 1, "sha256Hash": [digest(HELLO)]},
        {"version": 1, "sha256Hash": ""},
        {"version": 1, "sha256Hash": "x" * 64},
        {"version": 1, "sha256Hash": digest(HELLO) + "\n"},
        {"version": 1, "sha256Hash": "0" * 100_000},
    ],
)
async def test_what_is_no_hash_is_refused_clearly(toy: Toy, persisted: object) -> None:
    reply = await send(toy, {"query": HELLO, "extensions": {"persistedQuery": persisted}})
    assert (reply.status, reply.codes) == (422, ["BAD_REQUEST"])


@pytest.mark.parametrize("document_id", [7, "", "md5:abc", "x", {}])
async def test_what_is_no_document_id_is_refused_clearly(toy: Toy, document_id: object) -> None:
    reply = await send(toy, {"documentId": document_id})
    assert (reply.status, reply.codes) == (422, ["BAD_REQUEST"])


async def test_the_hash_is_taken_in_either_case(toy: Toy) -> None:
    await keep(toy, HELLO)
    assert (await send(toy, {"documentId": digest(HELLO).upper()})).body == {"data": {"hello": "hello you"}}


def test_however_many_documents_are_sent_few_are_kept() -> None:
    documents = Documents(schema)
    persisted = PersistedDocuments(documents, capacity=Capacity(entries=8, characters=1_000))
    texts = [f"{{ a{i}: colour }}" for i in range(100)]
    for text in texts:
        persisted.prepare(text, digest(text))
    assert sum(_is_known(persisted, text) for text in texts) == 2
    long = "{ colour } #" + "x" * 1_000
    assert not persisted.prepare(long, digest(long)).errors
    assert not _is_known(persisted, long)


def test_a_document_that_is_used_by_its_hash_outlives_a_flood() -> None:
    persisted = PersistedDocuments(Documents(schema), capacity=Capacity(entries=8, characters=10_000))
    persisted.prepare(HELLO, digest(HELLO))
    persisted.prepare(None, digest(HELLO))
    for i in range(100):
        text = f"{{ a{i}: colour }}"
        persisted.prepare(text, digest(text))
    assert _is_known(persisted, HELLO)


def _is_known(persisted: PersistedDocuments, text: str) -> bool:
    try:
        return not persisted.prepare(None, digest(text)).errors
    except RequestError:
        return False


async def test_a_trusted_document_is_known_from_the_start(start_toy: StartToy) -> None:
    toy = await start_toy(trusted={digest(HELLO): HELLO})
    assert (await send(toy, named(HELLO))).body == {"data": {"hello": "hello you"}}
    assert (await toy.client.execute("{ colour }")) == {"colour": "GREEN"}


async def test_where_only_trusted_documents_are_accepted_no_other_is(start_toy: StartToy) -> None:
    toy = await start_toy(trusted={digest(HELLO): HELLO}, trusted_only=True)
    rename = 'mutation { rename(id: 1, name: "bob") }'
    for request in (named(rename), named(rename, query=rename), {"query": rename}, {"query": "{ hello"}):
        reply = await send(toy, request)
        assert (reply.status, reply.codes) == (200, ["PERSISTED_QUERY_NOT_IN_LIST"])
    async with toy.client.socket() as socket:
        operation = await socket.subscribe(rename)
        await operation.expect_error("PERSISTED_QUERY_NOT_IN_LIST")
    assert toy.world.names == {}
    assert (await send(toy, named(HELLO))).body == (await send(toy, {"query": HELLO})).body


def test_a_bad_trusted_document_is_named() -> None:
    with pytest.raises(TrustedDocumentError, match=f"{digest('{ nothing }')} is not valid: Cannot query field"):
        PersistedDocuments(Documents(schema), {digest("{ nothing }"): "{ nothing }"})
    with pytest.raises(TrustedDocumentError, match="is not the SHA-256 of its document"):
        PersistedDocuments(Documents(schema), {digest("{ colour }"): HELLO})


@pytest.mark.parametrize(
    "manifest",
    [
        {digest(HELLO): HELLO},
        {digest(HELLO).upper(): HELLO},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": digest(HELLO), "name": "Hello", "type": "query", "body": HELLO}],
        },
    ],
)
def test_a_manifest_is_read_in_either_form(tmp_path: Path, manifest: object) -> None:
    path = tmp_path / "trusted.json"
    path.write_bytes(orjson.dumps(manifest))
    assert read_manifest(path) == {digest(HELLO): HELLO}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"null",
        b'{"a": 1}',
        b'{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}',
        b'{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "a"}]}',
        b'{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [7]}',
        b'{"format": "apollo-persisted-query-manifest", "version": 1}',
        b'{"format": "relay"}',
    ],
)
def test_what_is_no_manifest_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trusted.json"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"trusted\.json is n[^\n]*$"):
        read_manifest(path)
    with pytest.raises(ManifestError, match="can't be read"):
        read_manifest(tmp_path / "missing.json")
