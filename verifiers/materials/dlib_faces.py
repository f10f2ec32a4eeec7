"""The face finder of the extra `photo`: dlib's own frontal detector and its 5-point model.

The model file comes with the package `face_recognition_models`, which is looked for and never
imported: its `__init__` wants `pkg_resources`, which setuptools has given up. Of its four
files only `shape_predictor_5_face_landmarks.dat` is read (Davis King, CC0): the 68-point one
was trained on pictures whose licence excludes commercial use, and the others compare faces.
"""

import threading
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certstore.errors import UnavailableError
from verifiers.materials.face_photo import Face, Point

_MODEL = "models/shape_predictor_5_face_landmarks.dat"
_LEAST_SCORE = -0.5  # found below the detector's own threshold: seen, and never sure


class DlibFaces:
    """Finds upright faces of 80 pixels and more; no network, some 35 ms a picture of 358 × 441."""

    def __init__(self, model: Path) -> None:
        """Take the path of the 5-point model; it is read when the first face is looked for."""
        self._model = model
        self._lock = threading.Lock()  # dlib does not say that its objects bear two threads

    @cached_property
    def _dlib(self) -> Any:  # noqa: ANN401 - a package without types
        return import_module("dlib")

    @cached_property
    def _detector(self) -> Any:  # noqa: ANN401 - as above
        return self._dlib.get_frontal_face_detector()

    @cached_property
    def _points(self) -> Any:  # noqa: ANN401 - as above
        return self._dlib.shape_predictor(str(self._model))

    def load(self) -> None:
        """Read the library and the model now, as before memory is limited."""
        _ = (self._detector, self._points)

    def find(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces in a picture of height × width × 3 bytes, the surest first."""
        pixels = np.ascontiguousarray(rgb)
        with self._lock:
            boxes, scores, _ = self._detector.run(pixels, 0, _LEAST_SCORE)
            found = [
                _face(score, [(p.x, p.y) for p in self._points(pixels, box).parts()])
                for box, score in zip(boxes, scores, strict=True)
            ]
        return tuple(sorted(found, key=lambda face: -face.score))


def _face(score: float, points: list[Point]) -> Face:
    """A face from the model's points: the right eye of the picture outer, inner, then the left."""
    right_outer, right_inner, left_outer, left_inner, nose = points
    return Face(
        score=float(score),
        left_eye=(left_outer, left_inner),
        right_eye=(right_outer, right_inner),
        nose=nose,
    )


@cache
def open_face_finder() -> DlibFaces | None:
    """The finder of this process, if the extra `photo` is installed; None if it is not."""
    models = find_spec("face_recognition_models")
    if find_spec("dlib") is None or models is None or not models.origin:
        return None
    path = Path(models.origin).parent / _MODEL
    return DlibFaces(path) if path.is_file() else None


def require_face_finder() -> DlibFaces:
    """The finder; UnavailableError says how to install the extra where it is missing."""
    finder = open_face_finder()
    if finder is None:
        raise UnavailableError(
            "the face level of the photo check is not installed",
            where="photo level",
            remedy="install requirements-photo.lock, or set the level to basic or auto",
        )
    return finder
