"""Where PostgreSQL keeps its files, and as whom it runs."""

import os
import shutil
from pathlib import Path

from app.embedded.account import Account, is_root
from app.embedded.errors import EngineError
from app.embedded.installation import make_open_folder

NOTE = "This is the PostgreSQL cluster of {folder}, kept here because its user cannot enter that folder.\n"


def settle(folder: Path) -> tuple[Path, Account | None]:
    """Make `folder` the home of a cluster, or find it to be one; return where it really is, and whom it is for.

    The account is None unless we are root: PostgreSQL refuses to run as root, so it runs as `nobody`, or as whoever
    has the home already. If `nobody` cannot enter the folder, the home is made in an open place, and `folder` becomes
    a link to it. No folder that we did not make is ever opened to others.

    Raises:
        EngineError: the home is another user's, or out of its user's reach.
    """
    if not folder.exists():
        _make(folder)
    home = folder.resolve()
    account = Account.of_owner(home) if is_root() else None
    if account is None and home.stat().st_uid != os.geteuid():
        raise EngineError(f"{folder} belongs to {Account.of_owner(home).name}: choose another DATA_DIR.")
    if account and not account.can_enter(home):
        raise EngineError(f"{account.name}, as whom PostgreSQL runs, cannot enter {home}: choose another DATA_DIR.")
    return home, account


def _make(folder: Path) -> None:
    if folder.is_symlink():
        raise EngineError(f"{folder.readlink()}, the PostgreSQL cluster of {folder.parent}, is gone: remove both.")
    folder.mkdir(mode=0o700)
    if not is_root():
        return
    nobody = Account.nobody()
    os.chown(folder, nobody.uid, nobody.gid)
    if not nobody.can_enter(folder):
        folder.rmdir()
        folder.symlink_to(_make_elsewhere(folder, nobody))


def _make_elsewhere(folder: Path, account: Account) -> Path:
    place = make_open_folder("data-")
    (place / "README").write_text(NOTE.format(folder=folder))
    home = place / folder.name
    home.mkdir(mode=0o700)
    os.chown(home, account.uid, account.gid)
    return home


def remove_home(folder: Path) -> None:
    """Delete a cluster that nothing runs on, also one that is kept elsewhere."""
    if folder.is_symlink():
        shutil.rmtree(folder.readlink().parent, ignore_errors=True)
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
