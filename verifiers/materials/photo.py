"""The check of an ID photo (GA/T 461-2019): the file, what pixels can tell, and the face.

The basic level never says that a photo shows a person at all, and neither level that it shows
this person: `not_seen` lists what each is blind to. "Same person" is shown by where the photo
comes from; an automatic yes needs more than this check.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from verifiers.materials.face_photo import FaceFinder, judge_faces
from verifiers.materials.photo_file import JpegFile, walk
from verifiers.materials.photo_findings import (
    Judging,
    NotSeen,
    PhotoFinding,
    PhotoLevel,
    PhotoReason,
)
from verifiers.materials.photo_measures import PhotoMeasures, measure
from verifiers.materials.photo_profile import PhotoProfile

__all__ = ["NotSeen", "PhotoFinding", "PhotoLevel", "PhotoReason", "judge_photo"]

_COLOURS, _BITS = 3, 8
_LEAST_MEASURED = 64  # pixels of a side: below it there is nothing to measure a face in


def judge_photo(
    jpeg: bytes, *, profile: PhotoProfile, finder: FaceFinder | None = None
) -> PhotoFinding:
    """Judge the bytes of a photo by a profile; never raises, whatever the bytes are.

    With a finder the face is judged as well; the finding says which level it was.

    Bounded before decoding: nothing beyond `read_at_most_bytes` is looked at and nothing
    beyond `decode_at_most_pixels` is decoded.
    """
    judging = Judging()
    size = len(jpeg)
    judging.against(PhotoReason.FILE_TOO_SMALL, wrong=size < profile.least_bytes)
    judging.against(PhotoReason.FILE_TOO_LARGE, wrong=size > profile.most_bytes)
    if size > profile.read_at_most_bytes:
        return judging.finding(None)
    file = walk(jpeg)
    judging.against(PhotoReason.NOT_JPEG, wrong=not file.is_jpeg)
    if not file.is_jpeg:
        return judging.finding(None)
    _judge_file(judging, file, profile)
    too_many = file.width * file.height > profile.decode_at_most_pixels
    if too_many or min(file.width, file.height) < _LEAST_MEASURED:
        return judging.finding(None)
    pixels = _decode(jpeg, (file.width, file.height))
    judging.against(PhotoReason.UNREADABLE, wrong=pixels is None)
    if pixels is None:
        return judging.finding(None)
    measures = measure(pixels, profile)
    _judge_measures(judging, measures, profile)
    if finder is None:
        return judging.finding(measures)
    framed = _in_frame(pixels, profile)
    judge_faces(judging, finder.find(framed), framed, profile)
    return judging.finding(measures, PhotoLevel.FACE)


def _judge_file(judging: Judging, file: JpegFile, profile: PhotoProfile) -> None:
    judging.against(PhotoReason.TRUNCATED, wrong=not file.whole)
    judging.against(PhotoReason.TRAILING_DATA, wrong=file.trailing_bytes > 0)
    judging.against(PhotoReason.MORE_THAN_ONE_PICTURE, wrong=file.has_more_pictures)
    judging.against(PhotoReason.EXIF_PRESENT, wrong=file.has_exif)
    wanted = (profile.width, profile.height)
    judging.against(PhotoReason.WRONG_PIXEL_SIZE, wrong=(file.width, file.height) != wanted)
    pixels = file.width * file.height
    judging.against(PhotoReason.TOO_MANY_PIXELS, wrong=pixels > profile.decode_at_most_pixels)
    judging.against(PhotoReason.WRONG_RESOLUTION, wrong=not _right_dots(file, profile))
    rgb = (file.components, file.bits) == (_COLOURS, _BITS) and file.usual_coding
    judging.against(PhotoReason.NOT_RGB, wrong=not rgb)


def _right_dots(file: JpegFile, profile: PhotoProfile) -> bool:
    return file.dots is not None and all(
        abs(dots - profile.dots_per_inch) <= profile.dots_tolerance for dots in file.dots
    )


def _decode(jpeg: bytes, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Decode to RGB; None when the decoder gives up, or sees another size than was bounded."""
    # Not Image.open: it also looks for further pictures (MPO) in the file, and warns of its own.
    try:
        with JpegImageFile(io.BytesIO(jpeg)) as image:
            if image.size != size:  # two frame headers: the reader of segments saw the other one
                return None
            return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, Warning):  # tests turn warnings into errors
        return None


def _in_frame(pixels: NDArray[np.uint8], profile: PhotoProfile) -> NDArray[np.uint8]:
    """The picture at the profile's size: its limits are pixels there, and a finder's work too."""
    size = (profile.width, profile.height)
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _judge_measures(judging: Judging, found: PhotoMeasures, profile: PhotoProfile) -> None:
    weigh = judging.weigh
    weigh(PhotoReason.BACKGROUND_NOT_WHITE, found.white_share, profile.white_share, least=True)
    weigh(PhotoReason.BACKGROUND_SHADOW, found.shadow_share, profile.shadow_most, least=False)
    if found.head_top is not None and found.head_off_centre is not None:
        weigh(PhotoReason.HEAD_CUT_OFF, found.head_top, profile.top_least, least=True)
        weigh(PhotoReason.HEAD_TOO_LOW, found.head_top, profile.top_most, least=False)
        off, most = found.head_off_centre, profile.off_centre_most
        weigh(PhotoReason.OFF_CENTRE, off, most, least=False)
    weigh(PhotoReason.BLURRED, found.blur, profile.blur, least=False)
    weigh(PhotoReason.COMPRESSED, found.blocks, profile.blocks_most, least=False)
    weigh(PhotoReason.TOO_DARK, found.face_luma, profile.face_least, least=True)
    weigh(PhotoReason.TOO_BRIGHT, found.face_luma, profile.face_most, least=False)
    weigh(PhotoReason.TOO_BRIGHT, found.burnt_share, profile.burnt_share, least=False)
    weigh(PhotoReason.LOW_CONTRAST, found.contrast, profile.contrast_least, least=True)
    weigh(PhotoReason.SIDE_LIGHT, found.side_light, profile.side_light_most, least=False)
    weigh(PhotoReason.NO_COLOUR, found.colour, profile.colour_least, least=True)
