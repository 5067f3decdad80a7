"""The photos that the demo people send: scenes drawn for what they say."""

from collections.abc import Callable, Mapping

from app.demo.art import cats, indoors, outdoors, table
from app.demo.art.avatars import AVATARS
from app.demo.art.canvas import Canvas

PHOTOS: Mapping[str, Callable[[float], Canvas]] = {
    "band_room": indoors.rehearsal,
    "beach": outdoors.beach,
    "bicycle": outdoors.bicycle,
    "birthday_cake": table.birthday_cake,
    "bookshelf": indoors.bookshelf,
    "cat_window": cats.windowsill,
    "city_rain": outdoors.city_rain,
    "concert": indoors.stage,
    "dumplings": table.dumplings,
    "houseplant": AVATARS["houseplant"],
    "mountain_dawn": outdoors.mountain_dawn,
    "moving_boxes": indoors.moving_day,
    "panorama": outdoors.panorama,
    "ramen_bowl": table.ramen_bowl,
}
