"""Mercurius on Fastify: the fastest GraphQL server of Node's that we know, used as its documentation recommends.

Root fields and connections have resolvers, each with a statement for its own rows; what they lead to has loaders, each
with a statement for all objects of a list (https://mercurius.dev/#/docs/loaders). Its JIT is on.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
"""Written by npm when it has installed everything."""


@dataclass(frozen=True, slots=True)
class Mercurius:
    """`server.js`, run by the Node that is there."""

    name: str = "Mercurius"

    def problem(self) -> str | None:
        """Install the locked packages, once."""
        if shutil.which("node") is None or shutil.which("npm") is None:
            return "there is no node or no npm on this machine."
        lock = FOLDER / "package-lock.json"
        if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
            return None
        done = subprocess.run(
            ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=FOLDER, check=False, capture_output=True, text=True,
        )  # fmt: skip
        return None if done.returncode == 0 else f"npm ci failed: {done.stderr.strip()[-500:]}"

    def command(self, port: int, database_url: str) -> list[str]:
        """Start it as in production."""
        return ["env", "NODE_ENV=production", "node", str(FOLDER / "server.js"), str(port), database_url]


PEER = Mercurius()
