"""The secrets of an embedded installation: made once, kept in its data folder, readable by its owner alone."""

import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Installation:
    """What signs tokens, and what the demo people sign in with."""

    jwt_secret: str
    demo_password: str

    @classmethod
    def new(cls) -> "Installation":
        """Make fresh ones."""
        return cls(jwt_secret=secrets.token_hex(32), demo_password=f"demo-{secrets.token_hex(4)}")


def kept_installation(data_dir: Path) -> Installation:
    """The secrets of a data folder, which gets some where it has none."""
    path = data_dir / "secrets.json"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(asdict(Installation.new())))
        draft.replace(path)
    return Installation(**orjson.loads(path.read_bytes()))
