import io
import re
import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from app.media.limits import VideoLimits
from app.media.processed import PhotoVariant, ProcessedVideo
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.videos import process_video

from .samples import clip_with_positions, corners, sound_only, video

UPRIGHT = ["red", "green", "blue", "yellow"]
SECRETS = {"title": "SecretTitle", "location": "+52.5200+013.4050/", "comment": "SecretComment"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "clean"


def poster(result: ProcessedVideo) -> Image.Image:
    return Image.open(io.BytesIO(result.poster.files[PhotoVariant.FULL].data))


def refusal(source: Path, target: Path, limits: VideoLimits | None = None) -> RejectionCode:
    with pytest.raises(MediaRejectedError) as caught:
        process_video(source, target, limits or VideoLimits())
    assert not target.exists()
    return caught.value.code


@pytest.mark.parametrize(
    ("container", "codec", "audio", "content_type", "codecs"),
    [
        ("mp4", "libx264", "aac", "video/mp4", ("h264", "aac")),
        ("mp4", "libx264", None, "video/mp4", ("h264", None)),
        ("mp4", "libx265", "aac", "video/mp4", ("hevc", "aac")),
        ("mp4", "libsvtav1", "libopus", "video/mp4", ("av1", "opus")),
        ("mov", "libx264", "aac", "video/mp4", ("h264", "aac")),
        ("webm", "libvpx-vp9", "libopus", "video/webm", ("vp9", "opus")),
        ("webm", "libvpx", "libopus", "video/webm", ("vp8", "opus")),
    ],
)
def test_a_clip_is_packed_anew(
    tmp_path: Path,
    target: Path,
    container: str,
    codec: str,
    audio: str | None,
    content_type: str,
    codecs: tuple[str, str | None],
) -> None:
    source = video(tmp_path / "clip", container=container, codec=codec, audio=audio)
    result = process_video(source, target, VideoLimits())
    assert (result.width, result.height, result.content_type) == (160, 96, content_type)
    assert (result.video_codec, result.audio_codec) == codecs
    assert result.duration_seconds == pytest.approx(2, abs=0.1)
    assert result.size == target.stat().st_size
    assert _frames(target) == _frames(source) == 20


def _frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_the_poster_is_taken_after_the_first_tenth(tmp_path: Path, target: Path) -> None:
    result = process_video(video(tmp_path / "clip", seconds=3), target, VideoLimits())
    assert corners(poster(result)) == UPRIGHT
    assert result.poster.placeholder


@pytest.mark.parametrize(
    ("rotation", "size", "shown"),
    [
        (90, (96, 160), ["green", "yellow", "red", "blue"]),
        (-90, (96, 160), ["blue", "red", "yellow", "green"]),
        (180, (160, 96), ["yellow", "blue", "green", "red"]),
    ],
)
def test_a_clip_held_upright_is_shown_upright(
    tmp_path: Path, target: Path, rotation: int, size: tuple[int, int], shown: list[str]
) -> None:
    result = process_video(video(tmp_path / "clip", rotation=rotation), target, VideoLimits())
    assert (result.width, result.height) == size
    assert (result.poster.width, result.poster.height) == size
    assert corners(poster(result)) == shown
    with av.open(str(target)) as container:  # players of the clean copy are told too
        assert next(container.decode(video=0)).rotation % 360 == rotation % 360


@pytest.mark.parametrize(("container", "codec", "audio"), [("mp4", "libx264", "aac"), ("webm", "libvpx", "libopus")])
def test_nothing_that_the_camera_wrote_survives(
    tmp_path: Path, target: Path, container: str, codec: str, audio: str
) -> None:
    options = {"movflags": "use_metadata_tags"} if container == "mp4" else {}
    source = video(tmp_path / "clip", container=container, codec=codec, audio=audio, metadata=SECRETS, options=options)
    assert all(text.encode() in source.read_bytes() for text in SECRETS.values())
    process_video(source, target, VideoLimits())
    assert not any(text.encode() in target.read_bytes() for text in (*SECRETS.values(), "Secret"))


def test_tracks_of_positions_and_chapters_do_not_survive(tmp_path: Path, target: Path) -> None:
    source = clip_with_positions(tmp_path / "clip")
    assert {b"SecretPosition", b"SecretChapter"} == set(re.findall(rb"Secret[A-Z][a-z]+", source.read_bytes()))
    process_video(source, target, VideoLimits())
    assert b"Secret" not in target.read_bytes()
    with av.open(str(target)) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_what_was_hidden_behind_a_clip_does_not_survive(tmp_path: Path, target: Path) -> None:
    source = video(tmp_path / "clip")
    hidden = b"SecretPayload" * 10
    source.write_bytes(source.read_bytes() + struct.pack(">I4s", len(hidden) + 8, b"free") + hidden)
    process_video(source, target, VideoLimits())
    assert b"SecretPayload" not in target.read_bytes()


def test_a_clip_can_be_played_before_it_has_all_arrived(tmp_path: Path, target: Path) -> None:
    process_video(video(tmp_path / "clip"), target, VideoLimits())
    data = target.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_hevc_clip_bears_the_tag_that_safari_plays(tmp_path: Path, target: Path) -> None:
    process_video(video(tmp_path / "clip", codec="libx265"), target, VideoLimits())
    data = target.read_bytes()
    assert b"hvc1" in data
    assert b"hev1" not in data


def test_a_recording_without_a_duration_gets_one(tmp_path: Path, target: Path) -> None:
    source = video(tmp_path / "clip", container="webm", codec="libvpx", audio="libopus", options={"live": "1"})
    with av.open(str(source)) as container:
        assert container.duration is None
    assert process_video(source, target, VideoLimits()).duration_seconds == pytest.approx(2, abs=0.1)


def test_the_same_clip_has_the_same_name(tmp_path: Path) -> None:
    source = video(tmp_path / "clip")
    first, second = (process_video(source, tmp_path / name, VideoLimits()) for name in ("one", "two"))
    assert first == second


def test_oblong_pixels_are_shown_square(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "clip"
    with av.open(str(source), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(96, 96, "yuv420p")))
        output.mux(stream.encode(None))
    result = process_video(source, target, VideoLimits())
    assert (result.width, result.height) == (192, 96)
    assert poster(result).size == (192, 96)


@pytest.mark.parametrize("content", [b"", b"<html></html>" * 50, bytes(5000), b"#EXTM3U\n/etc/passwd\n"])
def test_what_is_no_video_is_refused_whatever_its_name(tmp_path: Path, target: Path, content: bytes) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(content)
    assert refusal(source, target) is RejectionCode.NOT_A_VIDEO


def test_sound_alone_is_no_video(tmp_path: Path, target: Path) -> None:
    assert refusal(sound_only(tmp_path / "sound.mp4"), target) is RejectionCode.NOT_A_VIDEO


@pytest.mark.parametrize(
    ("container", "codec", "audio"),
    [("matroska", "libx264", "aac"), ("avi", "mpeg4", None), ("mp4", "mpeg4", None), ("mov", "libx264", "pcm_s16le")],
)
def test_what_browsers_do_not_play_is_told_so(
    tmp_path: Path, target: Path, container: str, codec: str, audio: str | None
) -> None:
    source = video(tmp_path / "clip", container=container, codec=codec, audio=audio)
    assert refusal(source, target) is RejectionCode.UNSUPPORTED_TYPE


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("webm", "libvpx")])
@pytest.mark.parametrize("share", [0.2, 0.7])
def test_a_clip_that_breaks_off_is_damaged(
    tmp_path: Path, target: Path, container: str, codec: str, share: float
) -> None:
    for index, options in enumerate(({"movflags": "+faststart"}, {})):
        source = video(tmp_path / f"{index}", container=container, codec=codec, audio=None, seconds=6, options=options)
        source.write_bytes(source.read_bytes()[: int(source.stat().st_size * share)])
        assert refusal(source, target) is RejectionCode.DAMAGED


def test_garbage_behind_a_good_beginning_is_damaged(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "clip"
    source.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"garbage!" * 1000)
    assert refusal(source, target) is RejectionCode.DAMAGED


def test_pictures_that_cannot_be_decoded_are_damaged(tmp_path: Path, target: Path) -> None:
    source = video(tmp_path / "clip", audio=None, size=(640, 480))
    data = bytearray(source.read_bytes())
    start = data.index(b"mdat") + 4
    (length,) = struct.unpack_from(">I", data, start - 8)
    data[start : start + length - 8] = bytes(length - 8)
    source.write_bytes(data)
    assert refusal(source, target) is RejectionCode.DAMAGED


@pytest.mark.parametrize("options", [{}, {"live": "1"}])
def test_a_clip_that_plays_too_long_is_refused_whether_it_says_so_or_not(
    tmp_path: Path, target: Path, options: dict[str, str]
) -> None:
    source = video(tmp_path / "clip", container="webm", codec="libvpx", audio=None, seconds=4, options=options)
    assert refusal(source, target, VideoLimits(max_seconds=2)) is RejectionCode.TOO_LONG
    assert process_video(source, target, VideoLimits(max_seconds=4)).duration_seconds == pytest.approx(4)


def test_a_clip_over_the_limits_is_refused(tmp_path: Path, target: Path) -> None:
    source = video(tmp_path / "clip")
    size = source.stat().st_size
    assert refusal(source, target, VideoLimits(max_bytes=size - 1)) is RejectionCode.TOO_LARGE
    assert refusal(source, target, VideoLimits(max_pixels=160 * 96 - 1)) is RejectionCode.TOO_MANY_PIXELS


def test_an_index_that_names_the_same_bytes_again_and_again_is_damaged(tmp_path: Path, target: Path) -> None:
    """A small file may describe a huge one; the clean copy must not become that."""
    source = video(tmp_path / "clip", audio=None, seconds=6, size=(640, 480))
    data = bytearray(source.read_bytes())
    sizes = data.index(b"stsz") + 4
    uniform, count = struct.unpack_from(">II", data, sizes + 4)
    assert (uniform, count) == (0, 60)
    for index in range(count):  # each picture is now as large as nearly all of the file
        struct.pack_into(">I", data, sizes + 12 + 4 * index, len(data) // 2)
    source.write_bytes(data)
    limits = VideoLimits(max_bytes=len(data) * 4)
    assert refusal(source, target, limits) is RejectionCode.DAMAGED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's full device")
def test_a_full_disk_is_no_fault_of_the_video(tmp_path: Path, target: Path) -> None:
    target.symlink_to("/dev/full")  # a link, so that nothing can remove the device itself
    with pytest.raises(OSError, match="No space left"):
        process_video(video(tmp_path / "clip"), target, VideoLimits())
    assert Path("/dev/full").exists()
