"""Whether a recorded run kept the guarantees: one pure function for each, which says what broke it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.faults.history import Attempt, Heard, History, Kept, Outcome, Removal, Stream

Rule = Callable[[History], Iterator[str]]

# A conversation, a sender, and their key or text.
Place = tuple[str, str, str]


def violations(history: History) -> list[str]:
    """Everything that is wrong with a run, each line with the rule that it breaks; empty when all is well."""
    return [f"{rule.__name__}: {line}" for rule in RULES for line in rule(history)]


def acknowledged_is_kept(history: History) -> Iterator[str]:
    """What was acknowledged stands in history once, at the seq that the sender was told."""
    places = _places(history)
    for attempt in history.attempts:
        if attempt.outcome is Outcome.ACKNOWLEDGED:
            found = places[attempt.conversation, attempt.sender, attempt.text]
            if found != [attempt.seq]:
                yield f"{attempt.text!r} was acknowledged as {attempt.seq}, and is kept at {found}"


def order_is_dense(history: History) -> Iterator[str]:
    """The seqs of a conversation are 1, 2, 3, …"""
    for conversation, kept in history.kept.items():
        seqs = [message.seq for message in kept]
        if seqs != list(range(1, len(seqs) + 1)):
            yield f"{conversation} has the seqs {seqs}"


def order_follows_time(history: History) -> Iterator[str]:
    """What was asked for after something else was acknowledged stands behind it, whatever the clocks say."""
    sends = _sends(history)
    began = {send: min(attempt.began for attempt in attempts) for send, attempts in sends.items()}
    acknowledged = sorted(
        ((attempt.ended, attempt.send, attempt.seq or 0) for attempt in history.attempts if attempt.seq), reverse=True
    )
    seqs = {send: seq for _, send, seq in acknowledged}
    highest: dict[str, int] = defaultdict(int)
    for send in sorted(seqs, key=began.__getitem__):
        while acknowledged and acknowledged[-1][0] < began[send]:
            _, (conversation, *_), seq = acknowledged.pop()
            highest[conversation] = max(highest[conversation], seq)
        if seqs[send] < highest[send[0]]:
            yield f"{send} got {seqs[send]}, though {highest[send[0]]} was acknowledged before it was sent"


def refused_is_absent(history: History) -> Iterator[str]:
    """What was definitely refused is not in history: a rule's no, or nothing but the end of a session."""
    places = _places(history)
    for send, attempts in _sends(history).items():
        outcomes = {attempt.outcome for attempt in attempts}
        refused = Outcome.REFUSED in outcomes or outcomes == {Outcome.SHUT_OUT}
        first = attempts[0]
        if refused and places[first.conversation, first.sender, first.text]:
            yield f"{send} was refused and is kept"


def everything_kept_was_sent_once(history: History) -> Iterator[str]:
    """What is in history somebody sent, and it is there once: an unknown outcome means 0 or 1."""
    asked = {(attempt.conversation, attempt.sender, attempt.text) for attempt in history.attempts}
    for place, seqs in _places(history).items():
        if place not in asked:
            yield f"nobody sent {place}, kept at {seqs}"
        if len(seqs) > 1:
            yield f"{place} is kept {len(seqs)} times, at {seqs}"


def a_send_is_made_once(history: History) -> Iterator[str]:
    """All answers to the attempts at one send name one message, and at most one of them says that it is new."""
    for send, attempts in _sends(history).items():
        answers = [attempt for attempt in attempts if attempt.outcome is Outcome.ACKNOWLEDGED]
        new = sum(not attempt.was_replay for attempt in answers)
        if len({attempt.seq for attempt in answers}) > 1:
            yield f"{send} was answered with the seqs {[attempt.seq for attempt in answers]}"
        if new > 1:
            yield f"{send} was said to be new {new} times"
        if answers and not new and not any(attempt.outcome is Outcome.UNKNOWN for attempt in attempts):
            yield f"{send} was only ever said to be a replay"


def streams_equal_history(history: History) -> Iterator[str]:
    """Each subscriber heard exactly what their membership entitles them to, once and in order, and as it is kept."""
    for stream in history.streams:
        for conversation in stream.conversations:
            heard = [each for each in stream.heard if each.conversation == conversation]
            kept = history.kept.get(conversation, [])
            yield from _stream_faults(stream, conversation, heard, kept)
        for elsewhere in {each.conversation for each in stream.heard} - set(stream.conversations):
            yield f"{stream.name} heard of {elsewhere}"


def _stream_faults(stream: Stream, conversation: str, heard: list[Heard], kept: list[Kept]) -> Iterator[str]:
    start, seqs = stream.after.get(conversation, 0), [each.seq for each in heard]
    due = [seq for seq in _entitled(kept, stream.person) if seq > start]
    excused = _tails(kept, stream.person) if stream.reconnects else []
    excused += [list(due)] if stream.ended else []
    missing = [seq for seq in due if seq not in set(seqs)]
    for tail in excused:
        while tail and tail[-1] in missing:
            missing.remove(tail.pop())
    texts = {message.seq: message.text for message in kept}
    where = f"{stream.name} in {conversation}"
    if missing:
        yield f"{where} never heard {missing}"
    if extra := [seq for seq in seqs if seq not in set(due)]:
        yield f"{where} heard {extra}, which was not for them, or never was"
    if twice := [seq for seq, times in Counter(seqs).items() if times > 1]:
        yield f"{where} heard {twice} more than once"
    if seqs != sorted(seqs):
        yield f"{where} heard out of order: {seqs}"
    if wrong := [each.seq for each in heard if each.seq in texts and each.text != texts[each.seq]]:
        yield f"{where} heard {wrong} with another text than is kept"


def removals_hold(history: History) -> Iterator[str]:
    """Nothing new passes from or to whom a removal shuts out, from the moment that it was acknowledged."""
    yield from _kept_from_outside(history)
    began = {attempt.text: attempt.began for attempt in reversed(history.attempts)}
    for removal in history.removals:
        for attempt in history.attempts:
            if _is_shut_out(removal, attempt) and attempt.outcome is Outcome.ACKNOWLEDGED:
                yield f"{attempt.text!r} was acknowledged to {removal.person}, who was shut out before"
        for stream in history.streams:
            if stream.person == removal.person and removal.session in ("", stream.session):
                for each in stream.heard:
                    concerned = removal.conversation in (None, each.conversation)
                    sent = began.get(each.text or "", 0.0)
                    if concerned and removal.acknowledged < sent < removal.readmitted and each.at < removal.readmitted:
                        yield f"{stream.name} heard {each.text!r}, which was sent after they were shut out"


def _is_shut_out(removal: Removal, attempt: Attempt) -> bool:
    """Whether an attempt comes after a removal; one member's retry may still be told what it did before that."""
    while_out = attempt.began > removal.acknowledged and attempt.ended < removal.readmitted
    if not while_out or attempt.sender != removal.person:
        return False
    if removal.session:
        return attempt.session == removal.session
    return removal.conversation == attempt.conversation and not attempt.was_replay


def _kept_from_outside(history: History) -> Iterator[str]:
    for conversation, kept in history.kept.items():
        if any(message.joined for message in kept):
            inside: set[str] = set()
            for message in kept:
                inside |= message.joined
                if message.text is not None and message.sender not in inside:
                    yield f"{conversation} keeps {message.text!r} of {message.sender} from after their removal"
                inside -= message.left


def _entitled(kept: list[Kept], person: str) -> list[int]:
    """The seqs said while a person was a member: all, where no notice tells of comings and goings."""
    return [seq for stay, _ in _stays(kept, person) for seq in stay]


def _tails(kept: list[Kept], person: str) -> list[list[int]]:
    """The stays that ended: who reconnects when it is over gets no more of it."""
    return [list(stay) for stay, over in _stays(kept, person) if over]


def _stays(kept: list[Kept], person: str) -> list[tuple[list[int], bool]]:
    """The seqs of each stay of a member, and whether it is over."""
    if not any(message.joined for message in kept):
        return [([message.seq for message in kept], False)]
    stays: list[tuple[list[int], bool]] = []
    inside = False
    for message in kept:
        if person in message.left:
            inside, stays[-1:] = False, [(stays[-1][0], True)]
        if person in message.joined:
            inside = True
            stays.append(([], False))
        if inside:
            stays[-1][0].append(message.seq)
    return stays


def _sends(history: History) -> dict[Place, list[Attempt]]:
    sends: dict[Place, list[Attempt]] = defaultdict(list)
    for attempt in history.attempts:
        sends[attempt.send].append(attempt)
    return sends


def _places(history: History) -> dict[Place, list[int]]:
    """Where each text of each sender is kept."""
    places: dict[Place, list[int]] = defaultdict(list)
    for conversation, kept in history.kept.items():
        for message in kept:
            if message.text is not None:
                places[conversation, message.sender, message.text].append(message.seq)
    return places


RULES: tuple[Rule, ...] = (
    acknowledged_is_kept,
    order_is_dense,
    order_follows_time,
    refused_is_absent,
    everything_kept_was_sent_once,
    a_send_is_made_once,
    streams_equal_history,
    removals_hold,
)
