"""An installation with a list of trusted documents, and one that accepts no others."""

from hashlib import sha256
from pathlib import Path

import aiohttp
import orjson
import pytest

from app.errors import ConfigurationError
from tests.rules.conftest import ServerWith
from tests.support.graphql_client import GraphQLClient

POLICY = "{ policy { groupMaxMembers } }"


def manifest(folder: Path, *documents: str) -> str:
    path = folder / "trusted.json"
    path.write_bytes(orjson.dumps({sha256(text.encode()).hexdigest(): text for text in documents}))
    return str(path)


async def test_only_trusted_documents_and_no_playground(
    server_with: ServerWith, tmp_path: Path, anyone: GraphQLClient
) -> None:
    trusted = manifest(tmp_path, POLICY)
    url = await server_with(trusted_documents=trusted, trusted_documents_only=True)
    client = GraphQLClient(anyone.session, url)
    assert "policy" in await client.execute(POLICY)
    assert (await client.raw("{ __typename }")).codes == ["PERSISTED_QUERY_NOT_IN_LIST"]
    async with aiohttp.ClientSession() as session, session.get(url.removesuffix("graphql")) as page:
        assert page.status == 404


async def test_what_is_wrong_with_the_list_is_one_line(server_with: ServerWith, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^TRUSTED_DOCUMENTS_ONLY needs TRUSTED_DOCUMENTS"):
        await server_with(trusted_documents_only=True)
    with pytest.raises(ConfigurationError, match=r"^TRUSTED_DOCUMENTS is wrong: .* can't be read"):
        await server_with(trusted_documents=str(tmp_path / "missing.json"))
    with pytest.raises(ConfigurationError, match=r"^TRUSTED_DOCUMENTS is wrong: .* is not valid: [^\n]*$"):
        await server_with(trusted_documents=manifest(tmp_path, "{ nothing }"))
