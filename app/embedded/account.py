"""As whom an engine runs."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import EngineError


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that root can run a program as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of_owner(cls, path: Path) -> "Account":
        """The user that a file or folder belongs to."""
        uid = path.stat().st_uid
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            return cls(str(uid), uid, path.stat().st_gid)
        return cls(entry.pw_name, uid, entry.pw_gid)

    @classmethod
    def nobody(cls) -> "Account":
        """The user without rights that every system has.

        Raises:
            EngineError: this one has not.
        """
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EngineError("PostgreSQL does not run as root, and there is no user nobody: run as a user.") from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether every folder on the way lets this user pass; only trying it tells, whatever the modes say."""
        return self._succeeds('cd -- "$1"', folder)

    def can_run(self, program: Path) -> bool:
        """Whether this user may execute a program, and the program finds its libraries."""
        return self._succeeds('exec "$1" --version', program)

    def _succeeds(self, script: str, argument: Path) -> bool:
        shell = shutil.which("sh") or "/bin/sh"
        done = subprocess.run(  # noqa: S603 - the scripts are the two above
            [shell, "-c", script, "sh", argument],
            check=False,
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode == 0


def is_root() -> bool:
    """Whether we may do everything, and PostgreSQL therefore nothing."""
    return os.geteuid() == 0
