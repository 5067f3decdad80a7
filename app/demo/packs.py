"""The demo world's sticker packs: what people call them, and which file shows which sticker."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StickerArt:
    """One sticker: its file inside the pack's folder, and the words for those who cannot see it."""

    file: str
    name: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A sticker pack; `folder` lies in `app/demo/assets/stickers`, and the stickers stand in their order."""

    title: str
    author: str
    folder: str
    stickers: tuple[StickerArt, ...]


def _numbered(*stickers: tuple[str, str]) -> tuple[StickerArt, ...]:
    """Give stickers from (drawing, words); the number in the file name keeps the order in a listing."""
    return tuple(StickerArt(f"{i:02}-{drawing}.webp", name) for i, (drawing, name) in enumerate(stickers, 1))


PIP_THE_SPARROW = Pack(
    "Pip the Sparrow",
    "Backchannel",
    "pip-the-sparrow",
    _numbered(
        ("hello", "Pip waves hello"),
        ("laughing", "Pip laughs till the tears come"),
        ("crying", "Pip cries a puddle"),
        ("love", "Pip is in love"),
        ("sleepy", "Pip sleeps under a night cap"),
        ("angry", "Pip fumes"),
        ("party", "Pip throws confetti"),
        ("well-done", "Pip winks and gives you a golden star"),
    ),
)

KITCHEN_FRIENDS = Pack(
    "Kitchen Friends",
    "Backchannel",
    "kitchen-friends",
    _numbered(
        ("ramen", "A laughing bowl of ramen"),
        ("avocado", "Half an avocado, smiling"),
        ("toast", "A slice of buttered toast winks"),
        ("coffee", "A starry-eyed mug of coffee"),
        ("tomato", "An astonished tomato"),
        ("egg", "A fried egg, fast asleep"),
        ("dumpling", "A dumpling in love"),
        ("cake", "A slice of birthday cake celebrates"),
    ),
)

WEATHER_REPORT = Pack(
    "Weather Report",
    "Backchannel",
    "weather-report",
    _numbered(
        ("sun", "A beaming sun"),
        ("cloud", "A winking cloud before the sun"),
        ("rain", "A worried cloud rains"),
        ("storm", "A furious thunder cloud"),
        ("rainbow", "A rainbow between two happy clouds"),
        ("snow", "A cloud marvels at its first snow"),
        ("moon", "A sleeping moon among stars"),
        ("wind", "A cloud blows a gust"),
    ),
)

PACKS = (PIP_THE_SPARROW, KITCHEN_FRIENDS, WEATHER_REPORT)
