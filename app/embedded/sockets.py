"""Where the Unix sockets of an engine live."""

import os
import shutil
import tempfile
from pathlib import Path

from app.embedded.account import Account

# What fits into a socket's address on macOS, the shortest that we meet (sys/un.h: 104 bytes with the final zero).
PATH_MAX_BYTES = 103

# Not TMPDIR: on macOS that is long, and for root it may lie in a folder that nobody can enter.
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - mkdtemp makes a folder there that is ours alone


class SocketFolder:
    """A private folder for sockets: `run` within the engine's own, or a link to a short one if that path is too long.

    Commas would split PostgreSQL's list of socket folders, and quotes end them, so these count as too long.
    """

    def __init__(self, home: Path, longest_name: str) -> None:
        self._path = home / "run"
        address = os.fsencode(self._path / longest_name)
        self._fits = len(address) <= PATH_MAX_BYTES and b"," not in address and b'"' not in address

    @staticmethod
    def found_in(home: Path) -> Path:
        """Where the folder is that another process has opened.

        Raises:
            FileNotFoundError: none is open.
        """
        return (home / "run").resolve(strict=True)

    def open(self, account: Account | None = None) -> Path:
        """Make the folder afresh, for `account` if that is not us, and return where it is."""
        self.close()
        if self._fits:
            self._path.mkdir(mode=0o700)
            target = self._path
        else:
            target = Path(tempfile.mkdtemp(prefix="backchannel-", dir=SHORT_FOLDER))
            self._path.symlink_to(target)
        if account:
            os.chown(target, account.uid, account.gid, follow_symlinks=False)
        return target

    def close(self) -> None:
        """Remove the folder and all sockets in it, also those of a server that was killed."""
        if self._path.is_symlink():
            target = self._path.readlink()
            self._path.unlink()
            if target.parent == SHORT_FOLDER and target.name.startswith("backchannel-"):
                shutil.rmtree(target, ignore_errors=True)
        elif self._path.exists():
            shutil.rmtree(self._path)
