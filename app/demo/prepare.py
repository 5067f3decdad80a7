"""Processes the demo's pictures as the server would on upload, once for all: `python -m app.demo.prepare`.

The results are committed beside the pictures; run this again after a change to one (a test compares them).
"""

import shutil
from typing import Any

import orjson

from app.demo import files
from app.media.images import process_photo
from app.media.limits import PhotoLimits


def prepare() -> None:
    """Process every picture, and forget what was prepared before."""
    shutil.rmtree(files.PREPARED, ignore_errors=True)
    files.PREPARED.mkdir(parents=True)
    index = {files.picture_key(path): _prepare(path.read_bytes()) for path, _ in files.pictures()}
    files.INDEX.write_bytes(orjson.dumps(index, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def _prepare(data: bytes) -> dict[str, Any]:
    photo = process_photo(data, PhotoLimits())
    for file in photo.files.values():
        files.prepared_path(file.sha256).write_bytes(file.data)
    return {
        "bytes": len(data),
        "checksum": files.checksum(data),
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder,
        "files": {variant.value: [file.width, file.height, file.sha256] for variant, file in photo.files.items()},
    }


if __name__ == "__main__":
    prepare()
