"""The command line: `python -m app --help`."""

import asyncio
import itertools
import json
import logging
import socket
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import uvloop

from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.config import Settings

DEFAULT_DATA_DIR = Path(".data")
SCHEMA_FILE = Path(__file__).resolve().parent.parent / "schema" / "schema.graphql"

host_option = click.option("--host", help="Address to listen on (else HOST, else 127.0.0.1).")
port_option = click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (else PORT, else 8000).")
workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that share the port (else WORKERS, else 1)."
)
beside_run_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Folder of a server that was started with `run`: its database, in place of DATABASE_URL.",
)


@click.group()
def cli() -> None:
    """Backchannel: a self-hosted direct-message backend with a GraphQL API."""


@cli.command()
@host_option
@port_option
@workers_option
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    default=DEFAULT_DATA_DIR,
    show_default=True,
    help="Folder of the embedded engines' data.",
)
@click.option("--demo/--no-demo", default=True, help="Fill an empty database with demo people and conversations.")
def run(host: str | None, port: int | None, workers: int | None, data_dir: Path, *, demo: bool) -> None:
    """Run everything on this machine: embedded PostgreSQL and S3, demo data, API and playground.

    DATABASE_URL, S3_ENDPOINT_URL and REDIS_URL, where set, replace the embedded engines.
    """
    from app.running import run_all  # noqa: PLC0415 - only this command needs the embedded engines

    _run(run_all(_given(host=host, port=port, workers=workers), data_dir, with_demo=demo))


@cli.command()
@host_option
@port_option
@workers_option
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API on the engines that the environment names, as in production. Run `migrate` first.

    SIGTERM drains. So does SIGHUP, unless there are several workers: it restarts them one after the other.
    """
    settings = _settings(**_given(host=host, port=port, workers=workers))

    def announce() -> None:
        by = f", by {settings.workers} workers" if settings.workers > 1 else ""
        click.echo(f"Serving on http://{settings.host}:{settings.port}{by}")

    if settings.workers > 1:
        from app.serving.workers import serve_with_redis  # noqa: PLC0415 - this process needs no more of the server

        _run(serve_with_redis(settings, announce=announce))
    else:
        from app.serving.process import serve as serve_alone  # noqa: PLC0415 - a fast --help

        _run(serve_alone(settings, announce=announce))


@cli.command(hidden=True)
@click.option("--channel", type=int, required=True)
@click.option("--place", type=int, required=True)
@click.option("--sockets", required=True)
def worker(channel: int, place: int, sockets: str) -> None:
    """Be one of several processes that share a port; started by `serve` and `run` only."""
    from app.serving.doors import Doors  # noqa: PLC0415 - a fast --help
    from app.serving.worker import work  # noqa: PLC0415

    inherited = {each: socket.socket(fileno=each) for each in set(itertools.chain(*json.loads(sockets)))}
    places = [[inherited[each] for each in descriptors] for descriptors in json.loads(sockets)]
    sys.exit(_run(work(socket.socket(fileno=channel), Doors(places, place))))


@cli.command()
@beside_run_option
def migrate(data_dir: Path | None) -> None:
    """Bring the database's schema up to date. Several at a time wait for each other."""
    from app.store.migrate import migrate as migrate_database  # noqa: PLC0415 - a fast --help

    applied = _run(migrate_database(_database_url(data_dir)))
    click.echo(f"Applied {', '.join(applied)}." if applied else "The database is up to date.")


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if schema/schema.graphql is not up to date.")
def schema(*, check: bool) -> None:
    """Write the contract to schema/schema.graphql."""
    from schema.schema import missing_descriptions, sdl  # noqa: PLC0415 - a fast --help

    if missing := missing_descriptions():
        _fail(f"Describe these elements of the contract: {', '.join(missing)}.")
    if not check:
        SCHEMA_FILE.write_text(sdl(), encoding="utf-8")
    elif SCHEMA_FILE.read_text(encoding="utf-8") != sdl():
        _fail("schema/schema.graphql is not up to date: run `python -m app schema`, and tell CHANGELOG.md.")


@cli.command()
@click.option("--password", prompt=True, hide_input=True, help="What all demo people sign in with.")
def demo(password: str) -> None:
    """Fill the database with demo people and conversations. Not for an installation with real people."""
    from app.demo.loading import load_demo_into  # noqa: PLC0415 - only this command needs the demo

    _run(load_demo_into(_settings(), password))


@cli.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if the bucket or its CORS rules are not ready.")
def storage(*, check: bool) -> None:
    """Create the bucket of S3_BUCKET if it is missing, and let pages of ALLOWED_ORIGINS upload to it and fetch."""
    from app.storage_setup import check_storage, set_up_storage  # noqa: PLC0415 - a fast --help

    click.echo(_run((check_storage if check else set_up_storage)(_settings())))


@cli.command()
@beside_run_option
def restored(data_dir: Path | None) -> None:
    """Say that the database was restored from a backup: clients then load the state afresh. Servers may be running."""
    from app.operating import begin_new_life  # noqa: PLC0415 - a fast --help

    _run(begin_new_life(_database_url(data_dir)))
    click.echo("The live stream has begun anew: every client loads the state afresh.")


@cli.command()
@click.argument("handle")
@beside_run_option
def suspend(handle: str, data_dir: Path | None) -> None:
    """Suspend an account: its sessions end at once, and it can't sign in, send, or be messaged."""
    from app.operating import suspend as suspend_account  # noqa: PLC0415 - a fast --help

    click.echo(f"Suspended; sessions ended: {_run(suspend_account(_database_url(data_dir), handle))}.")


@cli.command()
@click.argument("handle")
@beside_run_option
def unsuspend(handle: str, data_dir: Path | None) -> None:
    """Let a suspended account sign in again."""
    from app.operating import unsuspend as unsuspend_account  # noqa: PLC0415 - a fast --help

    _run(unsuspend_account(_database_url(data_dir), handle))
    click.echo("The account can sign in again.")


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _settings(**overrides: Any) -> "Settings":
    from app.config import load_settings  # noqa: PLC0415 - a fast --help

    try:
        settings = load_settings(**overrides)
    except ConfigurationError as error:
        _fail(str(error))
    return settings


def _database_url(data_dir: Path | None) -> str:
    """DATABASE_URL, or what runs for a data folder: all that operating on a database needs."""
    from app.config import load_database_url  # noqa: PLC0415 - a fast --help

    try:
        if data_dir is None:
            return load_database_url()
        from app.embedded import running_database  # noqa: PLC0415 - not installed everywhere

        return running_database(data_dir)
    except ConfigurationError as error:
        _fail(str(error))


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except ConfigurationError as error:
        _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)  # a signal before the server stood; it was asked for, so `make run` need not call it an error


def _fail(line: str) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(1)


if __name__ == "__main__":
    cli(prog_name="python -m app")
