"""Copying coded pictures and sound from a stranger's container into a clean one."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.stream import Disposition

from app.media.limits import VideoLimits
from app.media.rejections import MediaRejectedError, RejectionCode

# A sound track often runs on a little after the picture, and a camera stops a little late.
_GRACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class VideoKind:
    """A family of containers: how to read it, and what its clean copy is."""

    demuxer: str
    muxer: str
    content_type: str
    options: dict[str, str]
    video_codecs: frozenset[str]
    audio_codecs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Codecs:
    """The codecs of a clean copy, as FFmpeg names them; a silent one has no audio codec."""

    video: str
    audio: str | None


# `bitexact` keeps the name and version of the library out of the file; `faststart` puts the index first, so that a
# browser can begin to play before it has everything.
_MP4 = VideoKind(
    demuxer="mov",
    muxer="mp4",
    content_type="video/mp4",
    options={"movflags": "+faststart", "fflags": "+bitexact"},
    video_codecs=frozenset({"h264", "hevc", "av1"}),
    audio_codecs=frozenset({"aac", "mp3", "opus", "flac"}),
)
_WEBM = VideoKind(
    demuxer="matroska",
    muxer="webm",
    content_type="video/webm",
    options={"fflags": "+bitexact", "cues_to_front": "1"},
    video_codecs=frozenset({"vp8", "vp9", "av1"}),
    audio_codecs=frozenset({"opus", "vorbis"}),
)

_EBML = b"\x1a\x45\xdf\xa3"
_MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
_PICTURE_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"}

# Videos too, but of kinds that are not taken: Matroska, AVI, Ogg, Flash, MPEG programme and transport streams.
_OTHER_SIGNATURES = (_EBML, b"RIFF", b"OggS", b"FLV", b"\0\0\x01\xba", b"G\x40\0")

# A full disk and the like: no fault of the video.
_FAULTS_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE}


def damaged() -> MediaRejectedError:
    """The refusal of a video that cannot be read to its end."""
    return MediaRejectedError(RejectionCode.DAMAGED, "The video is damaged or incomplete.")


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn what FFmpeg says of a broken file into DAMAGED; faults of the machine, and lack of memory, pass."""
    try:
        yield
    except (av.FFmpegError, ValueError) as error:  # PyAV says ValueError where a container cannot hold a codec
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in _FAULTS_OF_THE_MACHINE:
            raise
        raise damaged() from error


def sniffed_kind(source: Path) -> VideoKind:
    """Tell the family from the first bytes; NOT_A_VIDEO or UNSUPPORTED_TYPE if it is none of ours.

    The demuxer is chosen here and not by FFmpeg, which knows formats that are lists of other files and addresses.
    """
    with source.open("rb") as file:
        head = file.read(64)
    if head[4:8] in _MP4_BOXES and head[8:12] not in _PICTURE_BRANDS:
        return _MP4
    if head.startswith(_EBML) and b"webm" in head:
        return _WEBM
    if head.startswith(_OTHER_SIGNATURES):
        raise MediaRejectedError(RejectionCode.UNSUPPORTED_TYPE, "Send an MP4, MOV or WebM.")
    raise MediaRejectedError(RejectionCode.NOT_A_VIDEO, "This file is not a video.")


@contextmanager
def open_video(path: Path, demuxer: str) -> Iterator[InputContainer]:
    """Open a file with this demuxer and no other, which may read this file and no other."""
    with av.open(
        str(path), "r", format=demuxer, options={"protocol_whitelist": "file"}, metadata_errors="ignore"
    ) as container:
        yield container


def video_stream(container: InputContainer) -> av.VideoStream:
    """Return the picture track: the first that moves (a cover picture is no video), or NOT_A_VIDEO."""
    if not (container.streams.audio or container.streams.video):  # the index broke off before the tracks
        raise damaged()
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise MediaRejectedError(RejectionCode.NOT_A_VIDEO, "This file has no pictures in it.")


def remux(source: Path, target: Path, kind: VideoKind, limits: VideoLimits) -> Codecs:
    """Copy the picture track and the sound track of `source`, and nothing else, into a new file `target`."""
    with refusing_damage(), open_video(source, kind.demuxer) as container:
        video, audio = _checked_video(container, kind, limits), _audio_stream(container, kind)
        tracks: list[av.VideoStream | av.AudioStream] = [video, audio] if audio else [video]
        with av.open(str(target), "w", format=kind.muxer, options=kind.options) as output:
            played = _copy(container, tracks, output, limits)
        if played < _promised_seconds(container, video) - _GRACE_SECONDS:
            raise damaged()
        return Codecs(_codec(video) or "", _codec(audio) if audio else None)


def _checked_video(container: InputContainer, kind: VideoKind, limits: VideoLimits) -> av.VideoStream:
    video = video_stream(container)
    if _codec(video) not in kind.video_codecs:
        raise _unsupported(kind.video_codecs)
    if video.width * video.height > limits.max_pixels:
        reason = f"The video is {video.width} by {video.height}; at most {limits.max_pixels} pixels are taken."
        raise MediaRejectedError(RejectionCode.TOO_MANY_PIXELS, reason)
    if _promised_seconds(container, video) > limits.max_seconds + _GRACE_SECONDS:
        raise _too_long(limits)
    return video


def _audio_stream(container: InputContainer, kind: VideoKind) -> av.AudioStream | None:
    """Return the first sound track that can be kept; none if there is no sound at all."""
    playable = [stream for stream in container.streams.audio if _codec(stream) in kind.audio_codecs]
    if container.streams.audio and not playable:
        raise _unsupported(kind.audio_codecs)
    return playable[0] if playable else None


def _codec(stream: av.VideoStream | av.AudioStream) -> str | None:
    """Return FFmpeg's name of the codec; None for one it does not know, whose stream has no context."""
    context: av.CodecContext | None = stream.codec_context
    return context.codec.canonical_name if context else None


def _unsupported(codecs: frozenset[str]) -> MediaRejectedError:
    reason = f"Its coding is not supported; send {', '.join(sorted(codecs))}."
    return MediaRejectedError(RejectionCode.UNSUPPORTED_TYPE, reason)


def _too_long(limits: VideoLimits) -> MediaRejectedError:
    return MediaRejectedError(RejectionCode.TOO_LONG, f"A video may take at most {limits.max_seconds:g} s.")


def _promised_seconds(container: InputContainer, video: av.VideoStream) -> float:
    """Return how long the container says that it plays; 0 where it does not (a browser's recordings)."""
    if video.duration and video.time_base:
        return float(video.duration * video.time_base)
    return (container.duration or 0) / av.time_base


def _copy(
    container: InputContainer,
    tracks: Sequence[av.VideoStream | av.AudioStream],
    output: OutputContainer,
    limits: VideoLimits,
) -> float:
    """Copy all packets and return how many seconds of pictures there were.

    A small index can name the same bytes again and again: time and size are counted as they are copied.
    """
    targets = {track.index: _new_track(output, track) for track in tracks}
    size, played = 0, dict.fromkeys(targets, 0.0)
    for packet in container.demux(*tracks):
        if packet.dts is None:  # the empty packet that ends a track
            continue
        index = packet.stream.index
        size += packet.size
        if packet.is_corrupt or size > limits.max_bytes:
            raise damaged()
        played[index] = max(played[index], _end_seconds(packet))
        if played[index] > limits.max_seconds + _GRACE_SECONDS:
            raise _too_long(limits)
        packet.stream = targets[index]
        output.mux(packet)
    return played[tracks[0].index]


def _new_track(output: OutputContainer, track: av.VideoStream | av.AudioStream) -> av.stream.Stream:
    target = output.add_stream_from_template(track, opaque=True)
    if _codec(track) == "hevc":
        target.codec_context.codec_tag = "hvc1"  # Safari plays no other
    return target


def _end_seconds(packet: "av.Packet[Any]") -> float:
    """Return when the packet has been played, counted from the start of its track."""
    ticks = (packet.pts or packet.dts or 0) + (packet.duration or 0) - (packet.stream.start_time or 0)
    return float(ticks * packet.time_base)
