"""The source distributions of packages, which have tests that their wheels leave out."""

import subprocess
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]


def source_of(package: str) -> Path:
    """The unpacked source of the installed version; fetched once, and checked against requirements.lock."""
    folder = ROOT / ".sources" / f"{package}-{version(package)}"
    if not folder.exists():
        command = ["sh", ".ci/setup", "source", package, str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder
