"""What operators do by command needs a database alone: DATABASE_URL's, or that of a data folder's running server."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from app.embedded import running_database
from tests.conftest import database_named
from tests.live.test_inbox import events
from tests.support.graphql_client import GraphQLClient, GraphQLRequestError
from tests.support.people import PASSWORD, People, operation

from .conftest import copy, open_folder
from .running import bare_environment, running

COMMANDS = [("suspend", "bob"), ("unsuspend", "bob"), ("restored",), ("migrate",)]


@pytest.fixture(scope="module")
async def served_dir(template: Path) -> AsyncIterator[tuple[Path, str]]:
    """A data folder that a server runs on, and the server's address."""
    with open_folder() as folder:
        copy(template, folder)
        async with running(folder) as server:
            await server.serves()
            yield folder, server.url


@pytest.fixture
def data_dir(served_dir: tuple[Path, str]) -> Path:
    return served_dir[0]


@pytest.fixture
def people(served_dir: tuple[Path, str], http: aiohttp.ClientSession) -> People:
    return People(GraphQLClient(http, f"{served_dir[1]}/graphql"))


async def command(*arguments: str | Path, **variables: str) -> tuple[int | None, str]:
    """Run one with no other variables; its exit code, and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *map(str, arguments)),
        env=bare_environment(**variables),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode().strip()


async def test_an_account_is_suspended_and_let_in_again_beside_the_server_of_a_folder(
    data_dir: Path, people: People
) -> None:
    bob = await people.join("bob")
    credentials = {"input": {"handle": bob.handle, "password": PASSWORD}}
    done = await command("suspend", bob.handle, "--data-dir", data_dir)
    assert done == (0, "Suspended; sessions ended: 1.")
    with pytest.raises(GraphQLRequestError) as refusal:
        await bob.ask("people/viewer")
    assert refusal.value.codes == ["UNAUTHENTICATED"]
    done = await command("unsuspend", bob.handle, "--data-dir", data_dir)
    assert done == (0, "The account can sign in again.")
    signed_in = await people.anyone.execute(operation("identity/sign-in"), credentials)
    assert signed_in["signIn"]["__typename"] == "SignInSuccess"


async def test_clients_load_the_state_afresh_after_a_restore_beside_the_server_of_a_folder(
    data_dir: Path, people: People
) -> None:
    bob = await people.join("bob")
    async with bob.inbox() as inbox:
        code, output = await command("restored", "--data-dir", data_dir)
        assert code == 0, output
        assert (await events(inbox, 1))[0]["__typename"] == "SnapshotRequired"


async def test_a_schema_is_brought_up_to_date_with_no_variable_but_the_database(data_dir: Path) -> None:
    url = running_database(data_dir)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE DATABASE fresh")
    finally:
        await connection.close()
    code, output = await command("migrate", DATABASE_URL=database_named(url, "fresh"))
    assert (code, output.splitlines()[-1].startswith("Applied 0001_initial, ")) == (0, True), output
    for arguments, variables in (
        (("migrate",), {"DATABASE_URL": database_named(url, "fresh")}),
        (("migrate", "--data-dir", data_dir), {}),
    ):
        assert await command(*arguments, **variables) == (0, "The database is up to date.")


async def test_a_command_needs_no_variable_but_the_database(data_dir: Path, people: People) -> None:
    bob, url = await people.join("bob"), running_database(data_dir)
    for arguments in (("suspend", bob.handle), ("unsuspend", bob.handle), ("restored",), ("migrate",)):
        code, output = await command(*arguments, DATABASE_URL=url)
        assert code == 0, output


@pytest.mark.parametrize("arguments", COMMANDS)
async def test_a_folder_without_a_running_server_is_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    code, output = await command(*arguments, "--data-dir", tmp_path)
    assert code == 1
    assert output.startswith(f"No embedded PostgreSQL can be reached in {tmp_path} (")
    assert "\n" not in output


@pytest.mark.parametrize("arguments", COMMANDS)
async def test_a_missing_database_is_one_line(arguments: tuple[str, ...]) -> None:
    line = "Set DATABASE_URL: PostgreSQL 15 or later: postgresql://user:password@host:5432/database."
    assert await command(*arguments) == (1, line)


async def test_all_that_is_missing_is_told_in_sentences() -> None:
    code, output = await command("serve", PORT="none")
    assert code == 1
    assert "PORT is wrong: use a number from 1 to 65,535. Set DATABASE_URL: " in output
    assert "5432/database. Set S3_ENDPOINT_URL: Where the server reaches S3. Set S3_ACCESS_KEY_ID" in output
