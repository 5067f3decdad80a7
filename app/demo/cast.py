"""The demo's cast: who they are, whom they follow, and what they have to show. Nobody in it exists."""

from dataclasses import dataclass
from datetime import date, timedelta

EVERYONE, FRIENDS, OFF = "EVERYONE", "FRIENDS", "OFF"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast; `avatar` names a file in `assets/avatars`."""

    handle: str
    name: str
    avatar: str
    birth_date: date
    bio: str
    message_policy: str = EVERYONE


@dataclass(frozen=True, slots=True)
class Clip:
    """A published video of `assets/clips`; `ago` is the time from its publication to now."""

    file: str
    author: str
    title: str
    visibility: str
    poster: str
    ago: timedelta


PEOPLE = (
    Person("mira", "Mira Fennwick", "bob", date(1996, 4, 17),
           "Draws for a living, forgets keys for free. Founder of the Noodle Council."),
    Person("theo", "Theo Barrowmoor", "beanie", date(1996, 11, 23),
           "Drums, pretzels, enthusiasm. My snare is surprised orange."),
    Person("layla", "Layla · ليلى", "scarf", date(1994, 2, 8),
           "Builds small houses for large families. القهوة أولاً، ثم العالم."),
    Person("kenji", "健二 Kenji", "headband", date(1988, 9, 30),
           "ラーメン一筋。Fourteen hours or it is not broth."),
    Person("hana", "花 Hana", "long-hair", date(1993, 6, 12),
           "海と山と、ときどき兄の店。 Films the sea until it looks back.", FRIENDS),
    Person("zuri", "Zuri Okandele", "afro", date(1995, 12, 3),
           "Sings in one key, very well. Wet Socks, Thursdays, in the cellar."),
    Person("felix", "Felix Ostermoor", "side-parting", date(1992, 7, 21),
           "Bass, spreadsheets, one good bowl. Parkt rückwärts ein."),
    Person("remy", "Rémy Castelbois", "beret", date(1990, 3, 14),
           "Bakes, plays the keyboard by lamplight, looks for an umbrella named Gerald."),
    Person("pia", "Pia Venturelli", "cyclist", date(1998, 8, 5),
           "Bicycle courier. Ninety kilometres, three soups, one poem a day."),
    Person("lina", "Lina Kranzbach", "space-buns", date(2001, 1, 27),
           "Gerade umgezogen. Four metres of fairy lights and a plant that gets sick."),
    Person("hilde", "Oma Hilde", "bun", date(1947, 10, 19),
           "Ich habe jetzt ein Telefon mit allem. Knödel auf Anfrage."),
    Person("biscuit", "Biscuit", "cat", date(1991, 5, 1),
           "The management. Not lost: I ran a small business. (Birth date in cat years.)"),
    Person("fern", "Fern", "houseplant", date(1999, 3, 20),
           "I am doing well because of the water. Please do not sing.", OFF),
    Person("corvin", "Corvin", "raven", date(1985, 10, 31),
           "One lamp. It will be meaningful. Also practises law, for shiny things."),
)  # fmt: skip

# Each circle's people all follow each other.
CIRCLES = (
    ("mira", "theo", "zuri", "felix", "kenji", "hana"),
    ("layla", "mira", "zuri", "remy", "felix", "lina"),
    ("zuri", "theo", "felix", "corvin", "remy"),
    ("pia", "mira", "layla", "theo"),
    ("mira", "biscuit", "theo"),
    ("biscuit", "corvin"),
    ("hilde", "lina"),
)

# The first follows the second, who does not follow back.
ONE_WAY = (
    ("mira", "fern"),
    ("theo", "fern"),
    ("lina", "corvin"),
    ("lina", "hana"),
    ("pia", "kenji"),
    ("pia", "biscuit"),
    ("corvin", "hana"),
    ("hilde", "felix"),
    ("kenji", "remy"),
    ("layla", "biscuit"),
)

CLIPS = (
    Clip("waves", "hana", "波 Waves, until they look back", "PUBLIC", "Waves rolling in from the open sea",
         timedelta(days=10, hours=2)),
    Clip("bike_ride", "pia", "Klaus flies", "FRIENDS", "A bicycle on its way through the town",
         timedelta(hours=6)),
    Clip("bouncing_ball", "biscuit", "The ball comes back", "ONLY_SHARED", "A ball that bounces",
         timedelta(days=4, hours=3)),
)  # fmt: skip

# The photos of `assets/photos`, as they are described to those who can't see them.
PHOTOS = {
    "band_room": "A cellar with drums, a bass guitar and an amplifier; a kettle is painted on the bass drum",
    "beach": "An empty beach with a parasol, and a sail on the sea",
    "bicycle": "A green bicycle with flowers in its basket, by a wall",
    "birthday_cake": "A pink cake of two floors with candles burning",
    "bookshelf": "A shelf full of books, with a globe and a trailing plant",
    "cat_window": "A ginger cat on a window sill; outside it rains",
    "city_rain": "Somebody with a red umbrella before the lights of a city at night",
    "concert": "A band on stage under coloured lights, seen from the crowd",
    "dumplings": "Six dumplings in a bamboo steamer, and a bowl of sauce",
    "houseplant": "A green plant in a pot that smiles",
    "mountain_dawn": "A mountain with snow on its top, at dawn",
    "moving_boxes": "Moving boxes, a lamp and a plant in an empty room",
    "panorama": "Blue hills one behind another, far into the distance",
    "ramen_bowl": "A bowl of ramen with egg, pork, nori and fish cake",
}
