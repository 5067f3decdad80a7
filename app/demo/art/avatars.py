"""The portraits that the demo people chose for themselves."""

from collections.abc import Callable
from types import MappingProxyType

from app.demo.art import familiars, hairstyles, headwear
from app.demo.art.canvas import Canvas

AVATARS: MappingProxyType[str, Callable[[float], Canvas]] = MappingProxyType(
    {
        "afro": hairstyles.afro,
        "beanie": headwear.beanie,
        "beret": headwear.beret,
        "bob": hairstyles.bob,
        "bun": hairstyles.bun,
        "cat": familiars.cat,
        "cyclist": headwear.cyclist,
        "headband": headwear.headband,
        "houseplant": familiars.houseplant,
        "long-hair": hairstyles.long_hair,
        "raven": familiars.raven,
        "scarf": headwear.scarf,
        "side-parting": hairstyles.side_parting,
        "space-buns": hairstyles.space_buns,
    }
)
"""Each portrait by its name: a function from a scale (1 for 512 pixels) to the drawing."""
