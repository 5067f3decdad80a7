"""Videos: what people upload is packed anew, so that what others download carries no metadata.

Pure functions for a worker process (`app.media.workers`); they work from file to file, never with a whole video
in memory. Limits of this way, which copies the coded pictures and sound instead of encoding them again (encoding
takes about as long as the video plays, on a core of its own):

- The codecs stay. MP4 and MOV may hold H.264, HEVC or AV1 with AAC, MP3, Opus, ALAC or FLAC; WebM may hold VP8, VP9
  or AV1 with Opus or Vorbis. HEVC plays in Safari and, given a hardware decoder, in other browsers: `video_codec`
  lets a client say so.
- Title, place, device, dates, chapters, subtitles, cover pictures and data tracks (where phones keep their
  position) are dropped with the old container. Notes that an encoder put inside the coded stream itself
  (H.264 and HEVC call them SEI) stay.
- Every packet is read, so the file is complete as far as its container tells; only the frames up to the poster are
  decoded.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

from app.media.images import photo_from_image
from app.media.limits import VideoLimits
from app.media.processed import MAX_SIDES, PhotoVariant, ProcessedVideo
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.video_remuxing import damaged, open_video, refusing_damage, remux, sniffed_kind, video_stream

# Where the poster is taken, as a share of the duration: late enough for most titles and fades.
_POSTER_AT = 0.1

# Decoding on from the key frame before that point stops here at the latest: 5 s at 60 frames a second.
_MAX_POSTER_FRAMES = 300


def process_video(source: Path, target: Path, limits: VideoLimits) -> ProcessedVideo:
    """Turn the uploaded video in `source` into a clean one in `target`, which is replaced.

    Raises MediaRejectedError with NOT_A_VIDEO, UNSUPPORTED_TYPE, TOO_LARGE, TOO_LONG, TOO_MANY_PIXELS or DAMAGED;
    `target` is gone then.
    """
    try:
        return _process(source, target, limits)
    except BaseException:
        if target.is_file():  # and not a device, which must never be removed
            target.unlink()
        raise


def _process(source: Path, target: Path, limits: VideoLimits) -> ProcessedVideo:
    if source.stat().st_size > limits.max_bytes:
        raise MediaRejectedError(RejectionCode.TOO_LARGE, f"A video may have at most {limits.max_bytes} bytes.")
    kind = sniffed_kind(source)
    codecs = remux(source, target, kind, limits)
    duration, picture = _duration_and_poster(target, kind.demuxer, limits)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ProcessedVideo(
        duration_seconds=duration,
        width=picture.width,
        height=picture.height,
        content_type=kind.content_type,
        video_codec=codecs.video,
        audio_codec=codecs.audio,
        size=target.stat().st_size,
        sha256=digest,
        poster=photo_from_image(picture.image),
    )


@dataclass(frozen=True, slots=True)
class _Picture:
    width: int
    height: int
    image: Image.Image


def _duration_and_poster(path: Path, demuxer: str, limits: VideoLimits) -> tuple[float, _Picture]:
    """Read both from the clean file, where the container is our own and can be trusted."""
    with refusing_damage(), open_video(path, demuxer) as container:
        duration = (container.duration or 0) / av.time_base
        stream = video_stream(container)
        stream.codec_context.thread_count = 1  # several would each hold frames of their own
        stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
        position = stream.start_time or 0
        if stream.time_base:
            position += int(duration * _POSTER_AT / stream.time_base)
        container.seek(position, stream=stream)
        return duration, _picture(_frame_at(container, stream, position), stream)


def _frame_at(container: av.container.InputContainer, stream: av.VideoStream, position: int) -> av.VideoFrame:
    """Decode from the key frame before a position to the position; the nearest frame where that is far."""
    found: av.VideoFrame | None = None
    for count, frame in enumerate(container.decode(stream)):
        found = frame
        if count == _MAX_POSTER_FRAMES or (frame.pts or 0) >= position:
            break
    if found is None:
        raise damaged()
    return found


def _picture(frame: av.VideoFrame, stream: av.VideoStream) -> _Picture:
    """Turn a frame into what a player would show: square pixels, upright."""
    width, height = round(frame.width * (stream.sample_aspect_ratio or 1)), frame.height
    scale = min(1.0, MAX_SIDES[PhotoVariant.FULL] / max(width, height))
    size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
    image: Image.Image = frame.to_image(**size)  # type: ignore[no-untyped-call]
    quarter_turns = round(frame.rotation / 90) % 4  # counter-clockwise, as Pillow counts too
    if quarter_turns:
        image = image.rotate(90 * quarter_turns, expand=True)
    if quarter_turns % 2:
        width, height = height, width
    return _Picture(width, height, image)
