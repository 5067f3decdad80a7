"""What the demo people have said to each other: the files in `conversations/`, read.

A file begins with who is in the conversation, `direct mira theo`, or `group A title` with lines `owner`, `admins` and
`members`; `unread theo 2` leaves the last two entries unread by Theo (everybody else has read everything). Then:

    @ 2d 3h 5m                     the next line was said this long before now; those after it follow at a typing pace
    mira: Hello                    a text
    theo #cake: A question         ... with a name, so that
    mira >cake: An answer          ... another can reply to it
    theo: [photos a, b] Look       photos with a caption; so are [video name], [profile handle] and [sticker name]
      ❤️ mira theo                  who reacted how to the line above
      edited                       the line above was edited, or `unsent`
    * mira adds pia                the group grows; `* mira renames: A new title`
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "conversations"

TEXT, NOTICE = "TEXT", "NOTICE"
KINDS = {"photos": "PHOTOS", "video": "VIDEO", "profile": "PROFILE", "sticker": "STICKER"}

CLOCK = re.compile(r"@((?: \d+[dhm])+)")
CHANGE = re.compile(r"\* (?P<actor>\w+) (?:adds (?P<people>[\w ]+)|renames: (?P<title>.+))")
SAID = re.compile(
    r"(?P<sender>\w+)(?: #(?P<name>\w+))?(?: >(?P<reply_to>\w+))?: "
    r"(?:\[(?P<kind>\w+) (?P<subjects>[\w, -]+)\] ?)?(?P<text>.*)"
)
MARKS = ("edited", "unsent")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}

# How long a line takes: a moment, and its typing.
PAUSE = timedelta(seconds=9)
PER_CHARACTER = timedelta(milliseconds=120)


class ScriptError(ValueError):
    """A conversation's file breaks the rules above; says where."""


@dataclass(slots=True)
class Entry:
    """A message, said `ago` before now. Of a notice, `subjects` are people and `notice` is its kind."""

    sender: str
    kind: str
    text: str | None
    ago: timedelta
    subjects: tuple[str, ...] = ()
    notice: str | None = None
    reply_to_seq: int | None = None
    reactions: list[tuple[str, str]] = field(default_factory=list)
    edited: bool = False
    unsent: bool = False


@dataclass(slots=True)
class Conversation:
    """A conversation: its members from the start with their roles, what each has not read, and the entries."""

    title: str | None
    members: dict[str, str]
    unread: dict[str, int]
    entries: list[Entry] = field(default_factory=list)

    @property
    def everyone(self) -> list[str]:
        """The members, with those who joined later."""
        joined = [person for entry in self.entries if entry.notice == "JOINED" for person in entry.subjects]
        return [*self.members, *joined]


def read_conversations() -> list[Conversation]:
    """All conversations.

    Raises:
        ScriptError: a line makes no sense.
    """
    return [parse(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.txt"))]


def parse(source: str, name: str) -> Conversation:
    """Read one conversation; `name` is what an error calls it.

    Raises:
        ScriptError: a line makes no sense.
    """
    head, _, body = source.partition("\n\n")
    conversation = _begin(dict(line.partition(" ")[::2] for line in head.splitlines()))
    reader = _Reader(conversation)
    for line in filter(None, body.splitlines()):
        try:
            reader.read(line)
        except (KeyError, IndexError, ValueError) as error:
            raise ScriptError(f"{name}: {line!r}: {error!r}") from error
    return conversation


def _begin(head: dict[str, str]) -> Conversation:
    unread = {person: int(count) for person, count in map(str.split, filter(None, head.get("unread", "").split(", ")))}
    if "direct" in head:
        return Conversation(None, dict.fromkeys(head["direct"].split(), "MEMBER"), unread)
    roles = {"owner": "OWNER", "admins": "ADMIN", "members": "MEMBER"}
    members = {person: role for key, role in roles.items() for person in head.get(key, "").split()}
    return Conversation(head["group"], members, unread)


class _Reader:
    """Adds lines to a conversation; `clock` is when the next one is said, as time before now."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._entries = conversation.entries
        self._clock = timedelta()
        self._named: dict[str, int] = {}

    def read(self, line: str) -> None:
        if clock := CLOCK.fullmatch(line):
            self._clock = _duration(clock[1])
        elif line.startswith("  "):
            self._mark(line.split())
        elif change := CHANGE.fullmatch(line):
            self._add_change(change)
        elif said := SAID.fullmatch(line):
            self._say(said)
        else:
            raise ValueError("neither said nor done")

    def _mark(self, words: list[str]) -> None:
        entry = self._entries[-1]
        if words[0] in MARKS:
            setattr(entry, words[0], True)
        else:
            entry.reactions += [(words[0], person) for person in words[1:]]

    def _add_change(self, change: re.Match[str]) -> None:
        self._open_group()
        kind = "RENAMED" if change["title"] else "JOINED"
        people = tuple((change["people"] or "").split())
        self._append(Entry(change["actor"], NOTICE, change["title"], self._clock, people, notice=kind))

    def _say(self, said: re.Match[str]) -> None:
        self._open_group()
        kind = KINDS[said["kind"]] if said["kind"] else TEXT
        subjects = tuple((said["subjects"] or "").replace(",", "").split())
        reply_to = self._named[said["reply_to"]] if said["reply_to"] else None
        self._append(Entry(said["sender"], kind, said["text"] or None, self._clock, subjects, reply_to_seq=reply_to))
        if said["name"]:
            self._named[said["name"]] = len(self._entries)

    def _open_group(self) -> None:
        """A group opens with the notice of its creation."""
        conversation = self._conversation
        if conversation.title and not self._entries:
            owner, *others = conversation.members
            self._append(Entry(owner, NOTICE, conversation.title, self._clock + PAUSE, tuple(others), notice="CREATED"))

    def _append(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._clock = min(self._clock, entry.ago) - PAUSE - PER_CHARACTER * len(entry.text or "")


def _duration(text: str) -> timedelta:
    return sum((timedelta(**{UNITS[part[-1]]: int(part[:-1])}) for part in text.split()), timedelta())
