"""What is done with files that were handed in, by a process with limits and nobody else."""

from collections.abc import Mapping

import pypdfium2  # noqa: F401 - loaded before memory is limited

from verifiers.limited.child import Task
from verifiers.materials import handed_in_work, portrait_work
from verifiers.materials.dlib_faces import open_face_finder


def tasks() -> Mapping[str, Task]:
    """The tasks by name; everything they need is loaded."""
    if finder := open_face_finder():
        finder.load()
    return {handed_in_work.TASK: handed_in_work.work, portrait_work.TASK: portrait_work.work}
