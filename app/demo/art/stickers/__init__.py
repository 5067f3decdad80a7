"""The three sticker packs, by the name of their folder."""

from collections.abc import Callable
from types import MappingProxyType

from app.demo.art.canvas import Canvas
from app.demo.art.stickers.kitchen import KITCHEN
from app.demo.art.stickers.sparrow import SPARROW
from app.demo.art.stickers.weather import WEATHER

STICKERS: MappingProxyType[str, MappingProxyType[str, Callable[[], Canvas]]] = MappingProxyType(
    {"pip-the-sparrow": SPARROW, "kitchen-friends": KITCHEN, "weather-report": WEATHER}
)
"""Each pack's drawings by name, in the pack's order."""
