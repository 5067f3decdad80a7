"""Renders the demo world's drawings into `app/demo/assets`: `python -m app.demo.draw`.

The results are committed, so that a start draws nothing; run this again after a change to a drawing.
"""

import logging
from pathlib import Path

from app.demo.art.avatars import AVATARS
from app.demo.art.clips import CLIPS, write_clip
from app.demo.art.photos import PHOTOS
from app.demo.art.stickers import STICKERS
from app.demo.art.stickers.cutting import cut_out
from app.demo.packs import PACKS

ASSETS = Path(__file__).parent / "assets"

log = logging.getLogger(__name__)


def draw_avatars() -> None:
    """Render each portrait, 512 pixels square."""
    for name, draw in AVATARS.items():
        draw(1).finish().convert("RGB").save(_place("avatars", f"{name}.webp"), quality=82, method=6)


def draw_photos() -> None:
    """Render each photo, 1000 to 2400 pixels on its longer side."""
    for name, draw in PHOTOS.items():
        draw(2).finish().convert("RGB").save(_place("photos", f"{name}.jpg"), quality=80)


def draw_stickers() -> None:
    """Render each sticker of each pack, 512 pixels square with transparency."""
    for pack in PACKS:
        drawings = STICKERS[pack.folder]
        for art in pack.stickers:
            sticker = cut_out(drawings[art.file[3:].removesuffix(".webp")]())
            sticker.save(_place("stickers", pack.folder, art.file), quality=80, alpha_quality=90, method=6)


def draw_clips() -> None:
    """Render and encode each clip."""
    for name, clip in CLIPS.items():
        write_clip(clip, _place("clips", f"{name}.mp4"))


def _place(*parts: str) -> Path:
    """Give the path of an asset, its folder made."""
    path = ASSETS.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    log.info("%s", path.relative_to(ASSETS))
    return path


def main() -> None:
    """Render everything."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    draw_avatars()
    draw_photos()
    draw_stickers()
    draw_clips()


if __name__ == "__main__":
    main()
