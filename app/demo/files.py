"""The demo's pictures and clips: where they lie, and how they get into the media store."""

import asyncio
import base64
import hashlib
import io
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.demo.cast import CLIPS, PEOPLE, PHOTOS
from app.demo.packs import PACKS, Pack, StickerArt
from app.ids import new_id
from app.media.processed import PhotoFile, PhotoVariant, ProcessedPhoto, ProcessedVideo
from app.services import Services
from resolvers.uploads import CACHE_FOREVER, store_photo

ASSETS = Path(__file__).resolve().parent / "assets"

# What `python -m app.demo.prepare` has made of the pictures, so that a first start need not: that took 7 s of CPU.
PREPARED = ASSETS / "prepared"
INDEX = PREPARED / "index.json"

# Files under way at a time.
AT_ONCE = 6

AVATAR_SIDE = 96


def avatar_path(name: str) -> Path:
    """The file of a portrait."""
    return ASSETS / "avatars" / f"{name}.webp"


def photo_path(name: str) -> Path:
    """The file of a photo."""
    return ASSETS / "photos" / f"{name}.jpg"


def clip_path(name: str) -> Path:
    """The file of a clip."""
    return ASSETS / "clips" / f"{name}.mp4"


def sticker_path(pack: Pack, sticker: StickerArt) -> Path:
    """The file of a sticker."""
    return ASSETS / "stickers" / pack.folder / sticker.file


def sticker_key(sticker: StickerArt) -> str:
    """What the script calls a sticker: its file's name without number and ending."""
    return sticker.file.removesuffix(".webp").lstrip("0123456789-")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that has been processed and stored: the photo's row (of a clip: its poster's), and what is the clip's."""

    path: Path
    content_type: str
    byte_size: int
    checksum_sha256: str
    photo: dict[str, Any]
    clip: dict[str, Any] | None = None

    def photo_row(self) -> dict[str, Any]:
        """The row of one more photo with this picture."""
        return {**self.photo, "id": new_id()}


async def store_all(services: Services) -> dict[Path, Stored]:
    """Store every picture and clip of the demo, processed as uploads are; by path.

    Doing it again writes the same objects again. Raises StorageError or MediaWorkerError.
    """
    slots = asyncio.Semaphore(AT_ONCE)
    index: dict[str, Any] = orjson.loads(INDEX.read_bytes())

    async def store(path: Path, alt_text: str | None) -> Stored:
        async with slots:
            if path.suffix == ".mp4":
                return await _store_clip(services, path, alt_text)
            return await _store_photo(services, path, index[picture_key(path)], alt_text)

    stored = await asyncio.gather(*(store(path, alt_text) for path, alt_text in [*clips(), *pictures()]))
    return {one.path: one for one in stored}


def picture_key(path: Path) -> str:
    """What the index of prepared pictures calls a file."""
    return path.relative_to(ASSETS).as_posix()


def prepared_path(sha256: str) -> Path:
    """The prepared file of this content."""
    return PREPARED / f"{sha256[:16]}.webp"


def clips() -> Iterable[tuple[Path, str]]:
    """Every clip, with words for those who can't see it."""
    yield from ((clip_path(clip.file), clip.poster) for clip in CLIPS)


def pictures() -> Iterable[tuple[Path, str | None]]:
    """Every picture, with the words for those who can't see it."""
    yield from ((photo_path(name), words) for name, words in PHOTOS.items())
    yield from ((avatar_path(person.avatar), None) for person in PEOPLE)
    yield from ((sticker_path(pack, art), art.name) for pack in PACKS for art in pack.stickers)


async def _store_photo(services: Services, path: Path, entry: Mapping[str, Any], alt_text: str | None) -> Stored:
    photo = await store_photo(services, await asyncio.to_thread(_prepared, entry), alt_text)
    content_type = f"image/{path.suffix[1:].replace('jpg', 'jpeg')}"
    return Stored(path, content_type, entry["bytes"], entry["checksum"], photo)


def _prepared(entry: Mapping[str, Any]) -> ProcessedPhoto:
    files = {
        PhotoVariant(variant): PhotoFile(width, height, prepared_path(sha256).read_bytes(), sha256)
        for variant, (width, height, sha256) in entry["files"].items()
    }
    return ProcessedPhoto(entry["width"], entry["height"], entry["placeholder"], files)


async def _store_clip(services: Services, path: Path, alt_text: str | None) -> Stored:
    data = await asyncio.to_thread(path.read_bytes)
    with tempfile.TemporaryDirectory(prefix="backchannel-demo-") as folder:
        target = Path(folder, "target")
        video = await services.workers.video(path, target)
        key = f"videos/{video.sha256}"
        await services.storage.put_file(
            key, target, sha256_hex=video.sha256, content_type=video.content_type, cache_control=CACHE_FOREVER
        )
    poster = await store_photo(services, video.poster, alt_text)
    return Stored(path, "video/mp4", len(data), checksum(data), poster, _clip_columns(video, key))


def _clip_columns(video: ProcessedVideo, key: str) -> dict[str, Any]:
    return {"duration_seconds": video.duration_seconds, "media_key": key, "media_type": video.content_type}


def checksum(data: bytes) -> str:
    """What an upload of these bytes is announced with."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def small_avatar(name: str) -> str:
    """A portrait, small, as a `data:` URL."""
    from PIL import Image  # noqa: PLC0415 - a server without demo loads no decoder

    output = io.BytesIO()
    with Image.open(avatar_path(name)) as image:
        image.resize((AVATAR_SIDE, AVATAR_SIDE), Image.Resampling.LANCZOS).save(output, "WEBP", quality=80)
    return f"data:image/webp;base64,{base64.b64encode(output.getvalue()).decode()}"
